import { useEffect, useId, useRef } from "react";
import type { components } from "../../api/generated/schema";
import type { Intake } from "../../api/orders";
import { useText } from "../../i18n/text";
import { Input, Panel, TextArea, type InputRef } from "../../ui/basic";
import { Said } from "../../ui/said";
import type { Desk } from "./useDesk";
import { deskWords } from "./words";

/** The number and the words. The words on which the verdict rests are marked beneath. */
export function Words({ desk, spans = [] }: { desk: Desk; spans?: components["schemas"]["Span"][] }) {
  const t = useText(deskWords);
  const phone = useId();
  const said = useId();
  const first = useRef<InputRef>(null);
  useEffect(() => first.current?.focus(), []);
  const closed = Boolean(desk.sent);
  const caller = desk.intake.caller ?? ({} as NonNullable<Intake["caller"]>);
  return (
    <Panel title={t("said")}>
      <div className="field">
        <label htmlFor={phone}>{t("phone")}</label>
        <Input id={phone} ref={first} inputMode="tel" className="num" disabled={closed} value={caller.phone ?? ""} autoComplete="off"
          onChange={(event) => desk.change({ caller: { ...caller, phone: event.target.value } })} />
      </div>
      <div className="field">
        <label htmlFor={said}>{t("said")}</label>
        <TextArea id={said} disabled={closed} autoSize={{ minRows: 6, maxRows: 16 }} maxLength={10_000} placeholder={t("saidHint")} value={desk.intake.content}
          onChange={(event) => desk.change({ content: event.target.value })} />
      </div>
      {spans.length > 0 && <div className="soft"><Said text={desk.intake.content} spans={spans} /></div>}
    </Panel>
  );
}
