import type { ClockView } from "../../api/orders";
import { useLang, useText } from "../../i18n/text";
import { full, span } from "../../i18n/times";
import { useNow } from "../../live/now";
import { transferWords } from "./words";

const AT_RISK = 60; // seconds left to answer at which it turns orange

export function Countdown({ clock, large }: { clock: ClockView | undefined; large?: boolean }) {
  const t = useText(transferWords);
  const lang = useLang();
  const now = useNow();
  if (!clock) return <span className="tag">{t("noClock")}</span>;
  const left = (new Date(clock.due_at).getTime() - now.getTime()) / 1000;
  const risky = left < AT_RISK;
  return (
    <span className={`tag num ${risky ? "orange" : ""} ${large ? "large" : ""}`} title={full(clock.due_at)} role={large ? "timer" : undefined}>
      {risky ? "▲" : "◷"} {t(`${clock.name === "negotiation" ? "talk" : ""}${left < 0 ? "over" : "left"}`, { time: span(left, lang) })}
    </span>
  );
}
