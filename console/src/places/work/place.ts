import { lazy } from "react";
import { ToolIcon } from "../../ui/icons";
import type { Place } from "../place";

export const work: Place = {
  path: "/work",
  to: "/work",
  icon: ToolIcon,
  label: { zh: "办理", en: "Work" },
  roles: ["unit"],
  home: ["unit"],
  keys: [
    ["j / ↓ · k / ↑", { zh: "下一件 / 上一件", en: "Next / previous" }],
    ["Enter", { zh: "打开", en: "Open" }],
    ["Alt+1 · Alt+2 · Alt+3", { zh: "待签收 · 办理中 · 快到期", en: "To sign · handling · due soon" }],
    ["F1", { zh: "一键呼叫 110", en: "Call the police in one tap" }],
    ["Alt+p", { zh: "拍照或选照片", en: "Take or choose photos" }],
    ["1 – 9", { zh: "按序号办理", en: "Do the action of that number" }],
    ["Esc", { zh: "回到列表", en: "Back to the list" }],
  ],
  component: lazy(() => import("./Work")),
};
