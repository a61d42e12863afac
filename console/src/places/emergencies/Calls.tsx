import { useRef, useState } from "react";
import { api, body } from "../../api/client";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Button, Checkbox, Input, Panel, type InputRef } from "../../ui/basic";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { newId, useAct, useCallers, useDo, type View } from "./asking";
import { may } from "./One";
import { Left, Wrong } from "./parts";
import { emergencyWords } from "./words";

/** Callers are taken down in seconds; below stands who waits to be called back. */
export function Calls({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const act = useAct(view.emergency.id);
  return (
    <div className="two">
      <div className="stack">
        <Panel title={t("takeCall")} aside={may(view, "mass_call") && <Button size="small" onClick={() => act.mutate({ action: "mass_call", on: !view.emergency.mass_call })}>{t(view.emergency.mass_call ? "switchOff" : "switchOn")}</Button>}>
          {may(view, "take_call") ? <Take view={view} /> : <Empty>{t("massOff")}</Empty>}
          <Wrong error={act.error} />
        </Panel>
        <Panel title={t("say")}>{view.emergency.answers?.filter((one) => one.status === "agreed").map((one) => <p key={one.no} className="answer big">{one.text}</p>)}{view.card?.say.map((line) => <blockquote key={line}>{line}</blockquote>)}</Panel>
      </div>
      <ToCall view={view} />
    </div>
  );
}

const BLANK = { phone: "", name: "", words: "", place: "" };

function Take({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const [given, setGiven] = useState(BLANK);
  const [help, setHelp] = useState(false);
  const [id, setId] = useState(newId);
  const [said, setSaid] = useState("");
  const first = useRef<InputRef>(null);
  const set = (name: keyof typeof given, value: string) => setGiven((before) => ({ ...before, [name]: value }));
  const doing = useDo(
    () => body(api.POST("/api/v1/emergencies/{emergency_id}/calls", { params: { path: { emergency_id: view.emergency.id } }, body: { id, ...given, needs_help: help } })),
    (made) => {
      const number = made.order_number ? t("order", { number: made.order_number }) : "";
      const known = made.known_at ? t("known", { centre: shortCentre(made.known_at, lang) }) : made.calls > 1 ? t("again", { count: made.calls }) : t("taken");
      setSaid(`${known} ${number}`);
      setGiven(BLANK); setHelp(false); setId(newId());
      first.current?.focus();
    },
  );
  const send = () => given.phone.trim().length >= 3 && !doing.isPending && doing.mutate(undefined as never);
  return (
    <form className="stack" aria-label={t("takeCall")} onSubmit={(event) => { event.preventDefault(); send(); }} onKeyDown={(event) => { if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); send(); } }}>
      <div className="two-fields">
        <label className="field"><span>{t("phoneNo")}</span><Input ref={first} autoFocus inputMode="tel" value={given.phone} onChange={(event) => set("phone", event.target.value)} /></label>
        <label className="field"><span>{t("callerName")}</span><Input value={given.name} onChange={(event) => set("name", event.target.value)} /></label>
        <label className="field"><span>{t("said")}</span><Input value={given.words} onChange={(event) => set("words", event.target.value)} /></label>
        <label className="field"><span>{t("where")}</span><Input value={given.place} onChange={(event) => set("place", event.target.value)} /></label>
      </div>
      <Checkbox checked={help} onChange={(event) => setHelp(event.target.checked)}>◆ {t("needsHelp")}</Checkbox>
      <div className="row"><Button type="primary" htmlType="submit" loading={doing.isPending} shortcut="Ctrl+⏎">{t("take")}</Button>{said && <output className="tag green" role="status">✓ {said}</output>}</div>
      <Wrong error={doing.error} />
    </form>
  );
}

function ToCall({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const asked = useCallers(view.emergency.id);
  const counts = view.callers;
  const [shown, setShown] = useState<Record<string, string>>({});
  const begin = useDo(
    (id: string) => body(api.POST("/api/v1/emergencies/callers/{caller_id}/call", { params: { path: { caller_id: id } } })),
    (one) => setShown((before) => ({ ...before, [one.id]: one.phone })),
  );
  const over = useDo((given: { id: string; reached: boolean }) => body(api.POST("/api/v1/emergencies/callers/{caller_id}/called-back", { params: { path: { caller_id: given.id } }, body: { reached: given.reached, result: "" } })));
  return (
    <Panel title={t("toCall")}>
      <p className="soft num">{t("counts", { waiting: counts.waiting ?? 0, called_back: counts.called_back ?? 0, kept_elsewhere: counts.kept_elsewhere ?? 0, calls: counts.calls ?? 0 })}</p>
      <Read asked={asked} lines={5}>
        {(callers) => callers.length === 0 ? <Empty>{t("noCallers")}</Empty> : (
          <ul className="plain-list">
            {callers.map((one) => (
              <li key={one.id} className="task">
                <div className="row"><strong className="num">{shown[one.id] ?? one.phone}</strong><span className="grow">{one.name} {one.words}</span><At at={one.taken_at} /><Left at={one.due_at} over={one.late} /></div>
                <div className="row">
                  {shown[one.id] ? <><Button size="small" type="primary" onClick={() => over.mutate({ id: one.id, reached: true })}>{t("reached")}</Button><Button size="small" onClick={() => over.mutate({ id: one.id, reached: false })}>{t("notReached")}</Button></>
                    : <Button size="small" onClick={() => begin.mutate(one.id)}>☎ {t("call")}</Button>}
                </div>
              </li>
            ))}
          </ul>
        )}
      </Read>
      <Wrong error={begin.error ?? over.error} />
    </Panel>
  );
}
