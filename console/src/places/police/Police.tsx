import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { Draft } from "../../api/kept";
import { useOrder } from "../../api/orders";
import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { useLate } from "../../live/late";
import { Button, Panel } from "../../ui/basic";
import { Cards } from "../../ui/cards";
import { OtherDrafts, Restored } from "../../ui/drafts";
import { useKeys } from "../../ui/keys";
import { Loading, Read } from "../../ui/states";
import { isSomething, pointOf, useCall, type OnDesk } from "./call";
import { Handling } from "./Handling";
import { Place } from "./Place";
import "./police.css";
import { Questions } from "./Questions";
import { Running } from "./Running";
import { Sketch } from "./Sketch";
import { policeWords } from "./words";

const LATE = 2000; // milliseconds after which a call that is not an order yet is said to wait here

/** Danger first · what is known · who is sent. No page changes during a call. */
export default function Police() {
  const t = useText(policeWords);
  const person = usePerson();
  const desk = useCall(person.name, t("byAnswers"));
  const asked = useOrder(desk.orderId);
  const box = useRef<HTMLDivElement>(null);
  const mine = !desk.looked;
  const [chosen, setChosen] = useState<string>();
  const toWords = () => box.current?.querySelector<HTMLTextAreaElement>("textarea.said-here")?.focus();
  const next = () => desk.next();
  const choose = useCallback((unit: string | undefined) => setChosen(unit), []);
  useScreenPop(desk);
  useKeys({ "Alt+n": next, Escape: toWords });
  const order = desk.orderId ? asked.data : undefined;
  const scene = order?.incident?.wgs84 ?? pointOf(desk.call.point);
  const answers = mine ? desk.call.answers : Object.fromEntries((order?.policing?.answers ?? []).map((one) => [one.question, one.given]));
  return (
    <div className="police" ref={box}>
      <h1 className="sr-only">{t("call")}</h1>
      <div className="stack">
        <Restored drafting={desk} />
        <Questions key={desk.orderId && !mine ? desk.orderId : desk.id} answers={answers} orderId={desk.orderId} onAnswer={(given) => mine && desk.answer(given)} />
        <Running at={desk.orderId} onLook={desk.look} />
        <OtherDrafts drafting={desk} />
      </div>
      <div className="stack">
        {mine ? <Place desk={desk} /> : order && <Panel title={order.title || t("call")}><p className="said">{order.content}</p><p className="soft">{order.incident?.address}</p></Panel>}
        <Sketch scene={scene ?? null} chosen={chosen} />
        <Cards said={mine ? desk.call.content : (order?.content ?? "")} />
      </div>
      <div className="stack">
        {desk.orderId ? (
          <>
            <Read asked={asked} lines={8}>{(known) => <Handling key={known.id} order={known} armedAtOnce={mine} onChosen={choose} />}</Read>
            <Button shortcut="Alt+N" onClick={next}>{t("next")}</Button>
          </>
        ) : (
          <Ready desk={desk} onNext={next} />
        )}
      </div>
    </div>
  );
}

/** Before there is an order: F9 takes it in and proposes whom to send. */
function Ready({ desk, onNext }: { desk: OnDesk; onNext: () => void }) {
  const t = useText(policeWords);
  const [bare, setBare] = useState(false);
  const go = () => (isSomething(desk.call) ? desk.take() : setBare(true));
  useKeys({ F9: go, "Ctrl+Enter": go }, !desk.sent);
  if (desk.sent) return <OnItsWay desk={desk} sent={desk.sent} onNext={onNext} />;
  return (
    <Panel title={t("units")}>
      <Button type="primary" size="large" shortcut="F9" onClick={go}>{t("dispatch")}</Button>
      <p className="soft">{t("unitsWait")}</p>
      {bare && !isSomething(desk.call) && <p className="state bad" role="alert">{t("needWords")}</p>}
    </Panel>
  );
}

/** Not an order yet: on its way, waiting on this machine, or refused with the reason. The next call need not wait for it. */
function OnItsWay({ desk, sent, onNext }: { desk: OnDesk; sent: Draft; onNext: () => void }) {
  const t = useText(policeWords);
  const late = useLate(sent.changedAt, LATE);
  return (
    <Panel title={t("units")}>
      {sent.state === "refused" ? (
        <>
          <p className="state bad" role="alert">{t("refused", { problem: sent.problem ?? "" })}</p>
          <Button onClick={() => desk.resume(sent)}>{t("refusedEdit")}</Button>
        </>
      ) : late || sent.problem || !navigator.onLine ? <p className="banner" role="alert">{sent.signedOut ? t("unsentSignIn") : <>{t("unsent")} {sent.problem}</>}</p> : <Loading lines={3} />}
      <Button shortcut="Alt+N" onClick={onNext}>{t("next")}</Button>
    </Panel>
  );
}

/** The telephone opens /police?caller=…&lat=…&lon=…: number and place are there before the first word. */
function useScreenPop(desk: OnDesk): void {
  const [params, setParams] = useSearchParams();
  const caller = params.get("caller");
  const pop = useRef(desk.next);
  pop.current = desk.next;
  useEffect(() => {
    if (!caller) return;
    pop.current({ phone: caller, point: params.get("lat") ? `${params.get("lat")},${params.get("lon")}` : "" });
    setParams({}, { replace: true });
  }, [caller, params, setParams]);
}
