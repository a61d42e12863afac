/** 14:05:09 today, 昨天 14:05, 11月21日 14:05 before that. */
export function moment(at: string | Date, now: Date, lang: "zh" | "en"): string {
  const time = new Date(at);
  const locale = lang === "zh" ? "zh-CN" : "en-GB";
  const days = Math.round((midnight(now) - midnight(time)) / 86_400_000);
  const clock = time.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
  if (days === 0) return time.toLocaleTimeString(locale, { hour12: false });
  if (days === 1) return `${lang === "zh" ? "昨天" : "yesterday"} ${clock}`;
  return `${time.toLocaleDateString(locale, { month: lang === "zh" ? "long" : "short", day: "numeric" })} ${clock}`;
}

export const full = (at: string) => new Date(at).toLocaleString(undefined, { hour12: false });

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** 45秒, 12:05, 3时20分, 2天4时. `seconds` without sign. */
export function span(seconds: number, lang: "zh" | "en"): string {
  const s = Math.abs(Math.trunc(seconds));
  const [d, h, m] = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60)];
  const zh = lang === "zh";
  if (d) return zh ? `${d}天${h}时` : `${d} d ${h} h`;
  if (h) return zh ? `${h}时${m}分` : `${h} h ${m} min`;
  return `${m}:${String(s % 60).padStart(2, "0")}`;
}
