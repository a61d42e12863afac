import { useText } from "../../i18n/text";
import { Tabs, useTab } from "../../ui/tabs";
import { Differences, Findings } from "./Findings";
import { Ledger } from "./Ledger";
import { Glass } from "./Glass";
import { SignIns, Views } from "./records";
import { auditorWords } from "./words";

const PARTS = { ledger: Ledger, views: Views, signins: SignIns, findings: Findings, discrepancies: Differences, glass: Glass };
const NAMES = Object.keys(PARTS) as (keyof typeof PARTS)[];

export default function Auditor() {
  const t = useText(auditorWords);
  const [tab, go] = useTab(NAMES);
  const Part = PARTS[tab as keyof typeof PARTS];
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <Tabs label={t("title")} tab={tab} onTab={go} tabs={NAMES.map((one) => [one, t(one)])} />
      <Part />
    </div>
  );
}
