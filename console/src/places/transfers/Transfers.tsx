import { useState } from "react";
import { Link } from "react-router";
import { useEvents } from "../../api/orders";
import { usePerson } from "../../app/person";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Empty, Read } from "../../ui/states";
import { Timeline } from "../../ui/timeline";
import { groupOf, useWaiting, type Waiting } from "./asking";
import { Deciding } from "./Deciding";
import { inOrder, Inbox } from "./Inbox";
import { Preview } from "./Preview";
import { useRinging } from "./ring";
import { Room } from "./Room";
import "./transfers.css";
import { transferWords } from "./words";

/** What other centres ask of us and we of them: seen before it is accepted, answered with one key, talked over where it is disputed. */
export default function Transfers() {
  const t = useText(transferWords);
  const asked = useWaiting();
  return (
    <div className="transfers">
      <h1 className="sr-only">{t("title")}</h1>
      <Read asked={asked} lines={10}>{(rows) => <Desk rows={inOrder(rows)} />}</Read>
    </div>
  );
}

function Desk({ rows }: { rows: Waiting[] }) {
  const t = useText(transferWords);
  const lang = useLang();
  const [at, setAt] = useState<string | undefined>(rows[0]?.transfer.id);
  const index = Math.max(rows.findIndex((one) => one.transfer.id === at), 0);
  const row = rows[index];
  const step = (by: number) => setAt(rows[Math.min(Math.max(index + by, 0), rows.length - 1)]?.transfer.id);
  const down = () => step(1);
  const up = () => step(-1);
  const rings = rows.find((one) => groupOf(one) === "inbox");
  const ring = useRinging(Boolean(rings), rings ? t("asks", { peer: shortCentre(rings.transfer.peer, lang) }) : "");
  useKeys({ j: down, ArrowDown: down, k: up, ArrowUp: up, "Alt+m": ring.toggle });
  return (
    <>
      <div className="stack">
        {rings && <p className="banner" role="alert">{t("asks", { peer: shortCentre(rings.transfer.peer, lang) })}</p>}
        <Button size="small" shortcut="Alt+M" onClick={ring.toggle}>{t(ring.on ? "ringOn" : "ringOff")}</Button>
        <Inbox rows={rows} at={row?.transfer.id} onPick={setAt} />
      </div>
      {row ? <One key={row.transfer.id} row={row} /> : <Panel><Empty>{t("pick")}</Empty></Panel>}
    </>
  );
}

function One({ row }: { row: Waiting }) {
  const t = useText(transferWords);
  const person = usePerson();
  const events = useEvents(row.order);
  const talks = row.transfer.status === "negotiating" || (row.transfer.positions ?? []).length > 0;
  return (
    <>
      <div className="stack">
        <Deciding row={row} />
        <Preview row={row} />
        {talks && <Room row={row} />}
      </div>
      <Panel title={t("path")} aside={<Link to={`/orders/${row.order.id}`}>{t("open")}</Link>}>
        <Read asked={events}>{(rows) => <Timeline order={row.order} rows={rows} centre={person.centre} />}</Read>
      </Panel>
    </>
  );
}
