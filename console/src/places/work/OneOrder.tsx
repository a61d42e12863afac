import { useEvents, type Order } from "../../api/orders";
import { usePerson } from "../../app/person";
import { useLists } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Actions } from "../../ui/actions";
import { Panel } from "../../ui/basic";
import { At, Clock, Marks, StatusTag } from "../../ui/order";
import { Said } from "../../ui/said";
import { Empty, Read } from "../../ui/states";
import { Timeline } from "../../ui/timeline";
import { Photos } from "./Photos";
import { workWords } from "./words";

/** These have a button of their own on this page. */
const ELSEWHERE = new Set(["raise_danger", "attach"]);

/** One order as a unit in the field needs it: what, where, until when, what to do, photos, what was done. */
export function OneOrder({ order }: { order: Order }) {
  const t = useText(workWords);
  const person = usePerson();
  const events = useEvents(order);
  const rest = { ...order, allowed_actions: order.allowed_actions.filter((one) => !ELSEWHERE.has(one.action)) };
  return (
    <>
      <Matter order={order} />
      <Panel title={t("actions")}>{rest.allowed_actions.length ? <Actions order={rest} /> : <Empty>{t("none")}</Empty>}</Panel>
      <Photos order={order} />
      <Done order={order} />
      <Panel title={t("path")}><Read asked={events}>{(rows) => <Timeline order={order} rows={rows} centre={person.centre} />}</Read></Panel>
    </>
  );
}

function Matter({ order }: { order: Order }) {
  const t = useText(workWords);
  const divisions = useLists().data?.divisions as Record<string, string> | undefined;
  const where = [divisions?.[order.division_code ?? ""], order.incident?.address].filter(Boolean).join(" ");
  const phone = order.caller?.contact_phone || order.caller?.phone || "";
  const supervised = (order.supervisions ?? []).filter((one) => one.status === "open");
  return (
    <Panel title={order.title || t("matter")} aside={<span className="num">{order.number}</span>}>
      <div className="facts-row"><StatusTag order={order} /><Marks order={order} />{order.clocks.map((clock) => <Clock key={clock.name} clock={clock} />)}</div>
      <Said text={order.content} />
      <dl className="facts">
        <dt>{t("where")}</dt><dd>{where || "—"}</dd>
        <dt>{t("phone")}</dt><dd>{phone ? <span className="num">{phone}</span> : order.confidential ? t("hidden") : "—"}</dd>
      </dl>
      {supervised.map((one) => <p key={one.id}><span className="tag orange">▲ {t("supervised")}</span> {one.text}</p>)}
    </Panel>
  );
}

/** A draft without a status waits: what is as at first is not sent. */
const DRAFTS = { waiting: "draftWaits", approved: "draftPassed", rejected: "draftBack" } as const;

function Done({ order }: { order: Order }) {
  const t = useText(workWords);
  const { steps = [], contacts = [], drafts = [], extensions = [] } = order.handling ?? {};
  const rows = [
    ...steps.map((one) => ({ at: one.at, text: `${one.what}${one.place ? ` · ${one.place}` : ""}` })),
    ...contacts.map((one) => ({ at: one.at, text: `${t(one.reached ? "reached" : "notReached")} ${one.text ?? ""}` })),
    ...drafts.map((one) => ({ at: one.at, text: `${t("draft")}（${t(DRAFTS[one.status ?? "waiting"], { text: one.review ?? "" })}）：${one.text}` })),
    ...extensions.map((one) => ({ at: one.asked_at, text: `${t("extension")} ${one.days} · ${one.reason}` })),
  ].sort((a, b) => b.at.localeCompare(a.at));
  return (
    <Panel title={t("steps")}>
      {rows.length === 0 && <p className="soft">{t("noSteps")}</p>}
      {rows.map((one) => <p key={one.at + one.text}><span className="soft"><At at={one.at} /></span> {one.text}</p>)}
    </Panel>
  );
}
