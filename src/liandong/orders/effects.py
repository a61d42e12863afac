"""What each action on an order does beyond its row in the lifecycle: pure functions from a context to an effect."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from liandong.core.ids import new_id
from liandong.exchange.contracts import MatterSupplemented, OrderAnswered, OrderEvaluated, OrderProgressed
from liandong.linkage.rules import parts_asked
from liandong.orders import actions as a
from liandong.orders.context import Context, Effect, Outgoing
from liandong.orders.model import Dispatch, Feedback, Order, known_by
from liandong.routing.rules import decide_ownership, overrule

EffectOf = Callable[[Context], Effect]

# What belongs to one round of handling and starts afresh with the next.
OF_ONE_ROUND = (
    "assignment",
    "awaits",
    "answer",
    "feedback",
    "closing",
    "call_back_tried_at",
    "satisfaction",
    "solved",
    "unit",
    "dispatched_at",
    "signed_at",
    "arrived_at",
    "answered_at",
    "closed_at",
    "called_back_at",
    "evaluated_at",
    "policing",
)


def answer_directly(ctx: Context) -> Effect:
    fields = {"answer": ctx.asked.data.answer, "closing": "answered_directly"}
    cited, body = ctx.asked.cited, {}
    if cited is not None or ctx.snapshot.order.card is not None:
        fields["card"] = cited and msgspec.structs.replace(cited, round=ctx.snapshot.order.round)
        body = {"cited": f"{cited.number}@{cited.version}"} if cited else {}
    return Effect(fields=fields, body=body, messages=answered(ctx, ctx.asked.data.answer, "answered_directly"))


def guide(ctx: Context) -> Effect:
    order = ctx.snapshot.order
    script = ctx.asked.data.script or (order.verdict.script if order.verdict else "")
    fields = {"answer": script, "closing": "guided", "responsible": False}
    return Effect(fields=fields, body={"script": script}, messages=_ended(ctx, script, "guided"))


def cancel(ctx: Context) -> Effect:
    fields = {"closing": "cancelled", "invalid": True, "responsible": False}
    return Effect(fields=fields, messages=_ended(ctx, ctx.asked.data.reason, "cancelled"))


def dispatch(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    fields = {"unit": data.unit, "signed_at": None, "arrived_at": None} | given(data, "level", "class_intake")
    sent = Dispatch(
        order_id=order.id,
        no=len(ctx.snapshot.dispatches or ()) + 1,
        round=order.round,
        unit=data.unit,
        person=data.person,
        vehicle=data.vehicle,
        dispatched_at=ctx.asked.now,
    )
    return Effect(fields=fields, dispatches=[sent], messages=progressed(ctx))


def sign_for(ctx: Context) -> Effect:
    person = ctx.asked.data.person
    change: dict[str, Any] = {"signed_at": ctx.asked.now} | ({"person": person} if person else {})
    return Effect(dispatches=_in_force(ctx, **change))


def arrive(ctx: Context) -> Effect:
    return Effect(dispatches=_in_force(ctx, arrived_at=ctx.asked.now), messages=progressed(ctx))


def start_handling(ctx: Context) -> Effect:
    return Effect(messages=progressed(ctx))


def return_order(ctx: Context) -> Effect:
    data = ctx.asked.data
    returned = _in_force(
        ctx, returned_at=ctx.asked.now, return_reason=data.reason, return_basis=data.basis, return_text=data.text
    )
    return Effect(fields={"unit": None}, dispatches=returned)


def answer(ctx: Context) -> Effect:
    data = ctx.asked.data
    fields = {"answer": data.answer, "fed_back": True} | given(data, "class_confirmed")
    return Effect(
        fields=fields, dispatches=_in_force(ctx, fed_back_at=ctx.asked.now), messages=answered(ctx, data.answer)
    )


def feed_back(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    feedback = Feedback(
        result=data.result,
        real_address=data.real_address,
        real_at=data.real_at,
        class_confirmed=data.class_confirmed or "",
        persons=data.persons,
        items=data.items,
    )
    hurt = msgspec.structs.replace(order.incident, **given(data, "injured", "dead"))
    fields = {"feedback": feedback, "incident": hurt, "answer": data.result, "fed_back": True} | given(
        data, "class_confirmed"
    )
    told = answered(ctx, data.result)
    return Effect(fields=fields, dispatches=_in_force(ctx, fed_back_at=ctx.asked.now), messages=told)


def grade(ctx: Context) -> Effect:
    return Effect(fields=given(ctx.asked.data, "level", "class_intake"))


def close(ctx: Context) -> Effect:
    order = ctx.snapshot.order
    over = ctx.row.target == "evaluated"
    fields: dict[str, Any] = {"closing": order.closing or "handled"}
    if over or order.came_from_peer:  # what remains, telling the caller and calling back, is the first receiver's
        fields["responsible"] = False
    return Effect(fields=fields, starts=[] if order.came_from_peer else None)


def call_back(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    fields = {"call_backs": order.call_backs + 1, "call_back_tried_at": ctx.asked.now}
    fields |= {"revisited": order.revisited or data.reached} | given(data, "solved")
    return Effect(fields=fields)


def evaluate(ctx: Context) -> Effect:
    data = ctx.asked.data
    fields = {"satisfaction": data.satisfaction, "responsible": False}
    return Effect(fields=fields, messages=_evaluated(ctx, data.satisfaction, data.words))


def due(ctx: Context) -> Effect:
    clock = ctx.asked.data.clock
    over = ctx.row.target == "evaluated"
    return Effect(
        fields={"responsible": False} if over else {},
        body={"clock": clock},
        stops=[clock],
        messages=_evaluated(ctx, None, "") if over else [],
    )


def reopen(ctx: Context) -> Effect:
    fields: dict[str, Any] = dict.fromkeys(OF_ONE_ROUND)
    fields |= {
        "round": ctx.snapshot.order.round + 1,
        "call_backs": 0,
        "fed_back": False,
        "revisited": False,
        "responsible": True,
    }
    return Effect(fields=fields)


def amend(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    fields = given(data, "title", "type", "class_intake", "division_code", "confidential", "caller", "incident", "tags")
    if data.caller is not None:
        known = sorted({*order.handling.known_by, *known_by(order.caller)} - set(known_by(data.caller)))
        fields["handling"] = msgspec.structs.replace(order.handling, known_by=known)
    if data.facts is not None and order.facts is not None:
        facts = overrule(order.facts, overruled(data.facts))
        verdict = decide_ownership(facts, ctx.asked.policy.routing)
        fields |= {"facts": facts, "verdict": verdict, "danger": facts.danger, "urgent": order.urgent or verdict.urgent}
    return Effect(fields=fields)


def supplement(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    body = MatterSupplemented(at=ctx.asked.now, text=data.text)
    waiting = {t.peer for t in ctx.snapshot.transfers or () if t.is_open}
    peers = sorted(waiting | set(ctx.snapshot.followers))
    return Effect(
        fields={"content": append(order.content, data.text)},
        messages=[Outgoing(id=new_id(), peer=peer, body=body) for peer in peers],
    )


def progressed(ctx: Context, awaits: list[str] | None = None) -> list[Outgoing]:
    """How it goes on, told to every centre that shares the matter."""
    order, asked = ctx.snapshot.order, ctx.asked
    status = ctx.row.target or order.status
    body = OrderProgressed(number=order.number or "", status=status, at=asked.now, awaits=awaits)
    return [Outgoing(id=new_id(), peer=peer, body=body) for peer in ctx.snapshot.followers]


def answered(ctx: Context, text: str, closing: str = "") -> list[Outgoing]:
    """The result, told to every centre that shares the matter."""
    order, asked = ctx.snapshot.order, ctx.asked
    status = ctx.row.target or order.status
    body = OrderAnswered(
        number=order.number or "",
        status=status,
        at=asked.now,
        answer=text,
        closing=closing,
        claim=order.claim,
        part=not ctx.snapshot.has_whole(asked.policy.centre),
        awaits=parts_asked(ctx.snapshot),
    )
    return [Outgoing(id=new_id(), peer=peer, body=body) for peer in ctx.snapshot.followers]


def given(data: Any, *names: str) -> dict[str, Any]:
    """The named fields that were really given."""
    return {name: value for name in names if (value := getattr(data, name)) is not None}


def overruled(change: a.Overruling) -> dict[str, Any]:
    return {name: value for name in change.__struct_fields__ if (value := getattr(change, name)) is not None}


def append(content: str, more: str) -> str:
    return f"{content}\n【补充】{more}"


def _ended(ctx: Context, text: str, closing: str) -> list[Outgoing]:
    """The matter ends here without a call-back; a peer that shares it learns that no evaluation will follow."""
    told = answered(ctx, text, closing)
    return told if ctx.snapshot.order.came_from_peer else told + _evaluated(ctx, None, "")


def _evaluated(ctx: Context, satisfaction: int | None, words: str) -> list[Outgoing]:
    order = msgspec.structs.replace(ctx.snapshot.order, satisfaction=satisfaction)
    body = evaluation_of(order, ctx.asked.now, words=words)
    return [Outgoing(id=new_id(), peer=peer, body=body) for peer in ctx.snapshot.followers]


def evaluation_of(order: Order, at: datetime, *, words: str = "") -> OrderEvaluated:
    """The caller's judgement; without satisfaction it says that none will follow."""
    return OrderEvaluated(
        number=order.number or "", at=at, solved=order.solved, satisfaction=order.satisfaction, words=words
    )


def _in_force(ctx: Context, **change: Any) -> list[Dispatch]:
    current = ctx.snapshot.dispatch
    return [] if current is None else [msgspec.structs.replace(current, **change)]


EFFECTS: dict[str, EffectOf] = {
    "answer_directly": answer_directly,
    "guide": guide,
    "cancel": cancel,
    "dispatch": dispatch,
    "sign_for": sign_for,
    "acknowledge": sign_for,
    "arrive": arrive,
    "start_handling": start_handling,
    "return_order": return_order,
    "answer": answer,
    "feed_back": feed_back,
    "grade": grade,
    "close": close,
    "call_back": call_back,
    "evaluate": evaluate,
    "due": due,
    "reopen": reopen,
    "amend": amend,
    "supplement": supplement,
}
