import { lazy } from "react";
import { ChartIcon } from "../../ui/icons";
import type { Place } from "../place";

export const assessment: Place = {
  path: "/assessment",
  to: "/assessment",
  icon: ChartIcon,
  label: { zh: "考核", en: "Assess" },
  roles: ["supervisor", "leader", "auditor"],
  keys: [
    ["Alt 1 – 4", { zh: "指标、单位对照、剔除、封存", en: "Figures, comparison, exclusions, freezing" }],
    ["j / k", { zh: "下一行、上一行", en: "Next, previous" }],
    ["Enter", { zh: "看这个数背后的工单", en: "The orders behind the figure" }],
    ["[ / ]", { zh: "上一期、下一期", en: "The period before, the next" }],
  ],
  component: lazy(() => import("./Assessment")),
};
