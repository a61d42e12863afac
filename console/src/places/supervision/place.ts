import { lazy } from "react";
import { AlertIcon } from "../../ui/icons";
import type { Place } from "../place";

export const supervision: Place = {
  path: "/supervision",
  to: "/supervision",
  icon: AlertIcon,
  label: { zh: "督办", en: "Supervise" },
  roles: ["supervisor"],
  home: ["supervisor"],
  keys: [
    ["Alt 1 – 8", { zh: "换一张清单", en: "Another list" }],
    ["j / k", { zh: "下一行、上一行", en: "Next, previous" }],
    ["Enter", { zh: "在右侧处理这一行", en: "Deal with it at the side" }],
    ["1 – 9", { zh: "右侧工单可做的事", en: "What can be done with it" }],
  ],
  component: lazy(() => import("./Supervision")),
};
