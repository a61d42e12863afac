import { api, body } from "../../api/client";
import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { moment, span } from "../../i18n/times";
import { useNow } from "../../live/now";
import { Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { newId, useAct, useDo, useLog, useReports, useTables, type View } from "./asking";
import { may } from "./One";
import { Left, Small, Wrong } from "./parts";
import { emergencyWords, type EmergencyWord } from "./words";

const KIND: Record<string, string> = { waiting: "", read: "blue", acting: "green", silent: "orange" };
const SIGN: Record<string, string> = { waiting: "…", read: "✓", acting: "✓✓", silent: "▲" };

export function Broadcasts({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const act = useAct(view.emergency.id);
  const sent = [...(view.emergency.broadcasts ?? [])].reverse();
  return (
    <Panel title={t("broadcasts")} aside={may(view, "broadcast") && <Small word={t("sendBroadcast")} primary fields={[{ name: "text", word: t("text"), long: true }]} onSend={(given) => act.mutate({ action: "broadcast", id: newId(), text: given.text ?? "", to: [] })} />}>
      <Wrong error={act.error} />
      {sent.length === 0 && <Empty>{t("noBroadcasts")}</Empty>}
      {sent.map((one) => {
        const readers = view.readers.filter((reader) => reader.broadcast_id === one.id).map((reader) => reader.person);
        const mine = one.receipts.find((receipt) => receipt.centre === view.here);
        return (
          <article key={one.id} className="stack proposal">
            <p className="answer big">{one.text}</p>
            <p className="soft">{shortCentre(one.centre, lang)}:{one.sent_by} <At at={one.at} /></p>
            <ul className="receipts">{one.receipts.map((receipt) => (
              <li key={receipt.centre} className={`tag ${KIND[receipt.status ?? "waiting"]}`}>{SIGN[receipt.status ?? "waiting"]} {shortCentre(receipt.centre, lang)} {t(`r.${receipt.status}` as EmergencyWord)}{receipt.rung ? ` · ${t("rung", { count: receipt.rung })}` : ""}{receipt.passed_to ? ` · ${t("passedTo", { centre: shortCentre(receipt.passed_to, lang) })}` : ""}{receipt.text ? ` · ${receipt.text}` : ""}</li>
            ))}</ul>
            {readers.length > 0 && <p className="soft">{t("readers", { who: readers.join("、") })}</p>}
            <div className="row">
              {view.unread.includes(one.id) && <Small word={t("read")} primary onSend={() => act.mutate({ action: "read_broadcast", id: one.id })} />}
              {mine && mine.status !== "acting" && may(view, "act_on_broadcast") && <Small word={t("acting")} fields={[{ name: "text", word: t("words"), optional: true }]} onSend={(given) => act.mutate({ action: "act_on_broadcast", id: one.id, text: given.text ?? "" })} />}
            </div>
          </article>
        );
      })}
    </Panel>
  );
}

export function LogOf({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const now = useNow();
  const id = view.emergency.id;
  const act = useAct(id);
  const asked = useLog(id);
  const reports = useReports(id);
  const events = useTables().data?.events;
  const make = useDo(() => body(api.POST("/api/v1/emergencies/{emergency_id}/reports", { params: { path: { emergency_id: id } } })));
  const one = view.emergency;
  return (
    <div className="two">
      <Panel title={t("log")} aside={may(view, "note") && <Small word={t("note")} fields={[{ name: "text", word: t("text"), long: true }, { name: "place", word: t("place"), optional: true }]} onSend={(given) => act.mutate({ action: "note", text: given.text ?? "", place: given.place ? { text: given.place } : null, files: [] })} />}>
        <Wrong error={act.error} />
        <Read asked={asked} lines={8}>
          {(log) => (
            <ol className="log">
              {[...log.moments].reverse().map((line) => (
                <li key={`${line.lamport}-${line.centre}-${line.at}`}>
                  <time className="soft num" dateTime={line.at}>{moment(line.at, now, lang)}</time>
                  <div><strong>{shortCentre(line.centre, lang)}</strong> <span className="tag">{events?.[line.event]?.[lang === "zh" ? 0 : 1] ?? line.event}</span> {line.text} {line.place && <span className="soft">@ {line.place}</span>} {(line.skew ?? 0) > 0 && <span className="tag orange">{t("skew", { seconds: Math.round(line.skew!) })}</span>} <span className="soft">{line.by}</span></div>
                </li>
              ))}
            </ol>
          )}
        </Read>
      </Panel>
      <div className="stack">
        <Panel title={t("reports")} aside={may(view, "report") && <Small word={t("report")} busy={make.isPending} onSend={() => make.mutate(undefined as never)} />}>
          <Read asked={reports} lines={3}>
            {(made) => made.length === 0 ? <Empty>{t("noReports")}</Empty> : <ul className="plain-list">{made.map((report) => <li key={report.no} className="row"><a className="grow" href={`/api/v1/emergencies/${id}/reports/${report.no}`} target="_blank" rel="noreferrer">{t("issue", { no: report.no })}</a><At at={report.made_at} /></li>)}</ul>}
          </Read>
          <Wrong error={make.error} />
        </Panel>
        <Panel title={t("sendUp")} aside={may(view, "send_up") && <Small word={t("sendUp")} primary fields={[{ name: "text", word: t("text"), long: true }]} onSend={(given) => act.mutate({ action: "send_up", to: "", text: given.text ?? "" })} />}>
          {one.report_due && <p>{t(one.report_overdue ? "reportLate" : "reportDue")} <Left at={one.report_due} /></p>}
          <ul className="plain-list">{(one.sent_up ?? []).map((up) => <li key={up.at}>{t("sentUp", { time: moment(up.at, now, lang), to: up.to })}：{up.text} {up.late && <span className="tag orange">▲ {t("late")}</span>}</li>)}</ul>
        </Panel>
      </div>
    </div>
  );
}

export function After({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const asked = useLog(view.emergency.id);
  const act = useAct(view.emergency.id);
  const one = view.emergency;
  const centres = (useTables().data?.centres ?? []).map((code) => ({ value: code, label: shortCentre(code, lang) }));
  const review = (given: Record<string, string>) => act.mutate({
    action: "review", findings: (given.findings ?? "").split("\n").map((line) => line.trim()).filter(Boolean),
    measures: given.measure && given.owner && given.deadline ? [{ title: given.measure, to: given.owner, due_at: new Date(given.deadline).toISOString() }] : [],
  });
  return (
    <div className="two">
      <Panel title={t("lateThings")}>
        <Read asked={asked} lines={4}>
          {(log) => (
            <>
              {log.late.length === 0 ? <Empty>{t("noLate")}</Empty> : <ul className="plain-list">{log.late.map((late, at) => <li key={at} className="row"><span className="grow">{late.what}</span><span>{shortCentre(late.who, lang)}</span><span className="tag orange">▲ {late.seconds === null || late.seconds === undefined ? t("never") : t("lateBy", { time: span(late.seconds, lang) })}</span></li>)}</ul>}
              <p className="soft">{t("chain", { lines: log.chain.lines, missing: log.chain.missing.length, broken: log.chain.broken.length })}</p>
              {log.score && <p><strong>{t("score", log.score as unknown as Record<string, number>)}</strong></p>}
            </>
          )}
        </Read>
      </Panel>
      <div className="stack">
        <Panel title={t("review")} aside={may(view, "review") && <Small word={t("review")} primary fields={[{ name: "findings", word: t("findings"), long: true }, { name: "measure", word: t("measure"), optional: true }, { name: "owner", word: t("owner"), choices: centres, optional: true }, { name: "deadline", word: t("deadline"), type: "datetime-local", optional: true }]} onSend={review} />}>
          <ul>{(one.findings ?? []).map((line) => <li key={line}>{line}</li>)}</ul>
          <ul className="plain-list">{(one.tasks ?? []).filter((task) => task.measure).map((task) => <li key={task.key} className="row"><span className="grow">{task.title}</span><span>{shortCentre(task.holder, lang)}</span><span className={`tag ${task.status === "done" ? "green" : ""}`}>{t(`s.${task.status}` as EmergencyWord)}</span></li>)}</ul>
        </Panel>
        {one.exercise !== "actual" && (
          <Panel title={t("injects")} aside={may(view, "inject") && <Small word={t("inject")} fields={[{ name: "text", word: t("text") }, { name: "minutes", word: t("within"), type: "number" }]} onSend={(given) => act.mutate({ action: "inject", text: given.text ?? "", within_minutes: Number(given.minutes) || 5 })} />}>
            <ul className="plain-list">{(one.injects ?? []).map((inject) => <li key={inject.no} className="row"><span className="grow">{inject.text}</span>{inject.met_at ? <span className="tag green">✓ {t("met")}</span> : may(view, "meet_inject") && <Small word={t("met")} onSend={() => act.mutate({ action: "meet_inject", no: inject.no })} />}</li>)}</ul>
          </Panel>
        )}
        <Wrong error={act.error} />
      </div>
    </div>
  );
}
