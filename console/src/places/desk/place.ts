import { lazy } from "react";
import { PhoneIcon } from "../../ui/icons";
import type { Place } from "../place";

export const desk: Place = {
  path: "/desk",
  to: "/desk",
  icon: PhoneIcon,
  label: { zh: "受理", en: "Desk" },
  roles: ["call_taker", "dispatcher", "supervisor"],
  home: ["call_taker", "dispatcher"],
  kind: "work_order",
  city: true,
  keys: [
    ["Tab", { zh: "采用灰色建议并到下一项", en: "Take the grey proposal and go on" }],
    ["Alt+4 – 6", { zh: "选用建议的分类", en: "Take a proposed class" }],
    ["F2", { zh: "转给建议的中心（险情需再按一次）", en: "Transfer to the proposed centre (twice in danger)" }],
    ["F4", { zh: "三方通话", en: "Three-way call" }],
    ["F7", { zh: "在线协商", en: "Negotiate" }],
    ["F8", { zh: "直接答复", en: "Answer directly" }],
    ["Alt+1 – 3", { zh: "用第几张知识卡片答复", en: "Answer with that card" }],
    ["F9", { zh: "派单（再按一次确定）", en: "Dispatch (press twice)" }],
    ["Ctrl+Enter", { zh: "只受理", en: "Take in only" }],
    ["Alt+n", { zh: "下一个来电", en: "Next call" }],
    ["Esc", { zh: "回到诉求内容", en: "Back to the words" }],
  ],
  component: lazy(() => import("./Desk")),
};
