import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { usePerson } from "../../app/person";
import { api, body } from "../../api/client";
import { useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { At } from "../../ui/order";
import { Empty, Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { assessmentWords } from "./words";

/** Figures that are signed and stay; opened again only with a reason, and what was signed remains as evidence. */
export function Freezing({ period }: { period: string }) {
  const t = useText(assessmentWords);
  const said = useSaid();
  const client = useQueryClient();
  const decides = usePerson().roles.some((role) => ["supervisor", "leader"].includes(role));
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useQuery({ queryKey: ["frozen"], queryFn: () => body(api.GET("/api/v1/assessment/frozen")) });
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/assessment/frozen/{period}", { params: { path: { period } } })),
    onSuccess: () => { void client.invalidateQueries({ queryKey: ["frozen"] }); void client.invalidateQueries({ queryKey: ["figures"] }); },
  });
  return (
    <Read asked={asked} lines={6}>
      {(rows) => {
        const one = rows.find((row) => row.id === chosen);
        return (
          <div className="two">
            <Panel title={t("freezing")} aside={decides && <Button loading={doing.isPending} onClick={() => doing.mutate()}>{t("freeze", { period })}</Button>}>
              {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
              <Table keys label={t("freezing")} rows={rows} id={(row) => row.id} opened={chosen ?? ""} empty={t("noFrozen")} onOpen={(row) => setChosen(row.id)}
                columns={[
                  { title: t("period"), cell: (row) => <span className="num">{row.period}</span> },
                  { title: t("frozenBy"), cell: (row) => row.frozen_by },
                  { title: t("frozenAt"), cell: (row) => <At at={row.frozen_at} /> },
                  { title: t("state"), cell: (row) => (row.reopened_at ? t("reopened", { why: row.reason ?? "" }) : <span className="tag green">✓ {t("frozen")}</span>) },
                ]} />
            </Panel>
            <Panel label={t("freezing")} title={one?.period}>{one ? <Checked period={one.period} open={Boolean(one.reopened_at)} decides={decides} /> : <Empty>{t("noFrozen")}</Empty>}</Panel>
          </div>
        );
      }}
    </Read>
  );
}

function Checked({ period, open, decides }: { period: string; open: boolean; decides: boolean }) {
  const t = useText(assessmentWords);
  const asked = useQuery({ queryKey: ["frozen", period], enabled: !open, queryFn: () => body(api.GET("/api/v1/assessment/frozen/{period}", { params: { path: { period } } })) });
  const reopen = (reason: string) => body(api.POST("/api/v1/assessment/frozen/{period}/reopen", { params: { path: { period } }, body: { reason } }));
  if (open) return null;
  return (
    <Read asked={asked} lines={2}>
      {(found) => (
        <>
          <p>{found.signature && found.rows ? <span className="tag green">✓ {t("good")}</span> : <span className="tag orange">▲ {t("bad")}</span>}</p>
          {decides && <Decide refresh={["frozen"]} ways={[{ word: t("reopen"), run: reopen }]} />}
        </>
      )}
    </Read>
  );
}
