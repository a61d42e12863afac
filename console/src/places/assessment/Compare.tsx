import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { UnitSelect } from "../../ui/inputs";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { useMeasures } from "./Figures";
import { shown } from "./shown";
import { assessmentWords } from "./words";

/** A unit beside its like; there is no list from best to worst. */
export function Compare({ period }: { period: string }) {
  const t = useText(assessmentWords);
  const lang = useLang();
  const [unit, setUnit] = useState("");
  const measures = useMeasures();
  const of = (name: string) => measures.data?.find((one) => one.name === name);
  const asked = useQuery({
    queryKey: ["compare", period, unit],
    enabled: Boolean(unit),
    queryFn: () => body(api.GET("/api/v1/assessment/compare", { params: { query: { period, unit } } })),
  });
  return (
    <Panel title={t("compare")} aside={<div style={{ width: 280 }}><UnitSelect label={t("unit")} value={unit ? [unit] : []} onChange={(value) => setUnit(value[0] ?? "")} /></div>}>
      {!unit ? <Empty>{t("pickUnit")}</Empty> : (
        <Read asked={asked} lines={8}>
          {(found) => (
            <>
              <p><UnitName code={found.unit} />　<span className="soft">{t("likeUnits", { count: found.like_units.length })}</span></p>
              <Table label={t("compare")} rows={found.measures} id={(one) => one.measure} empty={t("noFigures")}
                columns={[
                  { title: t("measure"), cell: (one) => of(one.measure)?.[lang] ?? one.measure },
                  { title: t("own"), num: true, cell: (one) => <strong>{shown(of(one.measure), one.value, lang)}</strong> },
                  { title: t("denominator"), num: true, cell: (one) => one.denominator },
                  { title: t("expected"), num: true, cell: (one) => (one.expected === null ? t("few") : shown(of(one.measure), one.expected, lang)) },
                  { title: t("like"), num: true, cell: (one) => (one.like === null ? t("few") : shown(of(one.measure), one.like, lang)) },
                ]} />
            </>
          )}
        </Read>
      )}
    </Panel>
  );
}
