"""Compares both sides' view of the matters they share, and says in words what differs.

What is still on its way is no difference: a message that waits in an outbox explains itself.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
import httpx
import msgspec
from msgspec import Meta, Struct

from liandong.core.ids import new_id
from liandong.exchange.contracts import Envelope
from liandong.exchange.receive import SQL
from liandong.exchange.sealing import Sealer
from liandong.orders.lifecycle import FINAL
from liandong.orders.model import RESOLVED

VIEWS_ASKED = "views.asked.v1"
PAGE = 1000
NOTHING = UUID(int=0)


class MatterView(Struct, frozen=True, omit_defaults=True):
    """How one centre sees a shared matter. `sent` and `received` are the last numbers to and from the other."""

    matter_id: UUID
    status: str
    number: str | None
    responsible: bool
    open: bool
    transfer_id: UUID
    direction: str
    transfer_status: str
    part: bool
    sent: int
    received: int
    round: int = 1
    dead: int = 0
    pending: int = 0


class ViewsAsked(Struct, frozen=True):
    """The open matters after `after`, or just the `matters` named."""

    after: UUID = NOTHING
    matters: Annotated[list[UUID], Meta(max_length=PAGE)] | None = None


class Difference(Struct, frozen=True):
    """`kind`: on_the_way (heals by itself), stuck (a dead letter), lost, missing, no_owner, two_owners, transfer."""

    matter_id: UUID
    kind: str
    text: str


async def reconcile(
    pool: asyncpg.Pool, *, centre: str, peer: str, url: str, sealer: Sealer, now: datetime
) -> tuple[int, list[Difference]]:
    """Every matter that is open on either side, compared. Returns how many were looked at and what differs.

    Raises httpx.HTTPError when the peer can't be asked.
    """
    looked, found, seen = 0, [], set()
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:

        async def ask(question: ViewsAsked) -> list[MatterView]:
            envelope = Envelope(
                id=new_id(),
                kind=VIEWS_ASKED,
                sender=centre,
                receiver=peer,
                matter_id=NOTHING,
                seq=1,
                sent_at=now,
                body=msgspec.to_builtins(question),
            )
            answer = await client.post(
                f"{url.rstrip('/')}/exchange/v1/views", json={"messages": [sealer.seal(envelope)]}
            )
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=list[MatterView])

        for open_here in (True, False):
            after = NOTHING
            while True:
                page = ViewsAsked(after=after)
                ours = await shared_matters(pool, peer, page) if open_here else await ask(page)
                if not ours:
                    break
                after = ours[-1].matter_id
                fresh = [view for view in ours if view.matter_id not in seen]
                seen |= {view.matter_id for view in fresh}
                named = ViewsAsked(matters=[view.matter_id for view in fresh])
                others = await ask(named) if open_here else await shared_matters(pool, peer, named)
                looked += len(fresh)
                found += compare(fresh, others)
    return looked, found


async def shared_matters(pool: asyncpg.Pool, peer: str, asked: ViewsAsked) -> list[MatterView]:
    """Our own view, by matter."""
    rows = await pool.fetch(SQL.shared_matters, peer, asked.after, PAGE, sorted(FINAL), asked.matters)
    return [MatterView(**row) for row in rows]


def compare(ours: Iterable[MatterView], theirs: Iterable[MatterView]) -> list[Difference]:
    """Differences by matter. Joint handling (a part handed over) may have two owners, each of its part."""
    other = {view.matter_id: view for view in theirs}
    found = []
    for view in ours:
        difference = _compare_one(view, other.get(view.matter_id))
        if difference is not None:
            found.append(difference)
    return found


def _compare_one(ours: MatterView, theirs: MatterView | None) -> Difference | None:
    def differs(kind: str, text: str) -> Difference:
        return Difference(ours.matter_id, kind, text)

    if ours.dead or (theirs and theirs.dead):
        return differs("stuck", "有消息成为死信，请查明原因后重发（liandong outbox resend）")
    if theirs is None:
        waits = ours.pending and ours.received == 0
        return differs("on_the_way", "对方尚未收到") if waits else differs("missing", "对方没有这个诉求")
    if ours.sent != theirs.received or theirs.sent != ours.received:
        counts = (
            f"我方已发{ours.sent}条、对方已收{theirs.received}条；对方已发{theirs.sent}条、我方已收{ours.received}条"
        )
        return differs("on_the_way" if ours.pending or theirs.pending else "lost", counts)
    if ours.status in RESOLVED or theirs.status in RESOLVED or not (ours.open or theirs.open):
        return None
    if not (ours.responsible or theirs.responsible):
        return differs("no_owner", "双方都不认为自己负责，请立即由首接中心受理")
    if ours.responsible and theirs.responsible and not (ours.part or theirs.part):
        return differs("two_owners", "双方都认为自己负责，且不是共同处置")
    if ours.transfer_id == theirs.transfer_id and ours.transfer_status != theirs.transfer_status:
        return differs("transfer", f"转交状态不同：我方{ours.transfer_status}，对方{theirs.transfer_status}")
    return None
