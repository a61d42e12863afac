"""What the linkage's actions do: the ownership protocol of docs/protocol.md, one pure function an action.

The sender stays responsible until the receiver's acceptance arrives, the receiver is responsible from its acceptance on,
a withdrawal is a request that the receiver confirms, an acceptance wins over whatever crossed it.
"""

from datetime import datetime
from typing import Any

import msgspec

from liandong.attachments.effects import attachment_notices
from liandong.core.ids import new_id
from liandong.exchange.contracts import (
    DangerRaised,
    PeerCall,
    PeerCaller,
    PeerIncident,
    TransferAccepted,
    TransferOffered,
    TransferReturned,
    TransferWithdrawn,
    WithdrawalRequested,
    as_sent,
)
from liandong.linkage.model import ALREADY_HERE, Transfer, TransferStatus
from liandong.linkage.rules import offered_to_speaker
from liandong.orders.context import Context, Effect, Outgoing
from liandong.orders.effects import OF_ONE_ROUND, EffectOf, append
from liandong.orders.model import Order


def offer_transfer(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    items = list(data.items or (order.verdict.items if order.verdict else ()))
    # Danger is urgent whatever the desk pressed: the police desk must not be able to refuse it (国办发〔2022〕12号).
    urgent = (data.urgent or order.danger) and ctx.asked.policy.side(data.to) == "police"
    return _offer(ctx, to=data.to, urgent=urgent, part=data.part, items=items, note=data.note, content=order.content)


def offered_by_clock(ctx: Context) -> Effect:
    effect = _urgent(ctx, "时限内未转出，系统自动转出")
    effect.stops = [ctx.asked.data.clock]
    effect.body |= {"clock": ctx.asked.data.clock}
    return effect


def withdraw_transfer(ctx: Context) -> Effect:
    offer = ctx.snapshot.open_transfer("out")
    assert offer is not None
    return _withdraw(offer, ctx.asked.data.reason)


def accept_transfer(ctx: Context) -> Effect:
    request = ctx.snapshot.open_transfer("in")
    assert request is not None
    return _accept(ctx, request)


def return_transfer(ctx: Context) -> Effect:
    data, request = ctx.asked.data, ctx.snapshot.open_transfer("in")
    assert request is not None
    return _return(ctx, request, reason=data.reason, basis=data.basis, text=data.text)


def take_offer(ctx: Context) -> Effect:
    """An offer for a matter that we already have an order of."""
    asked, order = ctx.asked, ctx.snapshot.order
    offer: TransferOffered = asked.data
    danger: dict[str, Any] = {"danger": offer.danger or (order.danger and not order.is_resolved)}
    if danger["danger"]:
        danger["urgent"] = True
    sender = asked.incoming.sender if asked.incoming else ""
    if ctx.row.event == "transfer.offer_overtaken":
        already = TransferReturned(
            transfer_id=offer.transfer_id, reason=ALREADY_HERE, basis="docs/protocol.md", text="本中心已在负责"
        )
        effect = Effect(fields=danger, messages=[_to(sender, already)], body={"transfer_id": offer.transfer_id})
        if danger["danger"]:
            _drop_what_is_open(ctx, effect)
        return effect
    request = incoming_transfer(order, offer, sender, asked.now)
    if ctx.row.event == "transfer.returned":
        return _return(ctx, request, reason="other", basis="plan 二(三)1", text="存在危险，由110先行处置")
    fields: dict[str, Any] = danger | {"content": _merged_content(order, offer), "round": max(order.round, offer.round)}
    if ctx.row.event == "transfer.asked":
        return Effect(fields=fields, transfers=[request])
    effect = _accept(ctx, request)
    effect.fields = fields | effect.fields
    _drop_what_is_open(ctx, effect)
    return effect


def note_accepted(ctx: Context) -> Effect:
    """Acceptance wins: over what we kept, over what we are withdrawing, over a newer offer."""
    accepted: Any = ctx.asked.data
    ours = _named(ctx)
    if ours is None:
        return Effect(body={"unknown_transfer": accepted.transfer_id})
    transfers = []
    for transfer in ctx.snapshot.transfers or ():
        if transfer.id == ours.id:
            change = {
                "status": TransferStatus.ACCEPTED,
                "answered_at": accepted.accepted_at,
                "peer_number": accepted.number,
            }
            transfers.append(msgspec.structs.replace(transfer, **change))
        elif transfer.direction == "out" and transfer.is_open and not transfer.part:
            transfers.append(
                msgspec.structs.replace(transfer, status=TransferStatus.OVERTAKEN, answered_at=ctx.asked.now)
            )
    return Effect(fields={} if ours.part else {"responsible": False}, transfers=transfers)


def note_returned(ctx: Context) -> Effect:
    data = ctx.asked.data
    return _settle(ctx, status=TransferStatus.RETURNED, reason=data.reason, basis=data.basis, text=data.text)


def note_withdrawal(ctx: Context) -> Effect:
    request = ctx.snapshot.transfer(ctx.asked.data.transfer_id)
    if not ctx.row.sends or request is None:
        return Effect()
    agreed = msgspec.structs.replace(
        request, status=TransferStatus.WITHDRAWN, answered_at=ctx.asked.now, reason=ctx.asked.data.reason
    )
    closing = TransferWithdrawn(transfer_id=request.id)
    return Effect(fields=_ended(ctx), transfers=[agreed], messages=[_to(request.peer, closing)])


def note_withdrawn(ctx: Context) -> Effect:
    return _settle(ctx, status=TransferStatus.WITHDRAWN)


def note_progress(ctx: Context) -> Effect:
    data = ctx.asked.data
    return Effect(transfers=_of_peer(ctx, peer_number=data.number, peer_status=data.status))


def note_answer(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    result = {"answer": data.answer, "closing": data.closing, "at": data.at}
    transfers = _of_peer(ctx, peer_number=data.number, peer_status=data.status, peer_result=result)
    fields: dict[str, Any] = {}
    if order.status == "following":
        fields = {"answer": data.answer, "fed_back": True, "responsible": not order.came_from_peer}
    return Effect(fields=fields, transfers=transfers)


def note_evaluation(ctx: Context) -> Effect:
    data = ctx.asked.data
    fields: dict[str, Any] = {
        "satisfaction": data.satisfaction,
        "solved": data.solved,
        "evaluated_at": ctx.asked.now,
        "revisited": True,
    }
    return Effect(fields=fields | ({"responsible": False} if ctx.row.target == "evaluated" else {}))


def note_supplement(ctx: Context) -> Effect:
    return Effect(fields={"content": append(ctx.snapshot.order.content, ctx.asked.data.text)})


def raise_danger(ctx: Context) -> Effect:
    """A hotline hands over at once; the police desk takes what it was asked and calls back what it had offered."""
    asked, order = ctx.asked, ctx.snapshot.order
    seen = DangerRaised(at=asked.now, text=asked.data.text)
    danger = {"danger": True, "urgent": True, "content": append(order.content, asked.data.text)}
    request = ctx.snapshot.open_transfer("in")
    if request is not None and order.kind == "work_order":
        effect = _return(ctx, request, reason="other", basis="plan 二(三)1", text=asked.data.text)
        effect.messages.append(_to(request.peer, seen))
    elif ctx.row.target == "received":
        assert request is not None
        effect = _accept(ctx, request)
        effect.messages.insert(0, _to(request.peer, seen))
    elif order.kind == "work_order" and order.responsible:
        effect = _urgent(ctx, asked.data.text)
    else:
        effect = Effect(messages=[_to(peer, seen) for peer in _sharing(ctx)])
        _drop_what_is_open(ctx, effect)
    effect.fields = danger | effect.fields
    return effect


def note_danger(ctx: Context) -> Effect:
    """The other side saw danger."""
    asked, order = ctx.asked, ctx.snapshot.order
    request = ctx.snapshot.open_transfer("in")
    if "transfer.accepted.v1" in ctx.row.sends and request is not None:
        effect = _accept(ctx, request)
    elif "transfer.returned.v1" in ctx.row.sends and request is not None:
        effect = _return(ctx, request, reason="other", basis="plan 二(三)1", text="存在危险，由110先行处置")
    elif "transfer.offered.v1" in ctx.row.sends:
        effect = _urgent(ctx, asked.data.text)
    else:
        effect = Effect()
        if order.kind == "police_order":
            _drop_what_is_open(ctx, effect)
    effect.fields = {"danger": True, "urgent": True, "content": append(order.content, asked.data.text)} | effect.fields
    return effect


def incoming_transfer(order: Order, offer: TransferOffered, sender: str, now: datetime) -> Transfer:
    return Transfer(
        id=offer.transfer_id,
        order_id=order.id,
        direction="in",
        peer=sender,
        part=offer.part,
        urgent=offer.urgent,
        status=TransferStatus.OFFERED,
        items=offer.items,
        offered_at=now,
        peer_number=offer.sender_number,
        text=offer.note or None,
    )


def acceptance(order: Order, request: Transfer, now: datetime) -> Outgoing:
    body = TransferAccepted(transfer_id=request.id, number=order.number or "", accepted_at=now)
    return Outgoing(id=new_id(), peer=request.peer, urgent=request.urgent, body=body)


def _offer(ctx: Context, *, to: str, urgent: bool, part: bool, items: list[str], note: str, content: str) -> Effect:
    order, asked = ctx.snapshot.order, ctx.asked
    body = TransferOffered(
        transfer_id=new_id(),
        urgent=urgent,
        part=part,
        first_receiver=order.first_receiver,
        sender_number=order.number or "",
        round=order.round,
        content=content,
        created_at=order.created_at,
        title=order.title,
        channel=order.channel,
        type=order.type,
        class_intake=order.class_intake,
        level=order.level,
        danger=order.danger or urgent,
        confidential=order.confidential,
        division_code=order.division_code,
        caller=as_sent(PeerCaller, order.caller),
        incident=as_sent(PeerIncident, order.incident),
        call=as_sent(PeerCall, order.call),
        tags=order.tags,
        items=items,
        reason=order.verdict.reason if order.verdict else "",
        note=note,
    )
    message = Outgoing(id=new_id(), peer=to, body=body, urgent=urgent)
    transfer = Transfer(
        id=body.transfer_id,
        order_id=order.id,
        direction="out",
        peer=to,
        part=part,
        urgent=urgent,
        status=TransferStatus.OFFERED,
        items=items,
        message_id=message.id,
        offered_at=asked.now,
    )
    return Effect(
        fields={"urgent": order.urgent or urgent, "danger": order.danger or urgent},
        transfers=[transfer],
        messages=[message, *attachment_notices(ctx.snapshot, to)],
        body={"transfer_id": transfer.id},
    )


def _urgent(ctx: Context, note: str) -> Effect:
    """To the police desk at once; an ordinary offer that still waits is overtaken by this one."""
    police = ctx.asked.policy.police()
    if police is None:
        return Effect(body={"alarm": "没有配置公安对接中心，请立即电话报警"})
    content = append(ctx.snapshot.order.content, note)
    engaged = ctx.snapshot.dispatch is not None
    effect = _offer(ctx, to=police, urgent=True, part=engaged, items=[], note=note, content=content)
    open_offer = ctx.snapshot.open_transfer("out")
    if open_offer is not None:
        overtaken = msgspec.structs.replace(open_offer, status=TransferStatus.OVERTAKEN, answered_at=ctx.asked.now)
        effect.transfers.insert(0, overtaken)
    return effect


def _accept(ctx: Context, request: Transfer) -> Effect:
    now = ctx.asked.now
    taken = msgspec.structs.replace(request, status=TransferStatus.ACCEPTED, answered_at=now)
    message = acceptance(ctx.snapshot.order, request, now)
    others = [
        msgspec.structs.replace(t, status=TransferStatus.OVERTAKEN, answered_at=now)
        for t in ctx.snapshot.transfers or ()
        if t.direction == "in" and t.is_open and t.id != request.id
    ]
    fields = {"responsible": True} | ({} if ctx.row.target is None else _afresh(ctx.snapshot.order))
    messages = [message, *attachment_notices(ctx.snapshot, request.peer)]
    return Effect(fields=fields, transfers=[*others, taken], messages=messages, body={"transfer_id": request.id})


def _return(ctx: Context, request: Transfer, *, reason: str, basis: str, text: str) -> Effect:
    change = {
        "status": TransferStatus.RETURNED,
        "answered_at": ctx.asked.now,
        "reason": reason,
        "basis": basis,
        "text": text,
    }
    message = _to(request.peer, TransferReturned(transfer_id=request.id, reason=reason, basis=basis, text=text))
    return Effect(fields=_ended(ctx), transfers=[msgspec.structs.replace(request, **change)], messages=[message])


def _ended(ctx: Context) -> dict[str, Any]:
    """An order that was only there to be asked is closed by the answer."""
    return {"closing": ctx.row.target} if ctx.row.target in {"declined", "withdrawn"} else {}


def _withdraw(offer: Transfer, reason: str) -> Effect:
    asked_back = msgspec.structs.replace(offer, status=TransferStatus.WITHDRAWING)
    message = _to(offer.peer, WithdrawalRequested(transfer_id=offer.id, reason=reason))
    return Effect(transfers=[asked_back], messages=[message], body={"transfer_id": offer.id})


def _drop_what_is_open(ctx: Context, effect: Effect) -> None:
    """In danger the police desk calls back what it has offered and not yet sent anybody for."""
    offer = ctx.snapshot.open_transfer("out")
    nobody_sent = ctx.snapshot.order.kind == "police_order" and ctx.snapshot.dispatch is None
    if offer and not offer.part and offer.status == TransferStatus.OFFERED and nobody_sent:
        withdrawal = _withdraw(offer, "danger")
        effect.transfers += withdrawal.transfers
        effect.messages += withdrawal.messages


def _settle(ctx: Context, **change: Any) -> Effect:
    ours = _named(ctx)
    if ours is None or not ours.is_open:
        return Effect()
    return Effect(
        transfers=[msgspec.structs.replace(ours, answered_at=ctx.asked.now, **change)], body={"transfer_id": ours.id}
    )


def _named(ctx: Context) -> Transfer | None:
    """The transfer that the message names, if it is ours to that very peer: nobody answers for another centre."""
    ours = ctx.snapshot.transfer(ctx.asked.data.transfer_id)
    return ours if ours is not None and offered_to_speaker(ours, ctx.asked) else None


def _of_peer(ctx: Context, **change: Any) -> list[Transfer]:
    """Every hand-over that this peer and we have agreed on: what it says of its order is true of all of them."""
    sender = ctx.asked.incoming.sender if ctx.asked.incoming else ""
    shared = [t for t in ctx.snapshot.transfers or () if t.peer == sender and t.status == TransferStatus.ACCEPTED]
    return [msgspec.structs.replace(transfer, **change) for transfer in shared]


def _sharing(ctx: Context) -> list[str]:
    waiting = {t.peer for t in ctx.snapshot.transfers or () if t.is_open}
    return sorted(waiting | set(ctx.snapshot.followers))


def _afresh(order: Order) -> dict[str, Any]:
    """A matter that we take (again) starts a fresh round of handling here; what an earlier round left is in the ledger."""
    return dict.fromkeys(OF_ONE_ROUND) | {"fed_back": False, "call_backs": 0}


def _merged_content(order: Order, offer: TransferOffered) -> str:
    return order.content if offer.content in order.content else offer.content


def _to(peer: str, body: Any) -> Outgoing:
    return Outgoing(id=new_id(), peer=peer, body=body)


EFFECTS: dict[str, EffectOf] = {
    "offer_transfer": offer_transfer,
    "transfer.offered_by_clock": offered_by_clock,
    "withdraw_transfer": withdraw_transfer,
    "accept_transfer": accept_transfer,
    "return_transfer": return_transfer,
    "take_offer": take_offer,
    "note_accepted": note_accepted,
    "note_returned": note_returned,
    "note_withdrawal": note_withdrawal,
    "note_withdrawn": note_withdrawn,
    "note_progress": note_progress,
    "note_answer": note_answer,
    "note_evaluation": note_evaluation,
    "note_supplement": note_supplement,
    "raise_danger": raise_danger,
    "note_danger": note_danger,
}
