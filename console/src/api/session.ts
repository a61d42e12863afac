import { useQuery } from "@tanstack/react-query";
import { setCsrf } from "./client";
import { Problem, Unreachable, type ProblemBody } from "./problem";

export interface Session {
  name: string;
  display_name: string;
  roles: string[];
  unit: string | null;
  home: string | null;
  division: string | null;
  centre: string;
  csrf: string;
  expires_at: string;
  must_change_password: boolean;
}

export interface Credentials {
  name: string;
  password: string;
  code?: string;
}

const ADDRESS = "/api/v1/session";

async function asked(method: string, sent?: unknown): Promise<Session | null> {
  let answer: Response;
  try {
    const headers = { "content-type": "application/json", "x-csrf-token": kept };
    answer = await fetch(ADDRESS, { method, headers, body: sent ? JSON.stringify(sent) : undefined });
  } catch {
    throw new Unreachable();
  }
  if (answer.status === 401 && method === "GET") return null;
  if (answer.status >= 502) throw new Unreachable();
  if (!answer.ok) throw new Problem((await answer.json()) as ProblemBody);
  if (method === "DELETE") return null;
  const session = (await answer.json()) as Session;
  kept = session.csrf;
  setCsrf(session.csrf);
  return session;
}

let kept = "";

export const signIn = (given: Credentials) => asked("POST", given);
export const signOut = () => asked("DELETE");

/** null: nobody is signed in. */
export function useSession() {
  return useQuery({ queryKey: ["session"], queryFn: () => asked("GET"), staleTime: Infinity, retry: 1 });
}
