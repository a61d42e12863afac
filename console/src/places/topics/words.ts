import { words } from "../../i18n/text";

export const topicWords = words(
  {
    title: "热点", growing: "增长中（未诉先办）", all: "全部", acting: "处理中", name: "热点", size: "件数", recent: "近一周", growth: "增长", places: "地点", unit: "承办", since: "起于", last: "最近", status: "状态",
    grows: "增长", found: "待研判", acting_: "处理中", done: "已办", dismissed: "不是热点", noTopics: "没有热点：每半小时从近三周的工单里归集一次", noGrowing: "没有在增长的热点", pick: "选一个热点，看它的工单、时间和地点", orders: "工单", days: "每日件数", classes: "分类", hidden: "（要求保密）",
    number: "编号", what: "内容", steps: "做了什么", act: "安排先去处理", finish: "已处理", drop: "不是热点", noSteps: "还没有人处理", weekly: "{times} 倍于平常一周", onDay: "{on}：{count} 件", map: "位置",
  },
  {
    title: "Topics", growing: "Growing (act before complaints)", all: "All", acting: "Acted on", name: "Topic", size: "Matters", recent: "Last week", growth: "Growth", places: "Where", unit: "Unit", since: "Since", last: "Last", status: "Status",
    grows: "growing", found: "to look at", acting_: "acted on", done: "done", dismissed: "no topic", noTopics: "No topic: every half hour the orders of three weeks are gathered", noGrowing: "Nothing grows", pick: "Choose a topic: its orders, when and where", orders: "Orders", days: "Matters a day", classes: "Classes", hidden: "(confidential)",
    number: "Number", what: "What", steps: "What was done", act: "Have it acted on", finish: "Done", drop: "No topic", noSteps: "Nobody acted yet", weekly: "{times} times an ordinary week", onDay: "{on}: {count}", map: "Where",
  },
);
export type TopicWord = keyof (typeof topicWords)["zh"];
