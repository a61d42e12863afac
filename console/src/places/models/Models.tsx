import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { Tabs, useTab } from "../../ui/tabs";
import { Drift } from "./Drift";
import { Acceptance } from "./Acceptance";
import { SelfService } from "./SelfService";
import { Versions } from "./Versions";
import { modelWords } from "./words";

const TABS = ["versions", "figures", "drift", "self"] as const;

/** What the models are, how good, what people make of what they propose, and what goes by itself. */
export default function Models() {
  const t = useText(modelWords);
  const [tab, go] = useTab(TABS);
  const decides = usePerson().roles.some((role) => role === "supervisor" || role === "admin");
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <Tabs label={t("title")} tab={tab} onTab={go} tabs={TABS.map((one) => [one, t(one)])} />
      {tab === "versions" && <Versions decides={decides} />}
      {tab === "figures" && <Acceptance />}
      {tab === "drift" && <Drift />}
      {tab === "self" && <SelfService decides={decides} />}
    </div>
  );
}
