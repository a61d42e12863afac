import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { useMay } from "../../app/person";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { UnitSelect } from "../../ui/inputs";
import { At } from "../../ui/order";
import { Empty, Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { useTold } from "../../ui/undo";
import { UnitName } from "../../ui/unit";
import { knowledgeWords } from "./words";

interface Opens {
  onOpen: (number: string) => void;
}

/** What people found wrong in cards and nobody has answered yet, the most pressing first. */
export function Feedbacks({ onOpen }: Opens) {
  const t = useText(knowledgeWords);
  const may = useMay();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["cards", "feedback"], refetchInterval: 30_000, queryFn: () => body(api.GET("/api/v1/knowledge/feedback")) });
  const answer = (id: string) => (text: string) => body(api.POST("/api/v1/knowledge/feedback/{feedback_id}/answer", { params: { path: { feedback_id: id } }, body: { answer: text } }));
  return (
    <Read asked={asked} lines={6}>
      {(rows) => {
        const one = rows.find((row) => row.id === chosen);
        return (
          <div className="two">
            <Panel title={t("feedback")}>
              <Table keys label={t("feedback")} rows={rows} id={(row) => row.id} opened={chosen ?? ""} empty={t("noFeedback")} onOpen={(row) => setChosen(row.id)}
                columns={[
                  { title: t("said"), cell: (row) => row.text },
                  { title: t("number"), cell: (row) => <span className="num">{row.number} #{row.version}</span> },
                  { title: t("unit"), cell: (row) => <UnitName code={row.unit} /> },
                  { title: t("by"), cell: (row) => row.given_by },
                  { title: t("due"), cell: (row) => <At at={row.due_at} /> },
                ]} />
            </Panel>
            <Panel label={t("answerFeedback")} title={one?.number} aside={one && <Button size="small" onClick={() => onOpen(one.number)}>{t("open")}</Button>}>
              {one ? (
                <>
                  <p className="answered">{one.text}</p>
                  {may("POST /api/v1/knowledge/feedback/{feedback_id}/answer") && <Decide key={one.id} refresh={["cards"]} onDone={() => setChosen(null)} ways={[{ word: t("answerFeedback"), run: answer(one.id), primary: true }]} />}
                </>
              ) : <Empty>{t("pick")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}

/** What callers ask and no card answers: a draft is made of it, or somebody says that no card is needed. */
export function Gaps({ onOpen }: Opens) {
  const t = useText(knowledgeWords);
  const may = useMay();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["cards", "gaps"], queryFn: () => body(api.GET("/api/v1/knowledge/gaps")) });
  return (
    <Read asked={asked} lines={6}>
      {(gaps) => {
        const gap = gaps.find((one) => one.id === chosen);
        return (
          <div className="two">
            <Panel title={t("gaps")} aside={may("POST /api/v1/knowledge/gaps/mine") && <Mine />}>
              <Table keys label={t("gaps")} rows={gaps} id={(one) => one.id} opened={chosen ?? ""} empty={t("noGaps")} onOpen={(one) => setChosen(one.id)}
                columns={[
                  { title: t("question"), cell: (one) => one.question },
                  { title: t("count"), num: true, cell: (one) => one.count },
                  { title: t("newest"), cell: (one) => <At at={one.newest_at} /> },
                ]} />
            </Panel>
            <Panel label={t("gaps")} title={gap?.question}>
              {gap ? (
                <>
                  {gap.answer && <p className="answered">{gap.answer}</p>}
                  {gap.variants.length > 0 && <p className="soft">{t("variants")}：{gap.variants.join("／")}</p>}
                  <OneGap key={gap.id} id={gap.id} onOpen={onOpen} onDone={() => setChosen(null)} />
                </>
              ) : <Empty>{t("pick")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}

function OneGap({ id, onOpen, onDone }: Opens & { id: string; onDone: () => void }) {
  const t = useText(knowledgeWords);
  const may = useMay();
  const said = useSaid();
  const client = useQueryClient();
  const [unit, setUnit] = useState("");
  const refresh = () => void client.invalidateQueries({ queryKey: ["cards"] });
  const drafting = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/knowledge/gaps/{gap_id}/draft", { params: { path: { gap_id: id } }, body: { unit, title: "" } })),
    onSuccess: (version) => {
      refresh();
      onOpen(version.number);
    },
  });
  const dismissing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/knowledge/gaps/{gap_id}/dismiss", { params: { path: { gap_id: id } } })),
    onSuccess: () => {
      refresh();
      onDone();
    },
  });
  const error = drafting.error ?? dismissing.error;
  return (
    <>
      {may("POST /api/v1/knowledge/gaps/{gap_id}/draft") && (
        <>
          <UnitSelect label={t("chooseUnit")} value={unit ? [unit] : []} onChange={([one]) => setUnit(one ?? "")} />
          <Button type="primary" disabled={!unit} loading={drafting.isPending} onClick={() => drafting.mutate()}>{t("draftIt")}</Button>
        </>
      )}
      {may("POST /api/v1/knowledge/gaps/{gap_id}/dismiss") && <Button loading={dismissing.isPending} onClick={() => dismissing.mutate()}>{t("dismiss")}</Button>}
      {error && <div className="state bad" role="alert">{said(error)}</div>}
    </>
  );
}

function Mine() {
  const t = useText(knowledgeWords);
  const told = useTold();
  const said = useSaid();
  const client = useQueryClient();
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/knowledge/gaps/mine")),
    onSuccess: (found) => {
      told({ text: t("mined", { count: found.new }) });
      void client.invalidateQueries({ queryKey: ["cards", "gaps"] });
    },
    onError: (error) => told({ text: said(error) }),
  });
  return <Button size="small" loading={doing.isPending} onClick={() => doing.mutate()}>{t("mine")}</Button>;
}

export function Differences({ onOpen }: Opens) {
  const t = useText(knowledgeWords);
  const lang = useLang();
  const asked = useQuery({ queryKey: ["cards", "differences"], queryFn: () => body(api.GET("/api/v1/knowledge/differences")) });
  return (
    <Panel title={t("differences")}>
      <Read asked={asked} lines={6}>
        {(rows) => (
          <Table keys label={t("differences")} rows={rows} id={(one) => `${one.peer}-${one.number}-${one.text}`} empty={t("noDifferences")} onOpen={(one) => one.number && onOpen(one.number)}
            columns={[
              { title: t("name"), cell: (one) => one.title || "—" },
              { title: t("number"), cell: (one) => <span className="num">{one.number || "—"}</span> },
              { title: t("peer"), cell: (one) => shortCentre(one.peer, lang) },
              { title: t("ours"), num: true, cell: (one) => one.ours ?? "—" },
              { title: t("sent"), num: true, cell: (one) => one.sent ?? "—" },
              { title: t("what"), cell: (one) => one.text },
            ]} />
        )}
      </Read>
    </Panel>
  );
}
