"""What a desk sees of a caller: the matters so far, and one thread with everything that was said and answered."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.orders.commands import may_see
from liandong.orders.context import Actor
from liandong.orders.hiding import Hidden
from liandong.orders.model import Caller, Exercise, MatterType, Snapshot
from liandong.orders.store import Store
from liandong.orders.view import Masked, mask_phone
from liandong.repeats.looking import Known
from liandong.repeats.policy import RepeatsPolicy
from liandong.repeats.store import SQL, matters_of, thread_of

SHOWN = 120  # characters of a content or an answer in a list
# What belongs into a thread: the event, and the fields of what was asked in which its words stand.
TOLD: dict[str, tuple[str, tuple[str, ...]]] = {
    "order.accepted": ("matter", ("content",)),
    "transfer.asked": ("matter", ("content",)),
    "transfer.taken_urgently": ("matter", ("content",)),
    "matter.supplemented": ("supplement", ("text",)),
    "order.answered_directly": ("answer", ("answer",)),
    "order.answered": ("answer", ("answer",)),
    "order.fed_back": ("answer", ("result",)),
    "order.handed_to_case": ("answer", ("text",)),
    "order.answered_with_master": ("answer", ()),
    "peer.answered": ("answer", ("answer",)),
    "order.guided": ("answer", ("script",)),
    "order.called_back": ("call_back", ("note",)),
    "order.call_back_tried": ("call_back", ("note",)),
    "order.evaluated": ("evaluation", ("words",)),
    "order.reopened": ("reopened", ("reason",)),
    "order.cancelled": ("cancelled", ("reason",)),
}
FINISH = {"order.answered_with_master", "order.handed_to_case", "order.guided"}


class Matter(Struct, frozen=True):
    """One matter of a caller in a list. `repeats`: how often it is brought again."""

    id: UUID
    number: str | None
    status: str
    title: str
    content: str
    created_at: datetime
    repeats: int
    repeat_of: UUID | None
    answer: str
    solved: bool | None
    satisfaction: int | None


class History(Struct, frozen=True):
    """A caller's matters of the time that the city looks back, newest first. At most 100 are looked at; `more`: there may be others."""

    phone: str
    open: list[Matter]
    answered: list[Matter]
    repeats: int
    more: bool


class Entry(Struct, frozen=True):
    """One thing said, in order of time. `hidden`: there is something that this role may not read."""

    at: datetime
    order_id: UUID
    number: str | None
    what: str
    text: str
    solved: bool | None = None
    satisfaction: int | None = None
    reached: bool | None = None
    hidden: bool = False


class OfThread(Struct, frozen=True):
    id: UUID
    number: str | None
    status: str
    type: MatterType | None
    created_at: datetime
    repeats: int
    repeat_of: UUID | None
    caller: Caller


class Thread(Struct, frozen=True):
    """All matters of one thread, the first one first, and everything that was said about them in order."""

    orders: list[OfThread]
    entries: list[Entry]


async def history(
    pool: asyncpg.Pool, phone: str, now: datetime, policy: RepeatsPolicy, exercise: Exercise = Exercise.ACTUAL
) -> History:
    """One query by the index on the number."""
    known = await matters_of(pool, phone, now - timedelta(days=policy.days), exercise)
    return history_of(phone, known)


def history_of(phone: str, known: list[Known]) -> History:
    return History(
        phone=mask_phone(phone),
        open=[_matter(one) for one in known if one.is_open],
        answered=[_matter(one) for one in known if one.is_answered],
        repeats=max((one.repeats for one in known), default=0),
        more=len(known) >= 100,
    )


async def thread(pool: asyncpg.Pool, store: Store, order_id: UUID, actor: Actor) -> Thread:
    """Three looks, each by an index. Of orders that the actor may not see it learns that they are there.

    A unit is shown no other matter of a caller who is hidden from it, a district's account none of another district.
    """
    ids = await thread_of(pool, order_id)
    loaded = await asyncio.gather(*(store.load(one) for one in ids))
    shown = (one for one in loaded if one is not None and actor.covers(one.order.division_code))
    snapshots = {one.order.id: one for one in shown}
    if actor.unit is not None and any(one.order.confidential for one in snapshots.values()):
        # That two matters are of one caller would name whoever is hidden in one of them.
        snapshots = {order_id: snapshots[order_id]} if order_id in snapshots else {}
    rows = await pool.fetch(SQL.said, ids, list(TOLD))
    return Thread(
        [_of_thread(one, actor) for one in snapshots.values()],
        [_entry(row, snapshots[row["order_id"]], actor) for row in rows if row["order_id"] in snapshots],
    )


def _of_thread(snapshot: Snapshot, actor: Actor) -> OfThread:
    order = snapshot.order
    caller = Masked.of(snapshot, actor).caller(order.caller) if may_see(snapshot, actor) else Caller()
    return OfThread(
        order.id, order.number, order.status, order.type, order.created_at, order.repeats, order.repeat_of, caller
    )


def _entry(row: Any, snapshot: Snapshot, actor: Actor) -> Entry:
    what, names = TOLD[row["kind"]]
    order = snapshot.order
    if not may_see(snapshot, actor):
        return Entry(row["at"], order.id, order.number, what, "", hidden=True)
    body: Mapping[str, Any] = msgspec.json.decode(row["body"])
    asked = body.get("asked") or {}
    said = next((text for name in names if (text := asked.get(name) or body.get(name))), "")
    if row["kind"] in FINISH and not said:
        said = order.answer or ""
    return Entry(
        at=row["at"],
        order_id=order.id,
        number=order.number,
        what=what,
        text=Hidden.of(snapshot, actor).text(said),
        solved=asked.get("solved"),
        satisfaction=asked.get("satisfaction"),
        reached=asked.get("reached"),
    )


def _matter(one: Known) -> Matter:
    return Matter(
        id=one.id,
        number=one.number,
        status=one.status,
        title=one.title,
        content=one.content[:SHOWN],
        created_at=one.created_at,
        repeats=one.repeats,
        repeat_of=one.repeat_of,
        answer=(one.answer or "")[:SHOWN],
        solved=one.solved,
        satisfaction=one.satisfaction,
    )
