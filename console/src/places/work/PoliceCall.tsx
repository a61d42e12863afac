import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { act, type Order } from "../../api/orders";
import { Problem, Unreachable } from "../../api/problem";
import { api, body } from "../../api/client";
import { useText } from "../../i18n/text";
import { Button } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { useSaid } from "../../ui/states";
import { useTold } from "../../ui/undo";
import { workWords } from "./words";

const AGAIN = 2000; // milliseconds between tries while the line is down

/** One tap, nothing to fill in, nothing to confirm: the police desk has number and place. It is tried until it arrives. */
export function PoliceCall({ order }: { order: Order | undefined }) {
  const t = useText(workWords);
  const told = useTold();
  const said = useSaid();
  const client = useQueryClient();
  const here = useHere();
  const doing = useMutation({
    networkMode: "always",
    mutationFn: (id: string) => raise(id, t("policeWords"), here),
    retry: (count, error) => error instanceof Unreachable && count < 600,
    retryDelay: AGAIN,
    onSuccess: (changed) => {
      client.setQueryData(["order", changed.id], changed);
      void client.invalidateQueries({ queryKey: ["orders"] });
      told({ text: t("policeDone") });
    },
    onError: (error) => told({ text: `${said(error)} ${t("policeNo")}` }),
  });
  const call = () => {
    if (!order) return told({ text: t("policeNoOrder") });
    if (doing.isPending) return;
    doing.mutate(order.id);
  };
  useKeys({ F1: call });
  return (
    <div className="police-call">
      <Button size="large" shortcut="F1" disabled={doing.isPending} onClick={call}><span className="danger-mark">◆</span> {t("police")}</Button>
      {doing.isPending && doing.failureCount > 0 && <span className="tag orange" role="alert">▲ {t("policeAgain")}</span>}
    </div>
  );
}

interface Here {
  lat: number;
  lon: number;
}

/** On the newest version, whatever somebody else did to the order meanwhile. */
async function raise(id: string, text: string, here: Here | null): Promise<Order> {
  for (let again = 0; ; again += 1) {
    const order = await body(api.GET("/api/v1/orders/{key}", { params: { path: { key: id } } }));
    try {
      return await act(order, "raise_danger", { text, ...(here ? { wgs84: here } : {}) });
    } catch (error) {
      if (again >= 4 || !(error instanceof Problem) || error.code !== "stale_version") throw error;
    }
  }
}

/** Where this telephone is, if its owner allowed that before. A call never waits for it. */
function useHere(): Here | null {
  const [here, setHere] = useState<Here | null>(null);
  useEffect(() => {
    if (!navigator.geolocation || !navigator.permissions) return;
    let watch: number | undefined;
    void navigator.permissions.query({ name: "geolocation" }).then((allowed) => {
      if (allowed.state !== "granted") return;
      watch = navigator.geolocation.watchPosition(({ coords }) => setHere({ lat: coords.latitude, lon: coords.longitude }));
    });
    return () => {
      if (watch !== undefined) navigator.geolocation.clearWatch(watch);
    };
  }, []);
  return here;
}
