import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Attribution, Tiles, type Box } from "../../ui/tiles";
import { policeWords } from "./words";

interface At {
  lat: number;
  lon: number;
}

const [WIDTH, HEIGHT, METRES_A_DEGREE] = [320, 220, 111_320];
const STEPS = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];

/** Scene and units as they lie to each other, north above, rings for the distance. Needs no network and no tiles. */
export function Sketch({ scene, chosen }: { scene: At | null; chosen: string | undefined }) {
  const t = useText(policeWords);
  const asked = useQuery({ queryKey: ["orders", "police-units"], refetchInterval: 10_000, queryFn: () => body(api.GET("/api/v1/policing/units")) });
  const units = (asked.data ?? []).flatMap((one) => (one.state.wgs84 ? [{ ...one, at: one.state.wgs84 }] : []));
  const centre = scene ?? middle(units.map((one) => one.at));
  if (!centre) return <Panel title={t("map")}><p className="soft">{t("mapWait")}</p></Panel>;
  const near = units.map((one) => ({ ...one, ...metres(one.at, centre) }));
  const ring = STEPS.find((step) => near.filter((one) => Math.hypot(one.x, one.y) <= step * 2).length >= Math.min(4, near.length)) ?? 50_000;
  const scale = (HEIGHT / 2 - 16) / (ring * 2);
  const shown = near.filter((one) => Math.abs(one.x * scale) < WIDTH / 2 - 6 && Math.abs(one.y * scale) < HEIGHT / 2 - 6);
  return (
    <Panel title={t("map")}>
      <svg className="sketch" viewBox={`${-WIDTH / 2} ${-HEIGHT / 2} ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${t("map")}：${shown.map((one) => one.name).join("、")}`}>
        <Tiles box={boxOf(centre, WIDTH / 2 / scale, HEIGHT / 2 / scale)} place={([lon, lat]) => { const at = metres({ lat, lon }, centre); return [at.x * scale, -at.y * scale]; }} />
        {[1, 2].map((times) => <circle key={times} r={ring * times * scale} className="ring" />)}
        <text className="scale" x={ring * scale + 3} y={-3}>{ring < 1000 ? `${ring} m` : `${ring / 1000} km`}</text>
        {shown.map((one) => (
          <g key={one.unit} transform={`translate(${one.x * scale} ${-one.y * scale})`} className={one.unit === chosen ? "car at" : "car"}>
            {one.state.state === "available" ? <circle r="5" /> : <rect x="-4.5" y="-4.5" width="9" height="9" className="out" />}
            {one.unit === chosen && <text y={one.y < 0 ? 17 : -10} textAnchor="middle">{one.name.replace(/（.*/, "").slice(-10)}</text>}
          </g>
        ))}
        {scene && <g className="scene"><path d="M0 -9 L8 6 L-8 6 Z" /><text x="12" y="4">{t("scene")}</text></g>}
      </svg>
      <p className="soft">▲ {t("scene")} · ● {t("available")} · ■ {t("busy")}<Attribution /></p>
    </Panel>
  );
}

function metres(at: At, centre: At): { x: number; y: number } {
  const shrink = Math.cos((centre.lat * Math.PI) / 180);
  return { x: (at.lon - centre.lon) * METRES_A_DEGREE * shrink, y: (at.lat - centre.lat) * METRES_A_DEGREE };
}

function middle(all: At[]): At | null {
  if (all.length === 0) return null;
  const sum = (pick: (one: At) => number) => all.reduce((before, one) => before + pick(one), 0) / all.length;
  return { lat: sum((one) => one.lat), lon: sum((one) => one.lon) };
}

/** So many metres to each side and up and down. */
function boxOf(centre: At, aside: number, up: number): Box {
  const [lon, lat] = [aside / (METRES_A_DEGREE * Math.cos((centre.lat * Math.PI) / 180)), up / METRES_A_DEGREE];
  return { west: centre.lon - lon, east: centre.lon + lon, south: centre.lat - lat, north: centre.lat + lat };
}
