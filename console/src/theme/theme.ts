import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";
const KEPT = "liandong.theme";
const listeners = new Set<() => void>();
const system = window.matchMedia("(prefers-color-scheme: dark)");
let chosen = localStorage.getItem(KEPT) as Theme | null;

const current = (): Theme => chosen ?? (system.matches ? "dark" : "light");
const told = () => {
  document.documentElement.dataset.theme = current();
  listeners.forEach((tell) => tell());
};
document.documentElement.dataset.theme = current();
system.addEventListener("change", told);

export function setTheme(theme: Theme): void {
  chosen = theme;
  localStorage.setItem(KEPT, theme);
  told();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    current,
  );
}

/** 12345 is blue, 110 deep blue with a red edge. */
export function wear(centre: string, colour: string): void {
  const root = document.documentElement.style;
  root.setProperty("--centre-bg", centre === "12345" ? "#0e4fb3" : colour);
  root.setProperty("--centre-edge", centre === "110" ? "#d4380d" : "transparent");
}
