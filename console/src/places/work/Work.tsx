import { useState } from "react";
import { useSearchParams } from "react-router";
import { useOrder, type Order } from "../../api/orders";
import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { useNow } from "../../live/now";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Clock, Marks } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { inTab, soonest, TABS, useUnitOrders, type Tab, type UnitPage } from "./asking";
import { OneOrder } from "./OneOrder";
import { PoliceCall } from "./PoliceCall";
import "./work.css";
import { workWords } from "./words";

/** A unit's bench, on a desk or a telephone. The order in hand is in the address, so a telephone's way back leads to the list. */
export default function Work() {
  const t = useText(workWords);
  const person = usePerson();
  const [params, setParams] = useSearchParams();
  const at = params.get("order") ?? undefined;
  const asked = useOrder(at);
  const open = (id: string | undefined) => setParams(id ? { order: id } : {});
  useKeys({ Escape: () => open(undefined) }, Boolean(at));
  if (!person.unit) return <Empty>{t("noUnit")}</Empty>;
  return (
    <div className={at ? "work-bench chosen" : "work-bench"}>
      <h1 className="sr-only">{t("title")}</h1>
      <PoliceCall order={at ? asked.data : undefined} />
      <List unit={person.unit} at={at} onOpen={open} />
      <div className="stack one-order">
        {at ? (
          <>
            <Button className="narrow-only" shortcut="Esc" onClick={() => open(undefined)}>{t("back")}</Button>
            <Read asked={asked} lines={10}>{(order) => <OneOrder key={order.id} order={order} />}</Read>
          </>
        ) : (
          <Panel><Empty>{t("pick")}</Empty></Panel>
        )}
      </div>
    </div>
  );
}

function List({ unit, at, onOpen }: { unit: string; at: string | undefined; onOpen: (id: string) => void }) {
  const t = useText(workWords);
  const [tab, setTab] = useState<Tab>("sign");
  const asked = useUnitOrders(unit, tab === "shares");
  useKeys(Object.fromEntries(TABS.map((one, index) => [`Alt+${index + 1}`, () => setTab(one)])));
  return (
    <div className="stack bench-list">
      <div className="tabs" role="tablist" aria-label={t("title")}>
        {TABS.map((one, index) => (
          <button key={one} type="button" role="tab" aria-selected={one === tab} onClick={() => setTab(one)}>{t(one)} <kbd aria-hidden>Alt {index + 1}</kbd></button>
        ))}
      </div>
      <Read asked={asked} lines={8}>
        {(pages) => (
          <>
            <Rows orders={pages.pages.flatMap((page: UnitPage) => page.orders)} tab={tab} at={at} onOpen={onOpen} />
            {asked.hasNextPage && <Button onClick={() => void asked.fetchNextPage()}>{t("more")}</Button>}
          </>
        )}
      </Read>
    </div>
  );
}

const NOTHING = { sign: "noSign", handling: "noHandling", soon: "noSoon", shares: "noShares" } as const;

function Rows({ orders, tab, at, onOpen }: { orders: Order[]; tab: Tab; at: string | undefined; onOpen: (id: string) => void }) {
  const t = useText(workWords);
  const rows = inTab(orders, tab, useNow());
  const [on, setOn] = useState(0);
  const step = (by: number) => {
    const to = Math.min(Math.max(on + by, 0), Math.max(rows.length - 1, 0));
    setOn(to);
    if (at && rows[to]) onOpen(rows[to].id);
  };
  const down = () => step(1);
  const up = () => step(-1);
  useKeys({ j: down, ArrowDown: down, k: up, ArrowUp: up, Enter: () => rows[on] && onOpen(rows[on].id) });
  if (rows.length === 0) return <Panel><Empty>{t(NOTHING[tab])}</Empty></Panel>;
  return (
    <ul className="bench">
      {rows.map((order, index) => {
        const next = soonest(order);
        return (
          <li key={order.id}>
            <button type="button" className={index === on ? "on" : ""} aria-current={order.id === at} onClick={() => { setOn(index); onOpen(order.id); }}>
              <span className="row"><span className="num">{order.number}</span><Marks order={order} /></span>
              <strong>{order.title || order.content.slice(0, 40)}</strong>
              <span className="soft">{order.incident?.address}</span>
              {next && <Clock clock={next} />}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
