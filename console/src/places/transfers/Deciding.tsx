import { useState } from "react";
import type { AllowedAction } from "../../api/orders";
import { useText } from "../../i18n/text";
import { useAct } from "../../ui/actions";
import { Button, Panel } from "../../ui/basic";
import { ActionForm, fieldsOf, type Given } from "../../ui/form";
import { useKeys } from "../../ui/keys";
import type { Waiting } from "./asking";
import { CallBar } from "./CallBar";
import { Countdown } from "./Countdown";
import { transferWords } from "./words";

/** What may be answered to a hand-over, a key each. Accepting is one key; whatever needs words opens its form in its own place. */
export function Deciding({ row }: { row: Waiting }) {
  const t = useText(transferWords);
  const { order, transfer } = row;
  const doing = useAct(order);
  const [asking, setAsking] = useState<string | null>(null);
  const can = (...names: string[]) => order.allowed_actions.find((one) => names.includes(one.action));
  const run = (action: AllowedAction, given: Given) => {
    const which = takesTransfer(action) ? { transfer_id: transfer.id } : {};
    doing.mutate({ action, given: { ...which, ...given } }, { onSuccess: () => setAsking(null) });
  };
  const accept = can("accept_transfer");
  const buttons = [
    { key: "F8", word: t("accept"), action: accept, first: true },
    { key: "F7", word: t("giveBack"), action: can("return_transfer") },
    { key: "F6", word: t(can("take_position") ? "position" : "negotiate"), action: can("take_position") ?? can("negotiate") },
    { key: "Alt+r", word: t("keep"), action: can("keep_matter") },
    { key: "Alt+g", word: t("arbitrate"), action: can("arbitrate") },
    { key: "F10", word: t("back"), action: can("withdraw_transfer", "recall_transfer") },
  ].filter((one) => one.action);
  const press = (action: AllowedAction) => (fieldsOf(action).needed.length === 0 ? run(action, {}) : setAsking(action.action));
  useKeys(Object.fromEntries(buttons.map((one) => [one.key, () => !doing.isPending && press(one.action!)])));
  const open = order.allowed_actions.find((one) => one.action === asking);
  return (
    <Panel>
      <div className="row"><Countdown clock={row.clock} large /></div>
      <CallBar row={row} run={run} ask={setAsking} />
      <div className="row deciding">
        {buttons.map((one) => (
          <Button key={one.key} type={one.first ? "primary" : "default"} shortcut={one.key} disabled={doing.isPending} onClick={() => press(one.action!)}>{one.word}</Button>
        ))}
      </div>
      {open && (
        <ActionForm key={open.action} action={open} order={order} busy={doing.isPending} initial={initialOf(open, row)} onCancel={() => setAsking(null)} onSend={(given) => run(open, given)} />
      )}
    </Panel>
  );
}

const takesTransfer = (action: AllowedAction) => [...action.needs, ...action.takes].includes("transfer_id");

/** What is known already is not asked again. */
function initialOf(action: AllowedAction, row: Waiting): Given {
  const all = [...action.needs, ...action.takes];
  return { ...(all.includes("basis_kind") ? { basis_kind: "catalogue" } : {}), ...(action.action === "negotiate" && all.includes("to") ? { to: row.transfer.peer } : {}) };
}
