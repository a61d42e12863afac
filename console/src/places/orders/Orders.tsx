import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useOrders, type Filters, type Order } from "../../api/orders";
import { useText } from "../../i18n/text";
import { Checkbox } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { At, Clock, Marks, StatusTag } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import "./orders.css";
import { orderWords } from "./words";

const AHEAD = 30; // rows before the end at which the next page is asked for

export default function Orders() {
  const t = useText(orderWords);
  const [filters, setFilters] = useState<Filters>({ open: true });
  const asked = useOrders(filters);
  const rows = useMemo(() => asked.data?.pages.flatMap((page) => page.orders) ?? [], [asked.data]);
  const toggle = (name: "open" | "urgent" | "asked") => setFilters((before) => ({ ...before, [name]: before[name] ? undefined : true }));
  return (
    <div className="orders">
      <div className="row">
        <h1 className="grow">{t("title")}</h1>
        <Checkbox checked={Boolean(filters.open)} onChange={() => toggle("open")}>{t("open")}</Checkbox>
        <Checkbox checked={Boolean(filters.urgent)} onChange={() => toggle("urgent")}>{t("urgent")}</Checkbox>
        <Checkbox checked={Boolean(filters.asked)} onChange={() => toggle("asked")}>{t("asked")}</Checkbox>
      </div>
      <Read asked={asked} lines={12}>
        {() => <Rows rows={rows} more={asked.hasNextPage} next={() => !asked.isFetchingNextPage && void asked.fetchNextPage()} />}
      </Read>
    </div>
  );
}

/** Only the rows in sight are in the page, however many have been read. */
function Rows({ rows, more, next }: { rows: Order[]; more: boolean; next: () => void }) {
  const t = useText(orderWords);
  const go = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const list = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => 64, overscan: 8, useFlushSync: false });
  const last = list.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last > rows.length - AHEAD) next();
  }, [last, rows.length, more, next]);
  const step = (by: number) => {
    const to = Math.min(Math.max(at + by, 0), rows.length - 1);
    setAt(to);
    list.scrollToIndex(to);
  };
  const down = () => step(1);
  const up = () => step(-1);
  useKeys({ j: down, ArrowDown: down, k: up, ArrowUp: up, Enter: () => rows[at] && void go(`/orders/${rows[at].id}`) });
  if (rows.length === 0) return <Empty action={<Link to="/desk">{t("take")}</Link>}>{t("none")}</Empty>;
  return (
    <div className="list" ref={box} tabIndex={0} aria-label={t("title")} role="region">
      <div role="list" style={{ height: list.getTotalSize(), position: "relative" }}>
        {list.getVirtualItems().map((item) => {
          const order = rows[item.index]!;
          return (
            <div key={order.id} role="listitem" aria-setsize={more ? -1 : rows.length} aria-posinset={item.index + 1}
              className={`one ${item.index === at ? "at" : ""}`} style={{ transform: `translateY(${item.start}px)` }}>
              <Row order={order} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Drawn once, however often the list moves under it. */
const Row = memo(function Row({ order }: { order: Order }) {
  const next = order.clocks.filter((clock) => clock.status === "running").sort((a, b) => (a.due_at < b.due_at ? -1 : 1))[0];
  return (
    <Link to={`/orders/${order.id}`} tabIndex={-1}>
      <span className="words"><Marks order={order} /> {order.title || order.content.slice(0, 80)}</span>
      <span className="status"><StatusTag order={order} /></span>
      <span className="clock">{next && <Clock clock={next} />}</span>
      <span className="number num">{order.number} · <At at={order.created_at} /></span>
    </Link>
  );
});
