import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, body } from "../../api/client";
import { shortCentre, useCodes } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Checkbox, Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { Facts } from "../../ui/facts";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { auditorWords } from "./words";

/** What the independent auditor found that is not as it should be. */
export function Findings() {
  const t = useText(auditorWords);
  const lang = useLang();
  const [open, setOpen] = useState(true);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["findings", open], refetchInterval: 15_000, queryFn: () => body(api.GET("/api/v1/findings", { params: { query: { open, limit: 200 } } })) });
  const see = (id: string) => () => body(api.POST("/api/v1/findings/{finding_id}/seen", { params: { path: { finding_id: id } } }));
  return (
    <Read asked={asked} lines={8}>
      {({ findings }) => {
        const one = findings.find((row) => row.id === chosen);
        return (
          <div className="two">
            <Panel title={t("findings")} aside={<Checkbox checked={!open} onChange={() => setOpen(!open)}>{t("all")}</Checkbox>}>
              <Table keys label={t("findings")} rows={findings} id={(row) => row.id} opened={chosen ?? ""} empty={t("noFindings")} onOpen={(row) => setChosen(row.id)}
                columns={[
                  { title: t("found"), cell: (row) => row[lang] },
                  { title: t("order"), cell: (row) => <span className="num">{row.number ?? "—"}</span> },
                  { title: t("first"), cell: (row) => <At at={row.first_seen} /> },
                  { title: t("last"), cell: (row) => <At at={row.last_seen} /> },
                  { title: t("seen"), cell: (row) => (row.over_at ? <span className="tag green">✓ {t("over")}</span> : (row.seen_by ?? "—")) },
                ]} />
            </Panel>
            <Panel label={t("found")} title={one && t("found")} aside={one?.order_id && <Link to={`/orders/${one.order_id}`}>{t("open")}</Link>}>
              {one ? (
                <>
                  <p>{one[lang]}</p>
                  <Facts facts={one.detail} />
                  {!one.seen_by && <Decide key={one.id} refresh={["findings"]} ways={[{ word: t("see"), run: see(one.id), plain: true, primary: true }]} />}
                </>
              ) : <Empty>{t("pick")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}

/** What we and a peer see otherwise, and signs of a rewritten past; a person says what came of it. */
export function Differences() {
  const t = useText(auditorWords);
  const code = useCodes();
  const lang = useLang();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["discrepancies"], queryFn: () => body(api.GET("/api/v1/discrepancies", { params: { query: { limit: 200 } } })) });
  const dismiss = (key: string) => (reason: string) => body(api.POST("/api/v1/discrepancies/{key}/dismiss", { params: { path: { key } }, body: { reason } }));
  return (
    <Read asked={asked} lines={8}>
      {({ discrepancies }) => {
        const one = discrepancies.find((row) => row.id === chosen);
        return (
          <div className="two">
            <Panel title={t("discrepancies")}>
              <Table keys label={t("discrepancies")} rows={discrepancies} id={(row) => row.id} opened={chosen ?? ""} empty={t("noDiscrepancies")} onOpen={(row) => setChosen(row.id)}
                columns={[
                  { title: t("kind"), cell: (row) => code("differences", row.kind) },
                  { title: t("peer"), cell: (row) => row.peer ?? "—" },
                ]} />
            </Panel>
            <Panel label={t("discrepancies")} title={one && code("differences", one.kind)}>
              {one ? (
                <>
                  <p>{one.text}</p>
                  <p className="soft">{shortCentre(one.peer, lang)} · <At at={one.first_seen} />{one.matter_id && <> · <span className="num">{one.matter_id}</span></>}</p>
                  <Decide key={one.id} refresh={["discrepancies"]} ways={[{ word: t("dismiss"), run: dismiss(one.id) }]} />
                </>
              ) : <Empty>{t("pick")}</Empty>}
            </Panel>
          </div>
        );
      }}
    </Read>
  );
}
