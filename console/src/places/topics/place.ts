import { lazy } from "react";
import { TopicIcon } from "../../ui/icons";
import type { Place } from "../place";

export const topics: Place = {
  path: "/topics",
  to: "/topics",
  icon: TopicIcon,
  label: { zh: "热点", en: "Topics" },
  city: true,
  roles: ["dispatcher", "supervisor", "leader", "auditor"],
  keys: [
    ["Alt 1 – 3", { zh: "增长中、全部、处理中", en: "Growing, all, acted on" }],
    ["j / k", { zh: "下一行、上一行", en: "Next, previous" }],
    ["Enter", { zh: "看这个热点的工单", en: "The orders of the topic" }],
  ],
  component: lazy(() => import("./Topics")),
};
