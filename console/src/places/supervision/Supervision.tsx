import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { Tabs, useTab } from "../../ui/tabs";
import { Clocks, Callbacks, Oversights } from "./lists";
import { DetectorFlags, EvaluationFlags } from "./flags";
import { Measures } from "./measures";
import { supervisionWords, type SupervisionWord } from "./words";

const TABS = ["late", "risk", "review", "oversights", "flags", "callbacks", "evaluations", "measures"] as const;
// What the detectors flag and what is proposed against units concerns the whole city.
const OF_A_DISTRICT = ["late", "risk", "review", "oversights", "callbacks"] as const;

export default function Supervision() {
  const t = useText(supervisionWords);
  const tabs = usePerson().division ? OF_A_DISTRICT : TABS;
  const [tab, go] = useTab(tabs);
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <Tabs label={t("title")} tab={tab} onTab={go} tabs={tabs.map((one) => [one, t(one as SupervisionWord)])} />
      <Shown tab={tab} />
    </div>
  );
}

function Shown({ tab }: { tab: string }) {
  switch (tab) {
    case "oversights": return <Oversights />;
    case "flags": return <DetectorFlags />;
    case "callbacks": return <Callbacks />;
    case "evaluations": return <EvaluationFlags />;
    case "measures": return <Measures />;
    default: return <Clocks key={tab} what={tab as "late" | "risk" | "review"} />;
  }
}
