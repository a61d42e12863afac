import { useSyncExternalStore } from "react";

export type Lang = "zh" | "en";
/** Each place has its own words; a word that is missing in English does not compile. */
export interface Words<K extends string> {
  zh: Record<K, string>;
  en: Record<K, string>;
}

export function words<const Z extends Record<string, string>>(zh: Z, en: Record<keyof Z & string, string>) {
  return { zh: zh as Record<keyof Z & string, string>, en };
}

const KEPT = "liandong.lang";
const listeners = new Set<() => void>();
let current: Lang = localStorage.getItem(KEPT) === "en" ? "en" : "zh";
document.documentElement.lang = current === "zh" ? "zh-CN" : "en";

export function setLang(lang: Lang): void {
  current = lang;
  localStorage.setItem(KEPT, lang);
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  listeners.forEach((tell) => tell());
}

export function useLang(): Lang {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => current,
  );
}

export type Say<K extends string> = (key: K, given?: Record<string, string | number>) => string;

/** `{name}` in a text is filled from what is given. */
export function useText<K extends string>(all: Words<K>): Say<K> {
  const lang = useLang();
  return (key, given) => all[lang][key].replace(/\{(\w+)\}/g, (_, name: string) => String(given?.[name] ?? ""));
}
