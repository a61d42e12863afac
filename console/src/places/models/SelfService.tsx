import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, body } from "../../api/client";
import { useLists } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { share } from "./shown";
import { modelWords } from "./words";

/** What went by itself, the sample that people check, and the switch that stops it. */
export function SelfService({ decides }: { decides: boolean }) {
  const t = useText(modelWords);
  const classes = useLists().data?.classes as Record<string, string[]> | undefined;
  const [chosen, setChosen] = useState("");
  const asked = useQuery({ queryKey: ["self-dispatches"], queryFn: () => body(api.GET("/api/v1/self-dispatches")) });
  const check = (id: string, right: boolean) => (reason: string) =>
    body(api.POST("/api/v1/self-dispatches/{order_id}/check", { params: { path: { order_id: id } }, body: { right, reason } }));
  const stop = (stopped: boolean) => (reason: string) => body(api.POST("/api/v1/self-dispatches/switch", { body: { stopped, reason } }));
  return (
    <Read asked={asked} lines={8}>
      {({ state, to_check }) => {
        const row = to_check.find((one) => one.order_id === chosen);
        return (
          <div className="two">
            <Panel title={t("toCheck")}>
              <Table keys label={t("toCheck")} rows={to_check} id={(one) => one.order_id} opened={chosen} onOpen={(one) => setChosen(one.order_id)} empty={t("noCheck")}
                columns={[
                  { title: t("number"), cell: (one) => <span className="num">{one.number}</span> },
                  { title: t("class"), cell: (one) => classes?.[one.class_code]?.[0] ?? one.class_code },
                  { title: t("to"), cell: (one) => one.unit_name },
                  { title: t("sure"), num: true, cell: (one) => share(one.probability) },
                  { title: t("made"), cell: (one) => <At at={one.at} /> },
                ]} />
            </Panel>
            <div className="stack">
              <Panel title={t("self")} aside={<span className={`tag ${state.on && !state.stopped ? "green" : ""}`}>{state.stopped ? t("stopped") : state.on ? `● ${t("on")}` : t("off")}</span>}>
                <p className="soft">{t("never")}</p>
                <div className="facts-row">
                  <span className="tag num">{t("sent", { count: state.sent })}</span>
                  <span className="tag num">{t("checked", { count: state.checked })}</span>
                  <span className="tag num">{t("wrong", { count: state.wrong })}</span>
                  <span className="tag num">{t("returned", { count: state.returned })}</span>
                </div>
                {state.reason && <p>{state.by}：{state.reason}</p>}
                {decides && state.on && <Decide refresh={["self-dispatches"]} ways={[state.stopped ? { word: t("goOn"), run: stop(false) } : { word: t("stop"), run: stop(true) }]} />}
              </Panel>
              <Panel label={t("toCheck")} title={row?.title || row?.number} aside={row && <Link to={`/orders/${row.order_id}`}>{row.number}</Link>}>
                {row ? (
                  <>
                    <p className="said">{row.content}</p>
                    <p>{t("to")}：<strong>{row.unit_name}</strong> <span className="soft">{row.models}，{share(row.probability)}</span></p>
                    <Decide key={row.order_id} refresh={["self-dispatches"]} onDone={() => setChosen("")} ways={[{ word: t("right"), run: check(row.order_id, true), plain: true, primary: true }, { word: t("notRight"), run: check(row.order_id, false) }]} />
                  </>
                ) : <Empty>{t("pickCheck")}</Empty>}
              </Panel>
            </div>
          </div>
        );
      }}
    </Read>
  );
}
