import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Marks } from "../../ui/order";
import { Empty } from "../../ui/states";
import { groupOf, type Group, type Waiting } from "./asking";
import { Countdown } from "./Countdown";
import { transferWords } from "./words";

const GROUPS: Group[] = ["inbox", "talking", "sent"];

/** In the order in which the keys walk through it. */
export const inOrder = (rows: Waiting[]) => GROUPS.flatMap((group) => rows.filter((one) => groupOf(one) === group));

export function Inbox({ rows, at, onPick }: { rows: Waiting[]; at: string | undefined; onPick: (id: string) => void }) {
  const t = useText(transferWords);
  if (rows.length === 0) return <Panel title={t("inbox")}><Empty>{t("none")}</Empty></Panel>;
  return (
    <>
      {GROUPS.map((group) => {
        const these = rows.filter((one) => groupOf(one) === group);
        return these.length ? <Panel key={group} title={`${t(group)} ${these.length}`}>{these.map((one) => <Row key={one.transfer.id} row={one} here={one.transfer.id === at} onPick={onPick} />)}</Panel> : null;
      })}
    </>
  );
}

function Row({ row, here, onPick }: { row: Waiting; here: boolean; onPick: (id: string) => void }) {
  const t = useText(transferWords);
  const lang = useLang();
  const { order, transfer, clock } = row;
  return (
    <button type="button" className="ask-row" aria-current={here} onClick={() => onPick(transfer.id)}>
      <span className="row"><strong>{t(transfer.direction === "in" ? "from" : "to", { peer: shortCentre(transfer.peer, lang) })}</strong><Marks order={order} /><Countdown clock={clock} /></span>
      <span>{order.title || order.content.slice(0, 60)}</span>
      <span className="soft num">{order.number ?? transfer.peer_number} · {t(transfer.part ? "part" : "whole")}{(transfer.round ?? 1) > 1 ? ` · ${t("round", { count: transfer.round! })}` : ""}</span>
    </button>
  );
}
