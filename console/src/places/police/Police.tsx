import { useCallback, useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useOrder } from "../../api/orders";
import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Failed, Read } from "../../ui/states";
import { isSomething, pointOf, useCall, type OnDesk } from "./call";
import { Handling } from "./Handling";
import { Place } from "./Place";
import "./police.css";
import { Questions } from "./Questions";
import { Running } from "./Running";
import { Sketch } from "./Sketch";
import { policeWords } from "./words";

/** Danger first · what is known · who is sent. No page changes during a call. */
export default function Police() {
  const t = useText(policeWords);
  const person = usePerson();
  const desk = useCall(person.name, t("byAnswers"));
  const asked = useOrder(desk.orderId);
  const box = useRef<HTMLDivElement>(null);
  const [mine, setMine] = useState(true);
  const [chosen, setChosen] = useState<string>();
  const toWords = () => box.current?.querySelector<HTMLTextAreaElement>("textarea.said-here")?.focus();
  const next = () => {
    setMine(true);
    desk.next();
  };
  const look = (id: string) => {
    setMine(false);
    desk.look(id);
  };
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
        {desk.restored && <p className="banner" role="status">{t("restored")}</p>}
        <Questions key={desk.orderId && !mine ? desk.orderId : desk.call.key} answers={answers} orderId={desk.orderId} onAnswer={(given) => mine && desk.change({ answers: given })} />
        <Running at={desk.orderId} onLook={look} />
      </div>
      <div className="stack">
        {mine ? <Place desk={desk} /> : order && <Panel title={order.title || t("call")}><p className="said">{order.content}</p><p className="soft">{order.incident?.address}</p></Panel>}
        <Sketch scene={scene ?? null} chosen={chosen} />
      </div>
      <div className="stack">
        {desk.orderId ? (
          <>
            <Read asked={asked} lines={8}>{(known) => <Handling key={known.id} order={known} armedAtOnce={mine} onChosen={choose} />}</Read>
            <Button shortcut="Alt+N" onClick={next}>{t("next")}</Button>
          </>
        ) : (
          <Ready desk={desk} />
        )}
      </div>
    </div>
  );
}

/** Before there is an order: F9 takes it in and proposes whom to send. */
function Ready({ desk }: { desk: OnDesk }) {
  const t = useText(policeWords);
  const [bare, setBare] = useState(false);
  const go = () => (isSomething(desk.call) ? desk.taking.mutate() : setBare(true));
  useKeys({ F9: go, "Ctrl+Enter": go }, !desk.taking.isPending);
  return (
    <Panel title={t("units")}>
      <Button type="primary" size="large" shortcut="F9" loading={desk.taking.isPending} onClick={go}>{t("dispatch")}</Button>
      <p className="soft">{t("unitsWait")}</p>
      {bare && !isSomething(desk.call) && <p className="state bad" role="alert">{t("needWords")}</p>}
      {desk.unsent && <p className="banner" role="alert">{t("unsent")}</p>}
      {desk.taking.error && !desk.unsent && <Failed error={desk.taking.error} retry={go} />}
    </Panel>
  );
}

/** The telephone opens /police?caller=…&lat=…&lon=…: number and place are there before the first word. */
function useScreenPop(desk: OnDesk): void {
  const [params, setParams] = useSearchParams();
  const caller = params.get("caller");
  const { next, change } = desk;
  const pop = useRef({ next, change });
  pop.current = { next, change };
  useEffect(() => {
    if (!caller) return;
    pop.current.next();
    pop.current.change({ phone: caller, point: params.get("lat") ? `${params.get("lat")},${params.get("lon")}` : "" });
    setParams({}, { replace: true });
  }, [caller, params, setParams]);
}
