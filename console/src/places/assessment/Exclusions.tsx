import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, body } from "../../api/client";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { assessmentWords, type AssessmentWord } from "./words";

/** Asked for by one person, decided by another: the node refuses the same one. */
export function Exclusions() {
  const t = useText(assessmentWords);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["exclusions"], queryFn: () => body(api.GET("/api/v1/assessment/exclusions", { params: { query: { limit: 200 } } })) });
  const decide = (id: string, approve: boolean) => (note: string) =>
    body(api.POST("/api/v1/assessment/exclusions/{exclusion_id}/decide", { params: { path: { exclusion_id: id } }, body: { approve, note } }));
  const state = (status: string) => (`x.${status}` in assessmentWords.zh ? t(`x.${status}` as AssessmentWord) : status);
  return (
    <Read asked={asked} lines={8}>
      {(rows) => {
        const one = rows.find((row) => row.id === chosen);
        return (
          <div className="two">
            <Panel title={t("exclusions")}>
              <Table keys label={t("exclusions")} rows={rows} id={(row) => row.id} opened={chosen ?? ""} empty={t("noExclusions")} onOpen={(row) => setChosen(row.id)}
                columns={[
                  { title: t("number"), cell: (row) => <span className="num">{row.number ?? row.order_id.slice(0, 8)}</span> },
                  { title: t("exclusionReason"), cell: (row) => row.reason },
                  { title: t("state"), cell: (row) => state(row.status) },
                  { title: t("requested"), cell: (row) => <>{row.requested_by} <At at={row.requested_at} /></> },
                  { title: t("decided"), cell: (row) => row.decided_by ?? "—" },
                ]} />
            </Panel>
            <Panel label={t("exclusions")} title={one?.number} aside={one && <Link to={`/orders/${one.order_id}`}>{one.number}</Link>}>
              {one ? (
                <>
                  <p>{one.evidence}</p>
                  {one.note && <p className="answered">{one.note}</p>}
                  {!one.decided_by && <Decide key={one.id} refresh={["exclusions"]} ways={[{ word: t("approve"), run: decide(one.id, true), primary: true }, { word: t("refuse"), run: decide(one.id, false) }]} />}
                </>
              ) : <Empty>{t("needReason")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}
