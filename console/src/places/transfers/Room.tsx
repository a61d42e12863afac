import type { CSSProperties } from "react";
import { colourOf, shortCentre } from "../../i18n/codes";
import { useLang, useText } from "../../i18n/text";
import { Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { usePrecedents, type Waiting } from "./asking";
import { transferWords } from "./words";

/** Who says whose it is, on what basis; and how the same question was settled before. */
export function Room({ row }: { row: Waiting }) {
  const t = useText(transferWords);
  const lang = useLang();
  const positions = row.transfer.positions ?? [];
  return (
    <Panel title={t("room")}>
      {positions.length === 0 && <p className="soft">{t("noPositions")}</p>}
      <ol className="positions">
        {positions.map((one) => (
          <li key={one.at} style={{ "--lane": colourOf(one.centre) } as CSSProperties}>
            <div className="row">
              <strong>{shortCentre(one.centre, lang)}</strong>
              {one.ruling && <span className="tag blue">§ {t("ruling")}</span>}
              <span>{t("owner", { centre: shortCentre(one.owner, lang) })}</span>
              <span className="grow" />
              <span className="soft">{one.person ?? ""} <At at={one.at} /></span>
            </div>
            <p><span className="tag">{t(`basis_${one.basis_kind}`)}</span> {one.basis}</p>
            {one.text && <p className="said soft">{one.text}</p>}
          </li>
        ))}
      </ol>
      <Precedents row={row} />
    </Panel>
  );
}

function Precedents({ row }: { row: Waiting }) {
  const t = useText(transferWords);
  const lang = useLang();
  const asked = usePrecedents(row.order, row.transfer);
  return (
    <>
      <h3>{t("precedents")}</h3>
      <Read asked={asked} lines={2}>
        {(found) => found.length === 0 ? <p className="soft">{t("noPrecedents")}</p> : (
          <>
            {found.map((precedent) => (
              <p key={precedent.transfer_id}>
                <strong>{t("settled", { centre: shortCentre(precedent.owner, lang) })}</strong> <span className="tag">{t(`by_${precedent.settled_by as "agreement"}`)}</span> {precedent.question} <span className="soft">{precedent.basis} <At at={precedent.settled_at} /></span>
              </p>
            ))}
          </>
        )}
      </Read>
    </>
  );
}
