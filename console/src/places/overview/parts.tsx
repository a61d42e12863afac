import { lazy, Suspense } from "react";
import { CENTRES, colourOf, shortCentre, useCodes } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { moment, span } from "../../i18n/times";
import { useNow } from "../../live/now";
import { Loading } from "../../ui/states";
import type { Behind, Numbers } from "./asking";
import { overviewWords } from "./words";

const FlowChart = lazy(() => import("../../ui/flow").then((made) => ({ default: made.FlowChart })));
const WAITING = new Set(["offered", "negotiating", "withdrawing", "keeping"]);

interface Summed {
  peer: string;
  direction: "in" | "out";
  all: number;
  offered: number;
  accepted: number;
  returned: number;
}

/** The picture, and the same in words: each line opens to its orders. */
export function Flows({ numbers, wall, onOpen }: { numbers: Numbers; wall: boolean; onOpen: (behind: Behind) => void }) {
  const t = useText(overviewWords);
  const lang = useLang();
  const name = (peer: string) => shortCentre(peer, lang);
  const sums = summed(numbers.flows);
  const word = (one: Summed) => t(one.direction, { peer: name(one.peer) });
  const own = name(numbers.centre);
  const streams = sums.map((one) => (one.direction === "out" ? { from: own, to: word(one), count: one.all } : { from: word(one), to: own, count: one.all }));
  const colours = Object.fromEntries([...sums.map((one) => [word(one), colourOf(one.peer)]), [own, CENTRES[numbers.centre]?.[2] ?? "#1677ff"]]) as Record<string, string>;
  return (
    <>
      <Suspense fallback={<Loading lines={5} />}><FlowChart label={t("flow")} streams={streams} colours={colours} height={wall ? 300 : 170} dark={wall || undefined} big={wall} /></Suspense>
      <ul className="plain-list">
        {sums.map((one) => (
          <li key={word(one)} className="row">
            <button className="plain grow" onClick={() => onOpen({ what: one.direction, key: one.peer, label: word(one) })}>{word(one)} <strong className="num">{one.all}</strong></button>
            {one.offered > 0 && <span className="tag orange">▲ {t("offered", { count: one.offered })}</span>}
            {one.accepted > 0 && <span className="tag green">✓ {t("accepted", { count: one.accepted })}</span>}
            {one.returned > 0 && <span className="tag">↩ {t("returned", { count: one.returned })}</span>}
            {one.all > one.offered + one.accepted + one.returned && <span className="tag">{t("others", { count: one.all - one.offered - one.accepted - one.returned })}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function summed(flows: Numbers["flows"]): Summed[] {
  const found = new Map<string, Summed>();
  for (const flow of flows) {
    const key = `${flow.peer}-${flow.direction}`;
    const one = found.get(key) ?? { peer: flow.peer, direction: flow.direction as "in" | "out", all: 0, offered: 0, accepted: 0, returned: 0 };
    one.all += flow.count;
    if (WAITING.has(flow.status)) one.offered += flow.count;
    else if (flow.status === "accepted") one.accepted += flow.count;
    else if (flow.status === "returned") one.returned += flow.count;
    found.set(key, one);
  }
  return [...found.values()].sort((a, b) => b.all - a.all);
}

export function AtRisk({ clocks, onOpen }: { clocks: Numbers["clocks"]; onOpen: (order: string) => void }) {
  const t = useText(overviewWords);
  const code = useCodes();
  const lang = useLang();
  const now = useNow();
  return (
    <ul className="plain-list risks">
      {clocks.map((one) => (
        <li key={`${one.order_id}-${one.clock}`} className="row">
          <button className="plain grow" onClick={() => onOpen(one.order_id)}>
            {one.danger && <span className="tag red">◆ {t("dangerTag")}</span>} {one.title || one.number}
          </button>
          <span className="tag orange">▲ {code("clocks", one.clock)} <span className="num">{span((new Date(one.due_at).getTime() - now.getTime()) / 1000, lang)}</span> · <time dateTime={one.due_at}>{moment(one.due_at, now, lang)}</time></span>
        </li>
      ))}
    </ul>
  );
}

/** Bars from zero, with yesterday's same hours as a line across. */
export function Classes({ classes, names, onOpen }: { classes: Numbers["classes"]; names?: Record<string, string[]>; onOpen: (code: string, name: string) => void }) {
  const t = useText(overviewWords);
  const most = Math.max(1, ...classes.flatMap((one) => [one.today, one.yesterday]));
  return (
    <ul className="plain-list bars">
      {classes.map((one) => {
        const name = one.code ? (names?.[one.code]?.[0] ?? one.code) : t("unknownClass");
        return (
          <li key={one.code}>
            <button className="plain" onClick={() => onOpen(one.code, name)}>{name}</button>
            <span className="bar" aria-hidden><i style={{ width: `${(100 * one.today) / most}%` }} /><b style={{ left: `${(100 * one.yesterday) / most}%` }} /></span>
            <span className="num right"><strong>{one.today}</strong> <span className="soft" title={t("yesterday", { count: one.yesterday })}>/ {one.yesterday}</span></span>
          </li>
        );
      })}
    </ul>
  );
}
