import { lazy } from "react";
import { SettingIcon } from "../../ui/icons";
import type { Place } from "../place";

export const admin: Place = {
  path: "/admin",
  to: "/admin",
  icon: SettingIcon,
  label: { zh: "管理", en: "Admin" },
  roles: ["admin", "security"],
  home: ["admin", "security"],
  keys: [
    ["Alt 1 – 6", { zh: "换一页", en: "Another page" }],
    ["j / k", { zh: "下一行、上一行", en: "Next, previous" }],
    ["Enter", { zh: "在右侧处理这一行", en: "Deal with it at the side" }],
  ],
  component: lazy(() => import("./Admin")),
};
