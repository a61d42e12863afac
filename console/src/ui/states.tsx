import type { ReactNode } from "react";
import { Problem, Unreachable } from "../api/problem";
import { common } from "../i18n/common";
import { useLang, useText } from "../i18n/text";
import { useOnline } from "../live/online";
import { Button } from "./basic";

export function Loading({ lines = 4 }: { lines?: number }) {
  const t = useText(common);
  const widths = Array.from({ length: lines }, (_, at) => `${88 - ((at * 17) % 40)}%`);
  return (
    <div role="status" aria-label={t("loading")}>
      {widths.map((width, at) => <div key={at} className="skeleton" style={{ width }} />)}
    </div>
  );
}

/** What would be here, and the way to make it. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return <div className="state"><p>{children}</p>{action}</div>;
}

/** A detail in both languages, "中文（English）", in the one that is read. */
export function inLang(detail: string, lang: "zh" | "en"): string {
  const both = /^(.*[\u4e00-\u9fff].*)（([\x20-\x7e]+)）$/s.exec(detail);
  return both ? both[lang === "zh" ? 1 : 2]! : detail;
}

/** What happened, what is kept, what to do: in the node's own words. */
export function useSaid() {
  const t = useText(common);
  const lang = useLang();
  return (error: unknown): string => {
    if (error instanceof Problem) {
      const title = lang === "zh" ? error.body.title : error.body.title_en;
      const detail = inLang(error.body.detail, lang);
      return detail ? `${title}${lang === "zh" ? "：" : ": "}${detail}` : title;
    }
    return error instanceof Unreachable ? t("unreachable") : String(error);
  };
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const t = useText(common);
  const said = useSaid();
  return (
    <div className="state bad" role="alert">
      <p>{said(error)}</p>
      {retry && <Button size="small" onClick={retry}>{t("retry")}</Button>}
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  isPending: boolean;
  refetch: () => unknown;
}

/** A query in its states; what is known stays on the screen while it is read again. */
export function Read<T>({ asked, children, lines }: { asked: Asked<T>; children: (data: T) => ReactNode; lines?: number }) {
  if (asked.data !== undefined) return <>{children(asked.data)}</>;
  if (asked.error) return <Failed error={asked.error} retry={() => void asked.refetch()} />;
  return <Loading lines={lines} />;
}

export function OfflineBanner({ waiting = 0 }: { waiting?: number }) {
  const t = useText(common);
  if (useOnline()) return null;
  return <div className="banner" role="status">{waiting ? t("offlineWaiting", { count: waiting }) : t("offline")}</div>;
}
