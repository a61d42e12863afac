import { useId, type ReactNode } from "react";
import { useText } from "../../i18n/text";
import { deskWords } from "./words";

interface Props {
  label: string;
  /** The proposal's words; shown in grey while the field is empty. */
  proposal?: string;
  empty: boolean;
  take: () => void;
  children: (id: string) => ReactNode;
}

/** A field with a grey proposal. Tab takes it and goes on; typing anything else leaves it. */
export function Proposed({ label, proposal, empty, take, children }: Props) {
  const t = useText(deskWords);
  const id = useId();
  const offered = empty && proposal ? proposal : "";
  const pressed = (event: React.KeyboardEvent) => {
    if (event.key === "Tab" && !event.shiftKey && offered) take();
  };
  return (
    <div className="field" onKeyDownCapture={pressed}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {offered && <span className="proposed" aria-live="polite">{offered} <kbd>{t("takes")}</kbd></span>}
    </div>
  );
}
