import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { usePerson } from "../../app/person";
import { useStatus } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Decide, type Way } from "../../ui/decide";
import { UnitSelect } from "../../ui/inputs";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Marks, type Topic } from "./Topics";
import { topicWords, type TopicWord } from "./words";

type Place = components["schemas"]["TopicOrder"];
const ACTS = new Set(["dispatcher", "supervisor", "leader"]);
const DAY = 86_400_000;

/** One topic: when, where, its orders, and what was done about it. */
export function OneTopic({ id }: { id: string }) {
  const t = useText(topicWords);
  const word = useStatus();
  const acts = usePerson().roles.some((role) => ACTS.has(role));
  const [unit, setUnit] = useState<string[]>([]);
  const asked = useQuery({ queryKey: ["topics", "one", id], queryFn: () => body(api.GET("/api/v1/topics/{topic_id}", { params: { path: { topic_id: id } } })) });
  const step = (status: "acting" | "done" | "dismissed") => (text: string) =>
    body(api.POST("/api/v1/topics/{topic_id}/steps", { params: { path: { topic_id: id } }, body: { status, text, unit: status === "acting" ? (unit[0] ?? null) : null } }));
  const ways: Way[] = [{ word: t("act"), run: step("acting"), primary: true }, { word: t("finish"), run: step("done") }, { word: t("drop"), run: step("dismissed") }];
  return (
    <Read asked={asked} lines={8}>
      {({ topic, orders, steps }) => (
        <Panel title={topic.name} aside={<Marks topic={topic} />}>
          {topic.growth !== null && topic.growth >= 1 && <p>{t("weekly", { times: topic.growth })}</p>}
          <Days topic={topic} />
          <Points orders={orders} />
          <div className="facts-row">{topic.places.map((one) => <span key={one.code} className="tag">{one.name || one.code} <span className="num">{one.count}</span></span>)}</div>
          <div className="facts-row">{topic.classes.map((one) => <span key={one.code} className="tag">{one.name || one.code} <span className="num">{one.count}</span></span>)}</div>
          {acts && <><UnitSelect label={t("unit")} value={unit} onChange={setUnit} first={topic.unit ? [{ value: topic.unit, label: topic.unit_name }] : []} /><Decide refresh={["topics"]} ways={ways} /></>}
          <h3>{t("steps")}</h3>
          {steps.length === 0 && <p className="soft">{t("noSteps")}</p>}
          {steps.map((one) => <p key={one.at}><At at={one.at} /> <span className="tag">{t((one.status === "acting" ? "acting_" : one.status) as TopicWord)}</span> {one.text} <span className="soft">{one.actor}</span></p>)}
          <h3>{t("orders")} <span className="num">{topic.size}</span></h3>
          {orders.map((one) => (
            <p key={one.id}>
              <Link to={`/orders/${one.id}`} className="num">{one.number}</Link> <span className="tag">{word(undefined, one.status)}</span> <At at={one.created_at} />
              <br />
              <span className="soft">{one.confidential ? t("hidden") : one.title}</span>
            </p>
          ))}
        </Panel>
      )}
    </Read>
  );
}

/** Matters a day, from the first to the last. */
function Days({ topic }: { topic: Topic }) {
  const t = useText(topicWords);
  const counts = new Map(topic.days.map((one) => [one.on, one.count]));
  const first = new Date(`${topic.days[0]?.on ?? topic.last_on}T00:00:00Z`).getTime();
  const last = new Date(`${topic.last_on}T00:00:00Z`).getTime();
  const all = Array.from({ length: Math.round((last - first) / DAY) + 1 }, (_, at) => new Date(first + at * DAY).toISOString().slice(0, 10));
  const most = Math.max(1, ...counts.values());
  return (
    <div>
      <h3>{t("days")}</h3>
      <div className="days" role="img" aria-label={topic.days.map((one) => t("onDay", { on: one.on, count: one.count })).join("；")}>
        {all.map((on) => <span key={on} className={counts.has(on) ? "" : "none"} title={t("onDay", { on, count: counts.get(on) ?? 0 })} style={{ height: `${Math.max(3, ((counts.get(on) ?? 0) / most) * 100)}%` }} />)}
      </div>
      <div className="days-ends num"><span>{all[0]}</span><span>{all.at(-1)}</span></div>
    </div>
  );
}

/** Where the orders lie to one another, of those whose coordinates are known. */
function Points({ orders }: { orders: Place[] }) {
  const t = useText(topicWords);
  const known = orders.filter((one) => one.lon !== null && one.lat !== null) as (Place & { lon: number; lat: number })[];
  if (known.length < 2) return null;
  const [west, east] = [Math.min(...known.map((one) => one.lon)), Math.max(...known.map((one) => one.lon))];
  const [south, north] = [Math.min(...known.map((one) => one.lat)), Math.max(...known.map((one) => one.lat))];
  const x = (lon: number) => 10 + ((lon - west) / (east - west || 1)) * 280;
  const y = (lat: number) => 110 - ((lat - south) / (north - south || 1)) * 100;
  return (
    <div>
      <h3>{t("map")}</h3>
      <svg className="points" viewBox="0 0 300 120" role="img" aria-label={`${t("map")}：${known.length}`}>
        {known.map((one) => <circle key={one.id} cx={x(one.lon)} cy={y(one.lat)} r={4}><title>{one.number}</title></circle>)}
      </svg>
    </div>
  );
}
