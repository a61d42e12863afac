import { useQuery } from "@tanstack/react-query";
import { api, body } from "../api/client";
import { useMay } from "../app/person";

export interface Box {
  west: number;
  east: number;
  south: number;
  north: number;
}

interface Props {
  box: Box;
  /** Longitude and latitude to the drawing's own units. */
  place: (at: [number, number]) => [number, number];
}

const MOST = 30; // tiles of one layer in one drawing
const LEAST_ACROSS = 2; // tiles over the width, so that the picture is not coarse

/** The city's tile service, if it uses one. Nothing is asked of the internet otherwise. */
export function useTiles() {
  const may = useMay();
  const asked = useQuery({ queryKey: ["map-tiles"], enabled: may("GET /api/v1/map-tiles"), staleTime: Infinity, retry: false, queryFn: () => body(api.GET("/api/v1/map-tiles")) });
  return asked.data?.urls.length ? asked.data : undefined;
}

/** Tiles beneath a drawing that has its own projection: each lies between the corners that the drawing gives it. What does not come leaves the drawing as it is. */
export function Tiles({ box, place }: Props) {
  const service = useTiles();
  if (!service) return null;
  const { z, columns, rows } = cut(box, service.most_zoom);
  return (
    <g className="tiles" aria-hidden>
      {service.urls.map((url) => rows.map((y) => columns.map((x) => {
        const [left, top] = place([lonOf(x, z), latOf(y, z)]);
        const [right, bottom] = place([lonOf(x + 1, z), latOf(y + 1, z)]);
        const host = service.hosts[(x + y) % Math.max(service.hosts.length, 1)] ?? "";
        const href = url.replace("{s}", host).replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
        return <image key={`${url}-${z}-${x}-${y}`} href={href} x={left} y={top} width={right - left} height={bottom - top} preserveAspectRatio="none" />;
      })))}
    </g>
  );
}

export function Attribution() {
  const said = useTiles()?.attribution;
  return said ? <span className="soft"> · {said}</span> : null;
}

/** The finest zoom at which few enough tiles cover the box. */
function cut(box: Box, most: number) {
  for (let z = most; z > 0; z--) {
    const columns = range(Math.floor(xOf(box.west, z)), Math.floor(xOf(box.east, z)));
    const rows = range(Math.floor(yOf(box.north, z)), Math.floor(yOf(box.south, z)));
    if (columns.length * rows.length <= MOST || columns.length <= LEAST_ACROSS) return { z, columns, rows };
  }
  return { z: 0, columns: [0], rows: [0] };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const xOf = (lon: number, z: number) => ((lon + 180) / 360) * 2 ** z;
const yOf = (lat: number, z: number) => ((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** z;
const lonOf = (x: number, z: number) => (x / 2 ** z) * 360 - 180;
const latOf = (y: number, z: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;
