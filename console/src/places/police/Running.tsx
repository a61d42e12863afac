import { useOrders, type Order } from "../../api/orders";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Clock, Marks, StatusTag } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { policeWords } from "./words";

const SHOWN = 40;
const soonest = (order: Order) => order.clocks.filter((one) => one.status === "running").sort((a, b) => (a.due_at < b.due_at ? -1 : 1))[0];

/** Every open order with the clock that ends first: what is late stands on top. */
export function Running({ at, onLook }: { at: string | undefined; onLook: (id: string) => void }) {
  const t = useText(policeWords);
  const asked = useOrders({ open: true });
  return (
    <Panel title={t("running")}>
      <Read asked={asked} lines={6}>
        {(pages) => <Rows orders={sorted(pages.pages.flatMap((page) => page.orders))} at={at} onLook={onLook} />}
      </Read>
    </Panel>
  );
}

function sorted(orders: Order[]): Order[] {
  const due = (order: Order) => soonest(order)?.due_at ?? "9999";
  return [...orders].sort((a, b) => (due(a) < due(b) ? -1 : 1)).slice(0, SHOWN);
}

function Rows({ orders, at, onLook }: { orders: Order[]; at: string | undefined; onLook: (id: string) => void }) {
  const t = useText(policeWords);
  const step = (by: number) => {
    const now = orders.findIndex((one) => one.id === at);
    const next = orders[Math.min(Math.max(now + by, 0), orders.length - 1)];
    if (next) onLook(next.id);
  };
  useKeys({ "Alt+j": () => step(1), "Alt+k": () => step(-1) });
  if (orders.length === 0) return <Empty>{t("runningNone")}</Empty>;
  return (
    <ul className="running">
      {orders.map((order) => {
        const next = soonest(order);
        return (
          <li key={order.id}>
            <button type="button" aria-current={order.id === at} onClick={() => onLook(order.id)}>
              <span className="row"><span className="num">{order.number}</span><StatusTag order={order} /><Marks order={order} /></span>
              <span>{order.title || order.content.slice(0, 40)}</span>
              {next && <Clock clock={next} />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
