import { Link } from "react-router";
import { useOrder } from "../../api/orders";
import { useText } from "../../i18n/text";
import { Actions } from "../../ui/actions";
import { Button, Panel } from "../../ui/basic";
import { Clock, Marks, StatusTag } from "../../ui/order";
import { Transfers } from "../../ui/transfers";
import { Read } from "../../ui/states";
import type { Draft } from "./kept";
import type { Desk } from "./useDraft";
import { deskWords } from "./words";

/** What became of the matter: sent, waiting on this machine, or refused with the reason. */
export function Outcome({ desk, sent, onNext }: { desk: Desk; sent: Draft; onNext: () => void }) {
  const t = useText(deskWords);
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
        <div className="state" role="status">{navigator.onLine && !sent.problem ? t("sending") : t("waits")}{sent.problem && <span>{sent.problem}</span>}</div>
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

