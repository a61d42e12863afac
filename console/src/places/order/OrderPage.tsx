import { useParams } from "react-router";
import { usePerson } from "../../app/person";
import { useEvents, useOrder, type Caller, type Order } from "../../api/orders";
import { useLists } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Actions } from "../../ui/actions";
import { Asked } from "../../ui/asked";
import { Panel } from "../../ui/basic";
import { At, Clock, Marks, Masked, StatusTag } from "../../ui/order";
import { Said } from "../../ui/said";
import { Empty, Read } from "../../ui/states";
import { Transfers } from "../../ui/transfers";
import { Timeline } from "../../ui/timeline";
import "./order.css";
import { pageWords } from "./words";

export default function OrderPage() {
  const { key } = useParams();
  return <Read asked={useOrder(key)} lines={12}>{(order) => <Page order={order} />}</Read>;
}

function Page({ order }: { order: Order }) {
  const t = useText(pageWords);
  const person = usePerson();
  const events = useEvents(order);
  return (
    <div className="order">
      <header className="row">
        <h1 className="num">{order.number}</h1>
        <StatusTag order={order} />
        <Marks order={order} />
        <span className="row">{order.clocks.map((clock) => <Clock key={clock.name} clock={clock} />)}</span>
      </header>
      <div className="stack">
        <Matter order={order} />
        <Particulars order={order} />
      </div>
      <Panel title={t("path")}>
        <Read asked={events}>{(rows) => <Timeline order={order} rows={rows} centre={person.centre} />}</Read>
      </Panel>
      <div className="stack">
        <Panel title={t("actions")}>
          <Asked order={order} />
          {order.allowed_actions.length ? <Actions order={order} /> : <Empty>{t("none")}</Empty>}
        </Panel>
        {order.transfers.length > 0 && <Panel title={t("transfers")}><Transfers order={order} /></Panel>}
      </div>
    </div>
  );
}

function Matter({ order }: { order: Order }) {
  const t = useText(pageWords);
  return (
    <Panel title={order.title || t("matter")} aside={<At at={order.created_at} />}>
      <Said text={order.content} spans={order.verdict?.spans} />
      {order.verdict && <p className="soft">{order.verdict.reason}</p>}
      {order.answer && <p className="said"><strong>{t("answer")}：</strong>{order.answer}</p>}
    </Panel>
  );
}

function Particulars({ order }: { order: Order }) {
  const t = useText(pageWords);
  const divisions = useLists().data?.divisions as Record<string, string> | undefined;
  const caller: Partial<Caller> = order.caller ?? {};
  return (
    <Panel title={t("facts")}>
      <dl className="facts">
        <dt>{t("name")}</dt><dd><Masked orderId={order.id} field="name" value={caller.name ?? ""} /></dd>
        <dt>{t("phone")}</dt><dd><Masked orderId={order.id} field="phone" value={caller.phone ?? ""} /></dd>
        {caller.contact_phone && <><dt>{t("contact")}</dt><dd><Masked orderId={order.id} field="contact_phone" value={caller.contact_phone} /></dd></>}
        <dt>{t("where")}</dt><dd>{[divisions?.[order.division_code ?? ""], order.incident?.address].filter(Boolean).join(" ") || "—"}</dd>
        {order.unit && <><dt>{t("unit")}</dt><dd>{order.unit}</dd></>}
      </dl>
    </Panel>
  );
}
