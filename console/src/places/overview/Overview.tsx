import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { useLists } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { moment } from "../../i18n/times";
import { useNow } from "../../live/now";
import { Button, Panel } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { Empty, Read } from "../../ui/states";
import { useDistricts, useNumbers, type Behind, type Numbers } from "./asking";
import { AtRisk, Classes, Flows } from "./parts";
import { BehindList } from "./BehindList";
import { DistrictMap } from "./DistrictMap";
import "./overview.css";
import { overviewWords } from "./words";

export default function Overview() {
  const asked = useNumbers();
  const [search, setSearch] = useSearchParams();
  const wall = search.has("wall");
  const [behind, setBehind] = useState<Behind | null>(null);
  const setWall = (on: boolean) => setSearch(on ? { wall: "" } : {}, { replace: true });
  useKeys({
    w: () => setWall(!wall),
    Escape: () => (behind ? setBehind(null) : wall && setWall(false)),
  });
  return (
    <div className={wall ? "overview wall" : "overview"}>
      <Heading wall={wall} at={asked.data?.at} onWall={() => setWall(!wall)} />
      <Read asked={asked} lines={10}>
        {(numbers) => (
          <>
            <Four numbers={numbers} onOpen={setBehind} />
            {behind ? <BehindList behind={behind} onClose={() => setBehind(null)} /> : <Parts numbers={numbers} wall={wall} onOpen={setBehind} />}
          </>
        )}
      </Read>
    </div>
  );
}

function Heading({ wall, at, onWall }: { wall: boolean; at?: string; onWall: () => void }) {
  const t = useText(overviewWords);
  const lang = useLang();
  const now = useNow();
  return (
    <div className="row">
      <h1 className="grow">{t("title")}</h1>
      {at && <span className="soft num">{t("fresh", { time: moment(at, now, lang) })}</span>}
      <Button shortcut="w" onClick={onWall}>{t(wall ? "leaveWall" : "wall")}</Button>
    </div>
  );
}

/** The four numbers; each is a button and a key. */
function Four({ numbers, onOpen }: { numbers: Numbers; onOpen: (behind: Behind) => void }) {
  const t = useText(overviewWords);
  const open = (what: Behind["what"]) => () => onOpen({ what, label: t(what as "today") });
  const openClocks = (what: "risk" | "late", count: number) => () => onOpen({ what, label: t(what, { count }) });
  const clocks = numbers.late ? openClocks("late", numbers.late) : openClocks("risk", numbers.risk);
  useKeys({ "1": open("today"), "2": open("open"), "3": open("danger"), "4": clocks });
  const diff = numbers.today - numbers.yesterday;
  return (
    <div className="four">
      <Number word={t("today")} value={numbers.today} onOpen={open("today")} at="1"><span title={t("yesterday", { count: numbers.yesterday })}>{t("vs", { diff: diff > 0 ? `+${diff}` : diff })}</span></Number>
      <Number word={t("open")} value={numbers.open} onOpen={open("open")} at="2">{t("asked", { count: numbers.asked })}</Number>
      <Number word={t("danger")} value={numbers.danger} onOpen={open("danger")} at="3" kind={numbers.danger ? "red" : ""}>{numbers.danger ? "◆" : "✓"}</Number>
      <Number word={t("clocks")} value={numbers.risk + numbers.late} onOpen={clocks} at="4" kind={numbers.risk + numbers.late ? "orange" : ""}>
        <button className="plain" onClick={openClocks("risk", numbers.risk)}>{t("risk", { count: numbers.risk })}</button> · <button className="plain" onClick={openClocks("late", numbers.late)}>{t("late", { count: numbers.late })}</button>
      </Number>
    </div>
  );
}

function Number({ word, value, at, kind = "", onOpen, children }: { word: string; value: number; at: string; kind?: string; onOpen: () => void; children: React.ReactNode }) {
  return (
    <section className={`panel number ${kind}`} aria-label={`${word} ${value}`}>
      <button className="plain big" onClick={onOpen}><span>{word} <kbd aria-hidden>{at}</kbd></span><strong className="num">{value.toLocaleString()}</strong></button>
      <span className="soft">{children}</span>
    </section>
  );
}

function Parts({ numbers, wall, onOpen }: { numbers: Numbers; wall: boolean; onOpen: (behind: Behind) => void }) {
  const t = useText(overviewWords);
  const go = useNavigate();
  const districts = useDistricts();
  const lists = useLists().data;
  return (
    <div className="parts">
      <Panel title={t("map")}>
        <Read asked={districts} lines={8}>{(map) => <DistrictMap features={map.features} heat={numbers.districts} onOpen={(key, label) => onOpen({ what: "district", key, label })} />}</Read>
      </Panel>
      <Panel title={t("flow")}>
        {numbers.flows.length ? <Flows numbers={numbers} wall={wall} onOpen={onOpen} /> : <Empty>{t("noFlow")}</Empty>}
      </Panel>
      <Panel title={t("atRisk")}>
        {numbers.clocks.length ? <AtRisk clocks={numbers.clocks} onOpen={(id) => void go(`/orders/${id}`)} /> : <Empty>{t("noRisk")}</Empty>}
      </Panel>
      <Panel title={t("classes")}>
        {numbers.classes.length ? <Classes classes={numbers.classes} names={lists?.classes as Record<string, string[]> | undefined} onOpen={(key, label) => onOpen({ what: "class", key, label })} /> : <Empty>{t("noClass")}</Empty>}
      </Panel>
    </div>
  );
}
