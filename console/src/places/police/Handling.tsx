import { useEffect, useState } from "react";
import { Link } from "react-router";
import type { Order } from "../../api/orders";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Actions, useAct } from "../../ui/actions";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Clock, Marks, StatusTag } from "../../ui/order";
import { Loading } from "../../ui/states";
import { UnitList, useProposed } from "./Units";
import { policeWords } from "./words";

type Armed = "F9" | "F2" | null;

/** An order at this desk: who can be sent, sent with F9, and everything else that may be done. Clocks stay in sight above. */
export function Handling({ order, armedAtOnce, onChosen }: { order: Order; armedAtOnce: boolean; onChosen: (unit: string | undefined) => void }) {
  const t = useText(policeWords);
  const proposed = useProposed(order);
  const [chosen, setChosen] = useState(0);
  const [armed, setArmed] = useState<Armed>(armedAtOnce ? "F9" : null);
  const doing = useAct(order);
  const can = (name: string) => order.allowed_actions.find((one) => one.action === name);
  const units = proposed.data?.units ?? [];
  const unit = units[chosen];
  const sendable = Boolean(can("dispatch"));
  const shown = sendable ? unit?.unit : (order.unit ?? undefined);
  useEffect(() => onChosen(shown), [shown, onChosen]);
  const send = () => {
    const dispatch = can("dispatch") ?? can("redispatch");
    if (!dispatch || !unit || doing.isPending) return;
    if (armed !== "F9") return setArmed("F9");
    doing.mutate({ action: dispatch, given: { unit: unit.unit } });
    setArmed(null);
  };
  const step = (by: number) => setChosen((at) => Math.min(Math.max(at + by, 0), Math.max(units.length - 1, 0)));
  useKeys({ F9: send, "Alt+ArrowDown": () => step(1), "Alt+ArrowUp": () => step(-1) });
  useKeys({ Escape: () => setArmed(null) }, armed !== null);
  // The questions have their own panel, with keys of their own.
  const rest = { ...order, allowed_actions: order.allowed_actions.filter((one) => one.action !== "answer_questions") };
  return (
    <>
      <Panel title={t("sent", { number: order.number ?? "" })} aside={<Link to={`/orders/${order.id}`}>{t("open")}</Link>}>
        <div className="facts-row"><StatusTag order={order} /><Marks order={order} />{order.level && <span className="tag">{t("levelOf", { level: order.level })}</span>}</div>
        <div className="facts-row">{order.clocks.map((clock) => <Clock key={clock.name} clock={clock} />)}</div>
        {sendable && (
          <Button type="primary" size="large" shortcut="F9" disabled={!unit || doing.isPending} onClick={send}>{unit ? t("dispatchTo", { unit: unit.name }) : t("dispatch")}</Button>
        )}
        {sendable && armed === "F9" && unit && <p className="banner" role="alert">{t("arm", { unit: unit.name })}</p>}
        <NonPolice order={order} armed={armed === "F2"} arm={(on) => setArmed(on ? "F2" : null)} doing={doing} />
      </Panel>
      {sendable && (
        <Panel title={t("units")} aside={<span className="soft">{t("pick")}</span>}>
          {proposed.isPending ? <Loading lines={3} /> : <UnitList units={units} roads={proposed.data?.roads ?? false} chosen={chosen} onChoose={setChosen} />}
        </Panel>
      )}
      <Panel title={t("doing")}><Actions order={rest} units={units.map((one) => ({ value: one.unit, label: one.name }))} /></Panel>
    </>
  );
}

const HOTLINE = "12345";
const OPEN = new Set(["offered", "negotiating", "withdrawing", "accepted"]);

/** What is not for the police goes to whoever the verdict names; the police order goes on. */
function NonPolice({ order, armed, arm, doing }: { order: Order; armed: boolean; arm: (on: boolean) => void; doing: ReturnType<typeof useAct> }) {
  const t = useText(policeWords);
  const lang = useLang();
  const offer = order.allowed_actions.find((one) => one.action === "offer_transfer");
  const to = order.verdict?.target && order.verdict.target !== "110" ? order.verdict.target : HOTLINE;
  const peer = shortCentre(to, lang);
  const go = () => {
    if (!offer || doing.isPending) return;
    if (!armed) return arm(true);
    arm(false);
    doing.mutate({ action: offer, given: { to, part: true, items: order.verdict?.items ?? [] } });
  };
  const asked = order.transfers.some((one) => one.direction === "out" && one.part && one.peer === to && OPEN.has(one.status));
  useKeys({ F2: go }, Boolean(offer) && !asked);
  if (!offer || asked) return null;
  return (
    <>
      <Button shortcut="F2" onClick={go}>{t("transfer", { peer })}</Button>
      {armed && <p className="banner" role="alert">{t("armTransfer", { peer })}</p>}
    </>
  );
}
