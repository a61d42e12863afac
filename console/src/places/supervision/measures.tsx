import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { useLang, useText } from "../../i18n/text";
import { Button, Input, Panel, Select, TextArea } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { UnitSelect } from "../../ui/inputs";
import { At } from "../../ui/order";
import { Empty, Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { useTold } from "../../ui/undo";
import { supervisionWords, type SupervisionWord } from "./words";

const KINDS = ["interview", "circular", "accountability", "praise"] as const;

/** Interviews, circulars, accountability and praise: proposed by one, decided by another. */
export function Measures() {
  const t = useText(supervisionWords);
  const lang = useLang();
  const [chosen, setChosen] = useState<string | null>(null);
  const [proposing, setProposing] = useState(false);
  const asked = useQuery({ queryKey: ["measures"], queryFn: () => body(api.GET("/api/v1/measures", { params: { query: { limit: 200 } } })) });
  const step = (id: string, action: string, version: number) => (text: string) =>
    body(api.POST("/api/v1/measures/{measure_id}/actions", { params: { path: { measure_id: id } }, body: { action, version, text } }));
  return (
    <Read asked={asked} lines={8}>
      {(measures) => {
        const measure = measures.find((one) => one.id === chosen);
        return (
          <div className="two">
            <div className="stack">
              <Panel title={t("measures")} aside={<Button size="small" onClick={() => { setProposing(true); setChosen(null); }}>{t("proposeNew")}</Button>}>
                <Table keys label={t("measures")} rows={measures} id={(one) => one.id} opened={chosen ?? ""} empty={t("noMeasures")} onOpen={(one) => { setChosen(one.id); setProposing(false); }}
                  columns={[
                    { title: t("number"), cell: (one) => <span className="num">{one.number}</span> },
                    { title: t("kind"), cell: (one) => (KINDS.includes(one.kind as never) ? t(one.kind as SupervisionWord) : one.kind) },
                    { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
                    { title: t("reason"), cell: (one) => one.reason },
                    { title: t("state"), cell: (one) => t(`s.${one.status}` as SupervisionWord) },
                    { title: t("raised"), cell: (one) => <At at={one.proposed_at} /> },
                  ]} />
              </Panel>
              <Candidates />
            </div>
            {proposing ? <Propose onDone={() => setProposing(false)} /> : (
              <Panel label={t("actions")} title={measure?.number}>
                {measure ? (
                  <>
                    <p>{measure.reason}</p>
                    <p className="soft">{measure.evidence} {(measure.orders ?? []).join("，")} {t("by", { who: measure.proposed_by })}</p>
                    <Decide key={measure.id} refresh={["measures"]} ways={measure.allowed_actions.map((one) => ({ word: lang === "zh" ? one.label : one.label_en, run: step(measure.id, one.action, measure.version) }))} />
                    {measure.allowed_actions.length === 0 && <Empty>{t("noActions")}</Empty>}
                  </>
                ) : <Empty>{t("pick")}</Empty>}
              </Panel>
            )}
          </div>
        );
      }}
    </Read>
  );
}

function Candidates() {
  const t = useText(supervisionWords);
  const asked = useQuery({ queryKey: ["outstanding"], queryFn: () => body(api.GET("/api/v1/measures/outstanding")) });
  return (
    <Panel title={t("candidates")}>
      <Read asked={asked} lines={2}>
        {(rows) => (
          <Table label={t("candidates")} rows={rows} id={(one) => one.unit} empty={t("noCandidates")}
            columns={[{ title: t("unit"), cell: (one) => <UnitName code={one.unit} /> }, { title: t("why"), cell: (one) => t("satisfied", { count: one.evaluations, good: one.satisfied }) }]} />
        )}
      </Read>
    </Panel>
  );
}

function Propose({ onDone }: { onDone: () => void }) {
  const t = useText(supervisionWords);
  const said = useSaid();
  const told = useTold();
  const client = useQueryClient();
  const [given, setGiven] = useState({ kind: "circular", unit: "", reason: "", evidence: "", orders: "" });
  const set = (name: keyof typeof given, value: string) => setGiven({ ...given, [name]: value });
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/measures", { body: { ...given, basis: "", person: "", orders: given.orders.split(/[,，\s]+/).filter(Boolean) } })),
    onSuccess: () => {
      told({ text: t("proposed") });
      void client.invalidateQueries({ queryKey: ["measures"] });
      onDone();
    },
  });
  return (
    <Panel title={t("proposeNew")}>
      <label className="field"><span>{t("kind")}</span><Select aria-label={t("kind")} value={given.kind} onChange={(value: string) => set("kind", value)} options={KINDS.map((one) => ({ value: one, label: t(one) }))} /></label>
      <label className="field"><span>{t("unit")}</span><UnitSelect label={t("unit")} value={given.unit ? [given.unit] : []} onChange={(value) => set("unit", value[0] ?? "")} /></label>
      <label className="field"><span>{t("reason")}</span><TextArea rows={3} value={given.reason} onChange={(event) => set("reason", event.target.value)} /></label>
      <label className="field"><span>{t("evidence")}</span><TextArea rows={2} value={given.evidence} onChange={(event) => set("evidence", event.target.value)} /></label>
      <label className="field"><span>{t("orders")}</span><Input value={given.orders} onChange={(event) => set("orders", event.target.value)} /></label>
      {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
      <Button type="primary" loading={doing.isPending} disabled={!given.unit || !given.reason.trim()} onClick={() => doing.mutate()}>{t("propose")}</Button>
    </Panel>
  );
}
