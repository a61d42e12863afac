import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, body } from "../api/client";
import { common } from "../i18n/common";
import { useText, words } from "../i18n/text";

const own = words({ open: "查看", massCall: "登记来电" }, { open: "Open", massCall: "Take a caller down" });
const ROMAN = ["", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"];
const SEES = ["call_taker", "dispatcher", "supervisor", "leader"];

/** What is open now, above every place: at a desk the agreed answer is there before the next call is taken. */
export function EmergencyBar({ roles }: { roles: string[] }) {
  const t = useText(common);
  const o = useText(own);
  const asked = useQuery({
    queryKey: ["emergencies", "bar"],
    enabled: roles.some((role) => SEES.includes(role)),
    refetchInterval: 15_000,
    retry: false,
    queryFn: () => body(api.GET("/api/v1/emergencies", { params: { query: { status: "open", limit: 5 } } })),
  });
  return (
    <>
      {(asked.data ?? []).map((one) => (
        <section key={one.id} className={one.exercise === "actual" ? "emergency-bar" : "emergency-bar drill"} aria-label={one.title}>
          <strong>{one.exercise === "actual" ? "◆" : `▣ ${t("exercise")}`} {ROMAN[one.level ?? 0]} {one.title}</strong>
          <p>{one.answer}</p>
          <Link to={`/emergencies?id=${one.id}${one.mass_call ? "&tab=calls" : ""}`}>{o(one.mass_call ? "massCall" : "open")}</Link>
        </section>
      ))}
    </>
  );
}
