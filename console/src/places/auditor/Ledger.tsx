import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { At } from "../../ui/order";
import { Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { auditorWords } from "./words";

type Check = components["schemas"]["LedgerCheck"];

/** Every hash is computed anew, in the background; the first row that does not fit is named. */
export function Ledger() {
  const t = useText(auditorWords);
  const said = useSaid();
  const client = useQueryClient();
  const asked = useQuery({
    queryKey: ["ledger-checks"],
    refetchInterval: (query) => (query.state.data?.some((one) => one.alive) ? 1_000 : 30_000),
    queryFn: () => body(api.GET("/api/v1/ledger/checks")),
  });
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/ledger/checks")),
    onSettled: () => void client.invalidateQueries({ queryKey: ["ledger-checks"] }),
  });
  const going = asked.data?.some((one) => one.alive) ?? false;
  const begin = () => !going && doing.mutate();
  useKeys({ v: begin });
  return (
    <Panel title={t("ledger")} aside={<Button type="primary" shortcut="v" loading={going} onClick={begin}>{t(going ? "verifying" : "verify")}</Button>}>
      {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
      <Read asked={asked} lines={4}>
        {(rows) => (
          <Table label={t("ledger")} rows={rows} id={(one) => one.id} empty={t("noChecks")}
            columns={[
              { title: t("started"), cell: (one) => <At at={one.started_at} /> },
              { title: t("by"), cell: (one) => one.asked_by },
              { title: t("result"), cell: (one) => <Result check={one} /> },
            ]} />
        )}
      </Read>
    </Panel>
  );
}

function Result({ check }: { check: Check }) {
  const t = useText(auditorWords);
  if (check.broken) return <span className="tag orange">▲ {t("broken", { seq: check.broken.seq, why: check.broken.why })} <a href={`/orders/${check.broken.order_id}`}>{t("open")}</a></span>;
  if (check.error) return <span className="tag orange">▲ {check.error}</span>;
  if (check.finished_at) return <span className="tag green">✓ {t("whole", { orders: check.orders, events: check.events })}</span>;
  if (!check.alive) return <span className="tag">{t("ended")}</span>;
  return (
    <span className="row">
      <progress aria-label={t("verifying")} max={Math.max(check.estimate, check.events, 1)} value={check.events} />
      <span className="num">{t("events", { count: check.events.toLocaleString() })}{check.estimate > 0 && ` / ${t("estimate", { count: check.estimate.toLocaleString() })}`}</span>
    </span>
  );
}
