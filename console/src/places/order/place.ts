import { lazy } from "react";
import type { Place } from "../place";

export const order: Place = {
  path: "/orders/:key",
  label: { zh: "工单详情", en: "Order" },
  roles: [],
  keys: [
    ["1 – 9", { zh: "按序号办理", en: "Do the action of that number" }],
    ["Ctrl+Enter", { zh: "确定表单", en: "Send the form" }],
    ["Esc", { zh: "收起表单", en: "Leave the form" }],
  ],
  component: lazy(() => import("./OrderPage")),
};
