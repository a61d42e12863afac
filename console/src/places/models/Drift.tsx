import { useQuery } from "@tanstack/react-query";
import { api, body } from "../../api/client";
import { useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { Empty, Read } from "../../ui/states";
import { share } from "./shown";
import { modelWords, type ModelWord } from "./words";

/** Whether what comes in is still what was learnt, and whether the first guess still comes true. */
export function Drift() {
  const t = useText(modelWords);
  const asked = useQuery({ queryKey: ["drift"], queryFn: () => body(api.GET("/api/v1/models/drift")) });
  return (
    <Read asked={asked} lines={6}>
      {(found) => (
        <>
          {found.length === 0 && <Empty>{t("noDrift")}</Empty>}
          {found.map((one) => (
            <Panel key={one.name} title={`${t(one.name as ModelWord)} ${one.version}`} aside={one.why.length ? <span className="tag orange">▲ {t("drifted")}</span> : <span className="tag green">✓ {t("steady")}</span>}>
              {one.why.map((why) => <p key={why}>{why}</p>)}
              <dl className="facts">
                <dt>{t("shift")}</dt><dd className="num">{share(one.shift)} <span className="soft">{t("now", { days: one.days })}，{one.rows}</span></dd>
                <dt>{t("heldNow")}</dt><dd className="num">{share(one.held)} <span className="soft">{t("measured")} {share(one.measured)}，{one.became}</span></dd>
                <dt>{t("accepted")}</dt><dd className="num">{share(one.accepted)} <span className="soft">{one.chosen}</span></dd>
              </dl>
              {one.moves.length > 0 && (
                <div>
                  <h3>{t("moves")}</h3>
                  <div className="facts-row">{one.moves.map((move) => <span key={move.code} className="tag num">{move.name || move.code} {share(move.learnt)} → {share(move.now)}</span>)}</div>
                </div>
              )}
            </Panel>
          ))}
        </>
      )}
    </Read>
  );
}
