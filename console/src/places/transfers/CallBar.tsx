import type { AllowedAction } from "../../api/orders";
import { usePerson } from "../../app/person";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { span } from "../../i18n/times";
import { useNow } from "../../live/now";
import { Button } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import type { Given } from "../../ui/form";
import type { Transfer, Waiting } from "./asking";
import { transferWords } from "./words";

type Call = NonNullable<Transfer["calls"]>[number];

interface Props {
  row: Waiting;
  run: (action: AllowedAction, given: Given) => void;
  ask: (name: string) => void;
}

/** Caller, both centres, on one line: who is on it and since when. F4 opens, joins or ends it, whichever is possible. */
export function CallBar({ row, run, ask }: Props) {
  const t = useText(transferWords);
  const person = usePerson();
  const { order, transfer } = row;
  const can = (name: string) => order.allowed_actions.find((one) => one.action === name);
  const [open, join, end] = [can("open_three_way_call"), can("join_three_way_call"), can("end_three_way_call")];
  const calls = transfer.calls ?? [];
  const joined = calls.some((one) => !one.ended_at && one.joined?.some((who) => who.person === person.display_name));
  const go = () => {
    if (join && !joined) run(join, { person: person.display_name });
    else if (end) ask(end.action);
    else if (open) run(open, { to: transfer.peer, person: person.display_name });
  };
  useKeys({ F4: go }, Boolean(open || join || end));
  const word = join && !joined ? t("join") : end ? t("end") : t("call");
  return (
    <div className="call-bar" role="group" aria-label={t("calls")}>
      <strong>☎ {t("calls")}</strong>
      {calls.length === 0 && <span className="soft">{t("noCalls")}</span>}
      {calls.map((one) => <OneCall key={one.id} call={one} />)}
      <span className="grow" />
      {(open || join || end) && <Button shortcut="F4" onClick={go}>{word}</Button>}
    </div>
  );
}

function OneCall({ call }: { call: Call }) {
  const t = useText(transferWords);
  const lang = useLang();
  const now = useNow();
  const seconds = ((call.ended_at ? new Date(call.ended_at) : now).getTime() - new Date(call.opened_at).getTime()) / 1000;
  return (
    <span className="facts-row">
      <span className={`tag num ${call.ended_at ? "" : "blue"}`}>{call.ended_at ? t("ended") : `▶ ${t("running", { time: span(seconds, lang) })}`}</span>
      {(call.joined ?? []).map((who) => <span key={who.at + who.centre} className="tag">{t("inCall", { centre: shortCentre(who.centre, lang), person: who.person ?? "" })}</span>)}
      {call.text && <span className="soft">{call.text}</span>}
    </span>
  );
}
