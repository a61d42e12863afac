"""What a check is and what came of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct


class Outcome(StrEnum):
    """`not_reached`: the other side's answer that the check is about never came to be, or it does not speak the kind."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not_reached"


class Failed(Exception):
    """The other side departs from the clause; the text says how, in both languages."""


class NotReached(Exception):
    """The check could not come to its question; the text says what was missing."""


class Step(Struct, frozen=True):
    """One thing that went over the line. `way`: sent, answered (to what was sent) or came (to our listener)."""

    at: datetime
    way: str
    what: Any


class Check(Struct, frozen=True):
    """`clause`: the section of docs/protocol.md. `run` raises Failed or NotReached."""

    name: str
    clause: str
    zh: str
    en: str
    run: Callable[[Any], Awaitable[None]]


class Result(Struct, frozen=True):
    name: str
    clause: str
    zh: str
    en: str
    outcome: Outcome
    text: str = ""
    steps: list[Step] = []


class Report(Struct, frozen=True):
    """`as_centre`: who the kit pretended to be."""

    url: str
    centre: str
    as_centre: str
    version: str
    at: datetime
    seconds: float
    results: list[Result]

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome == outcome for result in self.results)

    @property
    def exit_code(self) -> int:
        """0: all passed; 1: something failed; 3: nothing failed, but not everything was reached."""
        if self.count(Outcome.FAILED):
            return 1
        return 3 if self.count(Outcome.NOT_REACHED) else 0


CHECKS: list[Check] = []


def check(name: str, clause: str, zh: str, en: str) -> Callable[[Any], Any]:
    """Adds a function to the list of checks, in the order in which they are written."""

    def add(run: Any) -> Any:
        CHECKS.append(Check(name, clause, zh, en, run))
        return run

    return add
