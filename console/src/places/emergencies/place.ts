import { lazy } from "react";
import { SirenIcon } from "../../ui/icons";
import type { Place } from "../place";

export const emergencies: Place = {
  path: "/emergencies",
  to: "/emergencies",
  icon: SirenIcon,
  label: { zh: "应急", en: "Emergencies" },
  city: true,
  roles: ["call_taker", "dispatcher", "supervisor", "leader", "auditor", "admin"],
  keys: [
    ["w", { zh: "进入、退出大屏", en: "Wall mode, and back" }],
    ["n", { zh: "宣布事件", en: "Declare" }],
    ["Alt+1 – 6", { zh: "换页：概况、任务、来电、广播、日志、复盘", en: "Tabs of an emergency" }],
    ["Ctrl+Enter", { zh: "登记一个来电", en: "Take a caller down" }],
  ],
  component: lazy(() => import("./Emergencies")),
};
