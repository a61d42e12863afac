import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { useMay } from "../../app/person";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { useTold } from "../../ui/undo";
import { knowledgeWords, type KnowledgeWord } from "./words";

const EACH = 5_000; // milliseconds
const MODES = ["forced_on", "forced_off", "auto"] as const;
type Mode = (typeof MODES)[number];

/** Whether cards answer while the lines are full, why, and who or what switched it. */
export function Surge() {
  const t = useText(knowledgeWords);
  const asked = useQuery({ queryKey: ["surge", "now"], refetchInterval: EACH, queryFn: () => body(api.GET("/api/v1/surge")) });
  return (
    <div className="two">
      <div className="stack">
        <Panel title={t("surge")}>
          <Read asked={asked} lines={4}>
            {({ switch: now }) => (
              <>
                <p><span className={`tag ${now.is_on ? "orange" : "green"}`}>{now.is_on ? "▲" : "✓"} {t(now.is_on ? "isOn" : "isOff")}</span> <strong>{t(now.is_on ? "on" : "off")}</strong></p>
                <dl className="facts">
                  <dt>{t("mode")}</dt><dd>{now.mode === "auto" ? t("auto") : t(`mode.${now.mode}` as KnowledgeWord)}</dd>
                  <dt>{t("why")}</dt><dd>{now.reason}</dd>
                  <dt>{t("who")}</dt><dd>{now.by} {now.since && <At at={now.since} />}</dd>
                  <dt>{t("load")}</dt><dd><Lines load={now.load ?? null} at={now.load_at ?? null} /></dd>
                </dl>
              </>
            )}
          </Read>
        </Panel>
        <Log />
      </div>
      {asked.data && <Switching now={asked.data.switch.mode as Mode} />}
    </div>
  );
}

interface Load {
  queue?: number | null;
  wait_seconds?: number | null;
  connect_rate?: number | null;
}

function Lines({ load, at }: { load: Load | null; at: string | null }) {
  const t = useText(knowledgeWords);
  if (!load || !at) return <>{t("noLoad")}</>;
  const said = [
    load.queue != null && t("queue", { count: load.queue }),
    load.wait_seconds != null && t("wait", { count: Math.round(load.wait_seconds) }),
    load.connect_rate != null && t("connect", { count: Math.round(load.connect_rate * 100) }),
  ].filter(Boolean);
  return <>{said.join(" · ")} <At at={at} /></>;
}

/** Pressed with a reason; the bar puts it back as it was. */
function Switching({ now }: { now: Mode }) {
  const t = useText(knowledgeWords);
  const may = useMay();
  const told = useTold();
  const client = useQueryClient();
  const set = (mode: Mode, reason: string) => body(api.POST("/api/v1/surge/switch", { body: { mode, reason } }));
  const back = useMutation({ networkMode: "always", mutationFn: (mode: Mode) => set(mode, t("surge")), onSettled: () => void client.invalidateQueries({ queryKey: ["surge"] }) });
  if (!may("POST /api/v1/surge/switch")) return null;
  const press = (mode: Mode) => async (reason: string) => {
    await set(mode, reason);
    setTimeout(() => told({ text: `${t(`mode.${mode}` as KnowledgeWord)} ✓`, undo: () => back.mutate(now) }));
  };
  return (
    <Panel title={t("mode")}>
      <Decide key={now} refresh={["surge"]} ways={MODES.filter((one) => one !== now).map((one) => ({ word: t(`mode.${one}` as KnowledgeWord), run: press(one) }))} />
    </Panel>
  );
}

function Log() {
  const t = useText(knowledgeWords);
  const asked = useQuery({ queryKey: ["surge", "log"], queryFn: () => body(api.GET("/api/v1/surge/log", { params: { query: { limit: 100 } } })) });
  return (
    <Panel title={t("switchLog")}>
      <Read asked={asked} lines={4}>
        {(rows) => (
          <Table label={t("switchLog")} rows={rows} id={(one) => String(one.id)} empty={t("noLog")}
            columns={[
              { title: t("at"), cell: (one) => <At at={one.at} /> },
              { title: t("is"), cell: (one) => <span className={`tag ${one.is_on ? "orange" : ""}`}>{t(one.is_on ? "isOn" : "isOff")}</span> },
              { title: t("who"), cell: (one) => (one.by === "policy" ? t("policy") : one.by) },
              { title: t("why"), cell: (one) => one.reason },
            ]} />
        )}
      </Read>
    </Panel>
  );
}
