import { lazy } from "react";
import { AlertIcon } from "../../ui/icons";
import type { Place } from "../place";

export const police: Place = {
  path: "/police",
  to: "/police",
  icon: AlertIcon,
  label: { zh: "接警", en: "Police desk" },
  roles: ["call_taker", "dispatcher", "supervisor"],
  home: ["call_taker", "dispatcher"],
  kind: "police_order",
  city: true,
  keys: [
    ["1 – 9 / Alt+1 – 9", { zh: "回答险情询问（打字时用 Alt）", en: "Answer the danger question (Alt while typing)" }],
    ["0 / Alt+0", { zh: "跳过这一问", en: "Leave the question out" }],
    ["F9 F9", { zh: "派警：受理并选最近单位，再按一次派出", en: "Dispatch: take in with the nearest unit, again to send it" }],
    ["Alt+↓ / Alt+↑", { zh: "换一个处警单位", en: "Another unit" }],
    ["F2", { zh: "非警务部分转出（再按一次确定）", en: "Hand over the non-police part (press twice)" }],
    ["Alt+n", { zh: "下一个来电", en: "Next call" }],
    ["Alt+j / Alt+k", { zh: "在办警情：下一件 / 上一件", en: "Open orders: next / previous" }],
    ["Esc", { zh: "回到报警内容", en: "Back to the words" }],
  ],
  component: lazy(() => import("./Police")),
};
