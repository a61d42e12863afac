import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { useStatus } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Button, Input, Panel, Select } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { At } from "../../ui/order";
import { Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { useTold } from "../../ui/undo";
import { UnitName } from "../../ui/unit";
import { assessmentWords, type AssessmentWord } from "./words";

type Schemas = components["schemas"];
type Part = "denominator" | "numerator" | "missed" | "excluded";
const PARTS: Part[] = ["denominator", "numerator", "missed", "excluded"];
const LIMIT = 200;

interface Props {
  period: string;
  by: Schemas["Group"];
  figure: Schemas["Figure"];
  name: string;
  onClose: () => void;
}

/** From a figure to its orders, and from an order to asking for its exclusion. */
export function BehindFigure({ period, by, figure, name, onClose }: Props) {
  const t = useText(assessmentWords);
  const word = useStatus();
  const go = useNavigate();
  const [part, setPart] = useState<Part>("denominator");
  const [excluding, setExcluding] = useState<string | null>(null);
  const asked = useQuery({
    queryKey: ["orders", "figure", period, by, figure.group, figure.measure, part],
    queryFn: () => body(api.GET("/api/v1/assessment/orders", { params: { query: { period, measure: figure.measure, part, by, group: figure.group, limit: LIMIT } } })),
  });
  useKeys({ Escape: onClose });
  return (
    <Panel title={t("behind", { what: name })} aside={<Button size="small" shortcut="Esc" onClick={onClose}>{t("close")}</Button>}>
      <Select aria-label={t("figures")} value={part} style={{ width: 160 }} onChange={(value: Part) => setPart(value)} options={PARTS.map((one) => ({ value: one, label: t(`${one}Orders` as AssessmentWord, { count: "" }) }))} />
      <Read asked={asked} lines={4}>
        {(page) => (
          <>
            <Table label={t("behind", { what: name })} rows={page.orders} id={(one) => one.order_id} empty={t("noOrders")} onOpen={(one) => void go(`/orders/${one.order_id}`)}
              columns={[
                { title: t("number"), cell: (one) => <span className="num">{one.number ?? one.order_id.slice(0, 8)}</span> },
                { title: t("what"), cell: (one) => one.title },
                { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
                { title: t("state"), cell: (one) => word(undefined, one.status) },
                { title: t("at"), cell: (one) => <At at={one.moment} /> },
                { title: t("excluded"), cell: (one) => one.excluded ?? <Button size="small" onClick={() => setExcluding(one.order_id)}>{t("askExclusion")}</Button> },
              ]} />
            {page.next && <p className="soft">{t("only", { count: LIMIT, all: page.count })}</p>}
          </>
        )}
      </Read>
      {excluding && <Ask order={excluding} onDone={() => setExcluding(null)} />}
    </Panel>
  );
}

function Ask({ order, onDone }: { order: string; onDone: () => void }) {
  const t = useText(assessmentWords);
  const said = useSaid();
  const told = useTold();
  const lang = useLang();
  const [given, setGiven] = useState({ reason: "", evidence: "" });
  const reasons = useQuery({ queryKey: ["exclusion-reasons"], staleTime: Infinity, queryFn: () => body(api.GET("/api/v1/assessment/exclusion-reasons")) });
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/assessment/exclusions", { body: { order_id: order, ...given, attachments: [] } })),
    onSuccess: () => { told({ text: t("asked") }); onDone(); },
  });
  const options = Object.entries(reasons.data ?? {}).map(([value, words]) => ({ value, label: String(words[lang === "zh" ? 0 : 1]) }));
  return (
    <div className="stack">
      <Select aria-label={t("exclusionReason")} placeholder={t("exclusionReason")} value={given.reason || undefined} onChange={(reason: string) => setGiven({ ...given, reason })} options={options} />
      <Input aria-label={t("evidence")} placeholder={t("evidence")} value={given.evidence} onChange={(event) => setGiven({ ...given, evidence: event.target.value })} />
      {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
      <Button type="primary" disabled={!given.reason || !given.evidence.trim()} loading={doing.isPending} onClick={() => doing.mutate()}>{t("ask")}</Button>
    </div>
  );
}
