import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useState } from "react";
import { common } from "../i18n/common";
import { useText, words } from "../i18n/text";
import { Button, TextArea } from "./basic";
import { useSaid } from "./states";
import { useTold } from "./undo";

const own = words(
  { reason: "理由（记入台账）", needed: "请写明理由", done: "已{what}" },
  { reason: "Reason (kept on record)", needed: "Say why", done: "Done: {what}" },
);

export interface Way {
  word: string;
  run: (reason: string) => Promise<unknown>;
  /** Without a reason. */
  plain?: boolean;
  primary?: boolean;
}

/** What may be decided, with the reason that goes on record; what came of it is read again. */
export function Decide({ ways, refresh, onDone }: { ways: Way[]; refresh: QueryKey; onDone?: () => void }) {
  const t = useText(own);
  useText(common);
  const said = useSaid();
  const told = useTold();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const doing = useMutation({
    networkMode: "always",
    mutationFn: (way: Way) => way.run(reason.trim()),
    onSuccess: (_, way) => {
      setReason("");
      told({ text: t("done", { what: way.word }) });
      void client.invalidateQueries({ queryKey: refresh });
      onDone?.();
    },
  });
  const press = (way: Way) => {
    setMissing(!way.plain && !reason.trim());
    if (way.plain || reason.trim()) doing.mutate(way);
  };
  if (ways.length === 0) return null;
  return (
    <div className="decide">
      {ways.some((one) => !one.plain) && <TextArea aria-label={t("reason")} placeholder={t("reason")} rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />}
      {missing && <em role="alert">{t("needed")}</em>}
      {doing.error && <div className="state bad" role="alert">{said(doing.error)}</div>}
      <div className="row">{ways.map((way) => <Button key={way.word} type={way.primary ? "primary" : "default"} loading={doing.isPending} onClick={() => press(way)}>{way.word}</Button>)}</div>
    </div>
  );
}
