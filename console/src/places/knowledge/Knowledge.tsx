import { useSearchParams } from "react-router";
import { useMay } from "../../app/person";
import { useText } from "../../i18n/text";
import { Button } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Tabs, useTab } from "../../ui/tabs";
import { CardPage } from "./CardPage";
import { Differences, Feedbacks, Gaps } from "./asides";
import { Editor } from "./Editor";
import "./knowledge.css";
import { All, Ending, Search, Waiting } from "./lists";
import { Surge } from "./Surge";
import { knowledgeWords, type KnowledgeWord } from "./words";

const TABS = [
  ["search", "GET /api/v1/knowledge/search"], ["cards", "GET /api/v1/knowledge/cards"], ["waiting", "GET /api/v1/knowledge/waiting"], ["ending", "GET /api/v1/knowledge/ending"],
  ["feedback", "GET /api/v1/knowledge/feedback"], ["gaps", "GET /api/v1/knowledge/gaps"], ["differences", "GET /api/v1/knowledge/differences"], ["surge", "GET /api/v1/surge/log"],
] as const;
const NEW = "new";

/** Answer cards: found, written, approved, kept right. Which pages there are follows from the table of rights. */
export default function Knowledge() {
  const t = useText(knowledgeWords);
  const may = useMay();
  const mine = TABS.filter(([, ask]) => may(ask)).map(([name]) => name);
  const [tab, go] = useTab(mine);
  const [search, setSearch] = useSearchParams();
  const card = search.get("card");
  const open = (number: string | null) => setSearch(number ? { tab, card: number } : { tab });
  useKeys({ Escape: () => open(null) }, card !== null);
  const writes = may("POST /api/v1/knowledge/cards");
  return (
    <div className="page knowledge">
      <div className="row">
        <h1 className="grow">{t("title")}</h1>
        {writes && card !== NEW && <Button onClick={() => open(NEW)}>{t("newCard")}</Button>}
      </div>
      <Tabs label={t("title")} tab={tab} onTab={go} tabs={mine.map((one) => [one, t(one as KnowledgeWord)])} />
      {card === NEW ? <Editor onDone={open} /> : card ? <CardPage key={card} number={card} onBack={() => open(null)} /> : <Shown tab={tab} onOpen={open} />}
    </div>
  );
}

function Shown({ tab, onOpen }: { tab: string; onOpen: (number: string) => void }) {
  switch (tab) {
    case "cards": return <All onOpen={onOpen} />;
    case "waiting": return <Waiting onOpen={onOpen} />;
    case "ending": return <Ending onOpen={onOpen} />;
    case "feedback": return <Feedbacks onOpen={onOpen} />;
    case "gaps": return <Gaps onOpen={onOpen} />;
    case "differences": return <Differences onOpen={onOpen} />;
    case "surge": return <Surge />;
    default: return <Search onOpen={onOpen} />;
  }
}
