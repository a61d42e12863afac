import { useQuery } from "@tanstack/react-query";
import { api, body } from "../api/client";

/** A unit by its short name; its code until that is known. */
export function UnitName({ code }: { code: string | null | undefined }) {
  const asked = useQuery({
    queryKey: ["unit", code],
    enabled: Boolean(code),
    staleTime: Infinity,
    retry: false,
    queryFn: () => body(api.GET("/api/v1/units/{code}", { params: { path: { code: code! } } })),
  });
  if (!code) return <>—</>;
  return <span title={code}>{asked.data?.unit.short || asked.data?.unit.name || code}</span>;
}
