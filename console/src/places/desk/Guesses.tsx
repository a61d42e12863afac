import type { components } from "../../api/generated/schema";
import { useText } from "../../i18n/text";
import { deskWords } from "./words";

type Suggestion = components["schemas"]["Suggestion"];

interface Props {
  suggestion: Suggestion | undefined;
  /** The word of a code where the node gives none. */
  word?: (code: string) => string;
  chosen?: string;
  take: (code: string) => void;
  /** Alt with this digit takes the first guess, with the next the second. Alt+1 – 3 are the cards'. */
  firstKey?: number;
}

const LEAST = 0.01; // what is less likely is not worth a look
export const percent = (share: number) => `${Math.round(share * 100)} %`;

/** The first three with how probable they are, or an honest "I don't know". Not in the order of Tab: a form is gone through as before. */
export function Guesses({ suggestion, word, chosen, take, firstKey }: Props) {
  const t = useText(deskWords);
  if (!suggestion || (suggestion.guesses.length === 0 && !suggestion.measured)) return null;
  const shown = suggestion.guesses.filter((one, at) => at === 0 || one.probability >= LEAST);
  return (
    <div className="guesses" title={t("byModel", { model: `${suggestion.model} ${suggestion.version}` })}>
      {suggestion.unsure && <span className="tag">? {t("unsure")}</span>}
      {shown.map((one, at) => (
        <button key={one.code} type="button" tabIndex={-1} className="guess" aria-pressed={chosen === one.code} title={one.why} onClick={() => take(one.code)}>
          {one.name || word?.(one.code) || one.code} {suggestion.measured && <span className="num">{percent(one.probability)}</span>}{" "}
          {firstKey && <kbd aria-hidden>Alt {firstKey + at}</kbd>}
        </button>
      ))}
    </div>
  );
}
