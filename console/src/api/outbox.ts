// Sends what waits, in order, each exactly once: the same key with the same body until the node has answered.
import { useSyncExternalStore } from "react";
import { act, sayAnswers, takeIn, type Answers } from "./orders";
import { Problem, Unreachable } from "./problem";
import { all, ANSWERS, drop, find, keep, keepDraft, type Draft, type Step } from "./kept";

const AGAIN = 3000; // milliseconds between tries
const FORGOTTEN = 60_000; // milliseconds that what was sent stays to be shown
const NOT_YET = new Set([401, 403, 429, 500, 503]);

let known: Draft[] = [];
let person = "";
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

async function reread(): Promise<void> {
  known = await all(person);
  listeners.forEach((tell) => tell());
}

/** Begins with what the last time left behind. */
export function openOutbox(name: string): void {
  if (person === name) return;
  person = name;
  window.removeEventListener("online", flush);
  window.addEventListener("online", flush);
  clearInterval(timer);
  timer = setInterval(() => known.some(isWaiting) && flush(), AGAIN);
  void reread().then(flush);
}

export async function save(draft: Draft): Promise<void> {
  await keep(draft);
  await reread();
}

/** What is being typed, at a pause. */
export async function saveDraft(draft: Draft): Promise<void> {
  await keepDraft(draft);
  await reread();
}

export async function forget(id: string): Promise<void> {
  await drop(id);
  await reread();
}

/** Sends all that waits. Two windows of one browser do not send at the same time. */
export function flush(): void {
  void navigator.locks.request("liandong-outbox", async () => {
    for (const one of (await all(person)).filter(isWaiting)) {
      const done = await sendOne(one);
      if (!done) break;
    }
    await tidy();
  });
}

const isWaiting = (one: Draft) => one.state === "waiting" || one.state === "taken";

async function tidy(): Promise<void> {
  const old = (await all(person)).filter((one) => one.state === "sent" && Date.now() - one.changedAt > FORGOTTEN);
  await Promise.all(old.map((one) => drop(one.id)));
  await reread();
}

/** false: not now, the rest waits too. */
async function sendOne(given: Draft): Promise<boolean> {
  try {
    const taken = given.state === "taken" ? given : await takeNow(given);
    if (taken.next) await doNext(taken);
    else await save({ ...taken, state: "sent", changedAt: Date.now() });
    return true;
  } catch (error) {
    if (error instanceof Unreachable || (error instanceof Problem && NOT_YET.has(error.body.status))) {
      const now = await find(given.id);
      if (now) await save({ ...now, problem: error instanceof Problem ? error.body.title : undefined, signedOut: error instanceof Problem && error.body.status === 401 });
      return false;
    }
    await save({ ...given, state: "refused", problem: error instanceof Problem ? `${error.body.title}：${error.body.detail}` : String(error) });
    return true;
  }
}

async function takeNow(given: Draft): Promise<Draft> {
  const order = await takeIn(given.intake, given.id);
  const now = (await find(given.id)) ?? given; // what follows may have been added to while it was on its way
  const taken: Draft = { ...now, state: "taken", problem: undefined, order: { id: order.id, number: order.number ?? null, version: order.version } };
  await save(taken);
  return taken;
}

/** What was to follow. A version that is no longer the last means that it was done before the answer got lost, or that somebody was faster: a person looks. */
async function doNext(taken: Draft): Promise<void> {
  const { order, next } = taken;
  const sent: Draft = { ...taken, state: "sent", changedAt: Date.now(), problem: undefined };
  try {
    const now = await doStep(order!, next!);
    await save({ ...sent, order: { ...order!, version: now.version } });
  } catch (error) {
    if (!(error instanceof Problem) || NOT_YET.has(error.body.status)) throw error;
    const done = error.code === "stale_version";
    await save({ ...sent, problem: done ? undefined : `${error.body.title}：${error.body.detail}` });
  }
}

/** Answers to the danger questions rest on no version: they are never taken for done because somebody was faster. */
async function doStep(order: NonNullable<Draft["order"]>, step: Step): Promise<{ version: number }> {
  if (step.action === ANSWERS) return (await sayAnswers(order.id, step.given.answers as Answers)).order;
  return act(order, step.action, step.given);
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useDrafts(): Draft[] {
  return useSyncExternalStore(subscribe, () => known);
}

/** How many wait to be sent. */
export function useWaiting(): number {
  return useDrafts().filter(isWaiting).length;
}
