import { useText } from "../../i18n/text";
import { Attribution, Tiles } from "../../ui/tiles";
import type { Feature, Numbers } from "./asking";
import { overviewWords } from "./words";

const WIDE = 560;
type Point = [number, number];

interface Props {
  features: Feature[];
  heat: Numbers["districts"];
  onOpen: (code: string, name: string) => void;
}

/** Districts shaded by what was taken in today; works without any map service. The small ones in the middle stand beside it once more, larger. */
export function DistrictMap({ features, heat, onOpen }: Props) {
  const t = useText(overviewWords);
  const small = crowded(features);
  return (
    <figure className="map">
      <div className={small.length ? "sheets" : ""}>
        <Sheet label={t("map")} features={features} heat={heat} onOpen={onOpen} quiet={new Set(small.map((one) => one.id))} letters={28} />
        {small.length > 0 && <Sheet label={t("inset")} features={small} heat={heat} onOpen={onOpen} quiet={new Set()} letters={15} />}
      </div>
      <figcaption className="soft">{t("heat")}　{t("few")} <span className="ramp" aria-hidden /> {t("many")}　◆ {t("dangerTag")}<Attribution /></figcaption>
    </figure>
  );
}

/** `quiet`: coloured here, but pressed and read on the larger sheet. */
function Sheet({ label, features, heat, onOpen, quiet, letters }: Props & { label: string; quiet: Set<string>; letters: number }) {
  const t = useText(overviewWords);
  const { place, high, box } = projection(features);
  const known = new Map(heat.map((one) => [one.code, one]));
  const most = Math.max(1, ...heat.map((one) => one.today));
  const size = Math.max(high, WIDE) / letters;
  return (
    <svg viewBox={`-4 -4 ${WIDE + 8} ${high + 8}`} role="group" aria-label={label}>
      <Tiles box={box} place={place} />
      {features.map((one) => {
        const here = known.get(one.id);
        const path = <path d={outline(one, place)} style={{ fillOpacity: here ? 0.15 + (0.75 * here.today) / most : 0.04 }} />;
        if (quiet.has(one.id)) return <g key={one.id} aria-hidden>{path}</g>;
        const said = `${one.properties.name} ${here?.today ?? 0}${here?.danger ? `，${t("danger_n", { count: here.danger })}` : ""}`;
        const open = () => onOpen(one.id, one.properties.name);
        return (
          <g key={one.id} role="button" tabIndex={0} aria-label={said} onClick={open} onKeyDown={(event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), open())}>
            <title>{said}</title>
            {path}
          </g>
        );
      })}
      {features.filter((one) => !quiet.has(one.id)).map((one) => {
        const here = known.get(one.id);
        const [x, y] = place(one.properties.at);
        return (
          <text key={one.id} x={x} y={y} fontSize={size} aria-hidden>
            <tspan className="name" fontSize={size * 0.8}>{one.properties.name.replace(/(新区|区)$/, "")}</tspan>
            {here && <tspan x={x} dy={size} className={here.danger ? "danger" : ""}>{here.danger ? "◆" : ""}{here.today}</tspan>}
          </text>
        );
      })}
    </svg>
  );
}

/** Districts too small to be hit on the whole map: under a twenty-fifth of the largest one. */
function crowded(features: Feature[]): Feature[] {
  const area = (one: Feature) => {
    const all = one.geometry.coordinates.flat(2) as unknown as Point[];
    const [xs, ys] = [all.map((p) => p[0]), all.map((p) => p[1])];
    return (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
  };
  const most = Math.max(...features.map(area));
  const small = features.filter((one) => area(one) < most / 25);
  return small.length > 1 && small.length < features.length ? small : [];
}

function projection(features: Feature[]) {
  const all = features.flatMap((one) => one.geometry.coordinates.flat(2)) as unknown as Point[];
  const [xs, ys] = [all.map((p) => p[0]), all.map((p) => p[1])];
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180); // a degree of longitude is shorter than one of latitude
  const scale = WIDE / ((east - west) * squeeze);
  const place = ([lon, lat]: Point): Point => [Math.round((lon - west) * squeeze * scale * 10) / 10, Math.round((north - lat) * scale * 10) / 10];
  return { place, high: Math.round((north - south) * scale), box: { west, east, south, north } };
}

function outline(one: Feature, place: (at: Point) => Point): string {
  return one.geometry.coordinates.flat().map((ring) => `M${ring.map((at) => place(at).join(" ")).join("L")}Z`).join("");
}
