import { useEffect, useState } from "react";
import { unmask, type ClockView, type Order } from "../api/orders";
import { isFinal, useCodes, useLists, useStatus } from "../i18n/codes";
import { common } from "../i18n/common";
import { useLang, useText } from "../i18n/text";
import { full, moment, span } from "../i18n/times";
import { useNow } from "../live/now";
import { Button, Input } from "./basic";
import { useSaid } from "./states";

const AT_RISK = 300; // seconds before a deadline that its clock turns orange
const SHOWN = 60_000; // milliseconds that an unmasked value stays

/** What is left, then the time. Orange and ▲ when it is at risk or over. */
export function Clock({ clock }: { clock: ClockView }) {
  const t = useText(common);
  const code = useCodes();
  const lang = useLang();
  const now = useNow();
  const left = (new Date(clock.due_at).getTime() - now.getTime()) / 1000;
  const paused = clock.status === "paused";
  const risky = !paused && left < AT_RISK;
  const said = paused ? t("paused") : t(left < 0 ? "over" : "left", { time: span(left, lang) });
  return (
    <span className={`tag ${risky ? "orange" : ""}`} title={full(clock.due_at)}>
      {risky ? "▲" : "◷"} {code("clocks", clock.name)} <span className="num">{said}</span>
      {!paused && <time dateTime={clock.due_at}>· {moment(clock.due_at, now, lang)}</time>}
    </span>
  );
}

export function At({ at }: { at: string }) {
  const lang = useLang();
  return <time dateTime={at} title={full(at)}>{moment(at, useNow(), lang)}</time>;
}

/** A district, or a street with its district, by its name. */
export function Division({ code }: { code: string }) {
  const names = useLists().data?.divisions as Record<string, string> | undefined;
  return <>{`${code.length > 6 ? (names?.[code.slice(0, 6)] ?? "") : ""}${names?.[code] ?? code}`}</>;
}

export const moves = (action: string) => MOVES.has(action);

type Tagged = Pick<Order, "status" | "kind" | "allowed_actions">;
/** Actions with which an order goes on: whoever may take one of them has the turn. */
const MOVES = new Set(
  ("dispatch to_station designate answer_directly guide accept_transfer return_transfer sign_for start_handling answer review_answer close call_back evaluate grade " +
    "acknowledge arrive start_disposing feed_back agree_recall grant_return grant_extension reply_supervision accept_reply reply_oversight accept_oversight explain_delay review_delay take_position").split(" "),
);

/** Blue and ▶: yours to act. Grey and …: waiting for others. Green and ✓: over. */
export function StatusTag({ order }: { order: Tagged }) {
  const t = useText(common);
  const word = useStatus();
  const over = isFinal(order.kind, order.status);
  const yours = !over && order.allowed_actions.some((one) => MOVES.has(one.action));
  const [colour, shape, why] = over ? ["green", "✓", t("done")] : yours ? ["blue", "▶", t("yours")] : ["", "…", t("waiting")];
  return <span className={`tag ${colour}`} title={why}>{shape} {word(order.kind, order.status)}</span>;
}

export function Marks({ order }: { order: Pick<Order, "danger" | "urgent" | "exercise"> }) {
  const t = useText(common);
  return (
    <>
      {order.danger && <span className="tag red">◆ {t("danger")}</span>}
      {order.urgent && !order.danger && <span className="tag orange">▲ {t("urgent")}</span>}
      {order.exercise !== "actual" && <span className="tag">◇ {t("exercise")}</span>}
    </>
  );
}

/** A masked value; the reason for looking is recorded, and after a minute it is masked again. */
export function Masked({ orderId, field, value }: { orderId: string; field: "phone" | "name" | "address" | "contact_phone"; value: string }) {
  const t = useText(common);
  const said = useSaid();
  const [asking, setAsking] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    if (shown === null) return;
    const timer = setTimeout(() => setShown(null), SHOWN);
    return () => clearTimeout(timer);
  }, [shown]);
  const look = async (reason: string) => {
    if (reason.trim().length < 2) return setFailed(t("needed"));
    try {
      const found = await unmask(orderId, reason.trim());
      setShown(String(found.caller[field] ?? ""));
      setAsking(false);
      setFailed("");
    } catch (error) {
      setFailed(said(error));
    }
  };
  if (!value) return <>—</>;
  return (
    <span className="row">
      <span className="num">{shown ?? value}</span>
      {shown === null && !asking && <Button size="small" onClick={() => setAsking(true)}>{t("reveal")}</Button>}
      {shown !== null && <Button size="small" onClick={() => setShown(null)}>{t("hide")}</Button>}
      {asking && (
        <Input size="small" autoFocus style={{ width: 180 }} aria-label={t("revealWhy")} placeholder={t("revealWhy")} status={failed ? "warning" : ""}
          onPressEnter={(event) => void look(event.currentTarget.value)}
          onKeyDown={(event) => event.key === "Escape" && setAsking(false)} />
      )}
      {failed && <em role="alert">{failed}</em>}
    </span>
  );
}
