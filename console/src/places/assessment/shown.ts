import type { components } from "../../api/generated/schema";
import { span } from "../../i18n/times";

export type Measure = components["schemas"]["Measure"];

/** A share as per cent, seconds as a time, points and counts as they are; — where nothing was counted. */
export function shown(measure: Measure | undefined, value: number | null | undefined, lang: "zh" | "en"): string {
  if (value === null || value === undefined) return "—";
  if (measure?.unit === "seconds") return span(value, lang);
  if (measure && ["rate", "share", "reconciliations"].includes(measure.shape)) return `${(100 * value).toFixed(1)} %`;
  return Number.isInteger(value) ? value.toLocaleString() : value.toFixed(1);
}
