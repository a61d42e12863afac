import { useQueryClient } from "@tanstack/react-query";
import { act, type Order } from "../api/orders";
import { api, body } from "../api/client";
import { Problem } from "../api/problem";
import { useText, words } from "../i18n/text";
import type { Given } from "./form";
import { useSaid } from "./states";
import { useTold } from "./undo";

const own = words(
  { why: "误操作，撤销", undone: "已撤销 ✓ {number}", late: "已不能撤销：{why}" },
  { why: "Pressed by mistake", undone: "Undone ✓ {number}", late: "It can't be undone any more: {why}" },
);

interface Way {
  by: string;
  given: (done: Given, why: string) => Given;
}

const withReason = (by: string): Way => ({ by, given: (_, why) => ({ reason: why }) });
/** What takes an action back. Only what the node allows afterwards is offered; danger that went to 110 has no way back, so nothing is offered for it. */
const WAYS: Record<string, Way> = {
  offer_transfer: withReason("withdraw_transfer"),
  negotiate: withReason("withdraw_transfer"),
  dispatch: withReason("recall_dispatch"),
  to_station: withReason("recall_dispatch"),
  designate: withReason("recall_dispatch"),
  merge: withReason("unmerge"),
  open_oversight: withReason("withdraw_oversight"),
  pause_clock: { by: "resume_clock", given: (done) => ({ clock: done.clock }) },
  close: { by: "reopen", given: (_, why) => ({ reason: why, same_way: false }) },
};

/** The way back of what was just done to an order, if there is one now. */
export function useUndo(): (changed: Order, action: string, given: Given) => (() => void) | undefined {
  const t = useText(own);
  const client = useQueryClient();
  const told = useTold();
  const said = useSaid();
  const show = (order: Order) => {
    client.setQueryData(["order", order.id], order);
    if (order.number) client.setQueryData(["order", order.number], order);
    void client.invalidateQueries({ queryKey: ["orders"] });
  };
  return (changed, action, given) => {
    const way = WAYS[action];
    if (!way || !allows(changed, way)) return undefined;
    const back = way.given(given, t("why"));
    return () => {
      takeBack(changed, way, back).then(
        (order) => {
          show(order);
          told({ text: t("undone", { number: order.number ?? "" }) });
        },
        (error: unknown) => told({ text: t("late", { why: said(error) }) }),
      );
    };
  };
}

const allows = (order: Order, way: Way) => order.allowed_actions.some((one) => one.action === way.by);

/** A peer or a clock may have moved the order meanwhile: it is read once more, and taken back if that is still allowed. */
async function takeBack(order: Order, way: Way, given: Given): Promise<Order> {
  try {
    return await act(order, way.by, given);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "stale_version") throw error;
    const now = (await body(api.GET("/api/v1/orders/{key}", { params: { path: { key: order.id } } }))) as Order;
    if (!allows(now, way)) throw error;
    return act(now, way.by, given);
  }
}
