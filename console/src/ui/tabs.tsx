import { useSearchParams } from "react-router";
import { useKeys } from "./keys";
import "./table.css";

/** Which tab is open stands in the address; Alt+1 … Alt+9 and the arrows change it. */
export function useTab(names: readonly string[]): [string, (name: string) => void] {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("tab");
  const tab = asked && names.includes(asked) ? asked : names[0]!;
  const go = (name: string) => setSearch({ tab: name }, { replace: true });
  useKeys(Object.fromEntries(names.slice(0, 9).map((name, at) => [`Alt+${at + 1}`, () => go(name)])));
  return [tab, go];
}

export function Tabs({ label, tabs, tab, onTab }: { label: string; tabs: [name: string, word: string][]; tab: string; onTab: (name: string) => void }) {
  const step = (by: number) => {
    const at = tabs.findIndex(([name]) => name === tab);
    const next = tabs[(at + by + tabs.length) % tabs.length]![0];
    onTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  const pressed = (event: React.KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by) step(by);
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={pressed}>
      {tabs.map(([name, word], at) => (
        <button key={name} id={`tab-${name}`} role="tab" aria-selected={name === tab} tabIndex={name === tab ? 0 : -1} onClick={() => onTab(name)}>
          {word} <kbd aria-hidden>Alt {at + 1}</kbd>
        </button>
      ))}
    </div>
  );
}
