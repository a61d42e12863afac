import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { freshen, type Order } from "../api/orders";

interface Told {
  id: string;
  number: string | null;
  version: number;
  status: string;
}

const LISTS_AFTER = 400; // milliseconds: many events of one second refresh a list once
let connected = false;
const listeners = new Set<() => void>();

function set(value: boolean): void {
  connected = value;
  listeners.forEach((tell) => tell());
}

export function useConnected(): boolean {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => connected,
  );
}

/** Holds the feed while somebody is signed in. It carries ids and versions; what changed is asked for again. */
export function useLive(signedIn: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!signedIn) return;
    const feed = new EventSource("/api/v1/live");
    let changed = new Set<string>();
    const lists = gathered(() => {
      freshen(client, changed);
      changed = new Set();
    });
    let lost = false;
    feed.onopen = () => {
      set(true);
      if (lost) void client.invalidateQueries(); // whatever was said meanwhile is read again
      lost = false;
    };
    feed.onerror = () => {
      set(false);
      lost = true;
    };
    feed.addEventListener("order", (event) => {
      const told = JSON.parse((event as MessageEvent<string>).data) as Told;
      changed.add(told.id);
      refresh(client, told);
      lists();
    });
    feed.addEventListener("emergency", gathered(() => void client.invalidateQueries({ queryKey: ["emergencies"] })));
    return () => {
      feed.close();
      set(false);
    };
  }, [client, signedIn]);
}

function refresh(client: QueryClient, told: Told): void {
  for (const key of [told.id, told.number]) {
    const known = key ? client.getQueryData<Order>(["order", key]) : undefined;
    if (known && known.version < told.version) void client.invalidateQueries({ queryKey: ["order", key], exact: true });
  }
}

function gathered(run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      run();
    }, LISTS_AFTER);
  };
}
