import { useEffect, useState } from "react";
import type { Found } from "../../api/knowledge";
import { usePerson } from "../../app/person";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Button, Panel, TextArea } from "../../ui/basic";
import { UnitSelect } from "../../ui/inputs";
import { useKeys } from "../../ui/keys";
import type { Reading } from "./asking";
import { Guesses } from "./Guesses";
import type { Step } from "../../api/kept";
import type { Desk } from "./useDesk";
import { deskWords } from "./words";

const POLICE = "110";
type Armed = "F2" | "F8" | "F9" | null;

/** Whose duty it is with its reason, and what may be done with it, a key each. What can't be undone asks once, in words. */
export function Todo({ desk, reading, card, onUncite }: { desk: Desk; reading: Reading | undefined; card: Found | null; onUncite: () => void }) {
  const t = useText(deskWords);
  const person = usePerson();
  const lang = useLang();
  const [armed, setArmed] = useState<Armed>(null);
  const [unit, setUnit] = useState("");
  const [answer, setAnswer] = useState("");
  const [bare, setBare] = useState(false);
  useEffect(() => {
    if (!card) return;
    setAnswer(card.answer);
    setArmed("F8");
  }, [card]);
  const verdict = reading?.verdict;
  const to = verdict?.target && verdict.target !== person.centre ? verdict.target : POLICE;
  const peer = shortCentre(to, lang);
  const decided = useDecision(reading);
  const proposed = (reading?.units ?? []).filter((one) => one.unit);
  const chosen = unit || proposed[0]?.unit || "";
  const unitName = proposed.find((one) => one.unit === chosen)?.unit_name ?? reading?.suggested.unit.guesses.find((one) => one.code === chosen)?.name ?? chosen;
  const ready = desk.intake.content.trim() !== "";
  const go = (next?: Step) => (ready ? desk.send(next) : setBare(true));
  const expected = verdict?.decision === "transfer" || verdict?.decision === "dispatch_and_transfer";
  const transfer = () => {
    if (!expected && armed !== "F2") return ready ? setArmed("F2") : setBare(true);
    go({ action: "offer_transfer", given: { to, urgent: Boolean(verdict?.urgent), items: verdict?.items ?? [] } });
  };
  const call = () => go({ action: "open_three_way_call", given: { to, person: person.display_name, seat: desk.intake.call?.seat ?? "", recording_no: desk.intake.call?.recording_no ?? "" } });
  const talk = () => go({ action: "negotiate", given: { to, owner: to, basis_kind: "catalogue", basis: (verdict?.reason ?? t("negotiate", { peer })).slice(0, 300) } });
  const reply = () => {
    if (!ready) return setBare(true);
    setAnswer((before) => before || reading?.units.find((one) => one.answer)?.answer || "");
    setArmed("F8");
  };
  const sendReply = () => answer.trim() && go({ action: "answer_directly", given: { answer: answer.trim(), ...(card ? { card: card.number } : {}) } });
  const dispatch = () => {
    if (armed === "F9" && chosen) return go({ action: "dispatch", given: { unit: chosen, ...(unit ? {} : { co_handlers: proposed[0]?.co_handlers ?? [] }) } });
    if (ready) setArmed("F9");
    else setBare(true);
  };
  useKeys({ F2: transfer, F4: call, F7: talk, F8: reply, F9: dispatch, "Ctrl+Enter": () => (armed === "F8" ? sendReply() : go()) });
  useKeys({ Escape: () => setArmed(null) }, armed !== null);
  return (
    <Panel title={t("todo")}>
      <Verdict desk={desk} reading={reading} />
      {bare && !ready && <div className="state bad" role="alert">{t("needWords")}</div>}
      <div className="actions">
        <Button type={expected || verdict?.urgent ? "primary" : "default"} shortcut="F2" onClick={transfer}>{t(verdict?.urgent ? "transferUrgent" : "transfer", { peer })}</Button>
        {armed === "F2" && <p className="banner" role="alert">{verdict?.urgent ? t("armUrgent", { peer }) : t("armTransfer", { peer, verdict: decided })}</p>}
        <Button shortcut="F4" onClick={call}>{t("call", { peer })}</Button>
        <Button type={verdict?.decision === "negotiate" ? "primary" : "default"} shortcut="F7" onClick={talk}>{t("negotiate", { peer })}</Button>
        <Button shortcut="F8" onClick={reply}>{t("answer")}</Button>
        {armed === "F8" && <TextArea autoFocus aria-label={t("answerHint")} placeholder={t("answerHint")} autoSize={{ minRows: 3 }} value={answer} onChange={(event) => setAnswer(event.target.value)} />}
        {armed === "F8" && card && <p className="soft">{t("cites", { title: card.title, number: card.number })} <Button size="small" type="text" onClick={onUncite}>{t("uncite")}</Button></p>}
        {armed === "F8" && <Button type="primary" shortcut="Ctrl+⏎" onClick={sendReply}>{t("answer")}</Button>}
        <Button type={verdict?.decision === "keep" ? "primary" : "default"} shortcut="F9" onClick={dispatch}>{chosen ? t("dispatchTo", { unit: unitName }) : t("dispatch")}</Button>
        {armed === "F9" && chosen && <p className="banner" role="alert">{t("armDispatch", { unit: unitName })}</p>}
        {armed === "F9" && <UnitSelect label={t("dispatch")} value={chosen ? [chosen] : []} first={proposed.map((one) => ({ value: one.unit!, label: one.unit_name ?? one.unit! }))} onChange={([one]) => setUnit(one ?? "")} />}
        <Button shortcut="Ctrl+⏎" onClick={() => go()}>{t("take")}</Button>
      </div>
      {proposed[0] && <p className="soft">{proposed[0].why}</p>}
      {reading?.suggested.unit.measured && <Guesses suggestion={reading.suggested.unit} chosen={chosen} take={setUnit} />}
      {reading && proposed.length === 0 && <p className="soft">{t("unitsNone")}</p>}
    </Panel>
  );
}

function useDecision(reading: Reading | undefined): string {
  const t = useText(deskWords);
  const lang = useLang();
  const verdict = reading?.verdict;
  const peer = shortCentre(verdict?.target ?? "", lang);
  if (!verdict) return "";
  if (verdict.decision === "keep") return t("keep");
  if (verdict.decision === "guide") return t("guide");
  if (verdict.decision === "negotiate") return t("negotiate", { peer });
  return t(verdict.urgent ? "transferUrgent" : "transfer", { peer });
}

/** The reason in one sentence. A person may say otherwise of danger, and what was said is kept with the order. */
function Verdict({ desk, reading }: { desk: Desk; reading: Reading | undefined }) {
  const t = useText(deskWords);
  const decided = useDecision(reading);
  if (!reading) return <p className="soft verdict">{t("verdictWaits")}</p>;
  const { verdict, facts } = reading;
  return (
    <div className="stack verdict" aria-live="polite">
      <div className="row">
        <span className={`tag ${facts.danger ? "red" : ""}`}>{facts.danger ? `◆ ${t("danger")}` : t("noDanger")}</span>
        <strong className="grow">{decided}</strong>
        <Button size="small" type="text" onClick={() => desk.change({ facts: { danger: !facts.danger } as NonNullable<typeof desk.intake.facts> })}>{t(facts.danger ? "clearDanger" : "setDanger")}</Button>
      </div>
      <p>{verdict.reason}</p>
      {verdict.script && <p className="said soft">{t("script")}：{verdict.script}</p>}
    </div>
  );
}
