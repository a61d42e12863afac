import type { ReactNode } from "react";
import type { components } from "../api/generated/schema";

type Span = components["schemas"]["Span"];

/** What was said, with the words on which the verdict rests marked. */
export function Said({ text, spans = [] }: { text: string; spans?: Span[] }) {
  const words = [...new Map(spans.map((span) => [span.text, span.says])).entries()].filter(([word]) => word);
  return <p className="said">{cut(text, words)}</p>;
}

function cut(text: string, words: [string, string][]): ReactNode[] {
  const first = words
    .map(([word, says]) => ({ word, says, at: text.indexOf(word) }))
    .filter((one) => one.at >= 0)
    .sort((a, b) => a.at - b.at || b.word.length - a.word.length)[0];
  if (!first) return [text];
  const end = first.at + first.word.length;
  const mark = <mark key={`${end}-${text.length}`} className={first.says.startsWith("danger") ? "danger" : ""}>{first.word}</mark>;
  return [text.slice(0, first.at), mark, ...cut(text.slice(end), words)];
}
