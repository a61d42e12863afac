import { createContext, useContext } from "react";
import rights from "../api/generated/rights.json";
import type { Session } from "../api/session";
import { kindOf } from "../i18n/codes";
import type { Place } from "../places/place";

export const SessionContext = createContext<Session | null>(null);

/** Who is signed in. Inside the frame there always is somebody. */
export function usePerson(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("outside of a session");
  return session;
}

/** Whether the table of rights lets this person ask: "GET /api/v1/peers". What would be refused is neither asked nor offered. */
export function useMay(): (ask: keyof typeof rights) => boolean {
  const person = usePerson();
  return (ask) => rights[ask].some((role) => person.roles.includes(role));
}

/** Of several roles the first here says where the day begins: whoever takes calls is at the desk, a supervisor who only dispatches besides is not. */
const DAY = ["call_taker", "unit", "liaison", "supervisor", "dispatcher", "leader", "auditor", "admin", "security"];

/** Where this person's day begins. */
export function firstOf(person: Session, places: Place[]): Place | undefined {
  const shown = places.filter((place) => place.to);
  const role = DAY.find((one) => person.roles.includes(one));
  return shown.find((place) => role && place.home?.includes(role)) ?? shown[0];
}

/** What this person may open. The server decides again, whatever is shown. */
export function placesOf(person: Session, places: Place[]): Place[] {
  const kind = kindOf(person.centre);
  return places.filter(
    (place) => !(place.city && person.division) && (!place.kind || place.kind === kind) && (place.roles.length === 0 || place.roles.some((role) => person.roles.includes(role))),
  );
}
