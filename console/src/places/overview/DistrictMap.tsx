import { useText } from "../../i18n/text";
import type { Feature, Numbers } from "./asking";
import { overviewWords } from "./words";

const WIDE = 560;
type Point = [number, number];

/** Districts shaded by what was taken in today; works without any map service. Each is a button, by mouse and by Tab. */
export function DistrictMap({ features, heat, onOpen }: { features: Feature[]; heat: Numbers["districts"]; onOpen: (code: string, name: string) => void }) {
  const t = useText(overviewWords);
  const { place, high } = projection(features);
  const known = new Map(heat.map((one) => [one.code, one]));
  const most = Math.max(1, ...heat.map((one) => one.today));
  return (
    <figure className="map">
      <svg viewBox={`0 0 ${WIDE} ${high}`} role="group" aria-label={t("map")}>
        {features.map((one) => {
          const here = known.get(one.id);
          const said = `${one.properties.name} ${here?.today ?? 0}${here?.danger ? `，${t("danger_n", { count: here.danger })}` : ""}`;
          const open = () => onOpen(one.id, one.properties.name);
          return (
            <g key={one.id} role="button" tabIndex={0} aria-label={said} onClick={open} onKeyDown={(event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), open())}>
              <title>{said}</title>
              <path d={outline(one, place)} style={{ fillOpacity: here ? 0.15 + (0.75 * here.today) / most : 0.04 }} />
            </g>
          );
        })}
        {features.map((one) => {
          const here = known.get(one.id);
          if (!here?.today) return null;
          const [x, y] = place(one.properties.at);
          return <text key={one.id} x={x} y={y} aria-hidden className={here.danger ? "danger" : ""}>{here.danger ? "◆" : ""}{here.today}</text>;
        })}
      </svg>
      <figcaption className="soft">{t("heat")}　{t("few")} <span className="ramp" aria-hidden /> {t("many")}　◆ {t("danger")}</figcaption>
    </figure>
  );
}

function projection(features: Feature[]) {
  const all = features.flatMap((one) => one.geometry.coordinates.flat(2)) as unknown as Point[];
  const [xs, ys] = [all.map((p) => p[0]), all.map((p) => p[1])];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180); // a degree of longitude is shorter than one of latitude
  const scale = WIDE / ((east - west) * squeeze);
  const place = ([lon, lat]: Point): Point => [Math.round((lon - west) * squeeze * scale * 10) / 10, Math.round((north - lat) * scale * 10) / 10];
  return { place, high: Math.round((north - south) * scale) };
}

function outline(one: Feature, place: (at: Point) => Point): string {
  return one.geometry.coordinates.flat().map((ring) => `M${ring.map((at) => place(at).join(" ")).join("L")}Z`).join("");
}
