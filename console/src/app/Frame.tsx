import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { NavLink, useLocation } from "react-router";
import { api, body, onSignedOut } from "../api/client";
import { useWaiting } from "../api/outbox";
import { signOut } from "../api/session";
import { colourOf, shortCentre, useCodes } from "../i18n/codes";
import { common } from "../i18n/common";
import { setLang, useLang, useText } from "../i18n/text";
import { useConnected } from "../live/live";
import { useNow } from "../live/now";
import type { Place } from "../places/place";
import { setTheme, useTheme, wear } from "../theme/theme";
import { Button } from "../ui/basic";
import { EmergencyBar } from "../ui/emergency";
import { useKeys } from "../ui/keys";
import { Division } from "../ui/order";
import { OfflineBanner } from "../ui/states";
import { CheatSheet } from "./CheatSheet";
import { Palette, type Command } from "./Palette";
import { useMay, usePerson } from "./person";
import { SignInForm } from "./SignIn";

/** Rail, top line, work. Nothing in it moves while somebody works. */
export function Frame({ places, children }: { places: Place[]; children: ReactNode }) {
  const t = useText(common);
  const lang = useLang();
  const [finding, setFinding] = useState(false);
  const [sheet, setSheet] = useState(false);
  const commands = useCommands();
  const waiting = useWaiting();
  const person = usePerson();
  useKeys({ "Ctrl+k": () => setFinding(true), "?": () => setSheet(true) });
  useTitle(places);
  return (
    <div className="frame">
      <a className="skip" href="#work">{t("skip")}</a>
      <Top onFind={() => setFinding(true)} onKeys={() => setSheet(true)} />
      <nav className="rail" aria-label={t("go")}>
        {places.filter((place) => place.to).map((place) => (
          <NavLink key={place.path} to={place.to!}>
            {place.icon && <place.icon />}
            {place.label[lang]}
          </NavLink>
        ))}
      </nav>
      <main className="work" id="work" tabIndex={-1}>
        <OfflineBanner waiting={waiting} />
        <EmergencyBar roles={person.roles} />
        <Expired />
        {children}
      </main>
      <Palette open={finding} onClose={() => setFinding(false)} places={places} commands={commands} />
      <CheatSheet open={sheet} onClose={() => setSheet(false)} places={places} />
    </div>
  );
}

function Top({ onFind, onKeys }: { onFind: () => void; onKeys: () => void }) {
  const t = useText(common);
  const person = usePerson();
  const code = useCodes();
  const lang = useLang();
  const live = useConnected();
  const now = useNow();
  useEffect(() => wear(person.centre, colourOf(person.centre)), [person.centre]);
  return (
    <header className="top">
      <strong>{code("centres", person.centre)}</strong>
      {person.division && <span className="tag">◎ <Division code={person.division} /></span>}
      <Lamps />
      <span className="grow" />
      <button onClick={onFind}>{t("go")} <kbd>Ctrl K</kbd></button>
      <button className="wide" onClick={onKeys}>{t("keys")} <kbd>?</kbd></button>
      <span className="wide">{live ? `● ${t("live")}` : `▲ ${t("notLive")}`}</span>
      <span className="wide">{person.display_name}</span>
      <time className="num" dateTime={now.toISOString()}>{now.toLocaleTimeString(lang === "zh" ? "zh-CN" : "en-GB", { hour12: false })}</time>
    </header>
  );
}

const LINK = { up: "linkUp", slow: "linkSlow", down: "linkDown", never: "linkNever" } as const;

function Lamps() {
  const t = useText(common);
  const lang = useLang();
  const may = useMay();
  const peers = useQuery({ queryKey: ["peers"], enabled: may("GET /api/v1/peers"), refetchInterval: 15_000, queryFn: () => body(api.GET("/api/v1/peers")), retry: false });
  return (
    <ul className="lamps wide" aria-label={t("links")}>
      {(peers.data ?? []).map((peer) => (
        <li key={peer.code} className={peer.state === "up" ? "" : "down"}>{shortCentre(peer.code, lang)} {t(LINK[peer.state] ?? "linkDown")}</li>
      ))}
    </ul>
  );
}

/** The session ended under a half-typed form or in mid-call: it is said, and nothing is taken from under the hands. Whoever signs in goes on where they were. */
function Expired() {
  const t = useText(common);
  const client = useQueryClient();
  const person = usePerson();
  const [ended, setEnded] = useState(false);
  const [signing, setSigning] = useState(false);
  const typedIn = useRef<HTMLElement | null>(null);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  const start = () => {
    typedIn.current = document.activeElement as HTMLElement | null;
    setSigning(true);
  };
  const back = () => {
    setEnded(false);
    setSigning(false);
    void client.invalidateQueries();
    typedIn.current?.focus();
  };
  useKeys({ "Alt+l": start }, ended && !signing);
  if (!ended) return null;
  return (
    <section className="panel expired" aria-label={t("signIn")}>
      <p role="alert">▲ {t("expired")}</p>
      {signing ? <SignInForm name={person.name} onDone={back} /> : <Button type="primary" shortcut="Alt+L" onClick={start}>{t("signIn")}</Button>}
    </section>
  );
}

function useCommands(): Command[] {
  const t = useText(common);
  const lang = useLang();
  const theme = useTheme();
  const client = useQueryClient();
  const leave = async () => {
    await signOut();
    client.clear();
    window.location.assign("/");
  };
  return [
    { name: `${t("theme")}：${t(theme === "dark" ? "light" : "dark")}`, run: () => setTheme(theme === "dark" ? "light" : "dark") },
    { name: t("language"), run: () => setLang(lang === "zh" ? "en" : "zh") },
    { name: t("signOut"), run: () => void leave() },
  ];
}

function useTitle(places: Place[]): void {
  const lang = useLang();
  const t = useText(common);
  const at = useLocation().pathname;
  const label = places.find((place) => place.to && at.startsWith(place.to))?.label[lang];
  const product = t("product");
  useEffect(() => {
    document.title = label ? `${label} · ${product}` : product;
  }, [label, product]);
}
