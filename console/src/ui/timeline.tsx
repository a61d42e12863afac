import type { CSSProperties } from "react";
import type { LedgerRow, Order } from "../api/orders";
import { colourOf, shortCentre, useCodes, useStatus } from "../i18n/codes";
import { useLang } from "../i18n/text";
import { At } from "./order";

const BRIDGE = /^(transfer|negotiation|call|danger|joint|peer)\./;
const TEXTS = ["answer", "result", "text", "reason", "note", "script"];

/** One matter, one line through all centres: whose step it was, each hand-over as a bridge, what was said beneath it. */
export function Timeline({ order, rows, centre }: { order: Order; rows: LedgerRow[]; centre: string }) {
  const lang = useLang();
  const lanes = [...new Set([...(order.path ?? []).map((hop) => hop.centre), centre, ...order.transfers.map((one) => one.peer)])];
  return (
    <div className="stack">
      <div className="lanes">
        {lanes.map((code) => <span key={code} style={{ "--lane": colourOf(code) } as CSSProperties}>{shortCentre(code, lang)}</span>)}
      </div>
      <ol className="timeline">{rows.map((row) => <Step key={row.seq} kind={order.kind} row={row} lanes={lanes} centre={centre} />)}</ol>
    </div>
  );
}

function Step({ kind, row, lanes, centre }: { kind: string; row: LedgerRow; lanes: string[]; centre: string }) {
  const code = useCodes();
  const word = useStatus();
  const whose = row.actor.startsWith("peer:") ? row.actor.slice(5) : centre;
  const at = Math.max(lanes.indexOf(whose), 0);
  const who = row.actor.startsWith("peer:") || row.actor === "clock" ? "" : row.actor.split("#")[0];
  return (
    <li className={BRIDGE.test(row.kind) ? "bridge" : undefined} style={{ "--lane": colourOf(whose), "--at": at } as CSSProperties}>
      <At at={row.at} />
      <div className="what">
        <div><strong>{code("events", row.kind)}</strong> <span className="soft">{word(kind, row.status)} {who}</span></div>
        {textOf(row.body) && <p className="said soft">{textOf(row.body)}</p>}
      </div>
    </li>
  );
}

function textOf(body: unknown): string {
  const all = (body ?? {}) as Record<string, unknown>;
  const asked = (all.asked ?? {}) as Record<string, unknown>;
  const found = TEXTS.map((name) => asked[name] ?? all[name]).find((one) => typeof one === "string" && one !== "");
  return typeof found === "string" ? found.slice(0, 300) : "";
}
