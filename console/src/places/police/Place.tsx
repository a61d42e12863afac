import { useId } from "react";
import { useLists } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Input, Panel, Select, TextArea } from "../../ui/basic";
import { DivisionSelect } from "../../ui/inputs";
import type { OnDesk } from "./call";
import { policeWords } from "./words";

const LEVELS = [1, 2, 3, 4, 5];

/** What is known of the call. Nothing here has to be filled in before somebody is sent. */
export function Place({ desk }: { desk: OnDesk }) {
  const t = useText(policeWords);
  const ids = { phone: useId(), said: useId(), address: useId(), point: useId() };
  const divisions = useLists().data?.divisions as Record<string, string> | undefined;
  const { call, change, where } = desk;
  const sent = call.division || where?.division_code || "";
  const closed = Boolean(desk.sent); // the same key goes with the same words
  return (
    <Panel title={t("call")}>
      <div className="field">
        <label htmlFor={ids.said}>{t("said")}</label>
        <TextArea id={ids.said} className="said-here" disabled={closed} autoSize={{ minRows: 4, maxRows: 12 }} maxLength={10_000} placeholder={t("saidHint")} value={call.content}
          onChange={(event) => change({ content: event.target.value })} />
      </div>
      <div className="field">
        <label htmlFor={ids.address}>{t("address")}</label>
        <Input id={ids.address} disabled={closed} maxLength={300} value={call.address} placeholder={where?.address ? t("proposed", { place: where.address }) : undefined} onChange={(event) => change({ address: event.target.value })} />
      </div>
      <div className="pair">
        <div className="field"><span>{t("division")}</span>{closed ? <Input disabled aria-label={t("division")} value={divisions?.[sent] ?? ""} />
            : <DivisionSelect label={t("division")} value={call.division} placeholder={where?.division_code ? t("proposed", { place: where.division }) : undefined} onChange={(division) => change({ division })} />}</div>
        <div className="field">
          <span>{t("grade")}</span>
          <Select aria-label={t("grade")} disabled={closed} allowClear placeholder={t("levelNone")} value={call.level} onChange={(level) => change({ level: level ?? null })}
            options={LEVELS.map((level) => ({ value: level, label: t("levelOf", { level }) }))} />
        </div>
        <div className="field">
          <label htmlFor={ids.phone}>{t("phone")}</label>
          <Input id={ids.phone} disabled={closed} inputMode="tel" autoComplete="off" className="num" value={call.phone} onChange={(event) => change({ phone: event.target.value })} />
        </div>
        <div className="field">
          <label htmlFor={ids.point}>{t("point")}</label>
          <Input id={ids.point} disabled={closed} className="num" placeholder={t("pointHint")} value={call.point} onChange={(event) => change({ point: event.target.value })} />
        </div>
      </div>
    </Panel>
  );
}
