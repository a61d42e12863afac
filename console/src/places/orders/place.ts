import { lazy } from "react";
import { ListIcon } from "../../ui/icons";
import type { Place } from "../place";

export const orders: Place = {
  path: "/orders",
  to: "/orders",
  icon: ListIcon,
  label: { zh: "工单", en: "Orders" },
  roles: ["call_taker", "dispatcher", "supervisor", "unit", "liaison", "leader", "auditor"],
  keys: [
    ["j / ↓", { zh: "下一件", en: "Next" }],
    ["k / ↑", { zh: "上一件", en: "Previous" }],
    ["Enter", { zh: "打开", en: "Open" }],
  ],
  component: lazy(() => import("./Orders")),
};
