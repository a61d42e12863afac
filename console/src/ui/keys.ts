import { useEffect, useRef } from "react";

export type Pressed = Record<string, (event: KeyboardEvent) => void>;

/** "Ctrl+k" also means ⌘ k. Single letters and digits are left alone while somebody types. */
export function nameOf(event: KeyboardEvent): string {
  const ctrl = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const alt = event.altKey ? "Alt+" : "";
  return ctrl + alt + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

export function useKeys(keys: Pressed, enabled = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return; // an input method is choosing characters
      const name = nameOf(event);
      const run = latest.current[name];
      const plain = name.length === 1 || name === "Enter";
      const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select, [contenteditable]");
      if (!run || (plain && typing) || (name === "Enter" && event.target instanceof HTMLElement && event.target.closest("button, a"))) return;
      event.preventDefault();
      run(event);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [enabled]);
}
