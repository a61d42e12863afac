import { useQuery } from "@tanstack/react-query";
import { api, body } from "../api/client";
import type { Order } from "../api/orders";
import { useMay } from "../app/person";
import { shortCentre, useCodes } from "../i18n/codes";
import { useLang, useText, words } from "../i18n/text";
import { useLate } from "../live/late";
import { At } from "./order";

/** Each hand-over: to or from whom, their number, how it stands. Grey: the other side has the turn. */
export function Transfers({ order }: { order: Order }) {
  const lang = useLang();
  const way = (direction: string) => (direction === "out" ? ["转给", "To"] : ["来自", "From"])[lang === "zh" ? 0 : 1];
  return (
    <>
      {order.transfers.map((one) => (
        <div key={one.id} className="row">
          <NotThere transfer={one} />
          <strong>{way(one.direction)} {shortCentre(one.peer, lang)}</strong>
          <span className="num">{one.peer_number}</span>
          <TransferStatus status={one.status} />
          <span className="soft"><At at={one.offered_at} /></span>
        </div>
      ))}
    </>
  );
}

const own = words(
  { down: "{peer} 的系统现在不通：转交已保存，恢复后自动送到；现在请打电话告知对方", late: "{peer} 的系统还没有确认收到这起紧急转交：请同时打电话告知对方" },
  { down: "{peer} can't be reached now: the transfer is kept and delivered when it is back; telephone them now", late: "{peer} has not confirmed this urgent transfer yet: telephone them as well" },
);
const SURE = 8_000; // milliseconds in which an urgent transfer is taken by itself

/** Offered, and the other side does not have it: people must not rely on the line alone. */
function NotThere({ transfer }: { transfer: Order["transfers"][number] }) {
  const t = useText(own);
  const lang = useLang();
  const may = useMay();
  const waits = transfer.direction === "out" && transfer.status === "offered";
  const late = useLate(transfer.offered_at, SURE);
  const peers = useQuery({ queryKey: ["peers"], enabled: waits && may("GET /api/v1/peers"), refetchInterval: 15_000, retry: false, queryFn: () => body(api.GET("/api/v1/peers")) });
  if (!waits) return null;
  const away = peers.data?.some((one) => one.code === transfer.peer && one.state === "down");
  const peer = shortCentre(transfer.peer, lang);
  if (away) return <p className="banner" role="alert">▲ {t("down", { peer })}</p>;
  return transfer.urgent && late ? <p className="banner" role="alert">▲ {t("late", { peer })}</p> : null;
}

function TransferStatus({ status }: { status: string }) {
  const code = useCodes();
  return <span className="tag">{code("transfers", status)}</span>;
}
