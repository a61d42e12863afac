import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { useCodes } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { UnitSelect } from "../../ui/inputs";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { adminWords } from "./words";

/** The directory, one level at a time; its content comes from the city's own files and is changed there. */
export function Units() {
  const t = useText(adminWords);
  const code = useCodes();
  const [trail, setTrail] = useState<[code: string, name: string][]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const below = trail.at(-1)?.[0];
  const asked = useQuery({ queryKey: ["branches", below], queryFn: () => body(api.GET("/api/v1/units", { params: { query: below ? { parent: below } : {} } })) });
  return (
    <div className="two">
      <Panel title={[t("top"), ...trail.map(([, name]) => name)].join(" › ")} aside={trail.length > 0 && <Button size="small" onClick={() => setTrail(trail.slice(0, -1))}>{t("up")}</Button>}>
        <div style={{ maxWidth: 320 }}><UnitSelect label={t("find")} value={[]} onChange={(value) => setChosen(value[0] ?? null)} /></div>
        <Read asked={asked} lines={8}>
          {(rows) => (
            <Table keys label={t("units")} rows={rows} id={(row) => row.unit.org_code} opened={chosen ?? ""} empty={t("noUnits")} onOpen={(row) => setChosen(row.unit.org_code)}
              columns={[
                { title: t("name"), cell: (row) => row.unit.name },
                { title: t("kind"), cell: (row) => code("unit_kinds", row.unit.kind) },
                { title: t("code"), cell: (row) => <span className="num">{row.unit.org_code}</span> },
                { title: t("units"), cell: (row) => (row.children ? <Button size="small" onClick={() => setTrail([...trail, [row.unit.org_code, row.unit.short || row.unit.name]])}>{t("below", { count: row.children })}</Button> : "—") },
              ]} />
          )}
        </Read>
      </Panel>
      <Panel label={t("units")}>{chosen ? <One code={chosen} /> : <Empty>{t("pick")}</Empty>}</Panel>
    </div>
  );
}

function One({ code }: { code: string }) {
  const t = useText(adminWords);
  const asked = useQuery({ queryKey: ["unit", code], staleTime: Infinity, queryFn: () => body(api.GET("/api/v1/units/{code}", { params: { path: { code } } })) });
  return (
    <Read asked={asked}>
      {({ unit }) => (
        <dl className="facts">
          <dt>{t("name")}</dt><dd>{unit.name}</dd>
          <dt>{t("code")}</dt><dd className="num">{unit.org_code}</dd>
          <dt>{t("phone")}</dt><dd className="num">{unit.phone || "—"}</dd>
          <dt>{t("valid")}</dt><dd className="num">{unit.valid_from ?? "…"} – {unit.valid_to ?? "…"}</dd>
        </dl>
      )}
    </Read>
  );
}
