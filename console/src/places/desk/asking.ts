import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { useSettled } from "../../api/settled";
import type { Intake } from "../../api/orders";

export type Reading = components["schemas"]["ReadIntake"];
export type SimilarOrder = components["schemas"]["Similar"];
export type AtIntake = components["schemas"]["AtIntake"];
type Sent = components["schemas"]["Intake"];

/** Whose duty it is and what is proposed, while somebody types. `draft`: the matter's key; under it the node keeps what was shown. */
export function useReading(intake: Intake, draft: string) {
  const text = useSettled(JSON.stringify(intake), 200);
  return useQuery({
    queryKey: ["read", draft, text],
    enabled: (JSON.parse(text) as Intake).content.trim().length >= 4,
    placeholderData: (before) => before,
    gcTime: 60_000,
    retry: false,
    queryFn: () => body(api.POST("/api/v1/intake/read", { params: { query: { draft } }, body: JSON.parse(text) as Sent })),
  });
}

/** The caller's history and likely duplicates: three indexed looks, so it is asked less often. */
export function useLook(intake: Intake) {
  const { content, caller, incident, division_code } = intake;
  const text = useSettled(JSON.stringify({ content: content.trim() || "—", caller: { phone: caller?.phone ?? "" }, incident, division_code }), 500);
  return useQuery({
    queryKey: ["look", text],
    enabled: content.trim().length >= 6 || (caller?.phone ?? "").length >= 7,
    placeholderData: (before) => before,
    gcTime: 60_000,
    retry: false,
    queryFn: () => body(api.POST("/api/v1/intake/look", { body: JSON.parse(text) as Sent })),
  });
}

/** Past orders that say nearly the same. */
export function useSimilar(intake: Intake) {
  const { content, title, class_intake, division_code } = intake;
  const text = useSettled(JSON.stringify({ content: content.trim() || "—", title, class_intake, division_code }), 700);
  return useQuery({
    queryKey: ["similar", text],
    enabled: content.trim().length >= 6,
    placeholderData: (before) => before,
    gcTime: 60_000,
    retry: false,
    queryFn: () => body(api.POST("/api/v1/intake/similar", { body: JSON.parse(text) as Sent })),
  });
}
