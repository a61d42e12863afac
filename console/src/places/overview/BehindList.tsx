import { useNavigate } from "react-router";
import { useCodes, useStatus } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Button, Panel } from "../../ui/basic";
import { At } from "../../ui/order";
import { Read } from "../../ui/states";
import { Table, type Column } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { useBehind, type Behind, type Listed } from "./asking";
import { overviewWords } from "./words";

/** The orders behind a number. */
export function BehindList({ behind, onClose }: { behind: Behind; onClose: () => void }) {
  const t = useText(overviewWords);
  const code = useCodes();
  const word = useStatus();
  const go = useNavigate();
  const asked = useBehind(behind);
  const clocks: Column<Listed>[] = ["risk", "late"].includes(behind.what)
    ? [{ title: t("clock"), cell: (one) => <span className="tag orange">▲ {code("clocks", one.clock ?? "")} · {one.due_at && <At at={one.due_at} />}</span> }]
    : [];
  const columns: Column<Listed>[] = [
    { title: t("number"), cell: (one) => <span className="num">{one.number ?? one.order_id.slice(0, 8)}</span> },
    { title: t("what"), cell: (one) => <>{one.danger && <span className="tag red">◆ {t("dangerTag")}</span>} {one.title}</> },
    { title: t("state"), cell: (one) => word(one.kind, one.status) },
    ...clocks,
    { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
    { title: t("at"), cell: (one) => <At at={one.created_at} /> },
  ];
  return (
    <Panel title={t("behind", { what: behind.label })} aside={<Button size="small" shortcut="Esc" onClick={onClose}>{t("close")}</Button>}>
      <Read asked={asked} lines={8}>
        {(pages) => (
          <>
            <Table keys label={t("behind", { what: behind.label })} columns={columns} rows={pages.pages.flatMap((page) => page.orders)} id={(one) => `${one.order_id}-${one.clock ?? ""}`}
              onOpen={(one) => void go(`/orders/${one.order_id}`)} empty={t("none")} />
            {asked.hasNextPage && <Button loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>{t("more")}</Button>}
          </>
        )}
      </Read>
    </Panel>
  );
}
