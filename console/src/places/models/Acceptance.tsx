import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { useLists } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Panel, Select } from "../../ui/basic";
import { Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { share } from "./shown";
import { modelWords } from "./words";

const FIELDS = ["class", "type", "unit"] as const;
const GROUPS = ["day", "version", "class", "district"] as const;

/** What was shown, what people chose, and what it turned out to be. */
export function Acceptance() {
  const t = useText(modelWords);
  const lists = useLists().data;
  const [field, setField] = useState<(typeof FIELDS)[number]>("class");
  const [by, setBy] = useState<(typeof GROUPS)[number]>("day");
  const asked = useQuery({
    queryKey: ["suggestion-figures", field, by],
    queryFn: () => body(api.GET("/api/v1/suggestions/figures", { params: { query: { field, by } } })),
  });
  const word = (group: string) => {
    if (by === "district") return (lists?.divisions as Record<string, string> | undefined)?.[group] ?? (group || "—");
    if (by === "class") return (lists?.classes as Record<string, string[]> | undefined)?.[`${group}0000`]?.[0] ?? (group || "—");
    return group;
  };
  const bar = (
    <div className="row">
      <Select aria-label={t("field")} value={field} onChange={setField} options={FIELDS.map((one) => ({ value: one, label: t(one) }))} />
      <Select aria-label={t("by")} value={by} onChange={setBy} options={GROUPS.map((one) => ({ value: one, label: t(one) }))} />
    </div>
  );
  return (
    <Panel title={t("figures")} aside={bar}>
      <Read asked={asked} lines={6}>
        {({ figures }) => (
          <Table label={t("figures")} rows={figures} id={(one) => one.group} empty={t("noFigures")}
            columns={[
              { title: t(by), cell: (one) => word(one.group) },
              { title: t("shown"), num: true, cell: (one) => one.shown },
              { title: t("unsure"), num: true, cell: (one) => one.unsure },
              { title: t("chosen"), num: true, cell: (one) => one.chosen },
              { title: t("accepted"), num: true, cell: (one) => <><strong>{share(one.acceptance)}</strong> <span className="soft">{one.accepted}</span></> },
              { title: t("inThree"), num: true, cell: (one) => one.in_three },
              { title: t("became"), num: true, cell: (one) => one.became },
              { title: t("cameTrue"), num: true, cell: (one) => share(one.came_true) },
            ]} />
        )}
      </Read>
    </Panel>
  );
}
