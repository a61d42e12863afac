"""What a negotiation and a three-way call do. Responsibility moves only by the acceptance or the keeping that ends them."""

from typing import Any

import msgspec

from liandong.core.ids import new_id
from liandong.exchange.contracts import (
    CallEnded,
    CallJoined,
    CallOpened,
    NegotiationOpened,
    PositionTaken,
    TransferKept,
    TransferWithdrawn,
)
from liandong.linkage.effects import as_asked
from liandong.linkage.model import (
    Joined,
    Position,
    SettledBy,
    ThreeWayCall,
    Transfer,
    TransferStatus,
)
from liandong.linkage.offers import accept, as_negotiation, offer, to
from liandong.linkage.precedents import with_precedent
from liandong.linkage.rules import from_speaker
from liandong.negotiation.rules import calling, shared_with, undecided
from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf


def negotiate(ctx: Context) -> Effect:
    """Opens it, with the first position: about the open offer, or by an offer that is a negotiation from the start."""
    waiting = undecided(ctx.snapshot)
    if "transfer.offered.v1" in ctx.row.sends:
        effect = offer(ctx, as_asked(ctx))
        said = _position(ctx, effect.transfers[-1])
        effect = as_negotiation(ctx, effect, NegotiationOpened(effect.transfers[-1].id, ctx.asked.now, position=said))
        effect.transfers[-1] = _with_position(ctx, effect.transfers[-1], said, ctx.asked.policy.centre)
        return effect
    assert waiting is not None
    said = _position(ctx, waiting)
    talk = _with_position(ctx, _opened(ctx, waiting), said, ctx.asked.policy.centre)
    message = to(waiting.peer, NegotiationOpened(waiting.id, ctx.asked.now, position=said))
    return Effect(transfers=[talk], messages=[message], body={"transfer_id": waiting.id})


def opened_by_clock(ctx: Context) -> Effect:
    """Nobody answered the offer in time."""
    waiting = undecided(ctx.snapshot)
    assert waiting is not None
    effect = _open(ctx, waiting, "对方逾期未答复")
    effect.stops = [ctx.asked.data.clock]
    effect.body |= {"clock": ctx.asked.data.clock}
    return effect


def note_negotiation(ctx: Context) -> Effect:
    data = ctx.asked.data
    if not ctx.row.starts:
        return Effect()
    transfer = ctx.snapshot.transfer(data.transfer_id)
    assert transfer is not None
    talk = _opened(ctx, transfer)
    if data.position is not None:
        talk = _with_position(ctx, talk, data.position, ctx.asked.sender)
    return Effect(transfers=[talk], body={"transfer_id": transfer.id})


def take_position(ctx: Context) -> Effect:
    return _say(ctx)


def note_position(ctx: Context) -> Effect:
    """A position is kept with the negotiation; a ruling is carried out."""
    talk = ctx.snapshot.transfer(ctx.asked.data.transfer_id)
    if talk is None or talk.peer != ctx.asked.sender:
        return Effect()
    heard = _with_position(ctx, talk, ctx.asked.data, ctx.asked.sender)
    if ctx.row.event == "negotiation.taken":
        return accept(ctx, heard, settled_by=SettledBy.ARBITRATION)
    if ctx.row.event == "negotiation.kept":
        return _kept(ctx, heard, SettledBy.ARBITRATION, ctx.asked.data.text)
    return Effect(transfers=[heard])


def keep_matter(ctx: Context) -> Effect:
    talk = ctx.snapshot.negotiation
    assert talk is not None
    return _kept(ctx, talk, SettledBy.AGREEMENT, ctx.asked.data.text)


def arbitrate(ctx: Context) -> Effect:
    """The leader's ruling goes to the other side; here it is carried out at once, as far as it is ours to do."""
    effect = _say(ctx, ruling=True)
    ruled = effect.transfers[0]
    if ctx.row.event == "negotiation.taken":
        outcome = accept(ctx, ruled, settled_by=SettledBy.ARBITRATION)
    elif ctx.row.event == "negotiation.kept":
        outcome = _kept(ctx, ruled, SettledBy.ARBITRATION, ctx.asked.data.text)
    else:
        return effect
    outcome.messages = effect.messages + outcome.messages
    return outcome


def lapsed(ctx: Context) -> Effect:
    """Still unclear at the deadline: the first receiver takes it (plan 二(三)1)."""
    talk = ctx.snapshot.negotiation
    assert talk is not None
    if ctx.row.event == "negotiation.lapsed_taken":
        effect = accept(ctx, talk, settled_by=SettledBy.DEADLINE)
    else:
        effect = _kept(ctx, talk, SettledBy.DEADLINE, "")
    effect.stops = [ctx.asked.data.clock]
    effect.body |= {"clock": ctx.asked.data.clock}
    return effect


def note_kept(ctx: Context) -> Effect:
    """The other side keeps what it had offered: confirmed, the question is closed."""
    data, now = ctx.asked.data, ctx.asked.now
    request = from_speaker(ctx.snapshot, ctx.asked, "in")
    if not ctx.row.stops or request is None:
        return Effect()
    kept = msgspec.structs.replace(request, status=TransferStatus.KEPT, answered_at=now, settled_by=data.settled_by)
    kept = with_precedent(ctx.snapshot.order, kept, owner=request.peer, settled_by=data.settled_by, at=now)
    confirmed = to(request.peer, TransferWithdrawn(transfer_id=request.id))
    fields = {"closing": ctx.row.target} if ctx.row.target else {}
    return Effect(fields=fields, transfers=[kept], messages=[confirmed])


def open_three_way_call(ctx: Context) -> Effect:
    data, now = ctx.asked.data, ctx.asked.now
    effect = Effect()
    if "transfer.offered.v1" in ctx.row.sends:
        effect = offer(ctx, as_asked(ctx))
        transfer = effect.transfers.pop()
    else:
        found = shared_with(ctx.snapshot, data.to)
        assert found is not None
        transfer = found
    us = ctx.asked.policy.centre
    here = Joined(centre=us, at=now, person=data.person, seat=data.seat, recording_no=data.recording_no)
    call = ThreeWayCall(id=new_id(), opened_by=us, opened_at=now, joined=(here,))
    effect.transfers.append(msgspec.structs.replace(transfer, calls=(*transfer.calls, call)))
    body = CallOpened(
        transfer_id=transfer.id,
        call_id=call.id,
        at=now,
        person=data.person,
        seat=data.seat,
        recording_no=data.recording_no,
    )
    effect.messages.append(to(transfer.peer, body))
    effect.body = {"transfer_id": transfer.id, "call_id": call.id}
    return effect


def note_call(ctx: Context) -> Effect:
    data, peer = ctx.asked.data, ctx.asked.sender
    transfer = _of_peer(ctx)
    if transfer is None:
        return Effect()
    there = Joined(centre=peer, at=data.at, person=data.person, seat=data.seat, recording_no=data.recording_no)
    call = ThreeWayCall(id=data.call_id, opened_by=peer, opened_at=data.at, joined=(there,))
    return Effect(transfers=[msgspec.structs.replace(transfer, calls=(*transfer.calls, call))])


def join_three_way_call(ctx: Context) -> Effect:
    data, now = ctx.asked.data, ctx.asked.now
    transfer = calling(ctx.snapshot)
    assert transfer is not None
    assert transfer.open_call is not None
    here = Joined(
        centre=ctx.asked.policy.centre, at=now, person=data.person, seat=data.seat, recording_no=data.recording_no
    )
    body = CallJoined(
        transfer_id=transfer.id,
        call_id=transfer.open_call.id,
        at=now,
        person=data.person,
        seat=data.seat,
        recording_no=data.recording_no,
    )
    return Effect(transfers=[_joined(transfer, body.call_id, here)], messages=[to(transfer.peer, body)])


def note_call_joined(ctx: Context) -> Effect:
    data, transfer = ctx.asked.data, _of_peer(ctx)
    if transfer is None:
        return Effect()
    there = Joined(
        centre=ctx.asked.sender, at=data.at, person=data.person, seat=data.seat, recording_no=data.recording_no
    )
    return Effect(transfers=[_joined(transfer, data.call_id, there)])


def end_three_way_call(ctx: Context) -> Effect:
    """Still unclear: the negotiation is opened in the same step."""
    data, now = ctx.asked.data, ctx.asked.now
    transfer = calling(ctx.snapshot)
    assert transfer is not None
    assert transfer.open_call is not None
    body = CallEnded(
        transfer_id=transfer.id, call_id=transfer.open_call.id, at=now, outcome=data.outcome, text=data.text
    )
    over = _ended(transfer, body)
    effect = Effect(transfers=[over], messages=[to(transfer.peer, body)], body={"transfer_id": transfer.id})
    if "negotiation.opened.v1" in ctx.row.sends:
        opened = _open(ctx, over, "三方通话后仍不明确")
        effect.transfers = opened.transfers
        effect.messages += opened.messages
    return effect


def note_call_ended(ctx: Context) -> Effect:
    transfer = _of_peer(ctx)
    return Effect(transfers=[_ended(transfer, ctx.asked.data)] if transfer is not None else [])


def _open(ctx: Context, transfer: Transfer, reason: str) -> Effect:
    message = to(transfer.peer, NegotiationOpened(transfer_id=transfer.id, at=ctx.asked.now, reason=reason))
    return Effect(transfers=[_opened(ctx, transfer)], messages=[message], body={"transfer_id": transfer.id})


def _opened(ctx: Context, transfer: Transfer) -> Transfer:
    return msgspec.structs.replace(transfer, status=TransferStatus.NEGOTIATING, negotiated_at=ctx.asked.now)


def _say(ctx: Context, *, ruling: bool = False) -> Effect:
    talk = ctx.snapshot.negotiation
    assert talk is not None
    said = _position(ctx, talk, ruling=ruling)
    heard = _with_position(ctx, talk, said, ctx.asked.policy.centre)
    return Effect(transfers=[heard], messages=[to(talk.peer, said)], body={"transfer_id": talk.id})


def _position(ctx: Context, talk: Transfer, *, ruling: bool = False) -> PositionTaken:
    data = ctx.asked.data
    return PositionTaken(
        transfer_id=talk.id,
        owner=data.owner,
        basis_kind=data.basis_kind,
        basis=data.basis,
        at=ctx.asked.now,
        text=data.text,
        person=ctx.asked.actor.id,
        ruling=ruling,
    )


def _with_position(ctx: Context, talk: Transfer, said: PositionTaken, centre: str) -> Transfer:
    position = Position(
        centre=centre,
        owner=said.owner,
        basis_kind=said.basis_kind,
        basis=said.basis,
        at=said.at,
        text=said.text,
        person=said.person,
        ruling=said.ruling,
    )
    return msgspec.structs.replace(talk, positions=(*talk.positions, position))


def _kept(ctx: Context, talk: Transfer, settled_by: SettledBy, text: str) -> Effect:
    """The holder keeps it. The offer stays open until the other side confirms: its acceptance may be on its way."""
    now = ctx.asked.now
    kept = msgspec.structs.replace(talk, status=TransferStatus.KEEPING, settled_by=settled_by)
    message = to(talk.peer, TransferKept(transfer_id=talk.id, settled_by=settled_by, at=now, text=text))
    return Effect(transfers=[kept], messages=[message], body={"transfer_id": talk.id})


def _of_peer(ctx: Context) -> Transfer | None:
    """The transfer that the message names, in either direction, if the speaker is its other side."""
    transfer = ctx.snapshot.transfer(ctx.asked.data.transfer_id)
    return transfer if transfer is not None and transfer.peer == ctx.asked.sender else None


def _joined(transfer: Transfer, call_id: Any, who: Joined) -> Transfer:
    calls = tuple(
        msgspec.structs.replace(call, joined=(*call.joined, who)) if call.id == call_id else call
        for call in transfer.calls
    )
    return msgspec.structs.replace(transfer, calls=calls)


def _ended(transfer: Transfer, said: CallEnded) -> Transfer:
    """Both may hang up at the same moment: the first that was heard here counts."""
    calls = tuple(
        msgspec.structs.replace(call, ended_at=said.at, outcome=said.outcome, text=said.text)
        if call.id == said.call_id and call.ended_at is None
        else call
        for call in transfer.calls
    )
    return msgspec.structs.replace(transfer, calls=calls)


EFFECTS: dict[str, EffectOf] = {
    "negotiate": negotiate,
    "negotiation.opened_by_clock": opened_by_clock,
    "note_negotiation": note_negotiation,
    "take_position": take_position,
    "note_position": note_position,
    "keep_matter": keep_matter,
    "arbitrate": arbitrate,
    "negotiation.lapsed_taken": lapsed,
    "negotiation.lapsed_kept": lapsed,
    "note_kept": note_kept,
    "open_three_way_call": open_three_way_call,
    "note_call": note_call,
    "join_three_way_call": join_three_way_call,
    "note_call_joined": note_call_joined,
    "end_three_way_call": end_three_way_call,
    "note_call_ended": note_call_ended,
}
