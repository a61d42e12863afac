import { useSearchParams } from "react-router";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { moment } from "../../i18n/times";
import { useNow } from "../../live/now";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Empty, Read } from "../../ui/states";
import { Tabs } from "../../ui/tabs";
import { useAct, useBoards, useOne, useTables, type View } from "./asking";
import { Calls } from "./Calls";
import { After, Broadcasts, LogOf } from "./Following";
import { DrillMark, LevelMark, Small, Wrong } from "./parts";
import { Tasks } from "./Tasks";
import { emergencyWords, type EmergencyWord } from "./words";

const TABS = ["overview", "tasks", "calls", "broadcasts", "log", "after"] as const;

/** One emergency: what stands, and what this person may do now. */
export function One({ id, onBack }: { id: string; onBack: () => void }) {
  const asked = useOne(id);
  return <Read asked={asked} lines={10}>{(view) => <Shown view={view} onBack={onBack} />}</Read>;
}

function Shown({ view, onBack }: { view: View; onBack: () => void }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const now = useNow();
  const one = view.emergency;
  const [tab, go] = useKeptTab();
  const unreached = view.unreached.map((peer) => shortCentre(peer.peer, lang)).join("、");
  return (
    <div className={one.exercise === "actual" ? "emergencies" : "emergencies drill"}>
      <div className="row">
        <Button size="small" onClick={onBack}>← {t("back")}</Button>
        <LevelMark level={one.level ?? null} big />
        <h1 className="grow">{one.title}</h1>
        <DrillMark exercise={one.exercise ?? "actual"} />
        {one.status === "ended" && <span className="tag green">✓ {t("ended")}</span>}
        {one.response && <span className="tag orange">▲ {t("respondOn", { level: one.response })}</span>}
      </div>
      <p className="soft">{one.place?.text}　{t("declaredBy", { centre: shortCentre(one.centre ?? "", lang), time: one.declared_at ? moment(one.declared_at, now, lang) : "" })}　<span className="num">{one.number}</span></p>
      {unreached && <div className="banner" role="status">▲ {t("unreached", { peers: unreached })}</div>}
      {view.unread.length > 0 && tab !== "broadcasts" && <div className="banner row" role="status"><span className="grow">▲ {t("unreadBroadcast")}</span><Button size="small" onClick={() => go("broadcasts")}>{t("broadcasts")}</Button></div>}
      <Tabs label={one.title} tab={tab} onTab={go} tabs={TABS.map((name) => [name, t(name as EmergencyWord)])} />
      <Tab tab={tab} view={view} />
    </div>
  );
}

/** As useTab, and the emergency stays in the address. */
function useKeptTab(): [string, (name: string) => void] {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("tab") ?? "";
  const go = (name: string) => setSearch({ id: search.get("id") ?? "", tab: name }, { replace: true });
  useKeys(Object.fromEntries(TABS.map((name, at) => [`Alt+${at + 1}`, () => go(name)])));
  return [(TABS as readonly string[]).includes(asked) ? asked : TABS[0], go];
}

function Tab({ tab, view }: { tab: string; view: View }) {
  switch (tab) {
    case "tasks": return <Tasks view={view} />;
    case "calls": return <Calls view={view} />;
    case "broadcasts": return <Broadcasts view={view} />;
    case "log": return <LogOf view={view} />;
    case "after": return <After view={view} />;
    default: return <Overview view={view} />;
  }
}

export const may = (view: View, action: string) => view.allowed_actions.some((one) => one.action === action);

function Overview({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const one = view.emergency;
  const facts = (one.facts ?? {}) as Record<string, number | undefined>;
  const names: [string, EmergencyWord][] = [["dead", "deaths"], ["injured", "injured"], ["trapped", "trapped"], ["affected", "affected"]];
  return (
    <div className="two">
      <div className="stack">
        <Panel title={t("answer")}><Answers view={view} /></Panel>
        <Panel title={t("level")}>
          <dl className="tiles">{names.map(([name, word]) => <div key={name} className={facts[name] ? "red" : ""}><dt>{t(word)}</dt><dd className="num">{facts[name] ?? 0}</dd></div>)}<div><dt>{t("orders")}</dt><dd className="num">{(one.orders ?? []).filter((order) => !order.out).length}</dd></div></dl>
          {one.text && <p className="said">{one.text}</p>}
          <ul className="plain-list">{(one.grades ?? []).map((grade) => <li key={grade.at} className="row"><LevelMark level={grade.level} /><span className="grow">{grade.reason}</span><span className="soft">{grade.by}</span></li>)}</ul>
          <Steps view={view} />
        </Panel>
      </div>
      <Panel title={t("card")}>
        {view.card ? (
          <>
            <h3>{t("ask")}</h3><ol className="card-lines">{view.card.ask.map((line) => <li key={line}>{line}</li>)}</ol>
            <h3>{t("first")}</h3><ol className="card-lines">{view.card.first.map((line) => <li key={line}>{line}</li>)}</ol>
            <h3>{t("say")}</h3>{view.card.say.map((line) => <blockquote key={line}>{line}</blockquote>)}
            <p className="soft">{(one.run_cards ?? []).join("，")}</p>
          </>
        ) : <Empty>{t("noTasks")}</Empty>}
      </Panel>
    </div>
  );
}

function Answers({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const act = useAct(view.emergency.id);
  const answers = view.emergency.answers ?? [];
  const agreed = answers.find((one) => one.status === "agreed");
  const drafts = answers.filter((one) => one.status === "drafted");
  return (
    <>
      {agreed ? <p className="answer big">{agreed.text}</p> : <Empty>{t("noAnswer")}</Empty>}
      {agreed && <p className="soft">{agreed.centre}:{agreed.drafted_by} → {agreed.agreed_by} {agreed.card && agreed.card !== "-" ? agreed.card : ""}</p>}
      {drafts.map((one) => (
        <div key={one.no} className="row proposal">
          <p className="grow">{one.text} <span className="tag">{t("draftWaits")}</span></p>
          {may(view, "agree_answer") && <Small word={t("agree")} primary busy={act.isPending} onSend={() => act.mutate({ action: "agree_answer", no: one.no, text: one.text })} />}
          {may(view, "withdraw_answer") && <Small word={t("withdraw")} fields={[{ name: "reason", word: t("reason") }]} onSend={(given) => act.mutate({ action: "withdraw_answer", no: one.no, reason: given.reason ?? "" })} />}
        </div>
      ))}
      <div className="row">
        {may(view, "propose_answer") && <Small word={t("draft")} fields={[{ name: "text", word: t("text"), long: true }]} onSend={(given) => act.mutate({ action: "propose_answer", text: given.text ?? "" })} />}
        {agreed && may(view, "withdraw_answer") && <Small word={t("withdraw")} fields={[{ name: "reason", word: t("reason") }]} onSend={(given) => act.mutate({ action: "withdraw_answer", no: agreed.no, reason: given.reason ?? "" })} />}
      </div>
      <Wrong error={act.error} />
    </>
  );
}

function Steps({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const act = useAct(view.emergency.id);
  const levels = (useTables().data?.levels ?? []).map((one) => ({ value: String(one.level), label: `${one.roman} ${lang === "zh" ? one.zh : one.en}` }));
  const boards = useBoards().data ?? [];
  const others = boards.filter((one) => one.status === "open" && one.id !== view.emergency.id && one.exercise === view.emergency.exercise).map((one) => ({ value: one.id, label: `${one.number} ${one.title}` }));
  const members = (view.emergency.members ?? []).map((id) => ({ value: id, label: id.slice(0, 8) }));
  const number = (text?: string) => (text ? Number(text) : undefined);
  const facts = view.emergency.facts ?? { dead: 0, injured: 0, trapped: 0, affected: 0 };
  return (
    <div className="row">
      {may(view, "set_level") && (
        <Small word={t("grade")} fields={[{ name: "level", word: t("level"), choices: levels, optional: true }, { name: "dead", word: t("deaths"), type: "number", optional: true }, { name: "injured", word: t("injured"), type: "number", optional: true }, { name: "trapped", word: t("trapped"), type: "number", optional: true }, { name: "reason", word: t("reason") }]}
          onSend={(given) => act.mutate({ action: "set_level", reason: given.reason ?? "", level: number(given.level) ?? null, facts: { dead: number(given.dead) ?? facts.dead ?? 0, injured: number(given.injured) ?? facts.injured ?? 0, trapped: number(given.trapped) ?? facts.trapped ?? 0, affected: facts.affected ?? 0 } })} />
      )}
      {may(view, "respond") && <Small word={t("respond")} fields={[{ name: "level", word: t("level"), choices: levels, optional: true }, { name: "reason", word: t("reason") }]} onSend={(given) => act.mutate({ action: "respond", level: number(given.level) ?? null, reason: given.reason ?? "" })} />}
      {may(view, "join") && others.length > 0 && <Small word={t("join")} fields={[{ name: "into", word: t("name"), choices: others }, { name: "reason", word: t("reason") }]} onSend={(given) => act.mutate({ action: "join", into: given.into ?? "", reason: given.reason ?? "" })} />}
      {may(view, "split_off") && members.length > 0 && <Small word={t("split")} fields={[{ name: "member", word: t("name"), choices: members }, { name: "reason", word: t("reason") }]} onSend={(given) => act.mutate({ action: "split_off", member: given.member ?? "", reason: given.reason ?? "" })} />}
      {may(view, "end") && <Small word={t("end")} fields={[{ name: "reason", word: t("reason") }]} onSend={(given) => act.mutate({ action: "end", reason: given.reason ?? "" })} />}
      <Wrong error={act.error} />
    </div>
  );
}
