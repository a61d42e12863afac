"""Danger: no wait anywhere. The police desk acts first, whatever was going on (plan 二(三)1, 国办发〔2022〕12号).

Every other centre that learns of danger calls the police desk itself, by an urgent offer. The police desk takes it, or claims what it
only followed or had on offer. A claim has a number; what was said under a lower number is void, and whoever reads a new one
tells it on. The exploration that forced these rules is in docs/ownership.md.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from liandong.core.ids import new_id
from liandong.exchange.contracts import DangerClaimed, DangerRaised
from liandong.linkage.danger_rules import undispatched_danger
from liandong.linkage.model import ALREADY_HERE, Transfer, TransferStatus
from liandong.linkage.offers import (
    Offer,
    accept,
    afresh,
    call_all_back,
    give_back,
    handed_on,
    offer,
    overtake,
    pass_on,
    sharing,
    to,
    unlinked,
    with_hop,
)
from liandong.orders.context import Context, Effect, Outgoing
from liandong.orders.effects import EFFECTS as ORDER_EFFECTS
from liandong.orders.effects import EffectOf, append

TO_POLICE = {"reason": "other", "basis": "plan 二(三)1", "text": "存在危险，由110先行处置"}
TAKEN_OVER = "存在危险，由110先行处置"


def raise_danger(ctx: Context) -> Effect:
    asked = ctx.asked
    text = f"{asked.data.text}（现场：{asked.data.address}）" if asked.data.address else asked.data.text
    seen = DangerRaised(at=asked.now, text=text)
    request = ctx.snapshot.open_transfer("in")
    if ctx.row.event == "danger.claimed":
        effect = claim(ctx, text)
    elif "transfer.returned.v1" in ctx.row.sends and request is not None:
        effect = give_back(ctx, request, **(TO_POLICE | {"text": text}))
        effect.messages.append(to(request.peer, seen))
    elif "transfer.accepted.v1" in ctx.row.sends and request is not None:
        effect = accept(ctx, request)
        effect.messages.append(to(request.peer, seen))
    elif "transfer.offered.v1" in ctx.row.sends:
        effect = hand_over(ctx, text)
        effect.messages += [to(peer, seen) for peer in sharing(ctx, but=asked.policy.police() or "")]
    else:
        effect = stays_here(ctx, [to(peer, seen) for peer in sharing(ctx)])
    effect.fields = _endangered(ctx, text) | _placed(ctx) | unlinked(ctx) | effect.fields
    return effect


def amend(ctx: Context) -> Effect:
    """A correction that says danger does what seeing it does at the police desk; elsewhere the clock calls the police."""
    effect = ORDER_EFFECTS["amend"](ctx)
    if not effect.fields.get("danger") or ctx.snapshot.order.danger:
        return effect
    text = "更正：存在危险"
    if "danger.claimed.v1" in ctx.row.sends:
        claimed = claim(ctx, text)
        effect.fields |= claimed.fields | unlinked(ctx)
        effect.transfers, effect.messages = claimed.transfers, claimed.messages
    else:
        told = stays_here(ctx, [to(peer, DangerRaised(at=ctx.asked.now, text=text)) for peer in sharing(ctx)])
        effect.transfers, effect.messages = told.transfers, told.messages
    return effect


def note_danger(ctx: Context) -> Effect:
    """The other side saw danger."""
    asked, order = ctx.asked, ctx.snapshot.order
    request = ctx.snapshot.open_transfer("in")
    if ctx.row.event == "danger.claimed":
        effect = claim(ctx, asked.data.text)
    elif "transfer.accepted.v1" in ctx.row.sends and request is not None:
        effect = accept(ctx, request)
    elif "transfer.returned.v1" in ctx.row.sends and request is not None:
        effect = give_back(ctx, request, **TO_POLICE)
    elif "transfer.offered.v1" in ctx.row.sends:
        effect = hand_over(ctx, asked.data.text)
        told_by = {asked.sender, asked.policy.police()}
        effect.messages += [to(peer, asked.data) for peer in sharing(ctx) if peer not in told_by]
    else:
        effect = stays_here(ctx, [] if order.danger else pass_on(ctx, asked.data))
    effect.fields = _endangered(ctx, asked.data.text) | unlinked(ctx) | effect.fields
    return effect


def hand_over(ctx: Context, note: str, *, danger: bool = True) -> Effect:
    """To the police desk at once, by whoever knows of the danger. Whoever has sent somebody itself stays beside the police.

    What is on offer already is left, to the police as well: their claim settles it.
    """
    police = ctx.asked.policy.police()
    if police is None:
        return Effect(body={"alarm": "没有配置公安对接中心，请立即电话报警"})
    joint = ctx.snapshot.dispatch is not None and ctx.snapshot.holds_whole(ctx.asked.policy.centre)
    content = append(ctx.snapshot.order.content, note)
    effect = offer(ctx, Offer(to=police, urgent=True, part=joint, note=note, content=content, danger=danger))
    effect.messages[0] = _with_place(ctx, effect.messages[0])
    return effect


def stays_here(ctx: Context, told: list[Outgoing]) -> Effect:
    """A desk that sends forces calls back what it has on offer and sent nobody for; elsewhere whoever takes it hears of the danger."""
    called = (
        call_all_back(ctx, "存在危险，由本中心先行处置")
        if ctx.snapshot.order.sends_forces and ctx.snapshot.dispatch is None
        else []
    )
    return Effect(transfers=[t for t, _ in called], messages=[*told, *(message for _, message in called)])


def claim(ctx: Context, text: str, *, heard: int = 0, but: Iterable[str] = ()) -> Effect:
    """The police desk is responsible at once. Everybody that it knows of is told, which answers their open questions too."""
    order, now, us = ctx.snapshot.order, ctx.asked.now, ctx.asked.policy.centre
    number = max(order.claim, heard) + 1
    told = _tell(ctx, number, text, told={us, *but})
    path = with_hop(order.path, us, order.number or "", now)
    fields: dict[str, Any] = {"responsible": True, "path": path, "claim": number}
    if ctx.row.target is not None:
        fields |= afresh()
    transfers = _merged([*overtake(ctx, direction="out"), *overtake(ctx, direction="in")], told.transfers)
    return Effect(fields=fields, transfers=transfers, messages=told.messages)


def take_urgently(ctx: Context, request: Transfer) -> Effect:
    """The police desk takes an urgent offer; where it does not hold the matter safely, by a claim that all others hear of."""
    held = ctx.snapshot.holds_whole(ctx.asked.policy.centre) and not ctx.snapshot.order.is_resolved
    safe = held and all(t.part for t in ctx.snapshot.open_transfers("out"))
    first = ctx.asked.policy.acts_first() and (request.urgent or undispatched_danger(ctx.snapshot))
    if request.part or safe or not first:
        return accept(ctx, request)
    order = ctx.snapshot.order
    claimed = claim(ctx, TAKEN_OVER, heard=ctx.asked.data.claim, but={request.peer})
    as_claimed = msgspec.structs.replace(order, claim=claimed.fields["claim"])
    transfers = _merged(ctx.snapshot.transfers or (), claimed.transfers)
    snapshot = msgspec.structs.replace(ctx.snapshot, order=as_claimed, transfers=transfers)
    effect = accept(msgspec.structs.replace(ctx, snapshot=snapshot), request)
    effect.transfers = _merged(claimed.transfers, effect.transfers)
    effect.fields = claimed.fields | effect.fields
    effect.messages += claimed.messages
    return effect


def note_claim(ctx: Context) -> Effect:
    """Who was responsible follows; who has somebody at work stays beside the police, marked as joint. It is told on."""
    data, order, now = ctx.asked.data, ctx.snapshot.order, ctx.asked.now
    newer = data.claim > order.claim
    effect = under_claim(ctx, data.claim, data.text, told=data.told) if newer else Effect()
    ours = ctx.snapshot.transfer(data.transfer_id) or Transfer(
        id=data.transfer_id,
        order_id=order.id,
        direction="out",
        peer=ctx.asked.sender,
        part=False,
        urgent=True,
        status=TransferStatus.OFFERED,
        offered_at=data.at,
        round=order.round,
    )
    joint = ours.part or (newer and ctx.snapshot.dispatch_at_work)
    taken = {"status": TransferStatus.ACCEPTED, "answered_at": now, "peer_number": data.number}
    ours = msgspec.structs.replace(ours, part=joint, urgent=True, **taken)
    effect.transfers = _merged(effect.transfers, [ours])
    if ctx.row.target == "declined":
        effect.fields["closing"] = "declined"
    return effect


def under_claim(ctx: Context, number: int, text: str, *, told: Iterable[str], danger: bool = True) -> Effect:
    """What a new claim makes of this centre: no whole offer, no whole question, no recall is open any more.

    `danger`: False for a lead that the police desk took at once and that is no danger (plan 二(三)1).
    """
    order, asked = ctx.snapshot.order, ctx.asked
    us, police = asked.policy.centre, asked.policy.police() or asked.sender
    known = _tell(ctx, number, text, told={us, asked.sender, *told})
    void = [*overtake(ctx, direction="out"), *overtake(ctx, direction="in")]
    recalls = [msgspec.structs.replace(t, recall=None) for t in ctx.snapshot.transfers or () if t.recall]
    path = with_hop(order.path, police, asked.data.number if asked.sender == police else "", asked.now)
    fields: dict[str, Any] = {"claim": number, "path": path} | (_endangered(ctx, text) if danger else {})
    if ctx.row.target == "following":
        fields |= afresh() | unlinked(ctx) | {"responsible": False}  # what was told to the caller was not the end
        known.messages += handed_on(ctx, path, path[-1].number)
    return Effect(fields=fields, transfers=_merged(recalls, void, known.transfers), messages=known.messages)


def _tell(ctx: Context, number: int, text: str, *, told: set[str]) -> Effect:
    """The claim goes to every centre that shares the matter and has not heard of it; each is followed up like one that handed it over."""
    order, now = ctx.snapshot.order, ctx.asked.now
    peers = sorted(_known(ctx) - told)
    effect = Effect()
    for peer in peers:
        asking = next((t for t in ctx.snapshot.open_transfers("in") if t.peer == peer and not t.part), None)
        body = DangerClaimed(
            transfer_id=asking.id if asking else new_id(),
            number=order.number or "",
            at=now,
            text=text,
            claim=number,
            told=sorted(told | set(peers)),
        )
        effect.messages.append(Outgoing(id=new_id(), peer=peer, urgent=True, body=body))
        change: dict[str, Any] = {"status": TransferStatus.ACCEPTED, "answered_at": now}
        effect.transfers.append(
            msgspec.structs.replace(asking, **change)
            if asking
            else Transfer(
                id=body.transfer_id,
                order_id=order.id,
                direction="in",
                peer=peer,
                part=False,
                urgent=True,
                offered_at=now,
                round=order.round,
                **change,
            )
        )
    return effect


def _known(ctx: Context) -> set[str]:
    """The centres that may have or get the matter: who ever offered it, and who was offered it and has not given it back."""
    gone = {TransferStatus.RETURNED, TransferStatus.WITHDRAWN, TransferStatus.KEPT}
    shared = [t for t in ctx.snapshot.transfers or () if t.direction == "in" or t.status not in gone]
    return {t.peer for t in shared} | {t.peer for t in ctx.snapshot.transfers or () if t.reason == ALREADY_HERE}


def _merged(*parts: Iterable[Transfer]) -> list[Transfer]:
    """The last word on each transfer."""
    return list({t.id: t for part in parts for t in part}.values())


def _endangered(ctx: Context, text: str) -> dict[str, Any]:
    content = ctx.snapshot.order.content
    return {"danger": True, "urgent": True, "content": content if text in content else append(content, text)}


def _placed(ctx: Context) -> dict[str, Any]:
    """Where the unit stands, if it said so."""
    data, incident = ctx.asked.data, ctx.snapshot.order.incident
    change: dict[str, Any] = {"wgs84": data.wgs84} if data.wgs84 else {}
    if data.address and not incident.address:
        change["address"] = data.address
    return {"incident": msgspec.structs.replace(incident, **change)} if change else {}


def _with_place(ctx: Context, message: Outgoing) -> Outgoing:
    """The place goes along with the hand-over that it was said in."""
    if not hasattr(ctx.asked.data, "wgs84") or not (placed := _placed(ctx)):
        return message
    body: Any = message.body
    given = placed["incident"]
    incident = msgspec.structs.replace(body.incident, address=given.address, wgs84=given.wgs84)
    return msgspec.structs.replace(message, body=msgspec.structs.replace(body, incident=incident))


EFFECTS: dict[str, EffectOf] = {
    "raise_danger": raise_danger,
    "amend": amend,
    "note_danger": note_danger,
    "note_claim": note_claim,
}
