import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { adminWords, type AdminWord } from "./words";

export function Alarms() {
  const t = useText(adminWords);
  const lang = useLang();
  const asked = useQuery({ queryKey: ["alarms"], refetchInterval: 15_000, queryFn: () => body(api.GET("/api/v1/alarms", { params: { query: { limit: 200 } } })) });
  return (
    <Panel title={t("alarms")}>
      <Read asked={asked} lines={8}>
        {({ alarms }) => (
          <Table label={t("alarms")} rows={alarms} id={(one) => String(one.position)} empty={t("noAlarms")}
            columns={[
              { title: t("at"), cell: (one) => <At at={one.at} /> },
              { title: t("severity"), cell: (one) => <span className={`tag ${one.severity === "info" ? "" : "orange"}`}>{one.severity === "info" ? "●" : "▲"} {t(one.severity as AdminWord)}</span> },
              { title: t("what"), cell: (one) => one[lang] },
              { title: t("order"), cell: (one) => one.number ?? "—" },
            ]} />
        )}
      </Read>
    </Panel>
  );
}
