import type { ComponentType, LazyExoticComponent } from "react";
import type { Words } from "../i18n/text";

/** A screen of the console. `path` is what the router takes; `roles` empty: for everybody who is signed in. */
export interface Place {
  path: string;
  /** Where the rail leads; without it the place is not in the rail (an order's page). */
  to?: string;
  icon?: ComponentType;
  label: { zh: string; en: string };
  roles: string[];
  /** Roles whose day begins here. */
  home?: string[];
  /** Only in centres with this kind of order; without it in every centre. */
  kind?: "work_order" | "police_order";
  /** Shows the whole city, or takes calls from all of it: not for an account that is bound to a district. */
  city?: true;
  /** What the cheat sheet says: key to a word of `words`. */
  keys: [key: string, word: { zh: string; en: string }][];
  component: LazyExoticComponent<ComponentType>;
}

export type { Words };
