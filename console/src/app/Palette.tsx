import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { api, body } from "../api/client";
import { common } from "../i18n/common";
import { useLang, useText } from "../i18n/text";
import type { Place } from "../places/place";
import { Input, Window } from "../ui/basic";

export interface Command {
  name: string;
  run: () => void;
}

interface Props {
  open: boolean;
  onClose: () => void;
  places: Place[];
  commands: Command[];
}

/** Ctrl K: an order by its number, a unit, a place, a command. */
export function Palette(props: Props) {
  const t = useText(common);
  return (
    <Window open={props.open} onClose={props.onClose} title={t("find")}>
      <Finding {...props} />
    </Window>
  );
}

function Finding({ onClose, places, commands }: Props) {
  const t = useText(common);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const found = useFound(typed.trim(), places, commands);
  const run = (one: Command | undefined) => {
    if (!one) return;
    onClose();
    one.run();
  };
  const pressed = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((before) => Math.min(Math.max(before + step, 0), found.length - 1));
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) run(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="palette" onKeyDown={pressed}>
      <Input autoFocus value={typed} aria-label={t("find")} role="combobox" aria-expanded aria-controls="palette-found" aria-activedescendant={found[at] ? `palette-${at}` : undefined}
        onChange={(event) => { setTyped(event.target.value); setAt(0); }} />
      <ul role="listbox" id="palette-found" aria-label={t("go")}>
        {found.map((one, index) => (
          <li key={one.name} id={`palette-${index}`} role="option" aria-selected={index === at} onMouseEnter={() => setAt(index)} onClick={() => run(one)}>{one.name}</li>
        ))}
      </ul>
      {found.length === 0 && <p className="soft">{t("findNothing")}</p>}
    </div>
  );
}

function useFound(typed: string, places: Place[], commands: Command[]): Command[] {
  const t = useText(common);
  const lang = useLang();
  const go = useNavigate();
  const number = /^[\w-]{8,}$/.test(typed) ? typed : "";
  const order = useQuery({
    queryKey: ["order", number],
    enabled: number !== "",
    retry: false,
    queryFn: () => body(api.GET("/api/v1/orders/{key}", { params: { path: { key: number } } })),
  });
  const here = [
    ...places.filter((place) => place.to).map((place) => ({ name: `${t("go")}：${place.label[lang]}`, run: () => void go(place.to!) })),
    ...commands,
  ].filter((one) => one.name.toLowerCase().includes(typed.toLowerCase()));
  const it = number ? order.data : undefined;
  return it ? [{ name: t("openOrder", { number: it.number ?? it.id }), run: () => void go(`/orders/${it.id}`) }, ...here] : here;
}
