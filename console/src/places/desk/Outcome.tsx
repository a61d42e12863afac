import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { useOrder, type Order } from "../../api/orders";
import { useCodes } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { useLate } from "../../live/late";
import { Actions } from "../../ui/actions";
import { Button, Panel } from "../../ui/basic";
import { Clock, Marks, StatusTag } from "../../ui/order";
import { Transfers } from "../../ui/transfers";
import { Read } from "../../ui/states";
import { useTold } from "../../ui/undo";
import { useUndo } from "../../ui/undoing";
import type { Draft } from "../../api/kept";
import type { Desk } from "./useDesk";
import { deskWords } from "./words";

const LATE = 3000; // milliseconds after which a matter that is not an order yet is said to wait here

/** What became of the matter: sent, waiting on this machine, or refused with the reason. */
export function Outcome({ desk, sent, onNext }: { desk: Desk; sent: Draft; onNext: () => void }) {
  const t = useText(deskWords);
  const late = useLate(sent.changedAt, LATE);
  const next = <Button type="primary" shortcut="Alt+N" onClick={onNext}>{t("next")}</Button>;
  if (sent.state === "refused") {
    return (
      <Panel title={t("todo")}>
        <div className="state bad" role="alert">{t("refused", { problem: sent.problem ?? "" })}</div>
        <Button onClick={() => desk.resume(sent)}>{t("refusedEdit")}</Button>
        {next}
      </Panel>
    );
  }
  if (!sent.order || sent.state === "taken") {
    return (
      <Panel title={t("todo")}>
        <div className="state" role="status">{sent.signedOut ? t("waitsSignIn") : !navigator.onLine || sent.problem ? t("waits") : t(late ? "waitsNode" : "sending")}{sent.problem && !sent.signedOut && <span>{sent.problem}</span>}</div>
        {next}
      </Panel>
    );
  }
  return <Done sent={sent} next={next} />;
}

function Done({ sent, next }: { sent: Draft; next: React.ReactNode }) {
  const t = useText(deskWords);
  const order = sent.order!;
  const asked = useOrder(order.id);
  useTellStep(sent, asked.data);
  return (
    <Panel title={t("sent", { number: order.number ?? "" })} aside={<Link to={`/orders/${order.id}`}>{t("openIt")}</Link>}>
      {sent.problem && <div className="state bad" role="alert">{t("notDone", { problem: sent.problem })}</div>}
      {next}
      <Read asked={asked}>
        {(known) => (
          <>
            <div className="facts-row"><StatusTag order={known} /><Marks order={known} />{known.clocks.map((one) => <Clock key={one.name} clock={one} />)}</div>
            <Transfers order={known} />
            <Actions order={known} />
          </>
        )}
      </Read>
    </Panel>
  );
}

/** What followed the intake is said once, with the way back where there is one. */
function useTellStep(sent: Draft, order: Order | undefined): void {
  const told = useTold();
  const code = useCodes();
  const undoOf = useUndo();
  const said = useRef("");
  useEffect(() => {
    if (said.current === sent.id || !order || !sent.next || sent.problem || order.version < sent.order!.version) return;
    said.current = sent.id;
    const undo = undoOf(order, sent.next.action, sent.next.given);
    if (undo) told({ text: `${code("actions", sent.next.action)} ✓ ${order.number ?? ""}`, undo });
  });
}
