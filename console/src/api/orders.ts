import { useInfiniteQuery, useQuery, type InfiniteData, type Query, type QueryClient } from "@tanstack/react-query";
import { api, body } from "./client";
import type { components } from "./generated/schema";

type Schemas = components["schemas"];
export type Order = Schemas["OrderView"];
export type Intake = Partial<Schemas["Intake"]> & { content: string };
export type AllowedAction = Schemas["AllowedAction"];
export type ClockView = Schemas["ClockView"];
export type LedgerRow = Schemas["LedgerRow"];
export type Caller = Schemas["orders_model_Caller"];

export type Page = Schemas["Page"];

export interface Filters {
  open?: boolean;
  urgent?: boolean;
  asked?: boolean;
  status?: string[];
  unit?: string;
  peer?: string;
}

export const PAGE = 100;

export function useOrder(key: string | undefined) {
  return useQuery({
    queryKey: ["order", key],
    enabled: Boolean(key),
    queryFn: () => body(api.GET("/api/v1/orders/{key}", { params: { path: { key: key! } } })),
  });
}

export function useEvents(order: Order | undefined) {
  return useQuery({
    queryKey: ["order", order?.id, "events", order?.version],
    enabled: Boolean(order),
    placeholderData: (before) => before,
    queryFn: () => body(api.GET("/api/v1/orders/{key}/events", { params: { path: { key: order!.id } } })),
  });
}

export function useOrders(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ["orders", filters],
    structuralSharing: false, // it would compare every row that was ever read with each page that comes
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page) => page.next ?? undefined,
    queryFn: ({ pageParam }): Promise<Page> =>
      body(api.GET("/api/v1/orders", { params: { query: { ...filters, before: pageParam, limit: PAGE } } })),
  });
}

const LONG = 3; // pages: a list that was read further is not read again as a whole
const SINGLY = 10; // rows further down that are read again one by one

/** What changed is read again: short lists as they are, of a long one its beginning and the rows that were named. */
export function freshen(client: QueryClient, changed: Set<string>): void {
  const isLong = (query: Query) => query.queryKey.length === 2 && ((query.state.data as Read | undefined)?.pages?.length ?? 0) > LONG;
  void client.invalidateQueries({ queryKey: ["orders"], predicate: (query) => !isLong(query) });
  for (const query of client.getQueryCache().findAll({ queryKey: ["orders"], type: "active" }).filter(isLong)) {
    void newest(query.queryKey[1] as Filters, query.state.data as Read, changed).then((read) => client.setQueryData(query.queryKey, read), () => undefined);
  }
}

type Read = InfiniteData<Page, string | undefined>;

async function newest(filters: Filters, before: Read, changed: Set<string>): Promise<Read> {
  const fresh = await body(api.GET("/api/v1/orders", { params: { query: { ...filters, limit: PAGE } } }));
  const last = fresh.orders.at(-1)?.id ?? "";
  const below = before.pages.flatMap((page) => page.orders).filter((one) => one.id < last); // ids go by time, newest first
  const named = below.filter((one) => changed.has(one.id)).slice(0, SINGLY);
  const again = await Promise.all(named.map((one) => body(api.GET("/api/v1/orders/{key}", { params: { path: { key: one.id } } }))));
  const now = new Map(again.map((one) => [one.id, one]));
  const shown = (one: Order) => now.get(one.id) ?? one;
  const rest = before.pages.map((page) => ({ ...page, orders: page.orders.filter((one) => one.id < last).map(shown) }));
  return { ...before, pages: [{ ...rest[0]!, orders: [...fresh.orders, ...rest[0]!.orders] }, ...rest.slice(1)] };
}

/** Raises Problem, Unreachable. The same key with the same body gives the same order. */
export function takeIn(intake: Intake, key: string): Promise<Order> {
  const params = { header: { "Idempotency-Key": key } };
  return body(api.POST("/api/v1/orders", { params, body: intake as Schemas["Intake"] })) as Promise<Order>;
}

/** Raises Problem (stale_version: somebody changed it first), Unreachable. */
export function act(order: { id: string; version: number }, action: string, fields: object = {}): Promise<Order> {
  const sent = { action, version: order.version, ...fields } as never;
  return body(api.POST("/api/v1/orders/{key}/actions", { params: { path: { key: order.id } }, body: sent })) as Promise<Order>;
}

export function unmask(key: string, reason: string) {
  return body(api.POST("/api/v1/orders/{key}/unmask", { params: { path: { key } }, body: { reason } }));
}

export type Answers = Record<string, string | number>;

/** Answers to the danger questions; they rest on no version and may be said twice. */
export function sayAnswers(orderId: string, answers: Answers) {
  return body(api.POST("/api/v1/orders/{key}/questions", { params: { path: { key: orderId } }, body: { answers } }));
}
