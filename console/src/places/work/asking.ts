import { useInfiniteQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import type { Order } from "../../api/orders";

export type UnitPage = components["schemas"]["UnitOrders"];

/** A unit's open orders, newest first; with `share` those in which it helps. */
export function useUnitOrders(unit: string | null, share: boolean) {
  return useInfiniteQuery({
    queryKey: ["orders", "unit", unit, share],
    enabled: Boolean(unit),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: UnitPage) => page.next ?? undefined,
    queryFn: ({ pageParam }): Promise<UnitPage> =>
      body(api.GET("/api/v1/units/{code}/orders", { params: { path: { code: unit! }, query: { share, before: pageParam, limit: 100 } } })),
  });
}

export type Tab = "sign" | "handling" | "soon" | "shares";
export const TABS: Tab[] = ["sign", "handling", "soon", "shares"];
const SIGN = new Set(["dispatched"]);
const SOON = 24 * 3600 * 1000; // milliseconds before a deadline

export const soonest = (order: Order) => order.clocks.filter((one) => one.status === "running").sort((a, b) => a.due_at.localeCompare(b.due_at))[0];

/** What ends first stands on top. */
export function inTab(orders: Order[], tab: Tab, now: Date): Order[] {
  const due = (order: Order) => soonest(order)?.due_at ?? "9999";
  const found = orders.filter((order) => {
    if (tab === "sign") return SIGN.has(order.status);
    if (tab === "handling") return !SIGN.has(order.status);
    return tab === "shares" || new Date(due(order)).getTime() - now.getTime() < SOON;
  });
  return [...found].sort((a, b) => due(a).localeCompare(due(b)));
}
