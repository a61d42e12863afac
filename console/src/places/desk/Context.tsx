import { usePerson } from "../../app/person";
import { Link } from "react-router";
import { kindOf, useStatus } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import type { AtIntake, SimilarOrder } from "./asking";
import { percent } from "./Guesses";
import { deskWords } from "./words";

const SHOWN = 5;

/** Who calls: what is open, what was answered, whether it comes again. */
export function Caller({ look }: { look: AtIntake | undefined }) {
  const t = useText(deskWords);
  const word = useStatus();
  const kind = kindOf(usePerson().centre);
  const history = look?.history;
  const matters = [...(history?.open ?? []), ...(history?.answered ?? [])].slice(0, SHOWN);
  return (
    <Panel title={t("history")}>
      <div className="facts-row">
        {history && history.open.length > 0 && <span className="tag blue">▶ {t("open", { count: history.open.length })}</span>}
        {history && history.answered.length > 0 && <span className="tag green">✓ {t("answered", { count: history.answered.length })}</span>}
        {history && history.repeats > 0 && <span className="tag orange">▲ {t("repeats", { count: history.repeats })}</span>}
      </div>
      {look?.repeats && <p>{t("repeat", { number: look.repeats.number ?? "" })} <Link to={`/orders/${look.repeats.id}`}>{t("openIt")}</Link></p>}
      {matters.map((one) => (
        <p key={one.id}>
          <Link to={`/orders/${one.id}`} className="num">{one.number}</Link> <span className="tag">{word(kind, one.status)}</span> <At at={one.created_at} />
          <br />
          <span className="soft">{one.title || one.content.slice(0, 48)}</span>
        </p>
      ))}
      {matters.length === 0 && <p className="soft">{t("noHistory")}</p>}
    </Panel>
  );
}

/** Orders that may be about the same thing, with the reasons. */
export function Duplicates({ look }: { look: AtIntake | undefined }) {
  const t = useText(deskWords);
  const lang = useLang();
  const word = useStatus();
  const kind = kindOf(usePerson().centre);
  const found = (look?.duplicates ?? []).slice(0, SHOWN);
  return (
    <Panel title={t("duplicates")}>
      {look?.topics.map((one) => <span key={one.id} className={`tag ${one.growing ? "orange" : ""}`}>{one.growing ? "▲ " : ""}{t("topic", { name: one.name, count: one.size })}</span>)}
      {found.map((one) => (
        <p key={one.id}>
          <Link to={`/orders/${one.id}`} className="num">{one.number}</Link> <span className="tag">{word(kind, one.status)}</span>
          <br />
          <span>{one.title || one.content.slice(0, 48)}</span> <span className="soft">{one.reasons.map((why) => (lang === "zh" ? why.text : why.text_en)).join("；")}</span>
        </p>
      ))}
      {found.length === 0 && <p className="soft">{t("noDuplicates")}</p>}
    </Panel>
  );
}

/** Past orders that say nearly the same, and who handled them. */
export function Similar({ found }: { found: SimilarOrder[] | undefined }) {
  const t = useText(deskWords);
  if (!found?.length) return null;
  return (
    <Panel title={t("similar")}>
      {found.map((one) => (
        <p key={one.id}>
          <Link to={`/orders/${one.id}`} className="num">{one.number}</Link> <span className="tag">{percent(one.likeness)}</span> <At at={one.created_at} />
          <br />
          <span>{one.title}</span> {one.unit_name && <span className="soft">{t("handledBy", { unit: one.unit_name })}</span>}
        </p>
      ))}
    </Panel>
  );
}
