import { lazy } from "react";
import { BookIcon } from "../../ui/icons";
import type { Place } from "../place";

export const knowledge: Place = {
  path: "/knowledge",
  to: "/knowledge",
  icon: BookIcon,
  label: { zh: "知识库", en: "Knowledge" },
  roles: ["call_taker", "dispatcher", "supervisor", "unit", "leader", "liaison", "admin", "auditor"],
  keys: [
    ["Alt 1 – 8", { zh: "换一页", en: "Another page" }],
    ["/", { zh: "到检索框", en: "To the search box" }],
    ["j / k · Enter", { zh: "下一行、上一行、打开卡片", en: "Next, previous, open the card" }],
    ["Esc", { zh: "从卡片回到清单", en: "From a card back to the list" }],
  ],
  component: lazy(() => import("./Knowledge")),
};
