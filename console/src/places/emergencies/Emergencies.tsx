import { useState } from "react";
import { useSearchParams } from "react-router";
import { api, body } from "../../api/client";
import { shortCentre, useLists } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { moment, span } from "../../i18n/times";
import { useNow } from "../../live/now";
import { usePerson } from "../../app/person";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Empty, Read } from "../../ui/states";
import { useBoards, useDo, useProposals, type Board, type Proposal } from "./asking";
import { Declare } from "./Declare";
import { One } from "./One";
import { DrillMark, Left, LevelMark, Small, Wrong } from "./parts";
import "./emergencies.css";
import { emergencyWords } from "./words";

const LEADS = ["dispatcher", "supervisor", "leader"];

export default function Emergencies() {
  const t = useText(emergencyWords);
  const person = usePerson();
  const [search, setSearch] = useSearchParams();
  const [declaring, setDeclaring] = useState<Proposal | true | null>(null);
  const wall = search.has("wall");
  const id = search.get("id");
  const leads = person.roles.some((role) => LEADS.includes(role));
  const setWall = (on: boolean) => setSearch(on ? { wall: "" } : {}, { replace: true });
  const open = (one: string) => setSearch({ id: one });
  useKeys({ w: () => setWall(!wall), n: () => leads && setDeclaring(true), Escape: () => (declaring ? setDeclaring(null) : wall && setWall(false)) });
  if (id && !wall) return <One id={id} onBack={() => setSearch({})} />;
  return (
    <div className={wall ? "emergencies wall" : "emergencies"}>
      <div className="row">
        <h1 className="grow">{t("title")}</h1>
        {leads && !wall && <Button type="primary" shortcut="n" onClick={() => setDeclaring(true)}>{t("declare")}</Button>}
        <Button shortcut="w" onClick={() => setWall(!wall)}>{t(wall ? "leaveWall" : "wall")}</Button>
      </div>
      {declaring && <Declare proposal={declaring === true ? undefined : declaring} onDone={(made) => { setDeclaring(null); if (made) open(made); }} />}
      <Proposals leads={leads} wall={wall} onDeclare={setDeclaring} />
      <Boards wall={wall} onOpen={open} />
    </div>
  );
}

function Proposals({ leads, wall, onDeclare }: { leads: boolean; wall: boolean; onDeclare: (one: Proposal) => void }) {
  const t = useText(emergencyWords);
  const asked = useProposals();
  const boards = useBoards();
  const dismiss = useDo((given: { id: string; reason: string }) => body(api.POST("/api/v1/emergencies/proposals/{proposal_id}/dismiss", { params: { path: { proposal_id: given.id } }, body: { reason: given.reason } })));
  const belongs = useDo((given: { id: string; to: string }) => body(api.POST("/api/v1/emergencies/proposals/{proposal_id}/belongs", { params: { path: { proposal_id: given.id } }, body: { emergency_id: given.to } })));
  const found = asked.data?.proposals ?? [];
  if (found.length === 0) return null;
  return (
    <Panel title={`▲ ${t("proposals")}`} aside={<span className="soft">{t("falseAlarms", asked.data!.counts)}</span>}>
      {found.map((one) => {
        const same = boards.data?.find((board) => board.id === one.same_as);
        return (
          <div key={one.id} className="row proposal">
            <div className="grow"><strong>{one.title}</strong><p className="soft">{one.why}</p></div>
            {leads && !wall && same && <Small word={t("belongs", { title: same.title })} primary busy={belongs.isPending} onSend={() => belongs.mutate({ id: one.id, to: same.id })} />}
            {leads && !wall && !same && <Button type="primary" size="small" onClick={() => onDeclare(one)}>{t("declare")}</Button>}
            {leads && !wall && <Small word={t("falseAlarm")} fields={[{ name: "reason", word: t("reason") }]} busy={dismiss.isPending} onSend={(given) => dismiss.mutate({ id: one.id, reason: given.reason ?? "" })} />}
          </div>
        );
      })}
      <Wrong error={dismiss.error ?? belongs.error} />
    </Panel>
  );
}

function Boards({ wall, onOpen }: { wall: boolean; onOpen: (id: string) => void }) {
  const t = useText(emergencyWords);
  const asked = useBoards();
  return (
    <Read asked={asked} lines={8}>
      {(boards) => {
        const open = boards.filter((one) => one.status === "open").sort((a, b) => (a.exercise === "actual" ? 0 : 1) - (b.exercise === "actual" ? 0 : 1) || (a.level ?? 9) - (b.level ?? 9));
        const ended = boards.filter((one) => one.status === "ended");
        return (
          <>
            {open.length ? <div className="boards">{open.map((one) => <Card key={one.id} one={one} onOpen={onOpen} />)}</div> : <Empty>{t("none")}</Empty>}
            {!wall && (
              <Panel title={t("ended")}>
                {ended.length ? <ul className="plain-list">{ended.map((one) => <li key={one.id} className="row"><button className="plain grow" onClick={() => onOpen(one.id)}>{one.title}</button><DrillMark exercise={one.exercise} /><LevelMark level={one.level} /><span className="soft num">{one.number}</span></li>)}</ul> : <Empty>{t("noEnded")}</Empty>}
              </Panel>
            )}
          </>
        );
      }}
    </Read>
  );
}

function Card({ one, onOpen }: { one: Board; onOpen: (id: string) => void }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const now = useNow();
  const divisions = useLists().data?.divisions as Record<string, string> | undefined;
  const since = one.declared_at ? (now.getTime() - new Date(one.declared_at).getTime()) / 1000 : 0;
  const counts: [string, number, string][] = [[t("deaths"), one.dead, "red"], [t("injured"), one.injured, "red"], [t("trapped"), one.trapped, "red"]];
  const place = one.place || divisions?.[one.division_code.slice(0, 6)] || "";
  return (
    <section className="panel board" aria-label={one.title}>
      <div className="row"><LevelMark level={one.level} big /><DrillMark exercise={one.exercise} /><span className="grow" />{one.response && <span className="tag orange">▲ {t("respondOn", { level: one.response })}</span>}<span className="soft num">{t("since", { time: span(since, lang) })}</span></div>
      <button className="plain name" onClick={() => onOpen(one.id)}>{one.title}</button>
      <p className="soft">{place}　{t("declaredBy", { centre: shortCentre(one.centre, lang), time: one.declared_at ? moment(one.declared_at, now, lang) : "" })}　<span className="num">{one.number}</span></p>
      <dl className="tiles">
        {counts.filter(([, count]) => count > 0).map(([word, count, kind]) => <div key={word} className={kind}><dt>◆ {word}</dt><dd className="num">{count}</dd></div>)}
        <div><dt>{t("orders")}</dt><dd className="num">{one.orders}</dd></div>
        <div className={one.tasks_done === one.tasks ? "green" : ""}><dt>{t("tasks")} {t("done")}</dt><dd className="num">{one.tasks_done}/{one.tasks}</dd></div>
        {one.tasks_late > 0 && <div className="orange"><dt>▲ {t("late")}</dt><dd className="num">{one.tasks_late}</dd></div>}
        {one.unread.length > 0 && <div className="orange"><dt>▲ {t("unread")}</dt><dd>{one.unread.map((code) => shortCentre(code, lang)).join(" ")}</dd></div>}
        {one.report_due && <div className={one.report_overdue ? "orange" : ""}><dt>{t(one.report_overdue ? "reportLate" : "reportDue")}</dt><dd><Left at={one.report_due} /></dd></div>}
      </dl>
      {one.answer && <p className="answer"><span className="tag blue">{t("answer")}</span> {one.answer}</p>}
    </section>
  );
}
