import { useCodes } from "../i18n/codes";
import { common } from "../i18n/common";
import { useText } from "../i18n/text";

/** Facts as name and value, names in words; what is nested is drawn the same way. */
export function Facts({ facts }: { facts: Record<string, unknown> }) {
  const code = useCodes();
  return <dl className="facts">{Object.entries(facts).map(([key, value]) => [<dt key={key}>{code("facts", key)}</dt>, <dd key={`${key}-`}><Value value={value} /></dd>])}</dl>;
}

function Value({ value }: { value: unknown }) {
  const t = useText(common);
  const code = useCodes();
  if (Array.isArray(value)) return value.some((one) => typeof one === "object") ? <>{value.map((one, at) => <Value key={at} value={one} />)}</> : <>{value.map((one) => code("facts", String(one))).join("、") || "—"}</>;
  if (value !== null && typeof value === "object") return <Facts facts={value as Record<string, unknown>} />;
  if (typeof value === "boolean") return <>{t(value ? "yes" : "no")}</>;
  return <>{value === null || value === "" ? "—" : String(value)}</>;
}
