import { lazy } from "react";
import { SwapIcon } from "../../ui/icons";
import type { Place } from "../place";

export const transfers: Place = {
  path: "/transfers",
  to: "/transfers",
  icon: SwapIcon,
  label: { zh: "转接协商", en: "Transfers" },
  roles: ["call_taker", "dispatcher", "supervisor", "liaison", "leader"],
  home: ["liaison"],
  keys: [
    ["j / ↓ · k / ↑", { zh: "下一件 / 上一件", en: "Next / previous" }],
    ["F8", { zh: "接收", en: "Accept" }],
    ["F7", { zh: "退回（选理由、写依据）", en: "Return (a typed reason and its basis)" }],
    ["F4", { zh: "三方通话：发起、加入、结束", en: "Three-way call: open, join, end" }],
    ["F6", { zh: "表明立场 / 提请协商", en: "Take a position / negotiate" }],
    ["F10", { zh: "撤回转出的", en: "Take back what was offered" }],
    ["Alt+m", { zh: "响铃开关", en: "Ringing on or off" }],
  ],
  component: lazy(() => import("./Transfers")),
};
