"""The pieces of which every hand-over is made: offer, accept, give back, call back, pass on. Pure.

The sender stays responsible until the receiver's acceptance arrives, the receiver is responsible from its acceptance on,
a withdrawal is a request that the receiver confirms, an acceptance wins over whatever crossed it (docs/protocol.md).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from liandong.attachments.effects import attachment_notices
from liandong.core.ids import new_id
from liandong.exchange.contracts import (
    Body,
    NegotiationOpened,
    OrderProgressed,
    PeerCall,
    PeerCaller,
    PeerIncident,
    TransferAccepted,
    TransferOffered,
    TransferReturned,
    WithdrawalRequested,
    as_sent,
)
from liandong.linkage.danger_rules import undispatched_danger
from liandong.linkage.model import ALREADY_HERE, Binding, Hop, SettledBy, Transfer, TransferStatus
from liandong.linkage.precedents import with_precedent
from liandong.orders.context import Context, Effect, Outgoing
from liandong.orders.effects import OF_ONE_ROUND
from liandong.orders.model import Order

HAVE_IT = {"reason": ALREADY_HERE, "basis": "docs/protocol.md", "text": "本中心已在负责"}
ASKING = frozenset({TransferStatus.OFFERED, TransferStatus.NEGOTIATING})
ALREADY_CLOSED = {"reason": "already_closed", "basis": "docs/protocol.md", "text": "本中心的工单已闭环"}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """What is offered to whom. `content` and `danger` are the order's own unless said otherwise."""

    to: str
    urgent: bool = False
    part: bool = False
    items: list[str] = []
    note: str = ""
    content: str | None = None
    danger: bool | None = None
    binding: Binding | None = None


def offer(ctx: Context, what: Offer) -> Effect:
    """The matter goes on offer; this centre stays responsible until it is accepted."""
    order, asked = ctx.snapshot.order, ctx.asked
    danger = order.danger if what.danger is None else what.danger
    given_back = not what.part and what.to in {hop.centre for hop in order.path}
    bounces = order.bounces + (given_back and what.binding != Binding.RECALL)  # a mistake put right is no bounce
    body = _offered(order, what, danger, bounces)
    message = Outgoing(id=new_id(), peer=what.to, body=body, urgent=what.urgent)
    transfer = Transfer(
        id=body.transfer_id,
        order_id=order.id,
        direction="out",
        peer=what.to,
        part=what.part,
        urgent=what.urgent,
        status=TransferStatus.OFFERED,
        items=body.items,
        message_id=message.id,
        offered_at=asked.now,
        round=body.round,
        binding=what.binding,
    )
    return Effect(
        fields={"urgent": order.urgent or what.urgent, "danger": danger, "bounces": bounces},
        transfers=[transfer],
        messages=[message, *attachment_notices(ctx.snapshot, what.to)],
        body={"transfer_id": transfer.id},
    )


def as_negotiation(ctx: Context, effect: Effect, opened: NegotiationOpened | None = None) -> Effect:
    """The offer just made is a negotiation from the start."""
    transfer = effect.transfers[-1]
    body = opened or NegotiationOpened(transfer_id=transfer.id, at=ctx.asked.now)
    body = msgspec.structs.replace(body, transfer_id=transfer.id)
    effect.transfers[-1] = msgspec.structs.replace(
        transfer, status=TransferStatus.NEGOTIATING, negotiated_at=ctx.asked.now
    )
    effect.messages.append(to(transfer.peer, body))
    return effect


def incoming_transfer(order: Order, offered: TransferOffered, sender: str, now: datetime) -> Transfer:
    return Transfer(
        id=offered.transfer_id,
        order_id=order.id,
        direction="in",
        peer=sender,
        part=offered.part,
        urgent=offered.urgent,
        status=TransferStatus.OFFERED,
        items=offered.items,
        offered_at=now,
        peer_number=offered.sender_number,
        text=offered.note or None,
        round=offered.round,
        binding=offered.binding,
    )


def accept(ctx: Context, request: Transfer, *, settled_by: SettledBy | None = None, duplicate_of: str = "") -> Effect:
    """This centre is responsible from now on; whoever else asked it for the whole learns that it has it already."""
    order, now = ctx.snapshot.order, ctx.asked.now
    if request.is_negotiated:
        settled_by = settled_by or SettledBy.AGREEMENT
    path = order.path if request.part else with_hop(order.path, ctx.asked.policy.centre, order.number or "", now)
    taken = msgspec.structs.replace(
        request,
        status=TransferStatus.ACCEPTED,
        answered_at=now,
        settled_by=settled_by,
        duplicate_of=duplicate_of or None,
    )
    if settled_by:
        taken = with_precedent(order, taken, owner=ctx.asked.policy.centre, settled_by=settled_by, at=now)
    others = [] if request.part else already_here(ctx, but=request.id)
    body = TransferAccepted(
        transfer_id=request.id,
        number=order.number or "",
        accepted_at=now,
        duplicate_of=duplicate_of,
        settled_by=settled_by,
        path=path,
        claim=order.claim,
    )
    anew = ctx.row.target is not None or undispatched_danger(ctx.snapshot)
    again = call_all_back(ctx, "本中心重新受理") if anew else []
    fields = {"responsible": True, "path": path} | ({} if ctx.row.target is None else afresh()) | unlinked(ctx)
    message = Outgoing(id=new_id(), peer=request.peer, urgent=request.urgent, body=body)
    return Effect(
        fields=fields,
        transfers=[*(t for t, _ in (*others, *again)), taken],
        messages=[
            message,
            *(answer for _, answer in (*others, *again)),
            *attachment_notices(ctx.snapshot, request.peer),
        ],
        body={"transfer_id": request.id},
    )


def taken_at_birth(order: Order, request: Transfer, now: datetime) -> Effect:
    """An urgent offer of a matter not known here: taken at once, nobody is asked."""
    taken = msgspec.structs.replace(request, status=TransferStatus.ACCEPTED, answered_at=now)
    body = TransferAccepted(transfer_id=request.id, number="", accepted_at=now, path=order.path, claim=order.claim)
    return Effect(transfers=[taken], messages=[Outgoing(id=new_id(), peer=request.peer, urgent=True, body=body)])


def give_back(ctx: Context, request: Transfer, *, reason: str, basis: str, text: str) -> Effect:
    over, answer = returned(request, ctx.asked.now, reason=reason, basis=basis, text=text)
    return Effect(fields=ended(ctx), transfers=[over], messages=[answer])


def returned(request: Transfer, now: datetime, *, reason: str, basis: str, text: str) -> tuple[Transfer, Outgoing]:
    body = TransferReturned(transfer_id=request.id, reason=reason, basis=basis, text=text)
    change = {"status": TransferStatus.RETURNED, "answered_at": now, "reason": reason, "basis": basis, "text": text}
    return msgspec.structs.replace(request, **change), to(request.peer, body)


def already_here(ctx: Context, *, but: UUID) -> list[tuple[Transfer, Outgoing]]:
    """Every other question about the whole, answered: this centre has it."""
    asking = [t for t in ctx.snapshot.open_transfers("in") if t.id != but and not t.part]
    return [returned(t, ctx.asked.now, **HAVE_IT) for t in asking]


def call_back(ctx: Context, open_offer: Transfer, reason: str) -> Effect:
    """The offer is asked back; only the receiver's answer settles it."""
    asked_back, message = _asked_back(open_offer, reason)
    return Effect(transfers=[asked_back], messages=[message], body={"transfer_id": open_offer.id})


def call_all_back(ctx: Context, reason: str) -> list[tuple[Transfer, Outgoing]]:
    """Whatever of the whole is on offer; only what is urgent stays so."""
    waiting = [t for t in ctx.snapshot.open_transfers("out") if not (t.part or t.urgent)]
    return [_asked_back(t, reason) for t in waiting if t.status in ASKING]


def _asked_back(open_offer: Transfer, reason: str) -> tuple[Transfer, Outgoing]:
    message = to(open_offer.peer, WithdrawalRequested(transfer_id=open_offer.id, reason=reason))
    return msgspec.structs.replace(open_offer, status=TransferStatus.WITHDRAWING), message


def add(effect: Effect, more: Effect) -> None:
    """Both happen."""
    effect.transfers = effect.transfers + more.transfers
    effect.messages = effect.messages + more.messages
    effect.fields = effect.fields | more.fields


def ended(ctx: Context) -> dict[str, Any]:
    """An order that was only there to be asked is closed by the answer; one that had ended before keeps how it did."""
    nothing_more = ctx.row.target in {"declined", "withdrawn"} and ctx.snapshot.order.closing is None
    return {"closing": ctx.row.target} if nothing_more else {}


def afresh() -> dict[str, Any]:
    """A matter that we take (again) starts a fresh round of handling here; what an earlier round left is in the ledger."""
    return dict.fromkeys(OF_ONE_ROUND) | {"fed_back": False, "call_backs": 0}


def with_hop(path: list[Hop], centre: str, number: str, at: datetime) -> list[Hop]:
    """The matter has come to this centre. `number` is empty where the commit is still to give it."""
    if path and path[-1].centre == centre:
        return path
    return [*path, Hop(centre, number, at)]


def unlinked(ctx: Context) -> dict[str, Any]:
    """An order that was merged and is taken up for itself again."""
    stands_alone = ctx.snapshot.order.status == "merged" and ctx.row.target is not None
    return {"master_id": None, "merged": False} if stands_alone else {}


def sharing(ctx: Context, *, but: str = "") -> list[str]:
    """Every centre that this matter concerns: it is asked, or one of us has accepted it from the other."""
    waiting = {t.peer for t in ctx.snapshot.transfers or () if t.is_open}
    return sorted((waiting | set(ctx.snapshot.followers)) - {but})


def pass_on(ctx: Context, body: Body) -> list[Outgoing]:
    """What a peer tells goes on to the other centres that share the matter."""
    return [to(peer, body) for peer in ctx.snapshot.followers if peer != ctx.asked.sender]


def upstream(ctx: Context) -> list[str]:
    """The centres that handed the matter or a part of it to us: results and progress go towards the first receiver."""
    return sorted({t.peer for t in ctx.snapshot.transfers or () if t.direction == "in" and t.status == "accepted"})


def handed_on(ctx: Context, path: list[Hop], number: str) -> list[Outgoing]:
    """Whoever handed the matter to us learns that it is elsewhere now and that we only follow."""
    moved = OrderProgressed(number, "following", ctx.asked.now, path=path)
    return [to(peer, moved) for peer in upstream(ctx) if peer != ctx.asked.sender]


def to(peer: str, body: Any) -> Outgoing:
    return Outgoing(id=new_id(), peer=peer, body=body)


def _overtaken(transfer: Transfer, now: datetime) -> Transfer:
    return msgspec.structs.replace(transfer, status=TransferStatus.OVERTAKEN, answered_at=now)


def overtake(ctx: Context, *, direction: str, but: UUID | None = None) -> list[Transfer]:
    """Open hand-overs of the whole that something newer has settled."""
    waiting = ctx.snapshot.open_transfers(direction)
    return [_overtaken(t, ctx.asked.now) for t in waiting if t.id != but and not t.part]


def _offered(order: Order, what: Offer, danger: bool, bounces: int) -> TransferOffered:
    return TransferOffered(
        transfer_id=new_id(),
        urgent=what.urgent,
        part=what.part,
        first_receiver=order.first_receiver,
        sender_number=order.number or "",
        round=order.round,
        content=what.content or order.content,
        created_at=order.created_at,
        title=order.title,
        channel=order.channel,
        type=order.type,
        class_intake=order.class_intake,
        level=order.level,
        danger=danger,
        confidential=order.confidential,
        division_code=order.division_code,
        caller=as_sent(PeerCaller, order.caller),
        incident=as_sent(PeerIncident, order.incident),
        call=as_sent(PeerCall, order.call),
        tags=order.tags,
        items=what.items,
        reason=order.verdict.reason if order.verdict else "",
        note=what.note,
        binding=what.binding,
        bounces=bounces,
        path=order.path,
        claim=order.claim,
    )
