import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";

type Schemas = components["schemas"];
export type Numbers = Schemas["Overview"];
export type Listed = Schemas["Listed"];
export type What = Schemas["What"];

/** Which number was opened. */
export interface Behind {
  what: What;
  key?: string;
  label: string;
}

const EACH = 5_000; // milliseconds; the node keeps its counts for everybody

export function useNumbers() {
  return useQuery({ queryKey: ["overview"], refetchInterval: EACH, queryFn: () => body(api.GET("/api/v1/overview")) });
}

export interface Feature {
  id: string;
  properties: { name: string; at: [number, number] };
  geometry: { coordinates: [number, number][][][] };
}

export function useDistricts() {
  return useQuery({
    queryKey: ["districts"],
    staleTime: Infinity,
    queryFn: async () => (await body(api.GET("/api/v1/overview/map", { parseAs: "json" }) as never)) as { features: Feature[] },
  });
}

export function useBehind(behind: Behind) {
  return useInfiniteQuery({
    queryKey: ["orders", "overview", behind.what, behind.key],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Schemas["ListedPage"]) => page.next ?? undefined,
    queryFn: ({ pageParam }) =>
      body(api.GET("/api/v1/overview/orders", { params: { query: { what: behind.what, key: behind.key ?? "", after: pageParam, limit: 100 } } })),
  });
}
