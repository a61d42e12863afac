"""What the police side keeps with an order: the answers to the danger questions, a lowering that waits, support, delay, case."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Given = Annotated[str, Meta(max_length=300)] | Annotated[int, Meta(ge=0, le=100_000)]
"""An answer: the code of a choice, words, or a count of people."""


class Answered(Struct, frozen=True, kw_only=True):
    """The last answer to one question. Whoever corrects it answers again; what was said before is in the ledger."""

    question: str
    given: str | int
    at: datetime
    by: str


class Lowering(Struct, frozen=True, kw_only=True):
    """Somebody holds the level for too grave. It stays until another person agrees."""

    level: int
    reason: str
    asked_by: str
    asked_at: datetime


class SupportState(StrEnum):
    """Of a unit that is sent beside the first (增援)."""

    ASKED = "asked"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    ENDED = "ended"


S = SupportState
SUPPORT_MOVES: dict[SupportState, frozenset[SupportState]] = {
    S.ASKED: frozenset({S.ENDED}),
    S.SENT: frozenset({S.ACKNOWLEDGED, S.ON_THE_WAY, S.ARRIVED, S.ENDED}),
    S.ACKNOWLEDGED: frozenset({S.ON_THE_WAY, S.ARRIVED, S.ENDED}),
    S.ON_THE_WAY: frozenset({S.ARRIVED, S.ENDED}),
    S.ARRIVED: frozenset({S.ENDED}),
    S.ENDED: frozenset(),
}
"""What a unit may report next: a step that nobody had the hand free to report is left out, none is taken back."""


class Support(Struct, frozen=True, kw_only=True):
    """`no` counts within the order. `over`: nothing more is to come of it."""

    no: int
    state: SupportState
    text: str = ""
    unit: str | None = None
    person: str | None = None
    vehicle: str | None = None
    called_by: str
    called_at: datetime
    sent_at: datetime | None = None
    acknowledged_at: datetime | None = None
    on_the_way_at: datetime | None = None
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    over: bool = False


class Delay(Struct, frozen=True, kw_only=True):
    """A late arrival, with the unit's typed cause and what another person thinks of it. `accepted` None: not reviewed yet."""

    due_at: datetime
    arrived_at: datetime
    cause: str | None = None
    text: str = ""
    explained_by: str | None = None
    explained_at: datetime | None = None
    accepted: bool | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    review: str = ""

    @property
    def is_explained(self) -> bool:
        """There is a cause, and nobody has refused it."""
        return self.cause is not None and self.accepted is not False


class Case(Struct, frozen=True, kw_only=True):
    """The alarm goes on as a case (转案件办理)."""

    number: str
    unit: str = ""
    at: datetime


class Policing(Struct, frozen=True, kw_only=True):
    """Of one round. `proposed_level`: what the answers propose; it becomes the level only by `grade` or `raise_level`."""

    answers: list[Answered] = []
    proposed_level: int | None = None
    lowering: Lowering | None = None
    supports: list[Support] = []
    delay: Delay | None = None
    case: Case | None = None

    @property
    def given(self) -> dict[str, str | int]:
        return {one.question: one.given for one in self.answers}

    def support(self, no: int) -> Support | None:
        return next((one for one in self.supports if one.no == no), None)

    @property
    def waiting(self) -> list[Support]:
        """Support that was called for and that nobody was sent for."""
        return [one for one in self.supports if one.state == SupportState.ASKED]

    def supports_with(self, unit: str) -> bool:
        """This unit was sent beside the first, also where that is over."""
        return any(one.unit == unit for one in self.supports)

    @property
    def supporting(self) -> set[str]:
        """The units that stand beside the first, or are on their way to it."""
        return {one.unit for one in self.supports if one.unit and not one.over}


NOTHING = Policing()


def with_result(policing: Policing | None, at: datetime) -> Policing | None:
    """The matter has its result: whoever stands beside is free again."""
    if policing is None or all(one.over for one in policing.supports):
        return policing
    ended = {"state": SupportState.ENDED, "ended_at": at, "over": True}
    supports = [one if one.over else msgspec.structs.replace(one, **ended) for one in policing.supports]
    return msgspec.structs.replace(policing, supports=supports)
