import { useEffect, useId, useRef, useState } from "react";
import actions from "../api/generated/actions.json";
import type { AllowedAction, Order } from "../api/orders";
import { useCodes } from "../i18n/codes";
import { common } from "../i18n/common";
import { useLang, useText } from "../i18n/text";
import { Button, Checkbox, Input, Select, TextArea } from "./basic";
import { fields, type FieldWord } from "./fields";
import { CentreSelect, ClassSelect, CodeSelect, DivisionSelect, OrderInput, ReasonSelect, UnitSelect } from "./inputs";

interface Shape {
  type: string;
  pattern?: string;
  format?: string;
  choices?: string[];
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  of?: Shape;
}

export type Given = Record<string, unknown>;
const SHAPES = actions as unknown as Record<string, Record<string, Shape>>;
/** Not asked of people: there is one, or the place itself knows it. */
const HIDDEN = new Set(["answers", "wgs84", "transfer_id", "attachments", "attachment", "facts", "caller", "incident", "tags", "people", "things"]);
const CENTRE = new Set(["to", "owner"]);
const CLASSES = new Set(["class_intake", "class_confirmed"]);
const ORDERS = new Set(["into", "of", "duplicate_of"]);
const CODES = { ground: "grounds", authority: "authorities", cause: "causes" } as const;
const ONE_OF = /^\^\(([a-z_|]+)\)\$$/; // a pattern that lists its words is a choice
const TYPED_REASON = new Set(["return_transfer", "return_order"]);

/** The fields of an action in the order in which they are asked: what is needed first. */
export function fieldsOf(action: AllowedAction): { needed: string[]; optional: string[] } {
  const shown = (name: string) => !HIDDEN.has(name) && SHAPES[action.action]?.[name] !== undefined;
  return { needed: action.needs.filter(shown), optional: action.takes.filter(shown) };
}

interface Props {
  action: AllowedAction;
  order: Order;
  initial?: Given;
  busy: boolean;
  units?: { value: string; label: string }[];
  onSend: (given: Given) => void;
  onCancel: () => void;
}

/** The form of an action from what the interface says of it. Ctrl+Enter sends, Esc leaves. */
export function ActionForm({ action, order, initial, busy, units, onSend, onCancel }: Props) {
  const t = useText(common);
  const f = useText(fields);
  const lang = useLang();
  const { needed, optional } = fieldsOf(action);
  const [given, setGiven] = useState<Given>(initial ?? {});
  const [missing, setMissing] = useState<string[]>([]);
  const [wide, setWide] = useState(needed.length === 0);
  const set = (name: string, value: unknown) => setGiven((before) => ({ ...before, [name]: value }));
  const send = () => {
    const empty = needed.filter((name) => given[name] === undefined || given[name] === "");
    setMissing(empty);
    const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ""));
    if (empty.length === 0) onSend(kept);
  };
  const pressed = (event: React.KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    else if (event.key === "Escape") onCancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Whoever opened it by a key goes on typing, whatever the first field is.
    if (!box.current?.contains(document.activeElement)) box.current?.querySelector<HTMLElement>("input, textarea, button")?.focus();
  }, []);
  const shown = wide ? [...needed, ...optional] : needed;
  return (
    <form ref={box} className="stack" onKeyDown={pressed} onSubmit={(event) => { event.preventDefault(); send(); }} aria-label={lang === "zh" ? action.label : action.label_en}>
      {shown.map((name, at) => (
        <OneField key={name} action={action.action} name={name} value={given[name]} first={at === 0} units={units} order={order}
          wrong={missing.includes(name)} needed={needed.includes(name)} onChange={(value) => set(name, value)} />
      ))}
      {!wide && optional.length > 0 && <Button type="text" size="small" onClick={() => setWide(true)}>{f("more")}</Button>}
      <div className="row">
        <Button type="primary" htmlType="submit" loading={busy} shortcut="Ctrl+⏎">{lang === "zh" ? action.label : action.label_en}</Button>
        <Button onClick={onCancel} shortcut="Esc">{t("cancel")}</Button>
      </div>
    </form>
  );
}

interface FieldProps {
  action: string;
  name: string;
  value: unknown;
  first: boolean;
  needed: boolean;
  wrong: boolean;
  units?: { value: string; label: string }[];
  order: Order;
  onChange: (value: unknown) => void;
}

function OneField(props: FieldProps) {
  const f = useText(fields);
  const t = useText(common);
  const id = useId();
  const label = props.name in fields.zh ? f(props.name as FieldWord) : props.name;
  const shape = SHAPES[props.action]?.[props.name];
  if (shape?.type === "boolean" && !props.needed) {
    return <Checkbox checked={Boolean(props.value)} autoFocus={props.first} onChange={(event) => props.onChange(event.target.checked)}>{label}</Checkbox>;
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}{!props.needed && `（${t("optional")}）`}</label>
      <Control {...props} id={id} label={label} shape={shape ?? { type: "string" }} />
      {props.wrong && <em role="alert">{f("fill", { field: label })}</em>}
    </div>
  );
}

function Control({ action, name, value, onChange, first, units, order, id, label, shape }: FieldProps & { id: string; label: string; shape: Shape }) {
  const t = useText(common);
  const f = useText(fields);
  const code = useCodes();
  const text = value === undefined ? undefined : String(value);
  const choices = shape.choices ?? ONE_OF.exec(shape.pattern ?? "")?.[1]?.split("|");
  if (CENTRE.has(name)) return <CentreSelect value={text} onChange={onChange} label={label} />;
  if (name === "unit") return <UnitSelect value={text ? [text] : []} onChange={([one]) => onChange(one)} label={label} first={units} />;
  if (name === "co_handlers") return <UnitSelect several value={(value as string[]) ?? []} onChange={onChange} label={label} first={units} />;
  if (name === "reason" && TYPED_REASON.has(action)) return <ReasonSelect value={text} onChange={onChange} label={label} />;
  if (ORDERS.has(name)) return <OrderInput id={id} value={text} onChange={onChange} label={label} />;
  if (name === "clock") return <Select id={id} aria-label={label} value={text} onChange={onChange} options={order.clocks.map((one) => ({ value: one.name, label: code("clocks", one.name) }))} />;
  if (name in CODES) return <CodeSelect id={id} table={CODES[name as keyof typeof CODES]} value={text} onChange={onChange} label={label} />;
  if (CLASSES.has(name)) return <ClassSelect value={text} onChange={onChange} label={label} />;
  if (name === "division_code") return <DivisionSelect value={text} onChange={onChange} label={label} />;
  if (shape.type === "boolean") {
    const both = [{ value: "yes", label: t("yes") }, { value: "no", label: t("no") }];
    return <Select id={id} aria-label={label} autoFocus={first} value={value === undefined ? undefined : value ? "yes" : "no"} options={both} onChange={(one) => onChange(one === "yes")} />;
  }
  if (choices) {
    const words = choices.map((one) => ({ value: one, label: `${name}.${one}` in fields.zh ? f(`${name}.${one}` as FieldWord) : one }));
    return <Select id={id} aria-label={label} autoFocus={first} value={text} options={words} onChange={onChange} />;
  }
  if (shape.type === "integer" || shape.type === "number") {
    return <Input id={id} type="number" min={shape.minimum} max={shape.maximum} autoFocus={first} value={text ?? ""} onChange={(event) => onChange(event.target.value === "" ? undefined : Number(event.target.value))} />;
  }
  if (shape.format === "date-time") return <Input id={id} type="datetime-local" autoFocus={first} onChange={(event) => onChange(event.target.value ? new Date(event.target.value).toISOString() : undefined)} />;
  if (shape.type === "array") {
    return <Select id={id} aria-label={label} mode="tags" value={(value as string[]) ?? []} onChange={onChange} />;
  }
  if ((shape.maxLength ?? 0) > 300) return <TextArea id={id} autoFocus={first} autoSize={{ minRows: 2, maxRows: 8 }} maxLength={shape.maxLength} value={text ?? ""} onChange={(event) => onChange(event.target.value)} />;
  return <Input id={id} autoFocus={first} maxLength={shape.maxLength} value={text ?? ""} onChange={(event) => onChange(event.target.value)} />;
}
