import { useRef } from "react";
import type { Order } from "../../api/orders";
import { useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { useSaid } from "../../ui/states";
import { useUploads, type Upload } from "./upload";
import { workWords } from "./words";

const IMAGE = /^image\/(png|jpeg|webp|gif)$/;

/** From the camera of a phone or a file; what was sent is shown as the node has it. */
export function Photos({ order }: { order: Order }) {
  const t = useText(workWords);
  const { uploads, add, again } = useUploads(order.id);
  const input = useRef<HTMLInputElement>(null);
  const choose = () => input.current?.click();
  useKeys({ "Alt+p": choose });
  const kept = order.attachments.filter((one) => one.status === "clean" || one.status === "unscanned");
  const waiting = uploads.filter((one) => one.state !== "done");
  return (
    <Panel title={t("photos")} aside={<Button shortcut="Alt+P" onClick={choose}>{t("take")}</Button>}>
      <input ref={input} className="sr-only" type="file" accept="image/*" capture="environment" multiple tabIndex={-1} aria-label={t("take")}
        onChange={(event) => { add(event.target.files); event.target.value = ""; }} />
      {waiting.map((one) => <Progress key={one.key} upload={one} again={() => again(one)} />)}
      <div className="photos">
        {kept.map((one) => {
          const from = `/api/v1/orders/${order.id}/attachments/${one.id}/bytes`;
          return (
            <a key={one.id} href={from} target="_blank" rel="noreferrer">
              {IMAGE.test(one.media_type) ? <img src={from} alt={one.name} loading="lazy" /> : one.name}
            </a>
          );
        })}
      </div>
      {kept.length === 0 && waiting.length === 0 && <p className="soft">{t("noPhotos")}</p>}
    </Panel>
  );
}

function Progress({ upload, again }: { upload: Upload; again: () => void }) {
  const t = useText(workWords);
  const said = useSaid();
  const percent = Math.floor((upload.sent / Math.max(upload.file.size, 1)) * 100);
  const words = { hashing: t("hashing"), sending: t("sending", { percent }), checking: t("checking"), done: t("done"), failed: t("failed", { problem: said(upload.problem) }) };
  return (
    <div className="row" role="status">
      <span className="grow">{upload.file.name} · {words[upload.state]}</span>
      {upload.state === "failed" && <Button size="small" onClick={again}>{t("again")}</Button>}
    </div>
  );
}
