import type { Intake } from "../../api/orders";
import { useLists } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Button, Checkbox, Input, Panel, Select } from "../../ui/basic";
import { fields, type FieldWord } from "../../ui/fields";
import { ClassSelect, DivisionSelect } from "../../ui/inputs";
import { useKeys } from "../../ui/keys";
import type { Reading } from "./asking";
import { Guesses } from "./Guesses";
import { Proposed } from "./Proposed";
import type { Desk } from "./useDesk";
import { deskWords } from "./words";

const TYPES = ["consultation", "help", "complaint", "report", "suggestion", "praise"] as const;

/** What is known. What the node proposes is grey until somebody takes it. */
export function Form({ desk, reading }: { desk: Desk; reading: Reading | undefined }) {
  const t = useText(deskWords);
  const f = useText(fields);
  const lists = useLists().data;
  const { intake, change } = desk;
  const offers = offersOf(desk.sent ? undefined : reading);
  const take = (...names: (keyof typeof offers)[]) => change(Object.assign({}, ...names.map((name) => taken(intake, name, offers))));
  const all = () => take(...(Object.keys(offers) as (keyof typeof offers)[]));
  useKeys({ "Alt+a": all }, !desk.sent);
  const guesses = reading?.suggested.class.guesses ?? [];
  const pick = (at: number) => () => guesses[at] && change({ class_intake: guesses[at].code });
  useKeys({ "Alt+4": pick(0), "Alt+5": pick(1), "Alt+6": pick(2) }, !desk.sent);
  const divisions = lists?.divisions as Record<string, string> | undefined;
  const classes = lists?.classes as Record<string, string[]> | undefined;
  const caller = intake.caller ?? ({} as NonNullable<Intake["caller"]>);
  const incident = intake.incident ?? ({} as NonNullable<Intake["incident"]>);
  const division = offers.division_code ? `${divisions?.[offers.division_code.slice(0, 6)] ?? ""}${offers.division_code.length > 6 ? (divisions?.[offers.division_code] ?? "") : ""}` : "";
  return (
    <Panel title={t("form")} aside={<Button size="small" type="text" shortcut="Alt+A" disabled={!reading || Boolean(desk.sent)} onClick={all}>{t("takeAll")}</Button>}>
      <fieldset className="plain" disabled={Boolean(desk.sent)}>
        <Proposed label={t("title")} proposal={offers.title} empty={!intake.title} take={() => take("title")}>
          {(id) => <Input id={id} value={intake.title ?? ""} maxLength={300} onChange={(event) => change({ title: event.target.value })} />}
        </Proposed>
        <Proposed label={t("type")} proposal={offers.type ? f(`type.${offers.type}` as FieldWord) : ""} empty={!intake.type} take={() => take("type")}>
          {(id) => <Select id={id} aria-label={t("type")} value={intake.type ?? undefined} onChange={(type) => change({ type })} allowClear
            options={TYPES.map((type) => ({ value: type, label: f(`type.${type}`) }))} />}
        </Proposed>
        <Proposed label={t("class")} proposal={offers.class_intake ? `${classes?.[offers.class_intake]?.[0] ?? offers.class_intake}` : ""} empty={!intake.class_intake} take={() => take("class_intake")}>
          {() => <ClassSelect label={t("class")} value={intake.class_intake ?? undefined} onChange={(class_intake) => change({ class_intake })} />}
        </Proposed>
        <Guesses suggestion={reading?.suggested.class} chosen={intake.class_intake ?? ""} take={(class_intake) => change({ class_intake })} firstKey={4} />
        <Proposed label={t("division")} proposal={division} empty={!intake.division_code} take={() => take("division_code")}>
          {() => <DivisionSelect label={t("division")} value={intake.division_code ?? undefined} onChange={(division_code) => change({ division_code })} />}
        </Proposed>
        <Proposed label={t("address")} proposal={offers.address} empty={!incident.address} take={() => take("address")}>
          {(id) => <Input id={id} value={incident.address ?? ""} maxLength={300} onChange={(event) => change({ incident: { ...incident, address: event.target.value } })} />}
        </Proposed>
        <div className="pair">
          <label className="field"><span>{t("name")}</span><Input value={caller.name ?? ""} maxLength={300} onChange={(event) => change({ caller: { ...caller, name: event.target.value } })} /></label>
          <label className="field"><span>{t("contact")}</span><Input inputMode="tel" value={caller.contact_phone ?? ""} maxLength={30} onChange={(event) => change({ caller: { ...caller, contact_phone: event.target.value } })} /></label>
        </div>
        <Checkbox checked={Boolean(intake.confidential)} onChange={(event) => change({ confidential: event.target.checked })}>{t("confidential")}</Checkbox>
      </fieldset>
    </Panel>
  );
}

function offersOf(reading: Reading | undefined) {
  return {
    title: reading?.title ?? "",
    type: reading?.type ?? "",
    class_intake: reading?.class_intake ?? "",
    division_code: reading?.where.division_code ?? "",
    address: reading?.where.address ?? "",
  };
}

/** Only into what is empty. */
function taken(intake: Intake, name: keyof ReturnType<typeof offersOf>, offers: ReturnType<typeof offersOf>): Partial<Intake> {
  const offer = offers[name];
  if (!offer) return {};
  if (name === "address") return intake.incident?.address ? {} : { incident: { ...intake.incident, address: offer } as Intake["incident"] };
  return intake[name] ? {} : ({ [name]: offer } as Partial<Intake>);
}
