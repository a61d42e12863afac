import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { common } from "../../i18n/common";
import { useLang, useText } from "../../i18n/text";
import { Button, Input, Panel } from "../../ui/basic";
import { useKeys, type Pressed } from "../../ui/keys";
import { Read, useSaid } from "../../ui/states";
import { useTold } from "../../ui/undo";
import { sayAnswers, type Answers } from "../../api/orders";
import { policeWords } from "./words";

type Asking = components["schemas"]["Asking"];
type Question = components["schemas"]["Question"];
const SKIPPED = "skipped";

/** What is asked first. Nothing has to be answered before somebody is sent. */
export function Questions({ answers, orderId, onAnswer }: { answers: Answers; orderId: string | undefined; onAnswer: (answers: Answers) => void }) {
  const t = useText(policeWords);
  const client = useQueryClient();
  const told = useTold();
  const said = useSaid();
  const asked = useQuery({
    queryKey: ["questions", answers],
    placeholderData: (before) => before,
    staleTime: Infinity,
    queryFn: () => body(api.POST("/api/v1/policing/questions", { body: { answers } })),
  });
  const answer = (question: Question, given: string | number) => {
    onAnswer({ ...answers, [question.id]: given });
    if (!orderId) return;
    sayAnswers(orderId, { [question.id]: given }).then(
      (now) => client.setQueryData(["order", orderId], now.order),
      (error: unknown) => told({ text: said(error) }),
    );
  };
  return (
    <Panel title={t("questions")}>
      <Read asked={asked} lines={5}>
        {(now) => (
          <>
            <Reads reads={now.reads} />
            {now.next ? <Ask key={now.next.id} question={now.next} digits={!orderId} onAnswer={(given) => answer(now.next!, given)} /> : <p className="soft">✓ {t("done")}</p>}
          </>
        )}
      </Read>
    </Panel>
  );
}

/** The digits answer while no field has the focus and no order has its own; Alt with a digit always does. */
function Ask({ question, digits, onAnswer }: { question: Question; digits: boolean; onAnswer: (given: string | number) => void }) {
  const t = useText(policeWords);
  const lang = useLang();
  const choices = question.choices ?? [];
  const keys: Pressed = {};
  const bind = (digit: string, run: () => void) => {
    keys[`Alt+${digit}`] = run;
    if (digits) keys[digit] = run;
  };
  choices.slice(0, 9).forEach((choice, at) => bind(String(at + 1), () => onAnswer(choice.code)));
  bind("0", () => onAnswer(SKIPPED));
  useKeys(keys);
  return (
    <div className="stack" role="group" aria-label={question[lang]}>
      <strong className="ask" aria-live="assertive">{question[lang]}</strong>
      <div className="choices">
        {choices.map((choice, at) => (
          <Button key={choice.code} size="large" shortcut={String(at + 1)} onClick={() => onAnswer(choice.code)}>{choice[lang]}</Button>
        ))}
      </div>
      {choices.length === 0 && <Free question={question} onAnswer={onAnswer} />}
      <Button type="text" shortcut="0" onClick={() => onAnswer(SKIPPED)}>{t("skip")}</Button>
    </div>
  );
}

function Free({ question, onAnswer }: { question: Question; onAnswer: (given: string | number) => void }) {
  const t = useText(policeWords);
  const [typed, setTyped] = useState("");
  const count = question.form === "count";
  const give = () => typed.trim() && onAnswer(count ? Number(typed) : typed.trim());
  return (
    <Input autoFocus aria-label={t(count ? "count" : "text")} placeholder={t(count ? "count" : "text")} type={count ? "number" : "text"} min={0} value={typed}
      onChange={(event) => setTyped(event.target.value)} onPressEnter={give} />
  );
}

function Reads({ reads }: { reads: Asking["reads"] }) {
  const t = useText(policeWords);
  const c = useText(common);
  return (
    <div className="reads" aria-live="polite">
      <span className={`tag ${reads.danger ? "red" : ""}`}>{reads.danger ? `◆ ${c("danger")}` : t("noDanger")}</span>
      {reads.level && <span className="tag">{t("level", { level: reads.level })}</span>}
      {reads.tags.map((tag) => <span key={tag} className="tag">{tag}</span>)}
      {reads.because.length > 0 && <p className="soft">{t("because")}：{reads.because.join("；")}</p>}
    </div>
  );
}
