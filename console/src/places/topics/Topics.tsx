import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Empty, Read } from "../../ui/states";
import { Table } from "../../ui/table";
import { Tabs, useTab } from "../../ui/tabs";
import { OneTopic } from "./OneTopic";
import "./topics.css";
import { topicWords, type TopicWord } from "./words";

const TABS = ["growing", "all", "acting"] as const;
export type Topic = components["schemas"]["TopicRow"];

/** What people bring again and again. What grows comes first: somebody looks before more complain. */
export default function Topics() {
  const t = useText(topicWords);
  const [tab, go] = useTab(TABS);
  const [chosen, setChosen] = useState("");
  const query = tab === "growing" ? { growing: true } : tab === "acting" ? { status: "acting" as const } : {};
  const asked = useQuery({ queryKey: ["topics", tab], queryFn: () => body(api.GET("/api/v1/topics", { params: { query: { ...query, limit: 200 } } })) });
  return (
    <div className="page">
      <h1>{t("title")}</h1>
      <Tabs label={t("title")} tab={tab} onTab={go} tabs={TABS.map((one) => [one, t(one)])} />
      <Read asked={asked} lines={8}>
        {(found) => (
          <div className="two">
            <Panel label={t("title")}>
              <Table keys label={t("title")} rows={found} id={(one) => one.id} opened={chosen} onOpen={(one) => setChosen(one.id)} empty={tab === "growing" ? t("noGrowing") : t("noTopics")}
                columns={[
                  { title: t("name"), cell: (one) => one.name },
                  { title: t("status"), cell: (one) => <Marks topic={one} /> },
                  { title: t("recent"), num: true, cell: (one) => one.recent },
                  { title: t("size"), num: true, cell: (one) => one.size },
                  { title: t("places"), cell: (one) => one.places.slice(0, 2).map((place) => place.name || place.code).join("、") },
                  { title: t("unit"), cell: (one) => one.unit_name },
                  { title: t("since"), cell: (one) => <span className="num">{one.first_on}</span> },
                ]} />
            </Panel>
            {chosen ? <OneTopic key={chosen} id={chosen} /> : <Panel label={t("orders")}><Empty>{t("pick")}</Empty></Panel>}
          </div>
        )}
      </Read>
    </div>
  );
}

export function Marks({ topic }: { topic: Topic }) {
  const t = useText(topicWords);
  return (
    <span className="facts-row">
      {topic.growing && <span className="tag orange">▲ {t("grows")}</span>}
      <span className={`tag ${topic.status === "done" ? "green" : topic.status === "acting" ? "blue" : ""}`}>{t((topic.status === "acting" ? "acting_" : topic.status) as TopicWord)}</span>
    </span>
  );
}
