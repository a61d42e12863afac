import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import type { Order } from "../../api/orders";
import { useLang, useText } from "../../i18n/text";
import { policeWords } from "./words";

export type Proposed = components["schemas"]["Proposed"];

/** The best first, as the node sees it now. */
export function useProposed(order: Order | undefined) {
  return useQuery({
    queryKey: ["orders", "units", order?.id],
    enabled: Boolean(order),
    refetchInterval: 10_000,
    queryFn: () => body(api.GET("/api/v1/orders/{key}/units", { params: { path: { key: order!.id }, query: { limit: 6 } } })),
  });
}

/** Shape and word beside the colour: ● free, ◐ out, ○ off duty. */
const SHAPES: Record<string, string> = { available: "●", busy: "◐", off_duty: "○" };

export function UnitList({ units, roads, chosen, onChoose }: { units: Proposed[]; roads: boolean; chosen: number; onChoose: (at: number) => void }) {
  const t = useText(policeWords);
  if (units.length === 0) return <p className="soft">{t("unitsNone")}</p>;
  return (
    <div className="units" role="listbox" aria-label={t("units")}>
      {units.map((unit, at) => <OneUnit key={unit.unit} unit={unit} roads={roads} chosen={at === chosen} onChoose={() => onChoose(at)} />)}
    </div>
  );
}

function OneUnit({ unit, roads, chosen, onChoose }: { unit: Proposed; roads: boolean; chosen: boolean; onChoose: () => void }) {
  const t = useText(policeWords);
  const lang = useLang();
  const state = unit.state as "available" | "busy" | "off_duty";
  const why = unit.reasons.map((one) => (lang === "zh" ? one.text : one.text_en)).join("；");
  return (
    <button type="button" role="option" aria-selected={chosen} className={chosen ? "unit at" : "unit"} onClick={onChoose}>
      <strong>{unit.name}</strong>
      <span className="num right">{unit.metres === null ? t("noPlace") : `${distance(unit.metres)} ${t(roads ? "roads" : "straight")}`}</span>
      <span className="soft">{SHAPES[state]} {t(state)} · {t("carrying", { count: unit.load })}{unit.stale ? ` · ▲ ${t("stale")}` : ""}</span>
      {chosen && <span className="soft wide">{why}</span>}
    </button>
  );
}

export const distance = (metres: number) => (metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`);
