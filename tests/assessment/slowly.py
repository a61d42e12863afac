"""The measures once more, slowly and by other means: each order's ledger is read event by event, in Python. It shares no SQL with the product."""

from collections import defaultdict
from datetime import datetime
from statistics import median
from typing import Any

import msgspec

FINAL = {"evaluated", "guided", "cancelled", "declined", "withdrawn"}


class Life:
    """What an order's events say of it."""

    def __init__(self, policy: Any) -> None:
        self.policy = policy
        self.taken_at: datetime | None = None
        self.phone = self.type = ""
        self.status = "accepted"
        self.rounds, self.dispatches, self.returns, self.overdue, self.offers, self.bounced = 1, 0, 0, 0, 0, 0
        self.drill = self.invalid = self.shared = self.late_transfer = False
        self.offered: dict[str, datetime] = {}
        self.first_offer: datetime | None = None
        self.take: float | None = None
        self.new_round()

    def new_round(self) -> None:
        self.sent = self.signed = self.handled = self.closed = self.called = None
        self.sign_due = self.answer_due = None
        self.contacted: datetime | None = None
        self.closing: str | None = None
        self.reached = False
        self.solved: bool | None = None
        self.satisfaction: int | None = None

    def read(self, event: Any) -> None:
        body = msgspec.json.decode(event["body"])
        asked, at, kind = body.get("asked", {}), event["at"], event["kind"]
        self.status = event["status"]
        handler = getattr(self, "on_" + kind.replace(".", "_"), None)
        if handler:
            handler(at, asked, body)
        if event["role"] == "clock" and asked.get("clock") == "transfer_accept":
            self.late_transfer = True

    def due(self, clock: str, at: datetime) -> datetime:
        clocks = self.policy.clocks
        tags = frozenset({self.type} - {""})
        return clocks.deadline(clock, at, calendar=self.policy.calendar, centre=self.policy.centre, tags=tags)

    def on_order_accepted(self, at: datetime, asked: Any, body: Any) -> None:
        self.taken_at, self.type = at, asked["type"] or ""
        self.phone, self.drill = asked["caller"].get("phone", ""), asked["exercise"] != "actual"

    def on_order_dispatched(self, at: datetime, asked: Any, body: Any) -> None:
        self.dispatches += 1
        self.sent, self.signed, self.handled = at, None, None
        self.sign_due, self.answer_due = self.due("unit_accept", at), self.due("answer", at)

    def on_order_signed(self, at: datetime, asked: Any, body: Any) -> None:
        self.signed = at

    def on_order_returned(self, at: datetime, asked: Any, body: Any) -> None:
        self.returns += 1
        self.sent = self.signed = self.handled = self.sign_due = self.answer_due = None

    def on_order_answered(self, at: datetime, asked: Any, body: Any) -> None:
        self.handled = at

    def on_contact_recorded(self, at: datetime, asked: Any, body: Any) -> None:
        happened = datetime.fromisoformat(asked["happened_at"]) if asked.get("happened_at") else at
        if asked["reached"]:
            self.contacted = min(self.contacted or happened, happened)

    def on_order_answered_directly(self, at: datetime, asked: Any, body: Any) -> None:
        self.closed, self.closing = at, "answered_directly"

    def on_order_guided(self, at: datetime, asked: Any, body: Any) -> None:
        self.closed, self.closing = at, "guided"

    def on_order_cancelled(self, at: datetime, asked: Any, body: Any) -> None:
        self.closed, self.closing, self.invalid = at, "cancelled", True

    def on_order_closed(self, at: datetime, asked: Any, body: Any) -> None:
        self.closed, self.closing = at, self.closing or "handled"

    def on_order_called_back(self, at: datetime, asked: Any, body: Any) -> None:
        self.called, self.reached = at, self.reached or asked["reached"]
        self.solved = asked.get("solved", self.solved)

    def on_order_call_back_tried(self, at: datetime, asked: Any, body: Any) -> None:
        self.solved = asked.get("solved", self.solved)

    def on_order_evaluated(self, at: datetime, asked: Any, body: Any) -> None:
        self.satisfaction = asked.get("satisfaction")

    def on_order_reopened(self, at: datetime, asked: Any, body: Any) -> None:
        self.rounds += 1
        self.new_round()

    def on_clock_overdue(self, at: datetime, asked: Any, body: Any) -> None:
        self.overdue += asked["clock"] in {"unit_accept", "answer"}

    def on_transfer_offered(self, at: datetime, asked: Any, body: Any) -> None:
        self.offers += 1
        self.first_offer = self.first_offer or at
        self.offered[body["transfer_id"]] = at

    def on_transfer_accepted_by_peer(self, at: datetime, asked: Any, body: Any) -> None:
        self.shared = True
        if self.take is None:
            self.take = (at - self.offered[body["asked"]["transfer_id"]]).total_seconds()

    def on_transfer_returned_by_peer(self, at: datetime, asked: Any, body: Any) -> None:
        self.bounced += 1

    @property
    def met(self) -> datetime | None:
        """When the caller was reached; without a number, when the answer was there."""
        return self.contacted if self.phone else self.handled

    @property
    def owes(self) -> bool:
        """Its unit has an answer to give or gave one: it was sent, and the matter did not leave it unanswered."""
        return self.sent is not None and (
            self.handled is not None or self.status in {"dispatched", "signed", "handling"}
        )


async def measured(centre: Any, period: Any, *, repeat_days: int) -> dict[str, Any]:
    """Numerator and denominator of each measure, by name; the median for `take_p50`."""
    lives = await lives_of(centre)
    now = centre.node.clock.now()
    taken = [one for one in lives if period.starts_at <= one.taken_at < period.ends_at]
    due = [one for one in lives if one.owes and period.starts_at <= one.answer_due < period.ends_at]
    due_now = [one for one in due if one.handled or one.answer_due <= now]
    called = [one for one in lives if one.called and period.starts_at <= one.called < period.ends_at]
    offered = [one for one in lives if one.first_offer and period.starts_at <= one.first_offer < period.ends_at]
    valid = [one for one in taken if not one.invalid]
    sent = [one for one in taken if one.dispatches]
    takes = [one.take for one in offered if one.take is not None]
    return {
        "taken": (len(valid), len(valid)),
        "response_rate": _of(due_now, lambda o: o.signed and o.met and o.signed <= o.sign_due and o.met <= o.answer_due),
        "answer_on_time": _of(due_now, lambda o: o.handled and o.handled <= o.answer_due),
        "close_on_time": _of([o for o in due if o.closed or o.answer_due <= now], lambda o: o.closed and o.closed <= o.answer_due),
        "solved_rate": _of([o for o in called if o.reached and not o.invalid], lambda o: o.solved),
        "satisfied_rate": _of([o for o in called if o.satisfaction and not o.invalid], lambda o: o.satisfaction >= 3),
        "answered_directly": _of(valid, lambda o: o.closing == "answered_directly" and not o.dispatches),
        "first_call_solved": _of(
            [o for o in valid if o.closed],
            lambda o: o.closing == "answered_directly" and not o.dispatches and o.rounds == 1
            and not repeated(o, lives, repeat_days) and o.solved is not False,
        ),
        "return_rate": _of(sent, lambda o: o.returns),
        "overdue_rate": _of(sent, lambda o: o.overdue),
        "redo_rate": _of([o for o in valid if o.closed or o.rounds > 1], lambda o: o.rounds > 1),
        "repeat_rate": _of(valid, lambda o: repeated(o, lives, repeat_days)),
        "transfer_on_time": _of(offered, lambda o: not o.late_transfer),
        "bounce_rate": _of(offered, lambda o: o.bounced),
        "loops_closed": _of([o for o in valid if o.shared], lambda o: o.status in FINAL),
        "take_p50": median(takes) if takes else None,
    }  # fmt: skip


def repeated(order: Life, lives: list[Life], days: int) -> bool:
    before = lives[: lives.index(order)]
    return bool(order.phone) and any(
        one.phone == order.phone
        and one.type == order.type
        and (order.taken_at - one.taken_at).total_seconds() <= days * 86_400
        for one in before
    )


async def lives_of(centre: Any) -> list[Life]:
    rows = await centre.pool.fetch("SELECT * FROM events ORDER BY order_id, seq")
    by_order: dict[Any, Life] = defaultdict(lambda: Life(centre.node.policy))
    for row in rows:
        by_order[row["order_id"]].read(row)
    return [one for _, one in sorted(by_order.items()) if one.taken_at and not one.drill]


def _of(orders: list[Life], holds: Any) -> tuple[int, int]:
    return sum(bool(holds(one)) for one in orders), len(orders)
