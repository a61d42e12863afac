import { useState } from "react";
import { Link } from "react-router";
import { useCards, type Found } from "../api/knowledge";
import { useSettled } from "../api/settled";
import { useText, words } from "../i18n/text";
import { Button, Input, Panel } from "./basic";
import { useKeys } from "./keys";

const own = words(
  { title: "知识卡片", ask: "另查知识库", use: "用它答复", none: "没有相符的卡片" },
  { title: "Answer cards", ask: "Search otherwise", use: "Answer with it", none: "No card fits" },
);
const SHOWN = 3;
const LEAST = 0.15; // what fits less is not shown beside a call; whoever types a question of their own sees all

interface Props {
  /** What is being said. */
  said: string;
  /** Where an answer can be given at once: a key puts the card into it. */
  onUse?: (card: Found) => void;
}

/** The cards that fit what is being said. */
export function Cards({ said, onUse }: Props) {
  const t = useText(own);
  const [typed, setTyped] = useState("");
  const text = typed.trim() || said.trim();
  const asked = useCards(useSettled(text, 400), SHOWN);
  const found = text ? (asked.data?.cards ?? []).filter((one) => typed.trim() || one.score >= LEAST) : [];
  useKeys(Object.fromEntries(found.map((card, at) => [`Alt+${at + 1}`, () => onUse?.(card)])), Boolean(onUse));
  return (
    <Panel title={t("title")} aside={<Input size="small" allowClear style={{ width: 150 }} aria-label={t("ask")} placeholder={t("ask")} value={typed} onChange={(event) => setTyped(event.target.value)} />}>
      {found.map((card, at) => (
        <article key={card.id} className="card">
          <div className="row">
            <strong className="grow">{card.title}</strong>
            <Link to={`/knowledge?tab=search&card=${card.number}`} className="num">{card.number}</Link>
          </div>
          <p className="short">{card.answer}</p>
          {onUse && <Button size="small" shortcut={`Alt+${at + 1}`} onClick={() => onUse(card)}>{t("use")}</Button>}
        </article>
      ))}
      {found.length === 0 && <p className="soft">{t("none")}</p>}
    </Panel>
  );
}
