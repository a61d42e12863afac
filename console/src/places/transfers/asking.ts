import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import type { ClockView, Order } from "../../api/orders";

export type Transfer = components["schemas"]["Transfer"];
export interface Waiting {
  order: Order;
  transfer: Transfer;
  /** What ends first of the clocks that watch this hand-over. */
  clock: ClockView | undefined;
}

const OPEN = new Set(["offered", "negotiating", "withdrawing", "keeping"]);
const CLOCKS = new Set(["transfer_accept", "negotiation"]);

/** Every hand-over that is not settled, what ends first on top. The node sends the orders; here each becomes a row for its open hand-over. */
export function useWaiting() {
  return useQuery({
    queryKey: ["orders", "open-transfers"],
    refetchInterval: 5_000,
    queryFn: () => body(api.GET("/api/v1/transfers/open")),
    select: (orders): Waiting[] => orders.flatMap(rowsOf).sort((a, b) => due(a).localeCompare(due(b))),
  });
}

const due = (one: Waiting) => one.clock?.due_at ?? "9999";

function rowsOf(order: Order): Waiting[] {
  return order.transfers.filter((one) => OPEN.has(one.status)).map((transfer) => ({
    order, transfer,
    clock: order.clocks.filter((clock) => CLOCKS.has(clock.name) && clock.status === "running").sort((a, b) => a.due_at.localeCompare(b.due_at))[0],
  }));
}

export type Group = "inbox" | "talking" | "sent";
export const groupOf = ({ transfer }: Waiting): Group => (transfer.status === "negotiating" ? "talking" : transfer.direction === "in" ? "inbox" : "sent");

export function usePrecedents(order: Order, transfer: Transfer) {
  const items = transfer.items?.length ? transfer.items : undefined;
  return useQuery({
    queryKey: ["precedents", transfer.id],
    staleTime: 60_000,
    retry: false,
    queryFn: () => body(api.GET("/api/v1/precedents", { params: { query: { items, text: order.content.slice(0, 500), limit: 5 } } })),
  });
}
