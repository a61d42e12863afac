import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { sayFeedback, stepCard, useCard, type CardVersion, type CardView } from "../../api/knowledge";
import { useMay, usePerson } from "../../app/person";
import { useCodes } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Button, Input, Panel } from "../../ui/basic";
import { Decide } from "../../ui/decide";
import { At } from "../../ui/order";
import { Read, useSaid } from "../../ui/states";
import { useTold } from "../../ui/undo";
import { UnitName } from "../../ui/unit";
import { Editor } from "./Editor";
import { knowledgeWords } from "./words";

/** One card: what it says now, its versions with what each changed, and what may be done with them. */
export function CardPage({ number, onBack }: { number: string; onBack: () => void }) {
  const asked = useCard(number);
  const [editing, setEditing] = useState(false);
  const [chosen, setChosen] = useState<number>();
  return (
    <Read asked={asked} lines={10}>
      {(view) => {
        const version = view.versions.find((one) => one.version.version === (chosen ?? view.versions[0]?.version.version));
        if (editing) return <Editor number={number} start={version?.version.content} onDone={() => setEditing(false)} />;
        return (
          <div className="two">
            <div className="stack">
              <Content view={view} version={version?.version} onBack={onBack} />
              <Changed view={view} version={version?.version} />
            </div>
            <div className="stack">
              <Versions view={view} chosen={version?.version.version} onChoose={setChosen} />
              <Doing view={view} version={version} onEdit={() => setEditing(true)} />
              <GiveFeedback number={number} />
              <History view={view} />
            </div>
          </div>
        );
      }}
    </Read>
  );
}

function Content({ view, version, onBack }: { view: CardView; version: CardVersion | undefined; onBack: () => void }) {
  const t = useText(knowledgeWords);
  const code = useCodes();
  const said = version?.content;
  const { uses } = view;
  return (
    <Panel title={said?.title ?? view.card.title} aside={<Button size="small" shortcut="Esc" onClick={onBack}>{t("back")}</Button>}>
      <div className="facts-row">
        <span className="num">{view.card.number}</span>
        {version && <span className={`tag ${version.status === "in_force" ? "green" : ""}`}>{version.status === "in_force" && "✓ "}#{version.version} {code("cards", version.status)}</span>}
        <span className="tag">{code("scopes", view.card.scope)}</span>
        <UnitName code={view.card.unit} />
      </div>
      {said && (
        <>
          <p className="said">{said.answer}</p>
          <dl className="facts">
            <dt>{t("asked")}</dt><dd>{said.questions.join("／")}</dd>
            {said.law && <><dt>{t("law")}</dt><dd>{said.law}</dd></>}
            {said.keywords?.length ? <><dt>{t("words")}</dt><dd>{said.keywords.join("，")}</dd></> : null}
            {said.valid_from && <><dt>{t("from")}</dt><dd>{said.valid_from}</dd></>}
            {said.valid_until && <><dt>{t("until")}</dt><dd>{said.valid_until}</dd></>}
            {view.card.review_on && <><dt>{t("review")}</dt><dd>{view.card.review_on}</dd></>}
          </dl>
        </>
      )}
      <p className="soft">{t("cites", { answers: uses.answers, called: uses.called_back, solved: uses.solved, not: uses.not_solved, reopened: uses.reopened })}</p>
    </Panel>
  );
}

/** Against the version before it: what was taken out is struck, what was put in is underlined. */
function Changed({ view, version }: { view: CardView; version: CardVersion | undefined }) {
  const t = useText(knowledgeWords);
  const before = view.versions.map((one) => one.version.version).filter((one) => version && one < version.version)[0];
  const after = version?.version;
  const asked = useQuery({
    queryKey: ["cards", "diff", view.card.number, before, after],
    enabled: before !== undefined && after !== undefined,
    queryFn: async () => (await body(api.GET("/api/v1/knowledge/cards/{number}/diff", { params: { path: { number: view.card.number }, query: { before: before!, after: after! } as never } }))) as Change[],
  });
  if (before === undefined || after === undefined) return null;
  return (
    <Panel title={t("changes", { before, after })}>
      <Read asked={asked} lines={3}>
        {(rows) => rows.length === 0 ? <p className="soft">{t("noChanges")}</p> : <>{rows.map((row) => <OneChange key={row.field} row={row} />)}</>}
      </Read>
    </Panel>
  );
}

interface Change {
  field: string;
  before: unknown;
  after: unknown;
  pieces?: { how: "kept" | "in" | "out"; text: string }[];
}

const NAMES: Record<string, keyof (typeof knowledgeWords)["zh"]> = {
  title: "name", questions: "asked", answer: "answer", law: "law", keywords: "words", scope: "scope", unit: "unit", valid_from: "from", valid_until: "until", review_on: "review",
};

function OneChange({ row }: { row: Change }) {
  const t = useText(knowledgeWords);
  const flat = (value: unknown) => (Array.isArray(value) ? value.join("／") : value ? String(value) : "—");
  return (
    <div className="change">
      <span className="soft">{row.field in NAMES ? t(NAMES[row.field]!) : row.field}</span>
      <p className="said">
        {row.pieces?.length ? row.pieces.map((piece, at) => piece.how === "in" ? <ins key={at}>{piece.text}</ins> : piece.how === "out" ? <del key={at}>{piece.text}</del> : piece.text)
          : <><del>{flat(row.before)}</del> <ins>{flat(row.after)}</ins></>}
      </p>
    </div>
  );
}

function Versions({ view, chosen, onChoose }: { view: CardView; chosen: number | undefined; onChoose: (version: number) => void }) {
  const t = useText(knowledgeWords);
  const code = useCodes();
  return (
    <Panel title={t("versions")}>
      {view.versions.map(({ version }) => (
        <button key={version.version} type="button" className="unit" aria-pressed={version.version === chosen} onClick={() => onChoose(version.version)}>
          <strong>#{version.version} {code("cards", version.status)}</strong>
          <span className="soft">{version.made_by} <At at={version.made_at} /></span>
          {version.reason && <span className="wide">{version.reason}</span>}
        </button>
      ))}
    </Panel>
  );
}

const WITH_REASON = new Set(["send_back", "withdraw"]);

function Doing({ view, version, onEdit }: { view: CardView; version: CardView["versions"][number] | undefined; onEdit: () => void }) {
  const t = useText(knowledgeWords);
  const code = useCodes();
  const may = useMay();
  const person = usePerson();
  if (view.card.owner !== person.centre) return <Panel><p className="soft">{t("copy")}</p></Panel>;
  const allowed = version?.allowed_actions ?? [];
  const step = (action: string) => (reason: string) => stepCard(view.card.number, { action, version: version!.version.version, digest: version!.version.digest, reason });
  const waits = view.versions.some((one) => one.version.status === "submitted");
  const edits = may("POST /api/v1/knowledge/cards/{number}/versions") && !waits && (!person.unit || person.unit === view.card.unit);
  const confirms = version?.version.status === "in_force" && may("GET /api/v1/knowledge/waiting");
  if (!edits && !confirms && allowed.length === 0) return null;
  return (
    <Panel label={t("versions")}>
      {allowed.includes("approve") && <p className="soft">{t("seenDigest")}</p>}
      <Decide key={`${view.card.number}-${version?.version.version}-${version?.version.status}`} refresh={["cards"]} ways={allowed.map((one) => ({ word: code("cards", one), run: step(one), plain: !WITH_REASON.has(one), primary: one === "approve" || one === "submit" }))} />
      {edits && <Button onClick={onEdit}>{t("edit")}</Button>}
      {confirms && <Confirm number={view.card.number} version={version.version.version} />}
    </Panel>
  );
}

function Confirm({ number, version }: { number: string; version: number }) {
  const t = useText(knowledgeWords);
  const [day, setDay] = useState("");
  const doing = useDone(() => stepCard(number, { action: "confirm", version, review_on: day }), t("confirmGo"));
  return (
    <div className="stack">
      <label className="field"><span>{t("confirm")}</span><Input type="date" value={day} onChange={(event) => setDay(event.target.value)} /></label>
      <Said error={doing.error} />
      <Button disabled={!day} loading={doing.isPending} onClick={() => doing.mutate()}>{t("confirmGo")}</Button>
    </div>
  );
}

function GiveFeedback({ number }: { number: string }) {
  const t = useText(knowledgeWords);
  const may = useMay();
  const [text, setText] = useState("");
  const doing = useDone(() => sayFeedback(number, text.trim()), t("given"), () => setText(""));
  if (!may("POST /api/v1/knowledge/cards/{number}/feedback")) return null;
  return (
    <Panel title={t("give")}>
      <Input aria-label={t("giveHint")} placeholder={t("giveHint")} maxLength={2000} value={text} onChange={(event) => setText(event.target.value)} onPressEnter={() => text.trim() && doing.mutate()} />
      <Said error={doing.error} />
      <Button disabled={!text.trim()} loading={doing.isPending} onClick={() => doing.mutate()}>{t("giveGo")}</Button>
    </Panel>
  );
}

function useDone(run: () => Promise<unknown>, word: string, onDone?: () => void) {
  const t = useText(knowledgeWords);
  const told = useTold();
  const client = useQueryClient();
  return useMutation({
    networkMode: "always",
    mutationFn: run,
    onSuccess: () => {
      told({ text: t("done", { what: word }) });
      void client.invalidateQueries({ queryKey: ["cards"] });
      onDone?.();
    },
  });
}

function Said({ error }: { error: unknown }) {
  const said = useSaid();
  return error ? <div className="state bad" role="alert">{said(error)}</div> : null;
}

function History({ view }: { view: CardView }) {
  const t = useText(knowledgeWords);
  const code = useCodes();
  if (view.log.length === 0) return null;
  return (
    <Panel title={t("log")}>
      <ul className="plain-list">{view.log.map((row, at) => <li key={at}><At at={row.at} /> #{row.version} {code("cards", row.event)} <span className="soft">{row.actor} {row.text}</span></li>)}</ul>
    </Panel>
  );
}
