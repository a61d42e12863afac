// What a desk of any centre has typed, on this machine: it outlives the page, the browser and the network.
import type { Intake } from "./orders";

export interface Step {
  action: string;
  given: Record<string, unknown>;
}

export interface Draft {
  /** Also the Idempotency-Key: one matter, one key, however often it is sent. */
  id: string;
  person: string;
  /** draft: being typed. waiting: to be sent. taken: an order, its next step still to be done. refused: sent back with `problem`. */
  state: "draft" | "waiting" | "taken" | "sent" | "refused";
  intake: Intake;
  /** What stands in the desk's own form, where that is more than the intake. */
  form?: unknown;
  next?: Step;
  order?: { id: string; number: string | null; version: number };
  problem?: string;
  /** Nobody was signed in when it was last tried. */
  signedOut?: boolean;
  changedAt: number;
}

/** The step that tells the node what was answered to the danger questions. */
export const ANSWERS = "answer_questions";
const STORE = "drafts";
let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("liandong", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function run<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(STORE, mode, { durability: "strict" });
  const asked = ask(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const keep = (draft: Draft) => run("readwrite", (store) => store.put(draft));

/** A pause in typing: never over what was sent meanwhile. */
export async function keepDraft(draft: Draft): Promise<void> {
  const transaction = (await database()).transaction(STORE, "readwrite", { durability: "strict" });
  const store = transaction.objectStore(STORE);
  const asked = store.get(draft.id) as IDBRequest<Draft | undefined>;
  asked.onsuccess = () => {
    if (!asked.result || asked.result.state === "draft") store.put(draft);
  };
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const drop = (id: string) => run("readwrite", (store) => store.delete(id));
export const find = (id: string) => run<Draft | undefined>("readonly", (store) => store.get(id));

/** Of one person, oldest first. Another person's drafts on a shared machine are not shown. */
export async function all(person: string): Promise<Draft[]> {
  const found = await run<Draft[]>("readonly", (store) => store.getAll());
  return found.filter((one) => one.person === person).sort((a, b) => a.changedAt - b.changedAt);
}
