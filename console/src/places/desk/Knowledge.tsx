import { useState } from "react";
import { Link } from "react-router";
import { useCards, type Found } from "../../api/knowledge";
import { useSettled } from "../../api/settled";
import { useText } from "../../i18n/text";
import { Button, Input, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import type { Desk } from "./useDesk";
import { deskWords } from "./words";

const SHOWN = 3;
const LEAST = 0.15; // what fits less is not shown beside a call; whoever types a question of their own sees all

/** The cards that fit what is being said. A key puts one into the direct answer, which then cites it. */
export function Knowledge({ desk, onUse }: { desk: Desk; onUse: (card: Found) => void }) {
  const t = useText(deskWords);
  const [own, setOwn] = useState("");
  const asked = useCards(useSettled(own.trim() || desk.intake.content, 400), SHOWN);
  const some = own.trim() || desk.intake.content.trim();
  const found = some ? (asked.data?.cards ?? []).filter((one) => own.trim() || one.score >= LEAST) : [];
  const closed = Boolean(desk.sent);
  useKeys(Object.fromEntries(found.map((card, at) => [`Alt+${at + 1}`, () => onUse(card)])), !closed);
  return (
    <Panel title={t("knowledge")} aside={<Input size="small" allowClear style={{ width: 150 }} aria-label={t("askCards")} placeholder={t("askCards")} value={own} onChange={(event) => setOwn(event.target.value)} />}>
      {found.map((card, at) => (
        <article key={card.id} className="card">
          <div className="row">
            <strong className="grow">{card.title}</strong>
            <Link to={`/knowledge?tab=search&card=${card.number}`} className="num">{card.number}</Link>
          </div>
          <p className="short">{card.answer}</p>
          {!closed && <Button size="small" shortcut={`Alt+${at + 1}`} onClick={() => onUse(card)}>{t("useCard")}</Button>}
        </article>
      ))}
      {found.length === 0 && <p className="soft">{t("noCards")}</p>}
    </Panel>
  );
}
