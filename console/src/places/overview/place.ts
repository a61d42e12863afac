import { lazy } from "react";
import { WallIcon } from "../../ui/icons";
import type { Place } from "../place";

export const overview: Place = {
  path: "/overview",
  to: "/overview",
  icon: WallIcon,
  label: { zh: "总览", en: "Overview" },
  roles: ["leader", "supervisor"],
  home: ["leader"],
  keys: [
    ["1 – 4", { zh: "打开一个数字背后的工单", en: "The orders behind a number" }],
    ["w", { zh: "进入、退出大屏", en: "Wall mode, and back" }],
    ["Esc", { zh: "关闭清单、退出大屏", en: "Close the list, leave the wall" }],
  ],
  component: lazy(() => import("./Overview")),
};
