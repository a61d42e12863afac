import { useState } from "react";
import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { Button, Select } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Tabs, useTab } from "../../ui/tabs";
import { Compare } from "./Compare";
import { Exclusions } from "./Exclusions";
import { Figures } from "./Figures";
import { Freezing } from "./Freezing";
import { moved, nameOf, type Kind } from "./periods";
import { assessmentWords, type AssessmentWord } from "./words";

const TABS = ["figures", "compare", "exclusions", "freezing"] as const;
const OF_A_DISTRICT = ["figures"] as const;
const KINDS: Kind[] = ["month", "quarter", "year"];

export default function Assessment() {
  const t = useText(assessmentWords);
  const tabs = usePerson().division ? OF_A_DISTRICT : TABS;
  const [tab, go] = useTab(tabs);
  const [kind, setKind] = useState<Kind>("month");
  const [at, setAt] = useState(() => ({ year: new Date().getFullYear(), month: new Date().getMonth() + 1 }));
  const step = (by: number) => setAt((before) => moved(kind, before, by));
  useKeys({ "[": () => step(-1), "]": () => step(1) });
  const period = nameOf(kind, at);
  return (
    <div className="page">
      <div className="row">
        <h1 className="grow">{t("title")}</h1>
        <Select aria-label={t("kind")} value={kind} onChange={(value: Kind) => setKind(value)} options={KINDS.map((one) => ({ value: one, label: t(one as AssessmentWord) }))} />
        <Button shortcut="[" onClick={() => step(-1)}>{t("before")}</Button>
        <strong className="num" aria-live="polite">{period}</strong>
        <Button shortcut="]" onClick={() => step(1)}>{t("next")}</Button>
      </div>
      <Tabs label={t("title")} tab={tab} onTab={go} tabs={tabs.map((one) => [one, t(one)])} />
      {tab === "figures" && <Figures key={period} period={period} />}
      {tab === "compare" && <Compare period={period} />}
      {tab === "exclusions" && <Exclusions />}
      {tab === "freezing" && <Freezing period={period} />}
    </div>
  );
}
