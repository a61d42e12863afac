import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { shortCentre, useCodes } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { adminWords, type AdminWord } from "./words";

export function Peers() {
  const t = useText(adminWords);
  const code = useCodes();
  const lang = useLang();
  const asked = useQuery({ queryKey: ["peers"], refetchInterval: 15_000, queryFn: () => body(api.GET("/api/v1/peers")) });
  const state = (word: string) => t((word === "up" ? "up_" : word) as AdminWord);
  return (
    <Panel title={t("peers")}>
      <p className="soft">{t("keys")}</p>
      <Read asked={asked} lines={6}>
        {(peers) => (
          <Table label={t("peers")} rows={peers} id={(one) => one.code} empty={t("noPeers")}
            columns={[
              { title: t("peer"), cell: (one) => shortCentre(one.code, lang) },
              { title: t("link"), cell: (one) => <span className={`tag ${one.state === "up" ? "green" : "orange"}`}>{one.state === "up" ? "✓" : "▲"} {state(one.state)}{one.last_error ? `：${one.last_error}` : ""}</span> },
              { title: t("seen"), cell: (one) => (one.last_seen_at ? <At at={one.last_seen_at} /> : "—") },
              { title: t("latency"), num: true, cell: (one) => (one.latency_ms === null ? "—" : `${one.latency_ms} ms`) },
              { title: t("skew"), num: true, cell: (one) => (one.clock_skew_ms === null ? "—" : <span className={one.clock_skewed ? "tag orange" : ""}>{one.clock_skew_ms} ms</span>) },
              { title: t("seat"), cell: (one) => (one.desk_open === null ? "—" : `${t(one.desk_open ? "open" : "closed")}${one.desk_reason ? `：${one.desk_reason}` : ""}`) },
              { title: t("waiting"), num: true, cell: (one) => one.pending },
              { title: t("dead"), num: true, cell: (one) => (one.dead ? <span className="tag orange">▲ {one.dead}</span> : 0) },
              { title: t("version"), cell: (one) => one.version ?? "—" },
              { title: t("notSpoken"), cell: (one) => one.kinds_not_spoken.map((kind) => code("messages", kind)).join("、") || "—" },
            ]} />
        )}
      </Read>
    </Panel>
  );
}
