import { Link } from "react-router";
import { useOrder } from "../../api/orders";
import { useText } from "../../i18n/text";
import { Actions } from "../../ui/actions";
import { Asked } from "../../ui/asked";
import { Panel } from "../../ui/basic";
import { Clock, Marks, StatusTag } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { supervisionWords } from "./words";

/** The chosen order beside its list, with what may be done: nobody leaves the list to decide one line of it. */
export function Side({ order: id }: { order: string | null }) {
  const t = useText(supervisionWords);
  const asked = useOrder(id ?? undefined);
  if (!id) return <Panel label={t("actions")}><Empty>{t("pick")}</Empty></Panel>;
  return (
    <Read asked={asked}>
      {(order) => (
        <Panel title={<span className="num">{order.number ?? order.id.slice(0, 8)}</span>} aside={<Link to={`/orders/${order.id}`}>{t("openPage")}</Link>}>
          <div className="row"><StatusTag order={order} /><Marks order={order} /></div>
          <strong>{order.title}</strong>
          <p className="said">{order.content}</p>
          <Asked order={order} />
          <div className="row">{order.clocks.map((clock) => <Clock key={clock.name} clock={clock} />)}</div>
          {order.allowed_actions.length ? <Actions order={order} /> : <Empty>{t("noActions")}</Empty>}
        </Panel>
      )}
    </Read>
  );
}
