import { lazy } from "react";
import { AuditIcon } from "../../ui/icons";
import type { Place } from "../place";

export const auditor: Place = {
  path: "/auditor",
  to: "/auditor",
  icon: AuditIcon,
  label: { zh: "审计", en: "Audit" },
  roles: ["auditor"],
  home: ["auditor"],
  keys: [
    ["Alt 1 – 6", { zh: "换一页", en: "Another page" }],
    ["v", { zh: "核验账本", en: "Verify the ledger" }],
    ["j / k", { zh: "下一行、上一行", en: "Next, previous" }],
  ],
  component: lazy(() => import("./Auditor")),
};
