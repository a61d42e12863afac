import { useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import { usePerson } from "../../app/person";
import type { Intake } from "../../api/orders";
import { useText } from "../../i18n/text";
import { Button } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { At } from "../../ui/order";
import { useLook, useReading, useSimilar } from "./asking";
import { Caller, Duplicates, Similar } from "./Context";
import "./desk.css";
import { Form } from "./Form";
import { Outcome } from "./Outcome";
import { Todo } from "./Todo";
import { useDraft, type Desk as Typed } from "./useDraft";
import { Words } from "./Words";
import { deskWords } from "./words";

/** What is said · what is known · what to do. No page changes during a call. */
export default function Desk() {
  const person = usePerson();
  const desk = useDraft(person.name);
  const reading = useReading(desk.intake, desk.id);
  const look = useLook(desk.intake);
  const similar = useSimilar(desk.intake);
  const box = useRef<HTMLDivElement>(null);
  const toWords = () => box.current?.querySelector<HTMLTextAreaElement>("textarea")?.focus();
  useScreenPop(desk);
  const fresh = () => {
    desk.fresh();
    requestAnimationFrame(() => box.current?.querySelector<HTMLInputElement>("input")?.focus());
  };
  useKeys({ "Alt+n": fresh, Escape: toWords });
  const known = reading.data;
  return (
    <div className="desk" ref={box}>
      <div className="stack">
        <Restored desk={desk} />
        <Words desk={desk} spans={known && [...known.verdict.spans, ...known.suggested.spans]} />
        <Caller look={look.data} />
        <Others desk={desk} />
      </div>
      <Form desk={desk} reading={known} />
      <div className="stack">
        {desk.sent ? <Outcome desk={desk} sent={desk.sent} onNext={fresh} /> : <Todo key={desk.id} desk={desk} reading={known} />}
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
  const { fresh } = desk;
  useEffect(() => {
    if (!caller) return;
    const call = { answered_at: new Date().toISOString(), recording_no: params.get("recording") ?? "", seat: params.get("seat") ?? "" };
    fresh({ caller: { phone: caller } as Intake["caller"], call: call as Intake["call"] });
    setParams({}, { replace: true });
  }, [caller, params, setParams, fresh]);
}

function Restored({ desk }: { desk: Typed }) {
  const t = useText(deskWords);
  if (!desk.restored || desk.sent) return null;
  return (
    <div className="banner row" role="status">
      <span className="grow">{t("restored")}</span>
      <Button size="small" onClick={() => { desk.discard(desk.id); desk.fresh(); }}>{t("discard")}</Button>
    </div>
  );
}

function Others({ desk }: { desk: Typed }) {
  const t = useText(deskWords);
  if (desk.others.length === 0) return null;
  return (
    <section className="panel" aria-label={t("others")}>
      <h3>{t("others")}</h3>
      {desk.others.map((one) => (
        <Button key={one.id} size="small" onClick={() => desk.resume(one)}>
          {(one.intake.content || one.intake.caller?.phone || "").slice(0, 24)} <At at={new Date(one.changedAt).toISOString()} />
        </Button>
      ))}
    </section>
  );
}
