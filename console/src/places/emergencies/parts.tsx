import { useState, type ReactNode } from "react";
import { useLang, useText } from "../../i18n/text";
import { span } from "../../i18n/times";
import { useNow } from "../../live/now";
import { Button, Input, TextArea } from "../../ui/basic";
import { useSaid } from "../../ui/states";
import { useTables } from "./asking";
import { emergencyWords } from "./words";

/** The level with its official colour; the word and the number say the same. */
export function LevelMark({ level, big }: { level: number | null; big?: boolean }) {
  const lang = useLang();
  const one = useTables().data?.levels.find((known) => known.level === level);
  if (!one) return null;
  return <span className={big ? "level big" : "level"} data-level={one.level} style={{ borderColor: one.hex }}><b style={{ background: one.hex }}>{one.roman}</b>{lang === "zh" ? `${one.zh} ${one.colour}` : `${one.en} ${one.colour_en}`}</span>;
}

export function DrillMark({ exercise }: { exercise: string }) {
  const t = useText(emergencyWords);
  return exercise === "actual" ? null : <span className="tag orange">▣ {t("drill")}</span>;
}

/** Orange once it has passed. */
export function Left({ at, over }: { at: string; over?: boolean }) {
  const lang = useLang();
  const now = useNow();
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  return <span className={seconds < 0 || over ? "tag orange num" : "num"}>{seconds < 0 ? "▲ −" : ""}{span(seconds, lang)}</span>;
}

export interface Asked {
  name: string;
  word: string;
  long?: boolean;
  type?: "number" | "datetime-local";
  optional?: boolean;
  choices?: { value: string; label: string }[];
}

/** A button that opens into the few fields that it needs. */
export function Small({ word, fields = [], primary, busy, error, onSend, children }: { word: string; fields?: Asked[]; primary?: boolean; busy?: boolean; error?: unknown; onSend: (given: Record<string, string>) => void; children?: ReactNode }) {
  const t = useText(emergencyWords);
  const said = useSaid();
  const [open, setOpen] = useState(false);
  const [given, setGiven] = useState<Record<string, string>>({});
  const set = (name: string, value: string) => setGiven((before) => ({ ...before, [name]: value }));
  const whole = fields.every((one) => one.optional || given[one.name]?.trim());
  if (fields.length === 0 && !children) return <Button type={primary ? "primary" : undefined} size="small" loading={busy} onClick={() => onSend({})}>{word}</Button>;
  if (!open) return <Button type={primary ? "primary" : undefined} size="small" onClick={() => setOpen(true)}>{word}</Button>;
  return (
    <form className="stack small-form" aria-label={word} onSubmit={(event) => { event.preventDefault(); if (whole) { onSend(given); setOpen(false); setGiven({}); } }}>
      {fields.map((one, at) => (
        <label key={one.name} className="field">
          <span>{one.word}</span>
          {one.choices ? (
            <select autoFocus={at === 0} value={given[one.name] ?? ""} onChange={(event) => set(one.name, event.target.value)}>
              <option value="" />
              {one.choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
            </select>
          ) : one.long ? <TextArea autoFocus={at === 0} rows={3} value={given[one.name] ?? ""} onChange={(event) => set(one.name, event.target.value)} />
            : <Input autoFocus={at === 0} type={one.type} value={given[one.name] ?? ""} onChange={(event) => set(one.name, event.target.value)} />}
        </label>
      ))}
      {children}
      <div className="row"><Button type="primary" size="small" htmlType="submit" disabled={!whole} loading={busy}>{word}</Button><Button size="small" onClick={() => setOpen(false)}>{t("cancel")}</Button></div>
      {error ? <div className="state bad" role="alert">{said(error)}</div> : null}
    </form>
  );
}

export function Wrong({ error }: { error: unknown }) {
  const said = useSaid();
  return error ? <div className="state bad" role="alert">{said(error)}</div> : null;
}
