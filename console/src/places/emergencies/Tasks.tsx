import { shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Empty } from "../../ui/states";
import { UnitName } from "../../ui/unit";
import { newId, useAct, useTables, type Task, type View } from "./asking";
import { may } from "./One";
import { Left, Small, Wrong } from "./parts";
import { emergencyWords, type EmergencyWord } from "./words";

/** The tasks in the order of the run card: what this centre holds can be acted on right here. */
export function Tasks({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const act = useAct(view.emergency.id);
  const centres = (useTables().data?.centres ?? []).map((code) => ({ value: code, label: shortCentre(code, lang) }));
  const tasks = view.emergency.tasks ?? [];
  const give = (given: Record<string, string>) => act.mutate({ action: "give_task", id: newId(), title: given.title ?? "", to: given.to ?? "", accept_minutes: 5, minutes: Number(given.minutes) || 60, substitutes: [], check_in_minutes: 0 });
  return (
    <div className="stack">
      <Panel title={t("tasks")} aside={may(view, "give_task") && <Small word={t("giveTask")} fields={[{ name: "title", word: t("task") }, { name: "to", word: t("to"), choices: centres }, { name: "minutes", word: t("due"), type: "number", optional: true }]} onSend={give} />}>
        <Wrong error={act.error} />
        {tasks.length === 0 && <Empty>{t("noTasks")}</Empty>}
        <ul className="plain-list">{tasks.map((task) => <Row key={task.key} task={task} view={view} act={act} />)}</ul>
      </Panel>
      <Resources view={view} />
    </div>
  );
}

function Row({ task, view, act }: { task: Task; view: View; act: ReturnType<typeof useAct> }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const kind = task.status === "done" ? "green" : task.overdue || task.status === "refused" ? "orange" : task.status === "accepted" ? "blue" : "";
  const ours = task.holder === view.here || (task.also ?? []).includes(view.here);
  const open = task.status === "called" || task.status === "accepted";
  const phoned = task.to !== task.holder;
  const name = task.to.startsWith("unit:") ? <UnitName code={task.to.slice(5)} /> : shortCentre(task.to, lang);
  return (
    <li className={`task ${ours && open ? "ours" : ""}`}>
      <div className="row">
        <span className={`tag ${kind}`}>{task.overdue ? "▲ " : task.status === "done" ? "✓ " : ""}{t(`s.${task.status}` as EmergencyWord)}{task.overdue ? ` ${t("overdue")}` : ""}</span>
        <strong className="grow">{task.title}</strong>
        <span>{phoned && <span className="tag">☎ {t("phone")}</span>} {name}{phoned && ` · ${shortCentre(task.holder, lang)}`}</span>
        {open && <Left at={task.due_at} over={task.overdue} />}
      </div>
      {(task.text || (task.passed_from ?? []).length > 0 || (task.check_ins_missed ?? 0) > 0) && <p className="soft">{(task.passed_from ?? []).map((code) => t("passed", { from: shortCentre(code, lang) })).join(" ")} {task.text} {(task.check_ins_missed ?? 0) > 0 && t("missed", { count: task.check_ins_missed! })}</p>}
      {ours && open && may(view, "accept_task") && (
        <div className="row">
          {task.status === "called" && <Small word={t("accept")} primary onSend={() => act.mutate({ action: "accept_task", key: task.key })} />}
          <Small word={t("finish")} primary={task.status === "accepted"} fields={[{ name: "text", word: t("words"), optional: true }]} onSend={(given) => act.mutate({ action: "finish_task", key: task.key, text: given.text ?? "" })} />
          {task.status === "accepted" && <Small word={t("checkIn")} fields={[{ name: "text", word: t("words") }]} onSend={(given) => act.mutate({ action: "check_in", key: task.key, text: given.text ?? "" })} />}
          <Small word={t("refuse")} fields={[{ name: "reason", word: t("reason") }]} onSend={(given) => act.mutate({ action: "refuse_task", key: task.key, reason: given.reason ?? "" })} />
        </div>
      )}
    </li>
  );
}

function Resources({ view }: { view: View }) {
  const t = useText(emergencyWords);
  const lang = useLang();
  const act = useAct(view.emergency.id);
  const found = view.emergency.resources ?? [];
  return (
    <Panel title={t("resources")} aside={may(view, "ask_resource") && <Small word={t("askResource")} fields={[{ name: "what", word: t("what") }, { name: "amount", word: t("amount"), type: "number" }]} onSend={(given) => act.mutate({ action: "ask_resource", id: newId(), what: given.what ?? "", amount: Number(given.amount) || 1 })} />}>
      {found.length === 0 && <Empty>{t("noResources")}</Empty>}
      {found.map((one) => {
        const offers = one.offers ?? [];
        const missing = Math.max(0, one.amount - offers.filter((offer) => offer.taken).reduce((sum, offer) => sum + offer.amount, 0));
        return (
          <div key={one.id} className="stack proposal">
            <div className="row"><strong className="grow">{shortCentre(one.centre, lang)}：{one.what} × {one.amount}</strong>{missing > 0 ? <span className="tag orange">▲ {t("missing", { count: missing })}</span> : <span className="tag green">✓ {t("done")}</span>}
              {missing > 0 && may(view, "offer_resource") && <Small word={t("offer")} fields={[{ name: "amount", word: t("amount"), type: "number" }, { name: "text", word: t("words"), optional: true }]} onSend={(given) => act.mutate({ action: "offer_resource", id: newId(), of: one.id, amount: Number(given.amount) || 1, text: given.text ?? "" })} />}</div>
            {offers.map((offer) => <div key={offer.id} className="row"><span className="grow">{shortCentre(offer.centre, lang)} {t("offer")} × {offer.amount} {offer.text}</span>{offer.taken ? <span className="tag green">✓</span> : one.centre === view.here && may(view, "take_resource") && <Small word={t("takeOffer")} onSend={() => act.mutate({ action: "take_resource", of: one.id, offer: offer.id })} />}</div>)}
          </div>
        );
      })}
      <Wrong error={act.error} />
    </Panel>
  );
}
