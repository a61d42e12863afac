import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { useCodes, useStatus } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { moment } from "../../i18n/times";
import { useNow } from "../../live/now";
import { Checkbox, Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { Side } from "./Side";
import { supervisionWords, type SupervisionWord } from "./words";

const LIMIT = 200;
const EACH = 15_000; // milliseconds

/** Late, due soon, waiting for a decision: clocks, each with its order. */
export function Clocks({ what }: { what: "late" | "risk" | "review" }) {
  const t = useText(supervisionWords);
  const code = useCodes();
  const word = useStatus();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({
    queryKey: ["orders", "supervision", what],
    refetchInterval: EACH,
    queryFn: () => body(api.GET("/api/v1/overview/orders", { params: { query: { what, limit: LIMIT } } })),
  });
  const empty = { late: t("noLate"), risk: t("noRisk"), review: t("noReview") }[what];
  return (
    <div className="two">
      <Panel title={t(what)}>
        <Read asked={asked} lines={8}>
          {(page) => (
            <>
              <Table keys label={t(what)} rows={page.orders} id={(one) => `${one.order_id}-${one.clock}`} empty={empty} onOpen={(one) => setChosen(one.order_id)}
                columns={[
                  { title: t("number"), cell: (one) => <span className="num">{one.number ?? one.order_id.slice(0, 8)}</span> },
                  { title: t("what"), cell: (one) => <>{one.danger && <span className="tag red">◆</span>} {one.title}</> },
                  { title: t("clock"), cell: (one) => code("clocks", one.clock ?? "") },
                  { title: t("due"), cell: (one) => <span className={`tag ${what === "review" ? "" : "orange"}`}>{what === "review" ? "◷" : "▲"} {one.due_at && <At at={one.due_at} />}</span> },
                  { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
                  { title: t("state"), cell: (one) => word(one.kind, one.status) },
                ]} />
              {page.next && <p className="soft">{t("most", { count: LIMIT })}</p>}
            </>
          )}
        </Read>
      </Panel>
      <Side order={chosen} />
    </div>
  );
}

export function Oversights() {
  const t = useText(supervisionWords);
  const [overdue, setOverdue] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({
    queryKey: ["orders", "oversights", overdue],
    queryFn: () => body(api.GET("/api/v1/oversights", { params: { query: { overdue, limit: LIMIT } } })),
  });
  const said = (prefix: string, word: string) => (`${prefix}.${word}` in supervisionWords.zh ? t(`${prefix}.${word}` as SupervisionWord) : word);
  return (
    <div className="two">
      <Panel title={t("oversights")} aside={<Checkbox checked={overdue} onChange={() => setOverdue(!overdue)}>{t("overdueOnly")}</Checkbox>}>
        <Read asked={asked} lines={8}>
          {(rows) => (
            <Table keys label={t("oversights")} rows={rows} id={(one) => one.number} empty={t("noOversights")} onOpen={(one) => setChosen(one.order_id)}
              columns={[
                { title: t("number"), cell: (one) => <span className="num">{one.number}</span> },
                { title: t("authority"), cell: (one) => said("a", one.authority) },
                { title: t("what"), cell: (one) => one.text },
                { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
                { title: t("state"), cell: (one) => said("s", one.status) },
                { title: t("due"), cell: (one) => <At at={one.due_at} /> },
              ]} />
          )}
        </Read>
      </Panel>
      <Side order={chosen} />
    </div>
  );
}

export function Callbacks() {
  const t = useText(supervisionWords);
  const lang = useLang();
  const now = useNow();
  const code = useCodes();
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({
    queryKey: ["orders", "callbacks"],
    refetchInterval: EACH,
    queryFn: () => body(api.GET("/api/v1/callbacks", { params: { query: { limit: LIMIT } } })),
  });
  return (
    <div className="two">
      <Panel title={t("callbacks")}>
        <Read asked={asked} lines={8}>
          {(rows) => (
            <Table keys label={t("callbacks")} rows={rows} id={(one) => one.order_id} empty={t("noCallbacks")} onOpen={(one) => setChosen(one.order_id)}
              columns={[
                { title: t("number"), cell: (one) => <span className="num">{one.number}</span> },
                { title: t("clock"), cell: (one) => (one.due_at ? <span className="tag">{code("clocks", "callback")} · <At at={one.due_at} /></span> : "—") },
                { title: t("what"), cell: (one) => `${one.next_try_at ? t("notBefore", { time: moment(one.next_try_at, now, lang) }) : t("now")}${one.call_backs ? `，${t("tried", { count: one.call_backs })}` : ""}` },
                { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
              ]} />
          )}
        </Read>
      </Panel>
      <Side order={chosen} />
    </div>
  );
}
