import { Fragment } from "react";
import { common } from "../i18n/common";
import { useLang, useText } from "../i18n/text";
import type { Place } from "../places/place";
import { Window } from "../ui/basic";

const EVERYWHERE: Place["keys"] = [
  ["Ctrl+K", { zh: "查找工单、页面、命令", en: "Find an order, a page, a command" }],
  ["?", { zh: "显示快捷键", en: "Show the keys" }],
];

/** The keys of every place that this person may open. */
export function CheatSheet({ open, onClose, places }: { open: boolean; onClose: () => void; places: Place[] }) {
  const t = useText(common);
  const lang = useLang();
  return (
    <Window open={open} onClose={onClose} title={t("keys")} width={760}>
      <div className="sheet">
        <Keys title={t("product")} keys={EVERYWHERE} />
        {places.filter((place) => place.keys.length).map((place) => <Keys key={place.path} title={place.label[lang]} keys={place.keys} />)}
      </div>
    </Window>
  );
}

function Keys({ title, keys }: { title: string; keys: Place["keys"] }) {
  const lang = useLang();
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, word]) => <Fragment key={key}><dt><kbd>{key}</kbd></dt><dd>{word[lang]}</dd></Fragment>)}
      </dl>
    </section>
  );
}
