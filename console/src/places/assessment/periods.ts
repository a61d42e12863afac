export type Kind = "month" | "quarter" | "year";

const two = (n: number) => String(n).padStart(2, "0");

/** 2026-10, 2026-Q3, 2026: what the interface calls the period that holds this month. */
export function nameOf(kind: Kind, at: { year: number; month: number }): string {
  if (kind === "year") return String(at.year);
  if (kind === "quarter") return `${at.year}-Q${Math.floor((at.month - 1) / 3) + 1}`;
  return `${at.year}-${two(at.month)}`;
}

export function moved(kind: Kind, at: { year: number; month: number }, by: number): { year: number; month: number } {
  const months = at.year * 12 + at.month - 1 + by * { month: 1, quarter: 3, year: 12 }[kind];
  return { year: Math.floor(months / 12), month: (months % 12) + 1 };
}
