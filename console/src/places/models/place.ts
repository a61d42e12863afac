import { lazy } from "react";
import { ModelIcon } from "../../ui/icons";
import type { Place } from "../place";

export const models: Place = {
  path: "/models",
  to: "/models",
  icon: ModelIcon,
  label: { zh: "模型", en: "Models" },
  city: true,
  roles: ["supervisor", "admin", "leader", "auditor"],
  keys: [
    ["Alt 1 – 4", { zh: "版本与说明卡、采纳率、漂移、自助派单", en: "Versions and cards, acceptance, drift, self-service" }],
    ["j / k", { zh: "下一行、上一行", en: "Next, previous" }],
    ["Enter", { zh: "打开说明卡或抽查件", en: "Open a card or a check" }],
  ],
  component: lazy(() => import("./Models")),
};
