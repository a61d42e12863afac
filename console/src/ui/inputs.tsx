import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, body } from "../api/client";
import { useOrder } from "../api/orders";
import { CENTRES, codesOf, REASONS, shortCentre, useCodes, useLists } from "../i18n/codes";
import { useLang, useText } from "../i18n/text";
import { Input, Select } from "./basic";
import { fields } from "./fields";

interface One {
  id?: string;
  value: string | undefined;
  onChange: (value: string) => void;
  label: string;
}

const found = (typed: string, option?: { label?: unknown; value?: unknown }) => `${String(option?.label)}${String(option?.value)}`.includes(typed);

export function CentreSelect({ value, onChange, label, except }: One & { except?: string }) {
  const lang = useLang();
  const options = Object.keys(CENTRES).filter((code) => code !== except).map((code) => ({ value: code, label: shortCentre(code, lang) }));
  return <Select aria-label={label} value={value} onChange={onChange} options={options} showSearch filterOption={found} />;
}

export function ReasonSelect({ value, onChange, label }: One) {
  const code = useCodes();
  return <Select aria-label={label} value={value} onChange={onChange} options={REASONS.map((one) => ({ value: one, label: code("reasons", one) }))} />;
}

/** Codes of a table in words. A city's own codes may be more than the table's: what is typed is taken too. */
export function CodeSelect({ table, value, onChange, label }: One & { table: "grounds" | "authorities" | "causes" }) {
  const code = useCodes();
  const [typed, setTyped] = useState("");
  const known = codesOf(table).map((one) => ({ value: one, label: code(table, one) }));
  const own = typed.trim() && !known.some((one) => one.label.includes(typed.trim())) ? [{ value: typed.trim(), label: typed.trim() }] : [];
  return <Select aria-label={label} value={value} onChange={onChange} options={[...known, ...own]} showSearch filterOption={found} onSearch={setTyped} />;
}

/** Another order by its number; what is sent is its id. */
export function OrderInput({ id, onChange, label }: One) {
  const f = useText(fields);
  const [typed, setTyped] = useState("");
  const number = typed.trim();
  const asked = useOrder(number.length >= 8 ? number : undefined);
  const there = asked.data?.id;
  const give = useRef(onChange);
  give.current = onChange;
  useEffect(() => {
    if (there) give.current(there);
  }, [there]);
  return (
    <>
      <Input id={id} aria-label={label} placeholder={f("order")} value={typed} onChange={(event) => setTyped(event.target.value)} />
      {asked.data && <span className="soft">{asked.data.title || asked.data.content.slice(0, 40)}</span>}
      {asked.error && <em role="alert">{f("orderNone")}</em>}
    </>
  );
}

export function ClassSelect({ value, onChange, label, placeholder }: One & { placeholder?: string }) {
  const lists = useLists().data?.classes as Record<string, string[]> | undefined;
  const options = Object.entries(lists ?? {}).map(([code, [name]]) => ({ value: code, label: `${name} ${code}` }));
  return <Select aria-label={label} value={value || undefined} onChange={onChange} options={options} showSearch filterOption={found} placeholder={placeholder} />;
}

/** `digits`: none finer than this. */
export function DivisionSelect({ value, onChange, label, placeholder, digits = 12 }: One & { placeholder?: string; digits?: number }) {
  const lists = useLists().data?.divisions as Record<string, string> | undefined;
  const name = (code: string) => `${code.length > 6 ? (lists?.[code.slice(0, 6)] ?? "") : ""}${lists?.[code] ?? code}`;
  const options = Object.keys(lists ?? {}).filter((code) => code.length <= digits).map((code) => ({ value: code, label: name(code) }));
  return <Select aria-label={label} value={value || undefined} onChange={onChange} options={options} showSearch filterOption={found} placeholder={placeholder} />;
}

interface Units {
  value: string[];
  onChange: (value: string[]) => void;
  label: string;
  several?: boolean;
  first?: { value: string; label: string }[];
}

/** Units by words; `first` are shown before anything was typed. */
export function UnitSelect({ value, onChange, label, several, first = [] }: Units) {
  const t = useText(fields);
  const [typed, setTyped] = useState("");
  const asked = useQuery({
    queryKey: ["units", typed],
    enabled: typed.trim().length > 0,
    staleTime: 60_000,
    queryFn: () => body(api.GET("/api/v1/units/search", { params: { query: { q: typed.trim(), limit: 20 } } })),
  });
  const options = typed.trim() ? (asked.data ?? []).map((unit) => ({ value: unit.org_code, label: unit.name })) : first;
  return (
    <Select aria-label={label} mode={several ? "multiple" : undefined} value={several ? value : value[0]} placeholder={t("search")} options={options}
      showSearch filterOption={false} onSearch={setTyped} onChange={(chosen: string | string[]) => onChange(([] as string[]).concat(chosen))} />
  );
}
