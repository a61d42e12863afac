"""Lifecycles as data: a row a transition. From the same table come the check, the allowed actions, the diagrams and the test matrix."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

S = TypeVar("S")  # what a guard looks at

Guard = Callable[[Any, Any], str | None]
"""(snapshot, command) -> None when it may pass, otherwise a sentence that says why not. With command None it answers for the screen: could it pass at all?"""


class Transition(Struct, frozen=True, kw_only=True):
    """One row. `target` None keeps the status. `roles` are who may: people, `clock` (a timer), `peer` (another centre)."""

    action: str
    sources: frozenset[str]
    target: str | None = None
    roles: frozenset[str]
    event: str
    label: str
    label_en: str
    guards: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()


def row(
    action: str,
    sources: str | frozenset[str],
    target: str | None,
    roles: frozenset[str],
    event: str,
    label: str,
    label_en: str,
    **more: tuple[str, ...],
) -> Transition:
    """One row, written short: `sources` may be words with spaces between them."""
    return Transition(
        action=action,
        sources=frozenset(sources.split()) if isinstance(sources, str) else sources,
        target=target,
        roles=roles,
        event=event,
        label=label,
        label_en=label_en,
        **more,
    )


MOST_KEPT = 4096  # statuses times sets of roles


class Blocked(Struct, frozen=True):
    """Why an action can't be taken now. `code` is one of core.errors.PROBLEMS."""

    code: str
    text: str


class Lifecycle(Generic[S]):
    """An executor over a table. `initial` are the statuses that a record may be born in, `final` the ones where its loop is closed."""

    def __init__(
        self,
        name: str,
        *,
        statuses: Mapping[str, tuple[str, str]],
        initial: Iterable[str],
        final: Iterable[str],
        rows: Iterable[Transition],
        guards: Mapping[str, Guard],
    ) -> None:
        self.name = name
        self.statuses = dict(statuses)
        self.initial = frozenset(initial)
        self.final = frozenset(final)
        self.rows = tuple(rows)
        self.guards = guards
        self._by_action: dict[tuple[str, str], list[Transition]] = defaultdict(list)
        self._by_status: dict[str, list[Transition]] = defaultdict(list)
        self._by_roles: dict[tuple[str, frozenset[str]], list[Transition]] = {}
        for row in self.rows:
            for source in row.sources:
                self._by_action[row.action, source].append(row)
                self._by_status[source].append(row)

    def find(self, status: str, action: str, roles: frozenset[str], snapshot: S, command: Any) -> Transition | Blocked:
        """The first row for this action in this status that the roles and the guards let pass, or why none does."""
        rows = self._by_action.get((action, status), ())
        if not rows:
            return Blocked("action_not_allowed", f"“{self._word(status)}”状态下不能进行“{self._label(action)}”")
        blocked = Blocked("not_permitted", f"“{self._label(action)}”需要角色：{'、'.join(sorted(rows[0].roles))}")
        for row in rows:
            if not row.roles & roles:
                continue
            refusal = self._refusal(row, snapshot, command)
            if refusal is None:
                return row
            blocked = Blocked("guard_refused", refusal)
        return blocked

    def allowed(self, status: str, roles: frozenset[str], snapshot: S) -> list[Transition]:
        """What these roles may do now; one row an action."""
        found: dict[str, Transition] = {}
        passes: dict[str, bool] = {}  # many rows share a guard, which is asked once
        for row in self._rows_for(status, roles):
            if row.action in found:
                continue
            for name in row.guards:
                if name not in passes:
                    passes[name] = self.guards[name](snapshot, None) is None
                if not passes[name]:
                    break
            else:
                found[row.action] = row
        return list(found.values())

    def _rows_for(self, status: str, roles: frozenset[str]) -> list[Transition]:
        """The rows of a status that these roles may press, kept for the few sets of roles that there are."""
        kept = self._by_roles.get((status, roles))
        if kept is None:
            kept = [row for row in self._by_status.get(status, ()) if not roles.isdisjoint(row.roles)]
            if len(self._by_roles) < MOST_KEPT:
                self._by_roles[status, roles] = kept
        return kept

    def problems(self, *, clocks: Iterable[str] = (), messages: Iterable[str] = ()) -> list[str]:
        """Everything that is wrong with the table, in words; empty when it is sound."""
        found: list[str] = []
        known = set(self.statuses)
        for row in self.rows:
            where = f"{self.name}.{row.action}"
            found += [f"{where}: unknown source {s}" for s in row.sources - known]
            if row.target is not None and row.target not in known:
                found.append(f"{where}: unknown target {row.target}")
            found += [f"{where}: unknown guard {g}" for g in row.guards if g not in self.guards]
            found += [
                f"{where}: unknown clock {c}" for c in (*row.starts, *row.stops) if clocks and c not in set(clocks)
            ]
            found += [f"{where}: unknown message {m}" for m in row.sends if messages and m not in set(messages)]
            if not row.roles:
                found.append(f"{where}: nobody may do this")
        found += [f"{self.name}: {s} can't be reached" for s in sorted(known - self._reachable())]
        found += [f"{self.name}: no way from {s} to a final status" for s in sorted(known - self._ending())]
        for (action, status), rows in self._by_action.items():
            roles_seen: set[str] = set()
            for row in rows:
                if not row.guards and row is not rows[-1] and row.roles & rows[-1].roles:
                    found.append(f"{self.name}.{action} in {status}: a row after an unguarded one can't be reached")
                roles_seen |= row.roles
        return found

    def _refusal(self, row: Transition, snapshot: S, command: Any) -> str | None:
        for name in row.guards:
            refusal = self.guards[name](snapshot, command)
            if refusal is not None:
                return refusal
        return None

    def _reachable(self) -> set[str]:
        return self._closure(set(self.initial), lambda row: (row.sources, {row.target} if row.target else set()))

    def _ending(self) -> set[str]:
        return self._closure(set(self.final), lambda row: ({row.target} if row.target else set(), row.sources))

    def _closure(self, start: set[str], edge: Callable[[Transition], tuple[Any, Any]]) -> set[str]:
        seen = set(start)
        while True:
            more = {s for row in self.rows for s in edge(row)[1] if edge(row)[0] & seen} - seen
            if not more:
                return seen
            seen |= more

    def _word(self, status: str) -> str:
        return self.statuses[status][0]

    def _label(self, action: str) -> str:
        return next((row.label for row in self.rows if row.action == action), action)
