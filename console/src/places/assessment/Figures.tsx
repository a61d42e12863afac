import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { usePerson } from "../../app/person";
import { useLists } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel, Select } from "../../ui/basic";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { BehindFigure } from "./BehindFigure";
import { shown } from "./shown";
import { assessmentWords } from "./words";

type Group = components["schemas"]["Group"];
type Figure = components["schemas"]["Figure"];
const GROUPS: Group[] = ["city", "unit", "division", "category"];

/** Every figure with what it was counted from. Groups stand by their code, never by their figures. */
export function Figures({ period }: { period: string }) {
  const t = useText(assessmentWords);
  const lang = useLang();
  const { division } = usePerson();
  const [by, setBy] = useState<Group>("city");
  const [measure, setMeasure] = useState("answer_on_time");
  const [chosen, setChosen] = useState<Figure | null>(null);
  const asked = useQuery({ queryKey: ["figures", period, by], queryFn: () => body(api.GET("/api/v1/assessment/figures", { params: { query: { period, by } } })) });
  const measures = useMeasures();
  const called = (name: string) => measures.data?.find((one) => one.name === name)?.[lang] ?? name;
  const of = (name: string) => measures.data?.find((one) => one.name === name);
  return (
    <Read asked={asked} lines={12}>
      {(figures) => {
        const rows = by === "city" ? figures.figures : figures.figures.filter((one) => one.measure === measure);
        return (
          <>
            <div className="row">
              <Select aria-label={t("group")} value={by} onChange={(value: Group) => { setBy(value); setChosen(null); }} options={GROUPS.map((one) => ({ value: one, label: one === "city" && division ? t("ofDivision") : t(one) }))} />
              {by !== "city" && <Select aria-label={t("measure")} value={measure} style={{ minWidth: 160 }} onChange={(value: string) => setMeasure(value)} options={(measures.data ?? []).map((one) => ({ value: one.name, label: one[lang] }))} />}
              {figures.frozen && <span className="tag green">✓ {t("frozenAs")}</span>}
              <span className="soft grow">{t("asOf", { time: "" })}<At at={figures.as_of} /></span>
              {!division && <a href={`/api/v1/assessment/report?period=${period}&form=pdf`} download>{t("pdf")}</a>}
              {!division && <a href={`/api/v1/assessment/report?period=${period}&form=xlsx`} download>{t("xlsx")}</a>}
            </div>
            {chosen && <BehindFigure period={period} by={by} figure={chosen} name={called(chosen.measure)} onClose={() => setChosen(null)} />}
            <Panel title={by === "city" ? t("figures") : called(measure)}>
              <Table keys label={t("figures")} rows={rows} id={(one) => `${one.measure}-${one.group}`} empty={t("noFigures")} onOpen={(one) => setChosen(one)} opened={chosen ? `${chosen.measure}-${chosen.group}` : ""}
                columns={[
                  { title: by === "city" ? t("measure") : t(by), cell: (one) => (by === "city" ? called(one.measure) : <GroupName by={by} code={one.group} />) },
                  { title: t("value"), num: true, cell: (one) => <strong>{shown(of(one.measure), one.value, lang)}</strong> },
                  { title: t("numerator"), num: true, cell: (one) => one.numerator?.toLocaleString() ?? "—" },
                  { title: t("denominator"), num: true, cell: (one) => one.denominator?.toLocaleString() ?? "—" },
                  { title: t("excluded"), num: true, cell: (one) => one.excluded },
                  { title: t("goal"), num: true, cell: (one) => shown(of(one.measure), of(one.measure)?.goal, lang) },
                ]} />
            </Panel>
          </>
        );
      }}
    </Read>
  );
}

export function useMeasures() {
  return useQuery({ queryKey: ["measures-of-assessment"], staleTime: Infinity, queryFn: () => body(api.GET("/api/v1/assessment/measures")) });
}

function GroupName({ by, code }: { by: Group; code: string }) {
  const lists = useLists().data;
  if (by === "unit") return <UnitName code={code} />;
  if (by === "division") return <>{(lists?.divisions as Record<string, string> | undefined)?.[code] ?? (code || "—")}</>;
  return <>{(lists?.classes as Record<string, string[]> | undefined)?.[code]?.[0] ?? (code || "—")}</>;
}
