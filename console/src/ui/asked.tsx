import type { Order } from "../api/orders";
import { useCodes } from "../i18n/codes";
import { useText, words } from "../i18n/text";
import { At } from "./order";

const askedWords = words(
  { returns: "申请退单：{what}", basis: "依据：{what}", evidence: "证据：{what}", objects: "退单异议：{what}", more: "申请延期 {days} 个工作日（{clock}）：{what}", by: "{who} 提出" },
  { returns: "Asks to return: {what}", basis: "Basis: {what}", evidence: "Evidence: {what}", objects: "Objects: {what}", more: "Asks for {days} more working days ({clock}): {what}", by: "by {who}" },
);

/** What a unit has asked for and somebody must decide, in its own words: nobody decides without having read it. */
export function Asked({ order }: { order: Order }) {
  const t = useText(askedWords);
  const code = useCodes();
  // A status that is as at first is not sent.
  const returns = (order.handling?.returns ?? []).filter((one) => one.status === "asked" || one.status === "objected");
  const extensions = (order.handling?.extensions ?? []).filter((one) => (one.status ?? "asked") === "asked");
  if (!returns.length && !extensions.length) return null;
  return (
    <div className="stack said">
      {returns.map((one) => (
        <p key={`return-${one.no}`}>
          <strong>{t("returns", { what: code("reasons", one.reason) })}</strong> {[t("basis", { what: one.basis }), one.text, one.evidence && t("evidence", { what: one.evidence }), one.objection && t("objects", { what: one.objection })].filter(Boolean).join("；")} <span className="soft">{t("by", { who: one.asked_by })} <At at={one.asked_at} /></span>
        </p>
      ))}
      {extensions.map((one) => (
        <p key={one.asked_at}>
          <strong>{t("more", { days: String(one.days), clock: code("clocks", one.clock), what: one.reason })}</strong> {t("evidence", { what: one.evidence })} <span className="soft">{t("by", { who: one.asked_by })} <At at={one.asked_at} /></span>
        </p>
      ))}
    </div>
  );
}
