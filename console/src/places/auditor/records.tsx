import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, body } from "../../api/client";
import { useCodes } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Input, Panel } from "../../ui/basic";
import { fields, type FieldWord } from "../../ui/fields";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { auditorWords } from "./words";

const LIMIT = 200;

/** Who saw whose personal data unmasked, when and why. */
export function Views() {
  const t = useText(auditorWords);
  const f = useText(fields);
  const [by, setBy] = useState("");
  const asked = useQuery({ queryKey: ["views", by], queryFn: () => body(api.GET("/api/v1/views", { params: { query: { by: by || undefined, limit: LIMIT } } })) });
  return (
    <Panel title={t("views")} aside={<Filter value={by} onChange={setBy} />}>
      <Read asked={asked} lines={8}>
        {(rows) => (
          <Table label={t("views")} rows={rows} id={(one) => String(one.id)} empty={t("noViews")}
            columns={[
              { title: t("at"), cell: (one) => <At at={one.at} /> },
              { title: t("by"), cell: (one) => one.actor },
              { title: t("order"), cell: (one) => <Link to={`/orders/${one.order_id}`}>{one.number ?? one.order_id.slice(0, 8)}</Link> },
              { title: t("fields"), cell: (one) => one.fields.map((name) => (name in fields.zh ? f(name as FieldWord) : name)).join("、") },
              { title: t("reason"), cell: (one) => one.reason },
            ]} />
        )}
      </Read>
    </Panel>
  );
}

export function SignIns() {
  const t = useText(auditorWords);
  const code = useCodes();
  const [account, setAccount] = useState("");
  const asked = useQuery({ queryKey: ["account-log", account], queryFn: () => body(api.GET("/api/v1/account-log", { params: { query: { account: account || undefined, limit: LIMIT } } })) });
  return (
    <Panel title={t("signins")} aside={<Filter value={account} onChange={setAccount} />}>
      <Read asked={asked} lines={8}>
        {(rows) => (
          <Table label={t("signins")} rows={rows} id={(one) => String(one.id)} empty={t("noSignins")}
            columns={[
              { title: t("at"), cell: (one) => <At at={one.at} /> },
              { title: t("account"), cell: (one) => one.account },
              { title: t("what"), cell: (one) => code("accounts", one.kind) },
              { title: t("by"), cell: (one) => one.actor },
              { title: t("address"), cell: (one) => <span className="num">{one.address || "—"}</span> },
            ]} />
        )}
      </Read>
    </Panel>
  );
}

/** Enter asks: a name is compared whole. */
function Filter({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useText(auditorWords);
  return <Input size="small" style={{ width: 180 }} aria-label={t("filter")} placeholder={t("filter")} defaultValue={value} onPressEnter={(event) => onChange(event.currentTarget.value.trim())} onBlur={(event) => onChange(event.currentTarget.value.trim())} />;
}
