import { useCallback, useEffect, useRef, useState } from "react";
import type { Intake } from "../../api/orders";
import type { Draft, Step } from "./kept";
import { flush, forget, openOutbox, save, saveDraft, useDrafts } from "./outbox";

const PAUSE = 300; // milliseconds without a key after which the draft is kept
export const EMPTY: Intake = { content: "", channel: "phone", caller: { phone: "" } as Intake["caller"], incident: { address: "" } as Intake["incident"] };

const isSomething = (intake: Intake) => Boolean(intake.content.trim() || intake.caller?.phone);

export interface Desk {
  id: string;
  intake: Intake;
  /** What became of it once it was sent. */
  sent: Draft | undefined;
  others: Draft[];
  restored: boolean;
  change: (more: Partial<Intake>) => void;
  send: (next?: Step) => void;
  fresh: (pop?: Partial<Intake>) => void;
  resume: (draft: Draft) => void;
  discard: (id: string) => void;
}

/** The matter on the desk: kept at every pause, found again after a crash, sent once. */
export function useDraft(person: string): Desk {
  useEffect(() => openOutbox(person), [person]);
  const drafts = useDrafts();
  const [id, setId] = useState<string>(() => crypto.randomUUID());
  const [intake, setIntake] = useState<Intake>(EMPTY);
  const [restored, setRestored] = useState(false);
  const latest = useRef(intake);
  latest.current = intake;
  const mine = drafts.find((one) => one.id === id);
  const sent = mine && mine.state !== "draft" ? mine : undefined;
  const others = drafts.filter((one) => one.id !== id && (one.state === "draft" || one.state === "refused"));
  useKeeping(id, intake, person, !sent);

  const resume = useCallback((draft: Draft) => {
    setId(draft.id);
    setIntake(draft.intake);
    setRestored(true);
    if (draft.state === "refused") void save({ ...draft, state: "draft", problem: undefined });
  }, []);
  const found = others.at(-1);
  const looked = useRef(false);
  useEffect(() => {
    if (looked.current || drafts.length === 0) return;
    looked.current = true;
    if (found && !isSomething(latest.current)) resume(found);
  }, [drafts, found, resume]);

  return {
    id, intake, sent, others, restored, resume,
    change: (more) => setIntake((before) => ({ ...before, ...more })),
    send: (next) => {
      void save({ id, person, state: "waiting", intake, next, changedAt: Date.now() }).then(flush);
    },
    fresh: (pop) => {
      looked.current = true;
      setId(crypto.randomUUID());
      setIntake({ ...EMPTY, ...pop });
      setRestored(false);
    },
    discard: (which) => void forget(which),
  };
}

function useKeeping(id: string, intake: Intake, person: string, enabled: boolean): void {
  useEffect(() => {
    if (!enabled || !isSomething(intake)) return;
    const write = () => void saveDraft({ id, person, state: "draft", intake, changedAt: Date.now() });
    const timer = setTimeout(write, PAUSE);
    return () => clearTimeout(timer);
  }, [id, intake, person, enabled]);
}
