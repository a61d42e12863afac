import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { draftCard, type CardContent } from "../../api/knowledge";
import { usePerson } from "../../app/person";
import { kindOf, useCodes } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Button, Input, Panel, Select, TextArea } from "../../ui/basic";
import { UnitSelect } from "../../ui/inputs";
import { useSaid } from "../../ui/states";
import { useTold } from "../../ui/undo";
import { UnitName } from "../../ui/unit";
import { knowledgeWords } from "./words";

interface Props {
  /** The card of which this is the next version. */
  number?: string;
  start?: CardContent;
  onDone: (number: string | null) => void;
}

const KEPT = "liandong.card.";

/** Writing a card. What is typed stays on this machine until the node has it as a draft; it counts for nobody before another person approved it. */
export function Editor({ number, start, onDone }: Props) {
  const t = useText(knowledgeWords);
  const code = useCodes();
  const person = usePerson();
  const said = useSaid();
  const told = useTold();
  const client = useQueryClient();
  const place = `${KEPT}${person.name}.${number ?? "new"}`;
  const [content, setContent] = useState<CardContent>(() => JSON.parse(localStorage.getItem(place) ?? "null") as CardContent | null ?? start ?? blank(person.unit));
  const set = (more: Partial<CardContent>) => setContent((before) => ({ ...before, ...more }));
  useEffect(() => localStorage.setItem(place, JSON.stringify(content)), [place, content]);
  const leave = (to: string | null) => {
    localStorage.removeItem(place);
    onDone(to);
  };
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => draftCard(asSent(content), number),
    onSuccess: (version) => {
      told({ text: t("saved", { number: version.number, version: version.version }) });
      void client.invalidateQueries({ queryKey: ["cards"] });
      leave(version.number);
    },
  });
  const scopes = kindOf(person.centre) === "police_order" ? ["public", "seat", "police"] : ["public", "seat"];
  const questions = content.questions.join("\n");
  const ready = content.title.trim().length > 1 && questions.trim().length > 1 && content.answer.trim().length > 1 && content.unit;
  return (
    <Panel title={number ? `${t("edit")} ${number}` : t("newCard")}>
      <form className="stack editor" onSubmit={(event) => { event.preventDefault(); doing.mutate(); }}>
        <label className="field"><span>{t("name")}</span><Input autoFocus maxLength={120} value={content.title} onChange={(event) => set({ title: event.target.value })} /></label>
        <label className="field"><span>{t("questions")}</span><TextArea autoSize={{ minRows: 3, maxRows: 12 }} value={questions} onChange={(event) => set({ questions: event.target.value.split("\n") })} /></label>
        <label className="field"><span>{t("answer")}</span><TextArea autoSize={{ minRows: 4, maxRows: 20 }} maxLength={10_000} value={content.answer} onChange={(event) => set({ answer: event.target.value })} /></label>
        <label className="field"><span>{t("law")}</span><Input maxLength={1000} value={content.law ?? ""} onChange={(event) => set({ law: event.target.value })} /></label>
        <div className="pair">
          <div className="field"><span>{t("unit")}</span>{person.unit ? <span><UnitName code={person.unit} /></span> : <UnitSelect label={t("unit")} value={content.unit ? [content.unit] : []} first={content.unit ? [{ value: content.unit, label: content.unit }] : []} onChange={([unit]) => set({ unit: unit ?? "" })} />}</div>
          <div className="field"><span>{t("scope")}</span><Select aria-label={t("scope")} value={content.scope} onChange={(scope: CardContent["scope"]) => set({ scope })} options={scopes.map((one) => ({ value: one as CardContent["scope"], label: code("scopes", one) }))} /></div>
          <label className="field"><span>{t("keywords")}</span><Input value={(content.keywords ?? []).join("，")} onChange={(event) => set({ keywords: event.target.value.split(/[,，、]/) })} /></label>
          <label className="field"><span>{t("from")}</span><Input type="date" value={content.valid_from ?? ""} onChange={(event) => set({ valid_from: event.target.value || null })} /></label>
          <label className="field"><span>{t("until")}</span><Input type="date" value={content.valid_until ?? ""} onChange={(event) => set({ valid_until: event.target.value || null })} /></label>
          <label className="field"><span>{t("review")}</span><Input type="date" value={content.review_on ?? ""} onChange={(event) => set({ review_on: event.target.value || null })} /></label>
        </div>
        {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
        <div className="row">
          <Button type="primary" htmlType="submit" loading={doing.isPending} disabled={!ready}>{t("save")}</Button>
          <Button onClick={() => leave(number ?? null)}>{t("cancel")}</Button>
        </div>
      </form>
    </Panel>
  );
}

const blank = (unit: string | null): CardContent => ({ title: "", questions: [""], answer: "", scope: "public", unit: unit ?? "", law: "", keywords: [], valid_from: null, valid_until: null, review_on: null });

function asSent(content: CardContent): CardContent {
  const some = (texts: string[] = []) => texts.map((one) => one.trim()).filter(Boolean);
  return { ...content, questions: some(content.questions), keywords: some(content.keywords) };
}
