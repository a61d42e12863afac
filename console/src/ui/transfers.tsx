import type { Order } from "../api/orders";
import { shortCentre } from "../i18n/codes";
import { useLang } from "../i18n/text";
import { At } from "./order";

const STATES: Record<string, [string, string]> = {
  offered: ["待接收", "waiting"],
  accepted: ["已接收", "accepted"],
  returned: ["已退回", "returned"],
  withdrawn: ["已撤回", "withdrawn"],
  withdrawing: ["撤回中", "being withdrawn"],
  keeping: ["由对方留下", "kept there"],
  kept: ["由对方留下", "kept there"],
};

/** Each hand-over: to or from whom, their number, how it stands. Grey: the other side has the turn. */
export function Transfers({ order }: { order: Order }) {
  const lang = useLang();
  const way = (direction: string) => (direction === "out" ? ["转给", "To"] : ["来自", "From"])[lang === "zh" ? 0 : 1];
  return (
    <>
      {order.transfers.map((one) => (
        <div key={one.id} className="row">
          <strong>{way(one.direction)} {shortCentre(one.peer, lang)}</strong>
          <span className="num">{one.peer_number}</span>
          <TransferStatus status={one.status} />
          <span className="soft"><At at={one.offered_at} /></span>
        </div>
      ))}
    </>
  );
}

function TransferStatus({ status }: { status: string }) {
  const lang = useLang();
  return <span className="tag">{STATES[status]?.[lang === "zh" ? 0 : 1] ?? status}</span>;
}
