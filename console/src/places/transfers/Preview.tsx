import type { Order } from "../../api/orders";
import { shortCentre, useCodes, useLists } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { At, Clock, Marks } from "../../ui/order";
import { Said } from "../../ui/said";
import type { Waiting } from "./asking";
import { transferWords } from "./words";

/** Everything that is needed to decide, before anything is decided. */
export function Preview({ row }: { row: Waiting }) {
  const t = useText(transferWords);
  const lang = useLang();
  const { order, transfer } = row;
  const divisions = useLists().data?.divisions as Record<string, string> | undefined;
  const where = [divisions?.[order.division_code ?? ""], order.incident?.address].filter(Boolean).join(" ");
  return (
    <Panel title={t("preview")} aside={<At at={transfer.offered_at} />}>
      <div className="facts-row">
        <strong>{t(transfer.direction === "in" ? "from" : "to", { peer: shortCentre(transfer.peer, lang) })}</strong>
        <span className="tag">{t(transfer.part ? "part" : "whole")}</span>
        <Marks order={order} />
        {order.clocks.map((one) => <Clock key={one.name} clock={one} />)}
      </div>
      <h3>{order.title || t("said")}</h3>
      <Said text={order.content} spans={order.verdict?.spans} />
      <dl className="facts">
        {where && <><dt>{t("where")}</dt><dd>{where}</dd></>}
        {transfer.text && <><dt>{t("note")}</dt><dd>{transfer.text}</dd></>}
        {(transfer.items ?? []).length > 0 && <><dt>{t("items")}</dt><dd className="num">{transfer.items!.join("、")}</dd></>}
        {order.verdict && <><dt>{t("verdict")}</dt><dd>{order.verdict.reason}</dd></>}
        {order.attachments.length > 0 && <><dt /><dd>{t("files", { count: order.attachments.length })}</dd></>}
      </dl>
      <Before order={order} except={transfer.id} />
    </Panel>
  );
}

/** Offers of the same matter that came to nothing, with their reasons. */
function Before({ order, except }: { order: Order; except: string }) {
  const t = useText(transferWords);
  const lang = useLang();
  const code = useCodes();
  const past = order.transfers.filter((one) => one.id !== except);
  if (past.length === 0) return null;
  return (
    <>
      <h3>{t("before")}</h3>
      {past.map((one) => (
        <p key={one.id} className="soft">
          <At at={one.offered_at} /> {t(one.direction === "in" ? "from" : "to", { peer: shortCentre(one.peer, lang) })} {one.reason ? t("returned", { reason: code("reasons", one.reason) }) : ""} {one.basis ?? ""} {one.text ?? ""}
        </p>
      ))}
    </>
  );
}
