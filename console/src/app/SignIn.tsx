import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { signIn, type Credentials } from "../api/session";
import { common } from "../i18n/common";
import { setLang, useLang, useText } from "../i18n/text";
import { Button, Input, Password } from "../ui/basic";
import { useSaid } from "../ui/states";

export function SignIn() {
  const t = useText(common);
  const lang = useLang();
  return (
    <main className="sign-in">
      <div className="panel">
        <div className="row">
          <img src="/icon.svg" alt="" width={32} height={32} />
          <h1 className="grow">{t("product")}</h1>
          <Button type="text" lang={lang === "zh" ? "en" : "zh-CN"} onClick={() => setLang(lang === "zh" ? "en" : "zh")}>{t("language")}</Button>
        </div>
        <SignInForm />
      </div>
    </main>
  );
}

/** `name`: of whoever was signed in until now; only the password is asked for. */
export function SignInForm({ onDone, name = "" }: { onDone?: () => void; name?: string }) {
  const t = useText(common);
  const said = useSaid();
  const client = useQueryClient();
  const [given, setGiven] = useState<Credentials>({ name, password: "" });
  const doing = useMutation({
    networkMode: "always",
    mutationFn: () => signIn({ ...given, code: given.code || undefined }),
    onSuccess: (session) => {
      client.setQueryData(["session"], session);
      onDone?.();
    },
  });
  const set = (name: keyof Credentials) => (event: React.ChangeEvent<HTMLInputElement>) => setGiven({ ...given, [name]: event.target.value });
  return (
    <form className="stack" onSubmit={(event) => { event.preventDefault(); doing.mutate(); }}>
      <label className="field"><span>{t("name")}</span><Input name="username" autoComplete="username" autoFocus={!name} value={given.name} onChange={set("name")} /></label>
      <label className="field"><span>{t("password")}</span><Password name="password" autoComplete="current-password" autoFocus={Boolean(name)} value={given.password} onChange={set("password")} /></label>
      <label className="field"><span>{t("code")}</span><Input name="code" inputMode="numeric" autoComplete="one-time-code" placeholder={t("codeHint")} value={given.code ?? ""} onChange={set("code")} /></label>
      {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
      <Button type="primary" htmlType="submit" loading={doing.isPending} disabled={!given.name || !given.password}>{t("signIn")}</Button>
    </form>
  );
}
