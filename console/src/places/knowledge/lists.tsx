import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { api, body } from "../../api/client";
import { useCards, type Card } from "../../api/knowledge";
import { useSettled } from "../../api/settled";
import { useCodes } from "../../i18n/codes";
import { useText } from "../../i18n/text";
import { Button, Input, Panel, Select } from "../../ui/basic";
import { useKeys } from "../../ui/keys";
import { At } from "../../ui/order";
import { Empty, Read } from "../../ui/states";
import { Table, type Column } from "../../ui/table";
import { UnitName } from "../../ui/unit";
import { knowledgeWords } from "./words";

interface Opens {
  onOpen: (number: string) => void;
}
const PAGE = 50;
const FOUND = 20;

export function Search({ onOpen }: Opens) {
  const t = useText(knowledgeWords);
  const code = useCodes();
  const [search, setSearch] = useSearchParams();
  const typed = search.get("q") ?? "";
  const type = (q: string) => setSearch({ tab: "search", ...(q ? { q } : {}) }, { replace: true });
  const q = useSettled(typed, 200).trim();
  const asked = useCards(q, FOUND);
  const box = useRef<HTMLDivElement>(null);
  useKeys({ "/": () => box.current?.querySelector("input")?.focus() });
  return (
    <Panel title={t("search")}>
      <div ref={box}><Input autoFocus allowClear aria-label={t("ask")} placeholder={t("ask")} value={typed} onChange={(event) => type(event.target.value)} /></div>
      {q.length < 2 ? <Empty>{t("askFirst")}</Empty> : (
        <Read asked={asked} lines={6}>
          {({ cards }) => cards.length === 0 ? <Empty>{t("found")}</Empty> : (
            <ul className="cards">
              {cards.map((one) => (
                <li key={one.id}>
                  <div className="row">
                    <button className="plain grow" onClick={() => onOpen(one.number)}><strong>{one.title}</strong></button>
                    <span className="tag">{code("scopes", one.scope)}</span>
                    <span className="soft num">{t("score")} {Math.round(one.score * 100)}%</span>
                  </div>
                  <p>{one.answer}</p>
                  <p className="soft"><span className="num">{one.number}</span> · <UnitName code={one.unit} />{one.law && <> · {one.law}</>} · “{one.asked_as}”</p>
                </li>
              ))}
            </ul>
          )}
        </Read>
      )}
    </Panel>
  );
}

function useColumns(): Column<Card>[] {
  const t = useText(knowledgeWords);
  const code = useCodes();
  return [
    { title: t("name"), cell: (one) => one.title },
    { title: t("number"), cell: (one) => <span className="num">{one.number}</span> },
    { title: t("unit"), cell: (one) => <UnitName code={one.unit} /> },
    { title: t("scope"), cell: (one) => code("scopes", one.scope) },
    { title: t("version"), cell: (one) => (one.in_force ? <span className="tag green">✓ {t("inForce", { count: one.in_force })}</span> : <span className="tag">{t("none")}</span>) },
    { title: t("until"), cell: (one) => <Day day={one.valid_until} /> },
    { title: t("review"), cell: (one) => <Day day={one.review_on} /> },
    { title: t("changed"), cell: (one) => <At at={one.changed_at} /> },
  ];
}

const SOON = 30; // days before its day that a date turns orange

function Day({ day }: { day: string | null }) {
  if (!day) return <>—</>;
  const soon = (new Date(day).getTime() - Date.now()) / 86_400_000 < SOON;
  return <span className={soon ? "tag orange" : "num"}>{soon && "▲ "}{day}</span>;
}

export function All({ onOpen }: Opens) {
  const t = useText(knowledgeWords);
  const columns = useColumns();
  const asked = useInfiniteQuery({
    queryKey: ["cards", "all"],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: { next: string | null }) => page.next ?? undefined,
    queryFn: ({ pageParam }) => body(api.GET("/api/v1/knowledge/cards", { params: { query: { before: pageParam, limit: PAGE } } })),
  });
  return (
    <Panel title={t("cards")}>
      <Read asked={asked} lines={10}>
        {({ pages }) => <Table keys label={t("cards")} rows={pages.flatMap((page) => page.cards)} id={(one) => one.id} empty={t("noCards")} onOpen={(one) => onOpen(one.number)} columns={columns} />}
      </Read>
      {asked.hasNextPage && <Button loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>{t("more")}</Button>}
    </Panel>
  );
}

const WITHIN = [7, 30, 90, 365];

export function Ending({ onOpen }: Opens) {
  const t = useText(knowledgeWords);
  const columns = useColumns();
  const [days, setDays] = useState(30);
  const asked = useQuery({ queryKey: ["cards", "ending", days], queryFn: () => body(api.GET("/api/v1/knowledge/ending", { params: { query: { days } } })) });
  return (
    <Panel title={t("ending")} aside={<Select aria-label={t("ending")} value={days} onChange={(value: number) => setDays(value)} options={WITHIN.map((one) => ({ value: one, label: t("days", { days: one }) }))} />}>
      <Read asked={asked} lines={8}>
        {(cards) => <Table keys label={t("ending")} rows={cards} id={(one) => one.id} empty={t("noEnding", { days })} onOpen={(one) => onOpen(one.number)} columns={columns} />}
      </Read>
    </Panel>
  );
}

/** What another person has to read before it counts. */
export function Waiting({ onOpen }: Opens) {
  const t = useText(knowledgeWords);
  const code = useCodes();
  const asked = useQuery({ queryKey: ["cards", "waiting"], refetchInterval: 30_000, queryFn: () => body(api.GET("/api/v1/knowledge/waiting")) });
  return (
    <Panel title={t("waiting")}>
      <Read asked={asked} lines={8}>
        {(versions) => (
          <Table keys label={t("waiting")} rows={versions} id={(one) => `${one.number}-${one.version}`} empty={t("noWaiting")} onOpen={(one) => onOpen(one.number)}
            columns={[
              { title: t("name"), cell: (one) => one.content.title },
              { title: t("number"), cell: (one) => <span className="num">{one.number} #{one.version}</span> },
              { title: t("unit"), cell: (one) => <UnitName code={one.content.unit} /> },
              { title: t("scope"), cell: (one) => code("scopes", one.content.scope) },
              { title: t("by"), cell: (one) => one.made_by },
              { title: t("at"), cell: (one) => <At at={one.made_at} /> },
            ]} />
        )}
      </Read>
    </Panel>
  );
}
