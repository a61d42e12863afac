import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { Found } from "../../api/knowledge";
import { usePerson } from "../../app/person";
import type { Intake } from "../../api/orders";
import { Cards } from "../../ui/cards";
import { OtherDrafts, Restored } from "../../ui/drafts";
import { useKeys } from "../../ui/keys";
import { useLook, useReading, useSimilar } from "./asking";
import { Caller, Duplicates, Similar } from "./Context";
import "./desk.css";
import { Form } from "./Form";
import { Outcome } from "./Outcome";
import { Todo } from "./Todo";
import { useDesk, type Desk as Typed } from "./useDesk";
import { Words } from "./Words";

/** What is said · what is known · what to do. No page changes during a call. */
export default function Desk() {
  const person = usePerson();
  const desk = useDesk(person.name);
  const reading = useReading(desk.intake, desk.id);
  const look = useLook(desk.intake);
  const similar = useSimilar(desk.intake);
  const box = useRef<HTMLDivElement>(null);
  const toWords = () => box.current?.querySelector<HTMLTextAreaElement>("textarea")?.focus();
  useScreenPop(desk);
  const fresh = () => {
    setCard(null);
    desk.fresh();
    requestAnimationFrame(() => box.current?.querySelector<HTMLInputElement>("input")?.focus());
  };
  useKeys({ "Alt+n": fresh, Escape: toWords });
  const [card, setCard] = useState<Found | null>(null);
  const known = reading.data;
  return (
    <div className="desk" ref={box}>
      <div className="stack">
        <Restored drafting={desk} />
        <Words desk={desk} spans={known && [...known.verdict.spans, ...known.suggested.spans]} />
        <Caller look={look.data} />
        <OtherDrafts drafting={desk} />
      </div>
      <Form desk={desk} reading={known} />
      <div className="stack">
        {desk.sent ? <Outcome desk={desk} sent={desk.sent} onNext={fresh} /> : <Todo key={desk.id} desk={desk} reading={known} card={card} onUncite={() => setCard(null)} />}
        <Cards said={desk.intake.content} onUse={desk.sent ? undefined : setCard} />
        <Duplicates look={look.data} />
        <Similar found={similar.data} />
      </div>
    </div>
  );
}

/** The telephone opens /desk?caller=…&recording=…: the number is there before the operator has said hello. */
function useScreenPop(desk: Typed): void {
  const [params, setParams] = useSearchParams();
  const caller = params.get("caller");
  const pop = useRef(desk.fresh);
  pop.current = desk.fresh;
  useEffect(() => {
    if (!caller) return;
    const call = { answered_at: new Date().toISOString(), recording_no: params.get("recording") ?? "", seat: params.get("seat") ?? "" };
    pop.current({ caller: { phone: caller } as Intake["caller"], call: call as Intake["call"] });
    setParams({}, { replace: true });
  }, [caller, params, setParams]);
}

