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
import { auditorWords } from "./words";

/** Hidden callers that somebody opened at once: a second person judges it afterwards. */
export function Glass() {
  const t = useText(auditorWords);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["break-glass"], queryFn: () => body(api.GET("/api/v1/break-glass")) });
  const judge = (id: string, justified: boolean) => (text: string) => body(api.POST("/api/v1/break-glass/{glass_id}/decide", { params: { path: { glass_id: id } }, body: { justified, text } }));
  return (
    <Read asked={asked} lines={6}>
      {(rows) => {
        const one = rows.find((row) => row.id === chosen);
        return (
          <div className="two">
            <Panel title={t("glass")}>
              <Table keys label={t("glass")} rows={rows} id={(row) => row.id} opened={chosen ?? ""} empty={t("noGlass")} onOpen={(row) => setChosen(row.id)}
                columns={[
                  { title: t("order"), cell: (row) => <span className="num">{row.number ?? row.order_id.slice(0, 8)}</span> },
                  { title: t("at"), cell: (row) => <At at={row.at} /> },
                  { title: t("by"), cell: (row) => row.actor },
                  { title: t("reason"), cell: (row) => row.reason },
                  { title: t("judged"), cell: (row) => (row.decided_by ? `${t(row.justified ? "justified" : "unjustified")} · ${row.decided_by}` : <span className="tag orange">▲ {t("due")} <At at={row.due_at} /></span>) },
                ]} />
            </Panel>
            <Panel label={t("glass")} title={one?.number} aside={one && <Link to={`/orders/${one.order_id}`}>{t("open")}</Link>}>
              {one ? (
                <>
                  <p>{one.reason}</p>
                  {one.words && <p className="answered">{one.words}</p>}
                  {!one.decided_by && <Decide key={one.id} refresh={["break-glass"]} ways={[{ word: t("justified"), run: judge(one.id, true), primary: true }, { word: t("unjustified"), run: judge(one.id, false) }]} />}
                </>
              ) : <Empty>{t("pick")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}
