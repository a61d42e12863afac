import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { shortCentre, useCodes } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Button, Panel, Select } from "../../ui/basic";
import { At } from "../../ui/order";
import { Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { useTold } from "../../ui/undo";
import { adminWords } from "./words";

const LIMIT = 200;

/** Messages that did not go: to the peers, and to people. Dead ones go again; nothing is ever received twice. */
export function Queues() {
  return <div className="stack"><ToPeers /><ToPeople /></div>;
}

function useResend(key: string, run: (ids: string[]) => Promise<{ queued: number }>) {
  const t = useText(adminWords);
  const told = useTold();
  const client = useQueryClient();
  return useMutation({
    networkMode: "always",
    mutationFn: run,
    onSuccess: ({ queued }) => {
      told({ text: t("queued", { count: queued }) });
      void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

function ToPeers() {
  const t = useText(adminWords);
  const code = useCodes();
  const lang = useLang();
  const said = useSaid();
  const [status, setStatus] = useState("dead");
  const asked = useQuery({ queryKey: ["outbox", status], refetchInterval: 15_000, queryFn: () => body(api.GET("/api/v1/outbox", { params: { query: { status, limit: LIMIT } } })) });
  const again = useResend("outbox", (ids) => body(api.POST("/api/v1/outbox/resend", { body: { ids } })));
  const dead = status === "dead" && Boolean(asked.data?.messages.length);
  return (
    <Panel title={t("toPeers")} aside={(
      <span className="row">
        <Select aria-label={t("state")} value={status} onChange={(value: string) => setStatus(value)} options={[{ value: "dead", label: t("showDead") }, { value: "pending", label: t("showPending") }]} />
        {dead && <Button onClick={() => again.mutate([])}>{t("resendAll")}</Button>}
      </span>
    )}>
      {again.error && <div className="state bad" role="alert">{said(again.error)}</div>}
      <Read asked={asked} lines={4}>
        {({ messages }) => (
          <Table label={t("toPeers")} rows={messages} id={(one) => one.id} empty={t(status === "dead" ? "noDead" : "noPending")}
            columns={[
              { title: t("peer"), cell: (one) => shortCentre(one.peer, lang) },
              { title: t("message"), cell: (one) => <>{one.urgent && <span className="tag orange">▲</span>} {code("messages", one.kind)} #{one.seq}</> },
              { title: t("at"), cell: (one) => <At at={one.created_at} /> },
              { title: t("tries"), num: true, cell: (one) => one.attempts },
              { title: t("why"), cell: (one) => one.last_error ?? "—" },
              { title: t("resend"), cell: (one) => (one.status === "dead" ? <Button size="small" onClick={() => again.mutate([one.id])}>{t("resend")}</Button> : "—") },
            ]} />
        )}
      </Read>
    </Panel>
  );
}

function ToPeople() {
  const t = useText(adminWords);
  const said = useSaid();
  const asked = useQuery({ queryKey: ["notifications"], refetchInterval: 15_000, queryFn: () => body(api.GET("/api/v1/notifications", { params: { query: { status: "dead", limit: LIMIT } } })) });
  const again = useResend("notifications", (ids) => body(api.POST("/api/v1/notifications/resend", { body: { ids } })));
  return (
    <Panel title={t("notices")} aside={Boolean(asked.data?.length) && <Button onClick={() => again.mutate([])}>{t("resendAll")}</Button>}>
      {again.error && <div className="state bad" role="alert">{said(again.error)}</div>}
      <Read asked={asked} lines={3}>
        {(rows) => (
          <Table label={t("notices")} rows={rows} id={(one) => one.id} empty={t("noDead")}
            columns={[
              { title: t("channel"), cell: (one) => one.channel },
              { title: t("recipient"), cell: (one) => <span className="num">{one.recipient}</span> },
              { title: t("order"), cell: (one) => <span className="num">{one.number ?? one.order_id.slice(0, 8)}</span> },
              { title: t("at"), cell: (one) => <At at={one.created_at} /> },
              { title: t("why"), cell: (one) => one.last_error ?? "—" },
              { title: t("resend"), cell: (one) => <Button size="small" onClick={() => again.mutate([one.id])}>{t("resend")}</Button> },
            ]} />
        )}
      </Read>
    </Panel>
  );
}
