import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, body } from "../../api/client";
import { useCodes } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { Facts } from "../../ui/facts";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { supervisionWords } from "./words";

/** What the detectors suspect; only a person's decision makes it true. */
export function DetectorFlags() {
  const t = useText(supervisionWords);
  const lang = useLang();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["flags"], queryFn: () => body(api.GET("/api/v1/flags", { params: { query: { status: "open", limit: 200 } } })) });
  const rules = useQuery({ queryKey: ["detectors"], staleTime: Infinity, queryFn: () => body(api.GET("/api/v1/detectors")) });
  const name = (code: string) => {
    const rule = rules.data?.find((one) => one.rule.name === code)?.rule;
    return rule ? rule[lang] : code;
  };
  const decide = (id: string, confirm: boolean) => (reason: string) => body(api.POST("/api/v1/flags/{flag_id}/decide", { params: { path: { flag_id: id } }, body: { confirm, reason } }));
  return (
    <Read asked={asked} lines={8}>
      {({ flags }) => {
        const flag = flags.find((one) => one.id === chosen);
        return (
          <div className="two">
            <Panel title={t("flags")}>
              <Table keys label={t("flags")} rows={flags} id={(one) => one.id} opened={chosen ?? ""} empty={t("noFlags")} onOpen={(one) => setChosen(one.id)}
                columns={[
                  { title: t("number"), cell: (one) => <span className="num">{one.number ?? one.order_id.slice(0, 8)}</span> },
                  { title: t("detector"), cell: (one) => name(one.detector) },
                  { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
                  { title: t("score"), num: true, cell: (one) => `${one.score.toFixed(2)} / ${one.threshold.toFixed(2)}` },
                  { title: t("raised"), cell: (one) => <At at={one.raised_at} /> },
                ]} />
            </Panel>
            <Panel label={t("why")} title={flag && name(flag.detector)} aside={flag && <Link to={`/orders/${flag.order_id}`}>{flag.number}</Link>}>
              {flag ? (
                <>
                  <Facts facts={flag.evidence} />
                  <Decide key={flag.id} refresh={["flags"]} onDone={() => setChosen(null)} ways={[{ word: t("confirm"), run: decide(flag.id, true), primary: true }, { word: t("dismiss"), run: decide(flag.id, false) }]} />
                </>
              ) : <Empty>{t("pick")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}

/** Evaluations that somebody may have given in the callers' stead. */
export function EvaluationFlags() {
  const t = useText(supervisionWords);
  const code = useCodes();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["evaluation-flags"], queryFn: () => body(api.GET("/api/v1/evaluations/flags", { params: { query: { status: "open", limit: 200 } } })) });
  const decide = (id: string, status: string) => (note: string) => body(api.POST("/api/v1/evaluations/flags/{flag_id}/decide", { params: { path: { flag_id: id } }, body: { status, note } }));
  return (
    <Read asked={asked} lines={8}>
      {(flags) => {
        const flag = flags.find((one) => one.id === chosen);
        return (
          <div className="two">
            <Panel title={t("evaluations")}>
              <Table keys label={t("evaluations")} rows={flags} id={(one) => one.id} opened={chosen ?? ""} empty={t("noEvaluations")} onOpen={(one) => setChosen(one.id)}
                columns={[
                  { title: t("thing"), cell: (one) => <span className="num">{one.thing}</span> },
                  { title: t("kind"), cell: (one) => code("evaluation_flags", one.kind) },
                  { title: t("count"), num: true, cell: (one) => one.count },
                  { title: t("span"), cell: (one) => <><At at={one.first_at} /> – <At at={one.last_at} /></> },
                ]} />
            </Panel>
            <Panel label={t("why")} title={flag?.thing}>
              {flag ? (
                <>
                  <p>{flag.orders.join("，")}</p>
                  <Decide key={flag.id} refresh={["evaluation-flags"]} onDone={() => setChosen(null)} ways={[{ word: t("confirm"), run: decide(flag.id, "confirmed"), primary: true }, { word: t("dismiss"), run: decide(flag.id, "dismissed") }]} />
                </>
              ) : <Empty>{t("pick")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}
