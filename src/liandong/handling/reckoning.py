"""When a rung of a ladder comes, and when a clock is due that was held, extended or that follows another rule now. Pure."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from liandong.catalogue.clocks import ClockPolicy
from liandong.core.worktime import (
    Left,
    Limit,
    LimitKind,
    WorkingDays,
    add_working_time,
    deadline,
    remaining,
    working_days_between,
    working_time_between,
)
from liandong.handling.policy import Rung

Span = tuple[datetime, datetime]
_MOST_MOMENTS = 10_000  # of rungs that are remembered: every change of an order asks for the same ones again


class Reckoning:
    """One centre's clocks, calendar and office hours."""

    def __init__(self, clocks: ClockPolicy, calendar: WorkingDays, centre: str) -> None:
        self._clocks = clocks
        self._calendar = calendar
        self._hours = clocks.hours(centre)
        self._moments: dict[tuple[object, ...], datetime] = {}

    def limit(self, clock: str, tags: frozenset[str]) -> Limit:
        return self._clocks.clock(clock, tags=tags)

    def longest_extension(self, clock: str, tags: frozenset[str]) -> int:
        """In working days; 0 where none may be granted."""
        longest = self._clocks.entry(clock, tags=tags).extension
        return longest.amount if longest is not None and longest.kind is LimitKind.WORKING_DAYS else 0

    def until(self, clock: str, tags: frozenset[str], since: datetime) -> datetime:
        """The end of a window that opened at `since`, in UTC."""
        return self._deadline(since, self.limit(clock, tags))

    def local(self, moment: datetime) -> datetime:
        """In the zone of the office hours."""
        return moment.astimezone(self._hours.tz)

    def extended(self, due_at: datetime, days: int) -> datetime:
        return self._deadline(due_at, Limit(LimitKind.WORKING_DAYS, days)) if days else due_at

    def due(
        self, clock: str, tags: frozenset[str], started_at: datetime, *, held: Iterable[Span] = (), days: int = 0
    ) -> datetime:
        """Under the limits of today: from the start, with the time that it was held and the days that it was extended by."""
        limit, held = self.limit(clock, tags), list(held)
        if limit.kind is LimitKind.WORKING_DAYS:
            rested = sum(self._days(since, until) for since, until in held)
            return self._deadline(started_at, Limit(LimitKind.WORKING_DAYS, limit.amount + rested + days))
        if limit.kind is LimitKind.WORKING_MINUTES:
            paused = sum((self._worked(since, until) for since, until in held), timedelta(0))
            span = timedelta(minutes=limit.amount) + paused
            at = add_working_time(started_at, span, calendar=self._calendar, hours=self._hours).astimezone(UTC)
        else:
            at = started_at + limit.wall + sum((until - since for since, until in held), timedelta(0))
        return self.extended(at, days)

    def left(self, clock: str, tags: frozenset[str], now: datetime, due_at: datetime) -> Left:
        return remaining(now, due_at, limit=self.limit(clock, tags), calendar=self._calendar, hours=self._hours)

    def rung_at(
        self,
        rung: Rung,
        clock: str,
        tags: frozenset[str],
        started_at: datetime,
        due_at: datetime,
        *,
        held: Sequence[Span] = (),
    ) -> datetime:
        """A share of the time that the clock runs, not of the time that it is held; in working time it falls into office hours.

        Time after the limit counts from the deadline.
        """
        asked = rung.share, rung.after, clock, tags, started_at, due_at, *held
        if asked not in self._moments:
            if len(self._moments) >= _MOST_MOMENTS:
                self._moments.clear()
            self._moments[asked] = self._rung_at(rung, clock, tags, started_at, due_at, held)
        return self._moments[asked]

    def _rung_at(
        self,
        rung: Rung,
        clock: str,
        tags: frozenset[str],
        started_at: datetime,
        due_at: datetime,
        held: Sequence[Span],
    ) -> datetime:
        if rung.after is not None:
            return self._deadline(due_at, rung.after)
        share = rung.share or 1.0
        if share >= 1 or due_at <= started_at:
            return due_at
        wall = self.limit(clock, tags).kind.is_wall_clock
        passed = (lambda since, until: max(until - since, timedelta(0))) if wall else self._worked
        held = sorted(held)
        span = passed(started_at, due_at) - sum((passed(*one) for one in held), timedelta(0))
        left, since = span * share, started_at
        for begins, ends in held:
            run = passed(since, begins)
            if run >= left:
                break
            left, since = left - run, ends
        if wall:
            return since + left
        return add_working_time(since, left, calendar=self._calendar, hours=self._hours).astimezone(UTC)

    def _deadline(self, start: datetime, limit: Limit) -> datetime:
        return deadline(start, limit, calendar=self._calendar, hours=self._hours).astimezone(UTC)

    def _days(self, since: datetime, until: datetime) -> int:
        zone = self._hours.tz
        first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        return working_days_between(first, last, calendar=self._calendar)

    def _worked(self, since: datetime, until: datetime) -> timedelta:
        return working_time_between(since, until, calendar=self._calendar, hours=self._hours)
