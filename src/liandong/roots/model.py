"""Sealed days, what is asked about them between centres, and what can be wrong with them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from liandong.exchange.ledger_bodies import Hash, Head, Seq

ROOTS_ASKED = "roots.asked.v1"
DAYS_A_PAGE = 31
DAYS_RECOMPUTED = 7  # a day costs its owner a reading of all events of that day
MATTERS_A_PAGE = 1000
FIRST_DAY = date(1, 1, 1)

LEDGER_KINDS = {
    "root_twice": "同一天宣告了两个不同的根 / two roots were announced for one day",
    "root_chain": "日根之链断开 / the chain of daily roots is broken",
    "root_changed": "某日的账本与封存时不同 / a day of the ledger is not what was sealed",
    "day_missing": "缺少一天 / a day is missing",
    "head_changed": "同一诉求的同一条事件前后不同 / an event of a matter is not what it was",
    "head_gone": "曾宣告的事件不存在了 / an event that was announced is gone",
    "head_backwards": "诉求的账本变短了 / a matter's ledger became shorter",
}


class Sealed(Struct, frozen=True, kw_only=True):
    """One row of sealed_days."""

    day: date
    after_position: int
    until_position: int
    count: int
    buckets: bytes
    previous: bytes
    root: bytes


class Cursor(Struct, frozen=True):
    matter_id: UUID
    seq: int


class AskedHead(Struct, frozen=True):
    matter_id: UUID
    seq: Seq


class RootsAsked(Struct, frozen=True, omit_defaults=True):
    """What one centre asks another about the ledger. Each field asks for its own part of the answer; none is stored.

    `held_after`: what you hold of our days after this one. `heads_after`: what you hold of our heads after this one.
    `days`: your own days, as sealed and as they come out when computed now. `matters`: your events with these numbers, as they are now.
    """

    held_after: date | None = None
    heads_after: Cursor | None = None
    days: Annotated[list[date], Meta(max_length=DAYS_RECOMPUTED)] | None = None
    matters: Annotated[list[AskedHead], Meta(max_length=MATTERS_A_PAGE)] | None = None


class HeldDay(Struct, frozen=True):
    """A root as it was received; `others`: different roots that came later for the same day."""

    day: date
    root: Hash
    count: int
    buckets: list[Hash]
    others: list[Hash] = []


class OwnDay(Struct, frozen=True):
    """`root`: as sealed. `now`: computed from the events as they are now, with these `buckets`."""

    day: date
    root: Hash
    now: Hash
    count: int
    buckets: list[Hash]


class HeadNow(Struct, frozen=True):
    """`hash`: none where there is no such event any more (or the matter is not shared with the asker)."""

    matter_id: UUID
    seq: int
    hash: Hash | None


class RootsAnswer(Struct, frozen=True, omit_defaults=True):
    """`received`: the newest notice of the thread that came from the asker; `newest`: the answering centre's newest sealed day."""

    received: int = 0
    first: date | None = None
    newest: date | None = None
    held: list[HeldDay] = []
    heads: list[Head] = []
    days: list[OwnDay] = []
    matters: list[HeadNow] = []


class Fault(Struct, frozen=True, omit_defaults=True):
    """One thing that is wrong. `centre`: whose past; `witness`: the other centre whose copy shows it, if one does."""

    centre: str
    kind: str
    text: str
    witness: str | None = None
    day: date | None = None
    bucket: int | None = None
    matter_id: UUID | None = None
    number: str | None = None
    seq: int | None = None
    orders: list[str] = []

    @property
    def subject(self) -> str:
        if self.matter_id is not None:
            return str(self.matter_id)
        place = f"/{self.bucket:02x}" if self.bucket is not None else ""
        return f"{self.centre}/{self.day}{place}"
