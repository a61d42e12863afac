import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { components } from "../../api/generated/schema";
import { usePerson } from "../../app/person";
import { useText } from "../../i18n/text";
import { roleWords } from "../../i18n/roles";
import { Button, Input, Panel, Select } from "../../ui/basic";
import { DivisionSelect, UnitSelect } from "../../ui/inputs";
import { At, Division } from "../../ui/order";
import { Empty, Read, useSaid } from "../../ui/states";
import { Table } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { adminWords } from "./words";

type Account = components["schemas"]["AccountView"];
const DISTRICT_ROLES = new Set(["dispatcher", "supervisor", "leader"]);
type RoleWord = keyof (typeof roleWords)["zh"];

export function Accounts() {
  const t = useText(adminWords);
  const [chosen, setChosen] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const system = usePerson().roles.includes("admin");
  const asked = useQuery({ queryKey: ["accounts"], queryFn: () => body(api.GET("/api/v1/accounts")) });
  return (
    <Read asked={asked} lines={8}>
      {(rows) => {
        const one = rows.find((row) => row.name === chosen);
        return (
          <div className="two">
            <Panel title={t("accounts")} aside={system && <Button size="small" onClick={() => { setAdding(true); setChosen(null); }}>{t("add")}</Button>}>
              <p className="soft">{t("separate")}</p>
              <Table keys label={t("accounts")} rows={rows} id={(row) => row.name} opened={chosen ?? ""} empty={t("noAccounts")} onOpen={(row) => { setChosen(row.name); setAdding(false); }}
                columns={[
                  { title: t("name"), cell: (row) => row.name },
                  { title: t("person"), cell: (row) => row.display_name },
                  { title: t("roles"), cell: (row) => <><Roles roles={row.roles} />{row.asked && <span className="tag blue">▶ {t("asked", { roles: row.asked.roles.join(", ") })}</span>}</> },
                  { title: t("unit"), cell: (row) => (row.division ? <Division code={row.division} /> : <UnitName code={row.unit} />) },
                  { title: t("state"), cell: (row) => <State account={row} /> },
                  { title: t("since"), cell: (row) => <At at={row.created_at} /> },
                ]} />
            </Panel>
            {adding ? <NewAccount /> : <Panel label={t("accounts")} title={one?.display_name}>{one ? <Change key={one.name} account={one} /> : <Empty>{t("pick")}</Empty>}</Panel>}
          </div>
        );
      }}
    </Read>
  );
}

function Roles({ roles }: { roles: string[] }) {
  const t = useText(roleWords);
  return <>{roles.map((one) => (one in roleWords.zh ? t(one as RoleWord) : one)).join("、")} </>;
}

function State({ account }: { account: Account }) {
  const t = useText(adminWords);
  if (account.disabled_at) return <span className="tag">■ {t("disabled")}</span>;
  if (account.locked_until && new Date(account.locked_until) > new Date()) return <span className="tag orange">▲ {t("locked")}</span>;
  return <span className="tag green">✓ {t(account.must_change ? "mustChange" : "active")}{account.totp ? ` · ${t("totp")}` : ""}</span>;
}

/** What this person may do to an account; the node refuses what is another administrator's part. */
function Change({ account }: { account: Account }) {
  const t = useText(adminWords);
  const said = useSaid();
  const client = useQueryClient();
  const person = usePerson();
  const [password, setPassword] = useState("");
  const path = { params: { path: { name: account.name } } };
  const doing = useMutation({
    networkMode: "always",
    mutationFn: (run: () => Promise<unknown>) => run(),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  const put = (change: object) => () => body(api.PUT("/api/v1/accounts/{name}", { ...path, body: change as never }));
  const reset = async () => setPassword((await body(api.POST("/api/v1/accounts/{name}/reset", { ...path, body: {} }))).password ?? "");
  const grant = account.asked;
  return (
    <div className="stack">
      <Roles roles={account.roles} />
      {account.division && <span className="tag">◎ <Division code={account.division} /></span>}
      {grant?.division && <span className="tag blue">▶ {t("onlyIn")} <Division code={grant.division} /></span>}
      {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
      {password && <p className="answered" role="status">{t("made", { password })}</p>}
      {grant && person.roles.includes("security") && <Button type="primary" onClick={() => doing.mutate(put({ roles: grant.roles, unit: grant.unit, home: grant.home, division: grant.division }))}>{t("grant")}</Button>}
      {(person.roles.includes("admin") || person.roles.includes("security")) && <Bound account={account} onAsk={(division) => doing.mutate(put({ roles: account.roles, unit: account.unit, home: account.home, division }))} />}
      <Button onClick={() => doing.mutate(put({ disabled: !account.disabled_at }))}>{t(account.disabled_at ? "enable" : "disable")}</Button>
      {person.roles.includes("admin") && <Button onClick={() => doing.mutate(reset)}>{t("reset")}</Button>}
      <Button onClick={() => doing.mutate(() => body(api.DELETE("/api/v1/accounts/{name}/sessions", path)))}>{t("endSessions")}</Button>
    </div>
  );
}

/** Only the matters of one district or street. The system administrator asks for it, the security administrator sets it. */
function Bound({ account, onAsk }: { account: Account; onAsk: (division: string | null) => void }) {
  const t = useText(adminWords);
  const person = usePerson();
  const [division, setDivision] = useState(account.division ?? "");
  if (!account.roles.some((role) => DISTRICT_ROLES.has(role))) return null;
  return (
    <div className="field">
      <span>{t("onlyIn")}</span>
      <DivisionSelect label={t("onlyIn")} value={division} digits={9} onChange={setDivision} />
      <Button disabled={division === (account.division ?? "")} onClick={() => onAsk(division || null)}>{t(person.roles.includes("security") ? "bind" : "askBind")}</Button>
      {account.division && <Button onClick={() => onAsk(null)}>{t("unbind")}</Button>}
    </div>
  );
}

function NewAccount() {
  const t = useText(adminWords);
  const role = useText(roleWords);
  const said = useSaid();
  const client = useQueryClient();
  const [given, setGiven] = useState({ name: "", display_name: "", roles: [] as string[], unit: "", division: "" });
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => body(api.POST("/api/v1/accounts", { body: { ...given, unit: given.unit || null, division: given.division || null } as never })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["accounts"] }),
  });
  const options = Object.keys(roleWords.zh).map((one) => ({ value: one, label: role(one as RoleWord) }));
  return (
    <Panel title={t("add")}>
      <label className="field"><span>{t("name")}</span><Input value={given.name} onChange={(event) => setGiven({ ...given, name: event.target.value })} /></label>
      <label className="field"><span>{t("person")}</span><Input value={given.display_name} onChange={(event) => setGiven({ ...given, display_name: event.target.value })} /></label>
      <div className="field"><span>{t("newRoles")}</span><Select aria-label={t("newRoles")} mode="multiple" value={given.roles} onChange={(roles: string[]) => setGiven({ ...given, roles })} options={options} /></div>
      <div className="field"><span>{t("unit")}</span><UnitSelect label={t("unit")} value={given.unit ? [given.unit] : []} onChange={(value) => setGiven({ ...given, unit: value[0] ?? "" })} /></div>
      {given.roles.some((role) => DISTRICT_ROLES.has(role)) && <div className="field"><span>{t("onlyIn")}</span><DivisionSelect label={t("onlyIn")} value={given.division} digits={9} onChange={(division) => setGiven({ ...given, division })} /></div>}
      {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
      {doing.data?.password && <p className="answered" role="status">{t("made", { password: doing.data.password })}</p>}
      <Button type="primary" disabled={!given.name || !given.display_name} loading={doing.isPending} onClick={() => doing.mutate()}>{t("create")}</Button>
    </Panel>
  );
}
