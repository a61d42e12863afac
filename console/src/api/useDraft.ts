import { useCallback, useEffect, useRef, useState } from "react";
import type { Draft, Step } from "./kept";
import type { Intake } from "./orders";
import { flush, forget, openOutbox, save, saveDraft, useDrafts } from "./outbox";

const PAUSE = 300; // milliseconds without a key after which the draft is kept

/** What a desk types into: how it begins, when there is something to keep, and what of it the node takes in. */
export interface Blank<F> {
  empty: F;
  isSomething: (form: F) => boolean;
  intakeOf: (form: F) => Intake;
}

export interface Drafting<F> {
  id: string;
  form: F;
  /** What became of it once it was sent. */
  sent: Draft | undefined;
  others: Draft[];
  restored: boolean;
  change: (more: Partial<F>) => void;
  /** `meant`: the form as it is to be sent. The same key always goes with the same words. */
  send: (next?: Step, meant?: F) => void;
  /** What is to follow, while it has not gone yet. */
  follow: (next: Step) => void;
  fresh: (pop?: Partial<F>) => void;
  resume: (draft: Draft) => void;
  /** Throws the draft away; what is given back puts it on the desk again. */
  discard: () => () => void;
}

/** The matter on a desk: kept at every pause, found again after a crash, sent once. */
export function useDraft<F extends object>(person: string, blank: Blank<F>): Drafting<F> {
  useEffect(() => openOutbox(person), [person]);
  const drafts = useDrafts();
  const [id, setId] = useState<string>(() => crypto.randomUUID());
  const [form, setForm] = useState<F>(blank.empty);
  const [restored, setRestored] = useState(false);
  const latest = useRef(form);
  latest.current = form;
  const going = useRef(""); // a second press while the first is on its way
  const mine = drafts.find((one) => one.id === id);
  const sent = useSent(id, mine);
  const others = drafts.filter((one) => one.id !== id && (one.state === "draft" || one.state === "refused"));
  useKeeping(id, form, person, blank, !sent);

  const resume = useCallback((draft: Draft) => {
    setId(draft.id);
    setForm((draft.form ?? draft.intake) as F);
    setRestored(true);
    going.current = "";
    if (draft.state === "refused") void save({ ...draft, state: "draft", problem: undefined });
  }, []);
  useFound(drafts.length > 0, others.at(-1), () => blank.isSomething(latest.current), resume);

  const fresh = (pop?: Partial<F>) => {
    setId(crypto.randomUUID());
    setForm({ ...blank.empty, ...pop });
    setRestored(false);
  };
  return {
    id, form, sent, others, restored, resume, fresh,
    change: (more) => setForm((before) => ({ ...before, ...more })),
    send: (next, meant = form) => {
      if (sent || going.current === id) return;
      going.current = id;
      setForm(meant);
      void save({ id, person, state: "waiting", intake: blank.intakeOf(meant), form: meant, next, changedAt: Date.now() }).then(flush);
    },
    follow: (next) => {
      if (mine?.state === "waiting") void save({ ...mine, next });
    },
    discard: () => {
      const thrown: Draft = { id, person, state: "draft", intake: blank.intakeOf(form), form, changedAt: Date.now() };
      void forget(id);
      fresh();
      return () => {
        void save(thrown);
        resume(thrown);
      };
    },
  };
}

/** What was sent stays known to its desk, also when the outbox has forgotten it. */
function useSent(id: string, mine: Draft | undefined): Draft | undefined {
  const last = useRef<Draft | undefined>(undefined);
  if (mine) last.current = mine.state === "draft" ? undefined : mine;
  return last.current?.id === id ? last.current : undefined;
}

/** What the last time left behind is put on the desk once, if nothing was typed yet. */
function useFound(read: boolean, found: Draft | undefined, busy: () => boolean, resume: (draft: Draft) => void): void {
  const looked = useRef(false);
  const isBusy = useRef(busy);
  isBusy.current = busy;
  useEffect(() => {
    if (looked.current || !read) return;
    looked.current = true;
    if (found && !isBusy.current()) resume(found);
  }, [read, found, resume]);
}

function useKeeping<F>(id: string, form: F, person: string, blank: Blank<F>, enabled: boolean): void {
  useEffect(() => {
    if (!enabled || !blank.isSomething(form)) return;
    const write = () => void saveDraft({ id, person, state: "draft", intake: blank.intakeOf(form), form, changedAt: Date.now() });
    const timer = setTimeout(write, PAUSE);
    return () => clearTimeout(timer);
  }, [id, form, person, blank, enabled]);
}
