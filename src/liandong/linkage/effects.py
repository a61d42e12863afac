"""What the actions and messages of a transfer do: the ownership protocol of docs/protocol.md, one pure function each."""

from datetime import datetime
from typing import Any

import msgspec

from liandong.exchange.contracts import (
    JointEnded,
    OrderAnswered,
    RecallRefused,
    RecallRequested,
    TransferOffered,
    TransferWithdrawn,
)
from liandong.linkage import danger
from liandong.linkage.lifecycle import FINAL
from liandong.linkage.model import ALREADY_HERE, Binding, Transfer, TransferStatus
from liandong.linkage.offers import (
    HAVE_IT,
    Offer,
    accept,
    add,
    as_negotiation,
    call_back,
    ended,
    give_back,
    handed_on,
    incoming_transfer,
    offer,
    pass_on,
    to,
    unlinked,
    upstream,
    with_hop,
)
from liandong.linkage.precedents import with_precedent
from liandong.linkage.result_rules import answered_parts, parts_asked
from liandong.linkage.rules import from_holder, from_speaker, latest_given, named, recall_of
from liandong.orders.context import Context, Effect
from liandong.orders.effects import EFFECTS as ORDER_EFFECTS
from liandong.orders.effects import EffectOf, append, evaluation_of, progressed
from liandong.orders.model import PartsAwaited


def offer_transfer(ctx: Context) -> Effect:
    effect = offer(ctx, as_asked(ctx))
    return as_negotiation(ctx, effect) if ctx.row.event == "negotiation.opened" else effect


def as_asked(ctx: Context) -> Offer:
    """The offer that a person asks for. Danger is urgent whatever the desk pressed: the police desk must not be able to refuse it."""
    data, order = ctx.asked.data, ctx.snapshot.order
    verdict = order.verdict
    pressed = getattr(data, "urgent", False)
    urgent = (pressed or order.danger) and ctx.asked.policy.takes_danger(data.to)
    return Offer(
        to=data.to,
        urgent=urgent,
        part=getattr(data, "part", False),
        items=list(getattr(data, "items", None) or (verdict.items if verdict else ())),
        note=getattr(data, "note", ""),
        danger=order.danger or (urgent and not _only_a_lead(ctx)),
    )


def _only_a_lead(ctx: Context) -> bool:
    """A lead on social stability goes at once, but it is no danger yet (plan 二(三)1)."""
    facts = ctx.snapshot.order.facts
    return facts is not None and facts.stability_lead and not facts.danger


def split(ctx: Context) -> Effect:
    """Somebody is sent and the other centre gets its part, in one step."""
    effect = ORDER_EFFECTS["dispatch"](ctx)
    data = ctx.asked.data
    add(effect, offer(ctx, Offer(to=data.to, part=True, items=list(data.items), note=data.note)))
    effect.body = {"transfer_id": effect.transfers[-1].id}
    return effect


def offered_by_clock(ctx: Context) -> Effect:
    effect = danger.hand_over(ctx, "时限内未转出，系统自动转出", danger=not _only_a_lead(ctx))
    effect.stops = [ctx.asked.data.clock]
    effect.body |= {"clock": ctx.asked.data.clock}
    return effect


def withdraw_transfer(ctx: Context) -> Effect:
    waiting = named(ctx.snapshot, ctx.asked, "out")
    assert waiting is not None
    return call_back(ctx, waiting, ctx.asked.data.reason)


def accept_transfer(ctx: Context) -> Effect:
    request = named(ctx.snapshot, ctx.asked, "in")
    assert request is not None
    return accept(ctx, request)


def return_transfer(ctx: Context) -> Effect:
    data, request = ctx.asked.data, named(ctx.snapshot, ctx.asked, "in")
    assert request is not None
    return give_back(ctx, request, reason=data.reason, basis=data.basis, text=data.text)


def recall_transfer(ctx: Context) -> Effect:
    given, reason = latest_given(ctx.snapshot), ctx.asked.data.reason
    assert given is not None
    message = to(given.peer, RecallRequested(transfer_id=given.id, reason=reason))
    return Effect(transfers=[msgspec.structs.replace(given, recall=reason)], messages=[message])


def agree_recall(ctx: Context) -> Effect:
    """Consent is a binding offer back, so that somebody is responsible all the time."""
    wanted = recall_of(ctx.snapshot)
    assert wanted is not None
    effect = offer(ctx, Offer(to=wanted.peer, note=ctx.asked.data.note, binding=Binding.RECALL))
    effect.transfers.append(msgspec.structs.replace(wanted, recall=None))
    return effect


def refuse_recall(ctx: Context) -> Effect:
    wanted = recall_of(ctx.snapshot)
    assert wanted is not None
    message = to(wanted.peer, RecallRefused(transfer_id=wanted.id, reason=ctx.asked.data.reason))
    return Effect(transfers=[msgspec.structs.replace(wanted, recall=None)], messages=[message])


def end_joint_handling(ctx: Context) -> Effect:
    return joint_ended(ctx, ctx.asked.data.text)


def joint_ended(ctx: Context, text: str) -> Effect:
    """Every part that has its result is over, and its centre is told so."""
    parts, now = answered_parts(ctx.snapshot), ctx.asked.now
    return Effect(
        transfers=[_joint_over(part, now) for part in parts],
        messages=[to(part.peer, JointEnded(transfer_id=part.id, at=now, text=text)) for part in parts],
        body={"joint_ended": [part.id for part in parts]} if parts else {},
    )


def _joint_over(part: Transfer, now: datetime) -> Transfer:
    return msgspec.structs.replace(part, joint_ended_at=now) if part.is_joint else part


def close(ctx: Context) -> Effect:
    """Closing ends the joint handling that is still marked."""
    effect = ORDER_EFFECTS["close"](ctx)
    over = joint_ended(ctx, "")
    add(effect, over)
    effect.body |= over.body
    return effect


def reopen(ctx: Context) -> Effect:
    """A new round. Where the matter had gone elsewhere, it goes the same way again."""
    effect, order = ORDER_EFFECTS["reopen"](ctx), ctx.snapshot.order
    path = with_hop([], ctx.asked.policy.centre, order.number or "", ctx.asked.now)
    renewed: dict[str, Any] = {"path": path, "bounces": 0, "round": order.round + 1}
    effect.fields |= renewed
    effect.transfers = [_of_former_round(t, ctx.asked.now) for t in ctx.snapshot.transfers or () if t.peer_result]
    given = latest_given(ctx.snapshot)
    if "transfer.offered.v1" in ctx.row.sends and given is not None:
        urgent = order.danger and ctx.asked.policy.takes_danger(given.peer)
        what = Offer(to=given.peer, urgent=urgent, items=given.items, note=ctx.asked.data.reason)
        again = offer(_as_of(ctx, renewed), what)
        add(effect, again)
        effect.fields |= {"bounces": 0}
        effect.body = again.body
    return effect


def _of_former_round(t: Transfer, now: datetime) -> Transfer:
    """What the peer found then is in the ledger; its part is over."""
    over = _joint_over(t, now) if t.direction == "out" else t
    return msgspec.structs.replace(over, peer_result=None)


def take_offer(ctx: Context) -> Effect:
    """An offer for a matter that we already have an order of."""
    asked, order = ctx.asked, ctx.snapshot.order
    offered: TransferOffered = asked.data
    known: dict[str, Any] = {"danger": offered.danger or (order.danger and not order.is_resolved)}
    if known["danger"]:
        known["urgent"] = True
    request = incoming_transfer(order, offered, asked.sender, asked.now)
    if ctx.row.event == "transfer.offer_overtaken":
        back = give_back(ctx, request, **HAVE_IT)
        back.fields, back.body = known, {"transfer_id": request.id}
        return back
    if ctx.row.event == "transfer.returned":
        return give_back(ctx, request, **danger.TO_POLICE)
    if ctx.row.event == "transfer.offer_void":
        return give_back(ctx, request, reason="other", basis="docs/protocol.md", text="已由110接管或已进入新一轮办理")
    fields: dict[str, Any] = known | {
        "content": _merged_content(order.content, offered.content),
        "round": max(order.round, offered.round),
        "bounces": offered.bounces if offered.round > order.round else max(order.bounces, offered.bounces),
    }
    if not offered.part:
        fields |= {"path": offered.path, "claim": max(order.claim, offered.claim)}
    if ctx.row.event == "transfer.asked":
        return Effect(fields=fields, transfers=[request])
    effect = danger.take_urgently(_as_of(ctx, fields), request)
    effect.transfers = [*effect.transfers, *_recall_over(ctx)]
    effect.fields = fields | effect.fields
    return effect


def _as_of(ctx: Context, fields: dict[str, Any]) -> Context:
    """The same request about the order as the offer has made it."""
    order = msgspec.structs.replace(ctx.snapshot.order, **fields)
    return msgspec.structs.replace(ctx, snapshot=msgspec.structs.replace(ctx.snapshot, order=order))


def _recall_over(ctx: Context) -> list[Transfer]:
    """The matter is back: nobody waits for an answer to the recall any more."""
    mine = [t for t in ctx.snapshot.transfers or () if t.recall and t.direction == "out"]
    return [msgspec.structs.replace(t, recall=None) for t in mine]


def note_accepted(ctx: Context) -> Effect:
    """An acceptance counts while its offer is open here, whatever was done with it since. Who comes late learns that the caller has judged."""
    accepted: Any = ctx.asked.data
    ours = from_speaker(ctx.snapshot, ctx.asked, "out")
    claimed = _under_claim(ctx, accepted)
    if ours is None or not (ours.is_open or ours.status == TransferStatus.OVERTAKEN):
        claimed.body = {"void_transfer": accepted.transfer_id}
        return claimed
    change = {
        "status": TransferStatus.ACCEPTED,
        "answered_at": accepted.accepted_at,
        "peer_number": accepted.number,
        "duplicate_of": accepted.duplicate_of or None,
        "settled_by": accepted.settled_by,
    }
    taken = msgspec.structs.replace(ours, **change)
    if taken.settled_by:
        taken = with_precedent(
            ctx.snapshot.order, taken, owner=ours.peer, settled_by=taken.settled_by, at=ctx.asked.now
        )
    moves = ctx.row.target == "following"
    if ours.is_open and not (moves or ours.part):
        taken = msgspec.structs.replace(taken, part=True)  # what is done here goes on beside it: joint handling
    path = accepted.path or with_hop(ctx.snapshot.order.path, ours.peer, accepted.number, accepted.accepted_at)
    effect = Effect(
        fields=claimed.fields | ({"path": path} if ours.is_open and not ours.part else {}),
        transfers=[*(t for t in claimed.transfers if t.id != taken.id), taken],
        messages=claimed.messages,
        body={"transfer_id": ours.id},
    )
    if moves:
        effect.fields |= {"responsible": False} | unlinked(ctx)
        effect.messages = [*handed_on(ctx, path, accepted.number), *effect.messages]
    order = ctx.snapshot.order
    if order.evaluated_at or (order.status in FINAL and not order.came_from_peer):
        effect.messages = [
            *effect.messages,
            to(ctx.asked.sender, evaluation_of(order, order.evaluated_at or ctx.asked.now)),
        ]
    return effect


def _under_claim(ctx: Context, accepted: Any) -> Effect:
    """The police desk took it by a claim: what else was on offer or asked is void, and whoever shares the matter hears of it."""
    if accepted.claim <= ctx.snapshot.order.claim:
        return Effect()
    known = ctx.snapshot.order.danger
    return danger.under_claim(ctx, accepted.claim, danger.TAKEN_OVER, told=(), danger=known)


def note_returned(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    effect = _settle(ctx, status=TransferStatus.RETURNED, reason=data.reason, basis=data.basis, text=data.text)
    ours = effect.transfers[0] if effect.transfers else None
    if (
        ours is not None
        and not ours.part
        and not ours.urgent
        and ours.round == order.round
        and data.reason != ALREADY_HERE
    ):
        effect.fields["bounces"] = order.bounces + 1
    if "transfer.offered.v1" in ctx.row.sends and ours is not None:
        add(effect, offer(ctx, Offer(to=ours.peer, items=ours.items, binding=Binding.ARBITRATION)))
    return _parts_told(ctx, effect)


def _parts_told(ctx: Context, effect: Effect) -> Effect:
    """Whoever was told our result hears when the parts change that it still waits for."""
    before = ctx.snapshot
    merged = {t.id: t for t in (*(before.transfers or ()), *effect.transfers)}
    awaited = parts_asked(msgspec.structs.replace(before, transfers=list(merged.values())))
    if before.order.fed_back and awaited != parts_asked(before):
        effect.messages = [*effect.messages, *progressed(ctx, awaited)]
    return effect


def note_withdrawal(ctx: Context) -> Effect:
    request = from_speaker(ctx.snapshot, ctx.asked, "in")
    if not ctx.row.sends or request is None:
        return Effect()
    agreed = msgspec.structs.replace(
        request, status=TransferStatus.WITHDRAWN, answered_at=ctx.asked.now, reason=ctx.asked.data.reason
    )
    closing = TransferWithdrawn(transfer_id=request.id)
    return Effect(fields=ended(ctx), transfers=[agreed], messages=[to(request.peer, closing)])


def note_withdrawn(ctx: Context) -> Effect:
    """Confirmed: what was called back or kept is closed. A chain's negotiation goes back to the first receiver only now."""
    ours = from_speaker(ctx.snapshot, ctx.asked, "out")
    if ours is None or ours.status != TransferStatus.KEEPING or ours.settled_by is None:
        return _parts_told(ctx, _settle(ctx, status=TransferStatus.WITHDRAWN))
    effect = _settle(ctx, status=TransferStatus.KEPT)
    us = ctx.asked.policy.centre
    effect.transfers = [
        with_precedent(ctx.snapshot.order, t, owner=us, settled_by=ours.settled_by, at=ctx.asked.now)
        for t in effect.transfers
    ]
    if "transfer.offered.v1" in ctx.row.sends:
        note = "协商逾期未定，由首接中心先行受理"
        what = Offer(to=ctx.snapshot.order.first_receiver, binding=Binding.FIRST_RECEIVER, note=note)
        add(effect, offer(ctx, what))
    return effect


def note_recall(ctx: Context) -> Effect:
    data = ctx.asked.data
    wanted = from_speaker(ctx.snapshot, ctx.asked, "in")
    if wanted is None or "transfer.recall_refused.v1" in ctx.row.sends:
        refusal = RecallRefused(transfer_id=data.transfer_id, reason="已再转出或已有结果，不能撤回")
        return Effect(messages=[to(ctx.asked.sender, refusal)])
    return Effect(transfers=[msgspec.structs.replace(wanted, recall=data.reason)], body={"reason": data.reason})


def note_recall_refused(ctx: Context) -> Effect:
    given = from_speaker(ctx.snapshot, ctx.asked, "out")
    return Effect(transfers=[msgspec.structs.replace(given, recall=None)] if given is not None else [])


def note_joint_end(ctx: Context) -> Effect:
    part = from_speaker(ctx.snapshot, ctx.asked, "in")
    if part is None or not part.part:
        return Effect()
    return Effect(transfers=[_joint_over(part, ctx.asked.now)])


def note_progress(ctx: Context) -> Effect:
    """Who follows learns where the matter is and how it goes on there, and tells it on towards the first receiver."""
    data, order, asked = ctx.asked.data, ctx.snapshot.order, ctx.asked
    theirs = _of_peer(ctx, peer_number=data.number, peer_status=data.status)
    if data.by:
        theirs = [t for t in theirs if not t.part]  # of its own part a centre speaks itself
    awaits = _awaits(ctx, data.awaits)
    if order.responsible and not awaits:
        return Effect(transfers=theirs)
    told = {asked.policy.centre, asked.sender, *data.told}
    others = sorted(set(upstream(ctx)) - told)
    news = msgspec.structs.replace(data, by=data.by or asked.sender, told=sorted(told | set(others)))
    fields: dict[str, Any] = awaits | ({"path": data.path} if len(data.path) >= len(order.path) else {})
    return Effect(fields=fields, transfers=theirs, messages=[to(peer, news) for peer in others])


def _awaits(ctx: Context, peers: list[str] | None) -> dict[str, Any]:
    """What the holder of the whole said last of the parts it waits for, also when it comes in another order through others."""
    if peers is None:
        return {}
    data, known = ctx.asked.data, ctx.snapshot.order.awaits
    said = PartsAwaited(data.by or ctx.asked.sender, data.at, peers)
    stale = known is not None and known.by == said.by and known.at > said.at
    return {} if stale else {"awaits": said}


def _part_answered(ctx: Context) -> dict[str, Any]:
    who, known = ctx.asked.data.by or ctx.asked.sender, ctx.snapshot.order.awaits
    if known is None or who not in known.peers:
        return {}
    return {"awaits": msgspec.structs.replace(known, peers=[peer for peer in known.peers if peer != who])}


def note_answer(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    at = msgspec.to_builtins(data.at)
    result = {"answer": data.answer, "closing": data.closing, "at": at, "part": data.part, "claim": data.claim}
    awaits = _part_answered(ctx) if data.part else _awaits(ctx, data.awaits)
    heard = any((t.peer_result or {}).get("at") == at for t in ctx.snapshot.transfers or ())
    transfers = [_with_result(t, result, data) for t in _of_peer(ctx) if t.part or not data.part]
    if not data.by:
        transfers = [msgspec.structs.replace(t, peer_number=data.number, peer_status=data.status) for t in transfers]
    passed_on = msgspec.structs.replace(data, by=data.by or ctx.asked.sender)
    ours = heard or from_holder(ctx.snapshot, ctx.asked)
    told = [] if ours else [to(peer, passed_on) for peer in upstream(ctx) if peer != ctx.asked.sender]
    if ctx.row.target is None:
        return _parts_told(ctx, Effect(fields=awaits, transfers=transfers, messages=told))
    fields = awaits | {"answer": data.answer, "fed_back": True, "responsible": not order.came_from_peer}
    return Effect(fields=fields, transfers=transfers, messages=told)


def _with_result(t: Transfer, result: dict[str, Any], said: OrderAnswered) -> Transfer:
    """A result of the whole stands above one of a part. `own`: the peer's own work is done, not only somebody's that it follows."""
    before = t.peer_result or {}
    beside = t.part and not t.urgent and t.peer_status != "following"
    own = before.get("own", False) or not (said.by and beside)
    kept = before if said.part and before and not before.get("part") else result
    return msgspec.structs.replace(t, peer_result=kept | {"own": own})


def note_evaluation(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    if not order.came_from_peer:
        return Effect()  # the first receiver judges for the caller itself
    fields: dict[str, Any] = {
        "satisfaction": data.satisfaction,
        "solved": data.solved,
        "evaluated_at": data.at,
        "revisited": True,
    }
    told = [] if order.evaluated_at == data.at else pass_on(ctx, data)
    fields |= {"responsible": False} if ctx.row.target == "evaluated" else {}
    return Effect(fields=fields, messages=told)


def note_supplement(ctx: Context) -> Effect:
    content, text = ctx.snapshot.order.content, ctx.asked.data.text
    if text in content:
        return Effect()
    return Effect(fields={"content": append(content, text)}, messages=pass_on(ctx, ctx.asked.data))


def _settle(ctx: Context, **change: Any) -> Effect:
    ours = from_speaker(ctx.snapshot, ctx.asked, "out")
    if ours is None or not ours.is_open:
        return Effect()
    transfers = [msgspec.structs.replace(ours, answered_at=ctx.asked.now, **change)]
    return Effect(transfers=transfers, body={"transfer_id": ours.id})


def _of_peer(ctx: Context, **change: Any) -> list[Transfer]:
    """Every hand-over that this peer and we have agreed on: what it says of its order is true of all of them."""
    shared = [t for t in ctx.snapshot.transfers or () if t.peer == ctx.asked.sender]
    return [msgspec.structs.replace(t, **change) for t in shared if t.status == TransferStatus.ACCEPTED]


def _merged_content(ours: str, offered: str) -> str:
    return ours if offered in ours else offered


EFFECTS: dict[str, EffectOf] = {
    "offer_transfer": offer_transfer,
    "split": split,
    "transfer.offered_by_clock": offered_by_clock,
    "withdraw_transfer": withdraw_transfer,
    "accept_transfer": accept_transfer,
    "return_transfer": return_transfer,
    "recall_transfer": recall_transfer,
    "agree_recall": agree_recall,
    "refuse_recall": refuse_recall,
    "end_joint_handling": end_joint_handling,
    "close": close,
    "reopen": reopen,
    "take_offer": take_offer,
    "note_accepted": note_accepted,
    "note_returned": note_returned,
    "note_withdrawal": note_withdrawal,
    "note_withdrawn": note_withdrawn,
    "note_recall": note_recall,
    "note_recall_refused": note_recall_refused,
    "note_joint_end": note_joint_end,
    "note_progress": note_progress,
    "note_answer": note_answer,
    "note_evaluation": note_evaluation,
    "note_supplement": note_supplement,
    **danger.EFFECTS,
}
