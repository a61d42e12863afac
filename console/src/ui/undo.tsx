import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";

interface Told {
  text: string;
  undo?: () => void;
}

const STAYS = 9000; // milliseconds
const Context = createContext<(told: Told) => void>(() => undefined);

/** Says what was done, with the way back where there is one (Ctrl+Z while it stands). */
export const useTold = () => useContext(Context);

export function UndoBars({ children }: { children: ReactNode }) {
  const t = useText(common);
  const [told, setTold] = useState<Told | null>(null);
  const undo = useCallback(() => {
    told?.undo?.();
    setTold(null);
  }, [told]);
  useEffect(() => {
    if (!told) return;
    const timer = setTimeout(() => setTold(null), STAYS);
    const pressed = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && told.undo && !typing) undo();
    };
    window.addEventListener("keydown", pressed);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("keydown", pressed);
    };
  }, [told, undo]);
  const say = useMemo(() => (given: Told) => setTold(given), []);
  return (
    <Context.Provider value={say}>
      {children}
      <div role="status" aria-live="polite">
        {told && (
          <div className="undo">
            <span>{told.text}</span>
            {told.undo && <button onClick={undo}>{t("undo")} <kbd aria-hidden>Ctrl+Z</kbd></button>}
            <button onClick={() => setTold(null)}>{t("close")}</button>
          </div>
        )}
      </div>
    </Context.Provider>
  );
}
