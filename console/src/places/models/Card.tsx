import { api, body } from "../../api/client";
import { useLists } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Decide, type Way } from "../../ui/decide";
import { Table } from "../../ui/table";
import { share } from "./shown";
import type { ModelRow } from "./Versions";
import { modelWords, type ModelWord } from "./words";

/** The card of a version: of what, how good, where weak, beside what read before; and the decision, with its reason. */
export function Card({ row, decides }: { row: ModelRow; decides: boolean }) {
  const t = useText(modelWords);
  const lists = useLists().data;
  const classes = lists?.classes as Record<string, string[]> | undefined;
  const divisions = lists?.divisions as Record<string, string> | undefined;
  const { card } = row;
  const act = (given: { action: "promote" | "roll_back"; version?: number }) => (reason: string) =>
    body(api.POST("/api/v1/models/{name}/actions", { params: { path: { name: row.name } }, body: { ...given, reason } }));
  const ways: Way[] = row.status === "in_force"
    ? [{ word: t("rollBack"), run: act({ action: "roll_back" }) }]
    : [{ word: t("promote"), run: act({ action: "promote", version: row.version }), primary: true }];
  return (
    <Panel title={`${t("card")}：${t(row.name as ModelWord)} ${row.version}`}>
      <dl className="facts">
        <dt>{t("source")}</dt><dd>{card.source}</dd>
        <dt>{t("period")}</dt><dd className="num">{card.first_on ?? "—"} – {card.last_on ?? "—"}</dd>
        <dt>{t("learnt")}</dt><dd className="num">{card.rows}</dd>
        <dt>{t("held")}</dt><dd className="num">{card.held_out}</dd>
        <dt>{t("classes")}</dt><dd className="num">{card.classes}{card.not_learnt ? `（${t("notLearnt")} ${card.not_learnt}）` : ""}</dd>
        <dt>{t("accuracy")}</dt><dd className="num">{share(card.figures.accuracy)}</dd>
        <dt>{t("three")}</dt><dd className="num">{share(card.figures.top_three)}</dd>
        <dt>{t("surest")}</dt><dd className="num">{share(card.figures.surest)}</dd>
        <dt>{t("ece")}</dt><dd className="num">{share(card.figures.calibration)}</dd>
      </dl>
      {card.compared && (
        <div>
          <h3>{t("compared", { against: card.compared.against.startsWith("catalogue") ? t("catalogue") : card.compared.against, rows: card.compared.rows })}</h3>
          <p className="num">{t("accuracy")} {share(card.compared.accuracy_before)} → <strong>{share(card.compared.accuracy)}</strong>　{t("three")} {share(card.compared.top_three_before)} → {share(card.compared.top_three)}</p>
        </div>
      )}
      {Object.keys(card.figures.districts ?? {}).length > 0 && (
        <div>
          <h3>{t("districts")}</h3>
          <div className="facts-row">{Object.entries(card.figures.districts ?? {}).map(([code, value]) => <span key={code} className="tag num">{divisions?.[code] ?? code} {share(value)}</span>)}</div>
        </div>
      )}
      {card.weaknesses.length > 0 && <div><h3>{t("weak")}</h3>{card.weaknesses.map((one) => <p key={one}>{one}</p>)}</div>}
      {row.name !== "unit" && (
        <Table label={t("perClass")} rows={(card.figures.classes ?? []).filter((one) => one.messages)} id={(one) => one.name} empty="—"
          columns={[
            { title: t("perClass"), cell: (one) => classes?.[one.name]?.[0] ?? one.name },
            { title: t("messages"), num: true, cell: (one) => one.messages },
            { title: t("precision"), num: true, cell: (one) => share(one.precision) },
            { title: t("recall"), num: true, cell: (one) => share(one.recall) },
          ]} />
      )}
      {decides && <Decide refresh={["models"]} ways={ways} />}
    </Panel>
  );
}
