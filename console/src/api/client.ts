import createClient, { type Middleware } from "openapi-fetch";
import type { paths } from "./generated/schema";
import { Problem, Unreachable, type ProblemBody } from "./problem";

let csrf = "";
const signedOut = new Set<() => void>();

/** The token that every change carries; given with the session. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Called when the node says that the session has ended. What was typed stays where it is. */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

const guarding: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && csrf) request.headers.set("X-CSRF-Token", csrf);
    return request;
  },
  onResponse({ response, request }) {
    if (response.status === 401 && !request.url.endsWith("/session")) signedOut.forEach((tell) => tell());
  },
  onError() {
    return new Unreachable();
  },
};

const PATIENCE = 20_000; // milliseconds after which a node that says nothing is held to be away; bytes of files may take longer

/** A node that hangs is no different from one that is away: what was asked is asked again, with the same key. */
function patiently(request: Request): Promise<Response> {
  if (request.method === "PUT") return fetch(request);
  return fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE)]) });
}

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin", fetch: patiently });
api.use(guarding);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer. Throws Problem for what the node refused, Unreachable where there was no answer. */
export async function body<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  const isProblem = typeof error === "object" && error !== null && "code" in error;
  if (isProblem) throw new Problem(error as ProblemBody);
  if (response.status >= 502) throw new Unreachable();
  throw new Problem({
    type: "about:blank",
    code: `http_${response.status}`,
    status: response.status,
    title: `服务返回 ${response.status}`,
    title_en: `The node answered ${response.status}`,
    detail: "",
  });
}
