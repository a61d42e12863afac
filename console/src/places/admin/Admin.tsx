import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { Tabs, useTab } from "../../ui/tabs";
import { Accounts } from "./Accounts";
import { Alarms } from "./Alarms";
import { Catalogue } from "./Catalogue";
import { Peers } from "./Peers";
import { Queues } from "./Queues";
import { Units } from "./Units";
import { adminWords, type AdminWord } from "./words";

const PARTS = { accounts: Accounts, units: Units, catalogue: Catalogue, peers: Peers, outbox: Queues, alarms: Alarms };

/** The security administrator has the accounts alone: three separate roles, as GB/T 22239 asks. */
export default function Admin() {
  const t = useText(adminWords);
  const system = usePerson().roles.includes("admin");
  const names = system ? Object.keys(PARTS) : ["accounts", "units"];
  const [tab, go] = useTab(names);
  const Part = PARTS[tab as keyof typeof PARTS];
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <Tabs label={t("title")} tab={tab} onTab={go} tabs={names.map((one) => [one, t(one as AdminWord)])} />
      <Part />
    </div>
  );
}
