import type { Drafting } from "../api/useDraft";
import { useText, words } from "../i18n/text";
import { Button } from "./basic";
import { At } from "./order";
import { useTold } from "./undo";

const own = words(
  { restored: "找回未完成的草稿", discard: "放弃", discarded: "已放弃草稿", others: "未完成的草稿", bare: "（没有文字）" },
  { restored: "An unfinished draft was found", discard: "Discard", discarded: "Draft discarded", others: "Unfinished drafts", bare: "(no words)" },
);

interface Props {
  drafting: Pick<Drafting<object>, "restored" | "sent" | "others" | "resume" | "discard">;
}

/** What the last time left behind is on the desk again; thrown away at one press, and put back by the bar. */
export function Restored({ drafting }: Props) {
  const t = useText(own);
  const told = useTold();
  if (!drafting.restored || drafting.sent) return null;
  return (
    <div className="banner row" role="status">
      <span className="grow">{t("restored")}</span>
      <Button size="small" onClick={() => told({ text: t("discarded"), undo: drafting.discard() })}>{t("discard")}</Button>
    </div>
  );
}

export function OtherDrafts({ drafting }: Props) {
  const t = useText(own);
  if (drafting.others.length === 0) return null;
  return (
    <section className="panel" aria-label={t("others")}>
      <h3>{t("others")}</h3>
      {drafting.others.map((one) => (
        <Button key={one.id} size="small" onClick={() => drafting.resume(one)}>
          {(one.intake.content || one.intake.caller?.phone || t("bare")).slice(0, 24)} <At at={new Date(one.changedAt).toISOString()} />
        </Button>
      ))}
    </section>
  );
}
