import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import { Empty, Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { useTold } from "../../ui/undo";
import { Card } from "./Card";
import "./models.css";
import { share } from "./shown";
import { modelWords, type ModelWord } from "./words";

export type ModelRow = components["schemas"]["ModelRow"];
const COLOURS: Record<string, string> = { in_force: "green", candidate: "blue" };

export function Versions({ decides }: { decides: boolean }) {
  const t = useText(modelWords);
  const [chosen, setChosen] = useState("");
  const asked = useQuery({ queryKey: ["models"], queryFn: () => body(api.GET("/api/v1/models")) });
  const id = (row: ModelRow) => `${row.name}-${row.version}`;
  return (
    <Read asked={asked} lines={8}>
      {({ models, reads, log }) => {
        const row = models.find((one) => id(one) === chosen);
        return (
          <div className="two">
            <div className="stack">
              <Panel title={t("versions")} aside={decides && <TrainNow />}>
                <div className="facts-row">
                  {Object.entries(reads).map(([name, what]) => (
                    <span key={name} className="tag">{t(name as ModelWord)}：{what.startsWith("catalogue") ? t("catalogue") : what}</span>
                  ))}
                </div>
                <Table keys label={t("versions")} rows={models} id={id} opened={chosen} onOpen={(one) => setChosen(id(one))} empty={t("noModels")}
                  columns={[
                    { title: t("title"), cell: (one) => <>{t(one.name as ModelWord)} <span className="num">{one.version}</span></> },
                    { title: t("status"), cell: (one) => <span className={`tag ${COLOURS[one.status] ?? ""}`}>{one.status === "in_force" ? "● " : ""}{t(one.status as ModelWord)}</span> },
                    { title: t("accuracy"), num: true, cell: (one) => <strong>{share(one.card.figures.accuracy)}</strong> },
                    { title: t("before"), num: true, cell: (one) => share(one.card.compared?.accuracy_before) },
                    { title: t("three"), num: true, cell: (one) => share(one.card.figures.top_three) },
                    { title: t("learnt"), num: true, cell: (one) => one.card.rows },
                    { title: t("made"), cell: (one) => <At at={one.made_at} /> },
                  ]} />
              </Panel>
              <Panel title={t("log")}>
                <ul className="model-log">
                  {log.map((step) => (
                    <li key={`${step.at}-${step.event}-${step.name}`}>
                      <At at={step.at} /> <span className="tag">{t((step.event === "trained" ? "trained_" : step.event) as ModelWord)}</span> {t(step.name as ModelWord)} <span className="num">{step.version}</span> <span className="soft">{step.actor}：{step.reason}</span>
                    </li>
                  ))}
                </ul>
              </Panel>
            </div>
            {row ? <Card key={chosen} row={row} decides={decides} /> : <Panel label={t("card")}><Empty>{t("pick")}</Empty></Panel>}
          </div>
        );
      }}
    </Read>
  );
}

function TrainNow() {
  const t = useText(modelWords);
  const told = useTold();
  const said = useSaid();
  const client = useQueryClient();
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/models/train")),
    onSuccess: ({ versions, left_out }) => {
      const made = Object.entries(versions).map(([name, version]) => `${t(name as ModelWord)} ${version}`).join("、");
      told({ text: made ? t("trained", { what: made }) : t("nothing", { why: Object.values(left_out)[0] ?? "" }) });
      void client.invalidateQueries({ queryKey: ["models"] });
    },
    onError: (error) => told({ text: said(error) }),
  });
  return <Button size="small" loading={doing.isPending} onClick={() => doing.mutate()}>{t("train")}</Button>;
}
