import type { Order } from "../api/orders";
import { shortCentre, useCodes } from "../i18n/codes";
import { useLang } from "../i18n/text";
import { At } from "./order";

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
  const code = useCodes();
  return <span className="tag">{code("transfers", status)}</span>;
}
