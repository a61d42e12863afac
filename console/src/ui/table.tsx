import { useEffect, useRef, useState, type ReactNode } from "react";
import { useKeys } from "./keys";
import { Empty } from "./states";
import "./table.css";

export interface Column<R> {
  title: string;
  cell: (row: R) => ReactNode;
  num?: boolean;
}

interface Props<R> {
  label: string;
  columns: Column<R>[];
  rows: R[];
  id: (row: R) => string;
  /** What Enter or a click on a row does. */
  onOpen?: (row: R) => void;
  opened?: string;
  empty: ReactNode;
  /** Only one table of a page listens to j, k and Enter. */
  keys?: boolean;
}

/** A table by mouse and by j, k, Enter; on a phone each row is a card. */
export function Table<R>({ label, columns, rows, id, onOpen, opened, empty, keys = false }: Props<R>) {
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const here = Math.min(at, rows.length - 1);
  const step = (by: number) => setAt(Math.min(Math.max(here + by, 0), rows.length - 1));
  const open = () => rows[here] && onOpen?.(rows[here]);
  useKeys({ j: () => step(1), k: () => step(-1), Enter: open }, keys && Boolean(onOpen));
  useEffect(() => {
    if (at > 0) box.current?.querySelector(".at")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    <div className="table" ref={box} tabIndex={0} role="region" aria-label={label}>
      <table aria-label={label}>
        <thead><tr>{columns.map((one) => <th key={one.title} scope="col" className={one.num ? "right" : ""}>{one.title}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={id(row)} className={`${keys && onOpen && index === here ? "at" : ""} ${opened === id(row) ? "opened" : ""} ${onOpen ? "opens" : ""}`}
              onClick={onOpen && ((event) => { if (!(event.target as HTMLElement).closest("a, button")) { setAt(index); onOpen(row); } })}>
              {columns.map((one, place) => (
                <td key={one.title} data-title={one.title} className={one.num ? "right num" : ""}>
                  {place === 0 && onOpen ? <button className="plain" aria-expanded={opened === undefined ? undefined : opened === id(row)} onClick={() => { setAt(index); onOpen(row); }}>{one.cell(row)}</button> : one.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
