import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { shortCentre, useCodes } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Input, Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { adminWords, type AdminWord } from "./words";

/** Versions of the transfer list: what would change, and the agreement of both centres on it. */
export function Catalogue() {
  const t = useText(adminWords);
  const code = useCodes();
  const lang = useLang();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["catalogue"], queryFn: () => body(api.GET("/api/v1/catalogue/versions", { params: { query: { limit: 100 } } })) });
  return (
    <div className="two">
      <Panel title={t("catalogue")}>
        <Read asked={asked} lines={8}>
          {({ versions }) => (
            <Table keys label={t("catalogue")} rows={versions} id={(one) => one.id} opened={chosen ?? ""} empty={t("noVersions")} onOpen={(one) => setChosen(one.id)}
              columns={[
                { title: t("version"), cell: (one) => `${one.title || one.digest.slice(0, 8)}${one.no ? ` #${one.no}` : ""}` },
                { title: t("peer"), cell: (one) => shortCentre(one.peer, lang) },
                { title: t("state"), cell: (one) => code("catalogue", one.status) },
                { title: t("effective"), cell: (one) => one.effective_from ?? "—" },
                { title: t("madeBy"), cell: (one) => <>{one.made_by} <At at={one.made_at} /></> },
              ]} />
          )}
        </Read>
      </Panel>
      <Panel label={t("changes")} title={t("changes")}>{chosen ? <Version key={chosen} id={chosen} /> : <Empty>{t("pick")}</Empty>}</Panel>
    </div>
  );
}

function Version({ id }: { id: string }) {
  const t = useText(adminWords);
  const code = useCodes();
  const [day, setDay] = useState("");
  const asked = useQuery({ queryKey: ["catalogue", id], queryFn: () => body(api.GET("/api/v1/catalogue/versions/{version_id}", { params: { path: { version_id: id } } })) });
  const peer = asked.data?.version.peer;
  const changes = useQuery({
    queryKey: ["catalogue", id, "diff"],
    enabled: Boolean(peer),
    queryFn: () => body(api.GET("/api/v1/catalogue/diff", { params: { query: { after: id, peer } } })),
  });
  const act = (action: string, digest: string) => (reason: string) =>
    body(api.POST("/api/v1/catalogue/versions/{version_id}/actions", { params: { path: { version_id: id } }, body: { action, digest, reason, effective_from: action === "propose" ? day || null : null } }));
  return (
    <Read asked={asked}>
      {(found) => (
        <>
          {found.faults.length > 0 && <div className="state bad"><strong>{t("faults")}</strong>{found.faults.map((one) => <p key={one}>{one}</p>)}</div>}
          <Read asked={changes}>
            {(rows) => (rows.length === 0 ? <p>✓ {t("noChanges")}</p> : (
              <ul className="plain-list">
                {rows.map((one) => (
                  <li key={`${one.what}-${one.code}`}>
                    <span className="tag blue">{t(one.kind as AdminWord)}</span> <span className="num">{one.code}</span> {one.title}
                    {(one.fields ?? []).map((field) => <p key={field.field} className="soft">{field.field}：{t("before")} {JSON.stringify(field.before)} → {t("after")} {JSON.stringify(field.after)}</p>)}
                  </li>
                ))}
              </ul>
            ))}
          </Read>
          {found.allowed_actions.includes("propose") && <label className="field"><span>{t("fromDay")}</span><Input type="date" value={day} onChange={(event) => setDay(event.target.value)} /></label>}
          <Decide refresh={["catalogue"]} ways={found.allowed_actions.map((one) => ({ word: t(one as AdminWord), run: act(one, found.version.digest), plain: one === "propose" || one === "agree", primary: one === "propose" || one === "agree" }))} />
          <h3>{t("history")}</h3>
          <ul className="plain-list">{found.log.map((row) => <li key={row.at + row.event}><At at={row.at} /> {row.actor} {code("catalogue", row.event)}</li>)}</ul>
        </>
      )}
    </Read>
  );
}
