import { useState } from "react";
import { api, body } from "../../api/client";
import { useLang, useText } from "../../i18n/text";
import { Button, Checkbox, Input, Panel, Select, TextArea } from "../../ui/basic";
import { DivisionSelect } from "../../ui/inputs";
import { newId, useDo, useTables, type Proposal } from "./asking";
import { Wrong } from "./parts";
import { emergencyWords } from "./words";

const COUNTS = ["dead", "injured", "trapped", "affected"] as const;

/** A declaration; from a proposal most of it is filled in already. */
export function Declare({ proposal, onDone }: { proposal?: Proposal; onDone: (id?: string) => void }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const tables = useTables().data;
  const [id] = useState(newId);
  const [given, setGiven] = useState({ subtype: proposal?.subtype ?? "", title: proposal?.title ?? "", text: "", place: proposal?.place ?? "", division: proposal?.district ?? "", level: "", reason: "", drill: false, mass: Boolean(proposal) });
  const [facts, setFacts] = useState({ dead: 0, injured: 0, trapped: 0, affected: 0 });
  const set = (name: keyof typeof given, value: string | boolean) => setGiven((before) => ({ ...before, [name]: value }));
  const doing = useDo(
    () => body(api.POST("/api/v1/emergencies", { body: {
      id, subtype: given.subtype, title: given.title, text: given.text, reason: given.reason, exercise: given.drill ? "exercise" : "actual", mass_call: given.mass,
      place: { text: given.place, division_code: given.division || null, wgs84: proposal?.point ?? null }, facts, level: given.level ? Number(given.level) : null,
      proposal: proposal?.id ?? null, orders: proposal?.orders ?? [], apart: false,
    } })),
    (made) => onDone(made.emergency.id),
  );
  return (
    <Panel title={t("declare")}>
      <form className="stack" onSubmit={(event) => { event.preventDefault(); doing.mutate(undefined as never); }}>
        <div className="two-fields">
          <label className="field"><span>{t("subtype")}</span><Select aria-label={t("subtype")} value={given.subtype || undefined} onChange={(value: string) => set("subtype", value)} options={(tables?.subtypes ?? []).map((one) => ({ value: one.code, label: `${lang === "zh" ? tables!.kinds[one.kind]?.[0] : tables!.kinds[one.kind]?.[1]} · ${lang === "zh" ? one.zh : one.en}` }))} /></label>
          <label className="field"><span>{t("name")}</span><Input maxLength={300} value={given.title} onChange={(event) => set("title", event.target.value)} /></label>
          <label className="field"><span>{t("place")}</span><Input maxLength={300} value={given.place} onChange={(event) => set("place", event.target.value)} /></label>
          <label className="field"><span>{t("district")}</span><DivisionSelect label={t("district")} value={given.division || undefined} onChange={(value) => set("division", value)} /></label>
          {COUNTS.map((name) => <label key={name} className="field"><span>{t(name === "dead" ? "deaths" : name)}</span><Input type="number" min={0} value={facts[name] || ""} onChange={(event) => setFacts({ ...facts, [name]: Number(event.target.value) })} /></label>)}
          <label className="field"><span>{t("level")}</span><Select aria-label={t("level")} value={given.level} onChange={(value: string) => set("level", value)} options={[{ value: "", label: t("byRule") }, ...(tables?.levels ?? []).map((one) => ({ value: String(one.level), label: `${one.roman} ${lang === "zh" ? `${one.zh}（${one.colour}）` : one.en}` }))]} /></label>
          <label className="field"><span>{t("reason")}</span><Input maxLength={300} value={given.reason} onChange={(event) => set("reason", event.target.value)} /></label>
        </div>
        <label className="field"><span>{t("what")}</span><TextArea rows={2} maxLength={5000} value={given.text} onChange={(event) => set("text", event.target.value)} /></label>
        <div className="row">
          <Checkbox checked={given.mass} onChange={(event) => set("mass", event.target.checked)}>{t("massCall")}</Checkbox>
          <Checkbox checked={given.drill} disabled={Boolean(proposal)} onChange={(event) => set("drill", event.target.checked)}>{t("isDrill")}</Checkbox>
        </div>
        <Wrong error={doing.error} />
        <div className="row"><Button type="primary" htmlType="submit" loading={doing.isPending} disabled={!given.subtype || !given.title.trim()}>{t("declare")}</Button><Button shortcut="Esc" onClick={() => onDone()}>{t("cancel")}</Button></div>
      </form>
    </Panel>
  );
}
