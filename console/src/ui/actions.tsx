import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { act, type AllowedAction, type Order } from "../api/orders";
import { Problem, Unreachable } from "../api/problem";
import { useLang, useText, words } from "../i18n/text";
import { Button } from "./basic";
import { ActionForm, fieldsOf, type Given } from "./form";
import { useKeys, type Pressed } from "./keys";
import { moves } from "./order";
import { useSaid } from "./states";
import { useTold } from "./undo";
import { useUndo } from "./undoing";

const own = words(
  { unsure: "{what}：没有收到节点的答复，不知道是否办成。页面会重新读取工单，看状态再按；重按不会办两次。急事请电话通知" },
  { unsure: "{what}: the node did not answer, so it may or may not be done. The order is read again: look, then press again; it is never done twice. Telephone if it is urgent" },
);

/** Carries out an action on an order; what came of it is on the screen at once. A version that is no longer the last is read again. */
export function useAct(order: Order | undefined) {
  const client = useQueryClient();
  const told = useTold();
  const lang = useLang();
  const said = useSaid();
  const undoOf = useUndo();
  const t = useText(own);
  return useMutation({
    networkMode: "always",
    mutationFn: ({ action, given }: { action: AllowedAction; given: Given }) => act(order!, action.action, given),
    onSuccess: (changed, { action, given }) => {
      client.setQueryData(["order", changed.id], changed);
      if (changed.number) client.setQueryData(["order", changed.number], changed);
      void client.invalidateQueries({ queryKey: ["orders"] });
      told({ text: `${lang === "zh" ? action.label : action.label_en} ✓ ${changed.number ?? ""}`, undo: undoOf(changed, action.action, given) });
    },
    onError: (error, { action }) => {
      if (error instanceof Problem && error.code === "stale_version") {
        void client.invalidateQueries({ queryKey: ["order"] });
        void client.invalidateQueries({ queryKey: ["orders"] });
      }
      if (error instanceof Unreachable) void client.invalidateQueries({ queryKey: ["order"] });
      told({ text: error instanceof Unreachable ? t("unsure", { what: lang === "zh" ? action.label : action.label_en }) : said(error) });
    },
  });
}

interface Props {
  order: Order;
  units?: { value: string; label: string }[];
}

/** The buttons of `allowed_actions` with the keys 1–9; an action that needs something opens its form in its own place. */
export function Actions({ order, units }: Props) {
  const lang = useLang();
  const doing = useAct(order);
  const [open, setOpen] = useState<string | null>(null);
  const offered = unlike(order.allowed_actions);
  const start = (action: AllowedAction) => {
    const { needed, optional } = fieldsOf(action);
    if (needed.length === 0 && optional.length === 0) doing.mutate({ action, given: {} });
    else setOpen(action.action);
  };
  const keys: Pressed = Object.fromEntries(offered.slice(0, 9).map((action, at) => [String(at + 1), () => start(action)]));
  useKeys(keys, open === null);
  return (
    <div className="actions">
      {offered.map((action, at) =>
        open === action.action ? (
          <ActionForm key={action.action} action={action} order={order} units={units} busy={doing.isPending} onCancel={() => setOpen(null)}
            onSend={(given) => doing.mutate({ action, given }, { onSuccess: () => setOpen(null) })} />
        ) : (
          <Button key={action.action} shortcut={at < 9 ? String(at + 1) : undefined} disabled={doing.isPending} onClick={() => start(action)}>
            {lang === "zh" ? action.label : action.label_en}
          </Button>
        ),
      )}
    </div>
  );
}

const FIRST = new Set(["offer_transfer", "open_three_way_call", "negotiate", "raise_danger"]);

/** Several rows of a table may stand for one action; it is pressed once. What moves the order comes first. */
function unlike(allowed: AllowedAction[]): AllowedAction[] {
  const once = [...new Map(allowed.map((one) => [one.action, one])).values()];
  const rank = (one: AllowedAction) => (moves(one.action) ? 0 : FIRST.has(one.action) ? 1 : 2);
  return once.sort((a, b) => rank(a) - rank(b));
}
