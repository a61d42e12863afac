import { useQuery } from "@tanstack/react-query";
import codes from "./generated/words.json";
import { useLang } from "./text";

type Table = Record<string, string[]>;
const tables = codes as unknown as Record<Exclude<keyof typeof codes, "final">, Table> & {
  final: Record<string, string[]>;
};

/** The word of a code in the language in use; a code without one is shown as it is. */
export function useCodes() {
  const at = useLang() === "zh" ? 0 : 1;
  return (table: keyof Omit<typeof tables, "final">, code: string) => tables[table][code]?.[at] ?? code;
}

/** The same code is another word in a work order than in a police order; where the kind is not said, the first that knows it. */
export function useStatus() {
  const code = useCodes();
  return (kind: string | undefined, status: string) => {
    const kinds = kind ? [kind] : Object.keys(tables.final);
    const known = kinds.map((one) => `${one}.${status}`).find((one) => one in tables.statuses);
    return known ? code("statuses", known) : status;
  };
}

export const CENTRES = tables.centres;
export const codesOf = (table: keyof Omit<typeof tables, "final">) => Object.keys(tables[table]);
export const REASONS = Object.keys(tables.reasons);
export const isFinal = (kind: string, status: string) => tables.final[kind]?.includes(status) ?? false;
export const colourOf = (centre: string) => tables.centres[centre]?.[2] ?? "#595959";

/** What a centre works on: "work_order" or "police_order". */
export const kindOf = (centre: string) => tables.centres[centre]?.[3] ?? "work_order";

/** 110 is 110 to everybody; a utility is said by its name. */
export function shortCentre(code: string, lang: "zh" | "en"): string {
  if (/^\d+$/.test(code)) return code;
  return tables.centres[code]?.[lang === "zh" ? 0 : 1] ?? code;
}

/** Divisions and classes: long, and needed only in forms. */
export function useLists() {
  return useQuery({ queryKey: ["lists"], staleTime: Infinity, queryFn: async () => (await import("./generated/lists.json")).default });
}
