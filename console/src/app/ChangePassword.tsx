import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../api/client";
import { signIn } from "../api/session";
import { words, useText } from "../i18n/text";
import { Button, Password } from "../ui/basic";
import { useSaid } from "../ui/states";

const passwordWords = words(
  { title: "首次登录，请修改密码", old: "当前密码", new: "新密码", change: "修改密码" },
  { title: "Change your password first", old: "Present password", new: "New password", change: "Change it" },
);

/** Before anything else, where an account asks for it. */
export function ChangePassword({ name }: { name: string }) {
  const t = useText(passwordWords);
  const said = useSaid();
  const client = useQueryClient();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const doing = useMutation({
    networkMode: "always",
    mutationFn: async () => {
      await body(api.POST("/api/v1/session/password", { body: { old, new: next } }));
      return signIn({ name, password: next });
    },
    onSuccess: (session) => client.setQueryData(["session"], session),
  });
  return (
    <main className="sign-in">
      <form className="panel" onSubmit={(event) => { event.preventDefault(); doing.mutate(); }}>
        <h1>{t("title")}</h1>
        <label className="field"><span>{t("old")}</span><Password autoFocus autoComplete="current-password" value={old} onChange={(event) => setOld(event.target.value)} /></label>
        <label className="field"><span>{t("new")}</span><Password autoComplete="new-password" value={next} onChange={(event) => setNext(event.target.value)} /></label>
        {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
        <Button type="primary" htmlType="submit" loading={doing.isPending} disabled={!old || !next}>{t("change")}</Button>
      </form>
    </main>
  );
}
