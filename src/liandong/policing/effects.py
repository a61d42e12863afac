"""What the actions of the police side do: pure functions from a context to an effect."""

from typing import Any

import msgspec

from liandong.dispatching import effects as dispatching_effects
from liandong.exchange.contracts import DangerRaised
from liandong.linkage import effects as linkage_effects
from liandong.linkage.danger import claim, stays_here
from liandong.linkage.offers import sharing, to, unlinked
from liandong.orders import effects as order_effects
from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf, answered
from liandong.policing.model import Answered, Case, Delay, Lowering, Policing, Support, SupportState, with_result
from liandong.policing.questions import Read, read
from liandong.policing.rules import policing_of
from liandong.routing.rules import decide_ownership, overrule

ARRIVAL = "police_arrival"


def answer_questions(ctx: Context) -> Effect:
    """Kept with the order; what the answers say raises danger and fills in what nobody has filled in."""
    order, policing, now = ctx.snapshot.order, policing_of(ctx.snapshot.order), ctx.asked.now
    given, by = ctx.asked.data.answers, ctx.asked.actor.id
    kept = [one for one in policing.answers if one.question not in given]
    kept += [Answered(question=name, given=value, at=now, by=by) for name, value in given.items()]
    policing = msgspec.structs.replace(policing, answers=kept)
    said = read(ctx.asked.policy.policing.questions, policing.given)
    policing = msgspec.structs.replace(policing, proposed_level=said.level)
    effect = Effect(fields={"policing": policing} | _facts(ctx, said) | _filled(ctx, said))
    if said.danger and not order.danger:
        _endangered(ctx, effect, said)
    if ctx.row.target is not None:  # a new round begins with what is known already
        effect.fields["policing"] = Policing(answers=kept, proposed_level=said.level)
    return effect


def raise_level(ctx: Context) -> Effect:
    """A lowering that somebody asked for is answered by that."""
    policing = policing_of(ctx.snapshot.order)
    dropped = {"policing": msgspec.structs.replace(policing, lowering=None)} if policing.lowering else {}
    return Effect(fields={"level": ctx.asked.data.level} | dropped, body={"from": ctx.snapshot.order.level})


def ask_lower_level(ctx: Context) -> Effect:
    data, asked = ctx.asked.data, ctx.asked
    lowering = Lowering(level=data.level, reason=data.reason, asked_by=asked.actor.id, asked_at=asked.now)
    return _changed(ctx, lowering=lowering)


def approve_lower_level(ctx: Context) -> Effect:
    lowering = policing_of(ctx.snapshot.order).lowering
    assert lowering is not None
    effect = _changed(ctx, lowering=None)
    effect.fields["level"] = lowering.level
    effect.body = {"from": ctx.snapshot.order.level, "to": lowering.level, "asked_by": lowering.asked_by}
    return effect


def refuse_lower_level(ctx: Context) -> Effect:
    return _changed(ctx, lowering=None)


def dispatch(ctx: Context) -> Effect:
    """As everywhere, but a level that somebody has given is not lowered in passing, and nobody is kept from sending for it."""
    return _graver(ctx, dispatching_effects.dispatch(ctx))


def split(ctx: Context) -> Effect:
    return _graver(ctx, linkage_effects.split(ctx))


def grade(ctx: Context) -> Effect:
    """A level set anew answers what somebody asked about the old one."""
    effect = order_effects.grade(ctx)
    policing = policing_of(ctx.snapshot.order)
    if policing.lowering:
        effect.fields["policing"] = msgspec.structs.replace(policing, lowering=None)
    return effect


def set_out(ctx: Context) -> Effect:
    data, sent = ctx.asked.data, ctx.snapshot.dispatch
    assert sent is not None
    change = {name: value for name in ("person", "vehicle") if (value := getattr(data, name))}
    return Effect(dispatches=[msgspec.structs.replace(sent, set_out_at=ctx.asked.now, **change)])


def arrive(ctx: Context) -> Effect:
    """A late arrival is to be explained."""
    effect = order_effects.arrive(ctx)
    delay = _delay(ctx)
    if delay is not None:
        effect.fields |= _changed(ctx, delay=delay).fields
        effect.body = effect.body | {"late_seconds": int((delay.arrived_at - delay.due_at).total_seconds())}
    return effect


def call_support(ctx: Context) -> Effect:
    return _added(ctx, state=SupportState.ASKED, text=ctx.asked.data.text)


def send_support(ctx: Context) -> Effect:
    data, policing, now = ctx.asked.data, policing_of(ctx.snapshot.order), ctx.asked.now
    sent = {
        "state": SupportState.SENT,
        "unit": data.unit,
        "person": data.person,
        "vehicle": data.vehicle,
        "sent_at": now,
    }
    call = policing.support(data.no) if data.no is not None else next(iter(policing.waiting), None)
    return _added(ctx, **sent) if call is None else _moved(ctx, call.no, **sent)


def report_support(ctx: Context) -> Effect:
    data = ctx.asked.data
    change: dict[str, Any] = {
        "state": data.state,
        f"{data.state}_at": ctx.asked.now,
        "over": data.state == SupportState.ENDED,
    }
    return _moved(ctx, data.no, **change | ({"text": data.text} if data.text else {}))


def feed_back(ctx: Context) -> Effect:
    effect = order_effects.feed_back(ctx)
    feedback = msgspec.structs.replace(
        effect.fields["feedback"], people=ctx.asked.data.people, things=ctx.asked.data.things
    )
    effect.fields |= {"feedback": feedback, "policing": with_result(ctx.snapshot.order.policing, ctx.asked.now)}
    return effect


def hand_to_case(ctx: Context) -> Effect:
    """The alarm's result is the case; the caller is told its number. `close` then ends it as `case`."""
    data, now = ctx.asked.data, ctx.asked.now
    text = f"已转案件办理，案件编号：{data.case_number}。{data.text}"
    policing = with_result(policing_of(ctx.snapshot.order), now) or Policing()
    case = Case(number=data.case_number, unit=data.unit, at=now)
    fields: dict[str, Any] = {"policing": msgspec.structs.replace(policing, case=case), "closing": "case"}
    if ctx.row.target is None:
        return Effect(fields=fields)
    sent = ctx.snapshot.dispatch
    over = [msgspec.structs.replace(sent, fed_back_at=now)] if sent else []
    fields |= {"answer": text, "fed_back": True}
    return Effect(fields=fields, dispatches=over, messages=answered(ctx, text, "case"))


def explain_delay(ctx: Context) -> Effect:
    data, asked = ctx.asked.data, ctx.asked
    said = {"cause": data.cause, "text": data.text, "explained_by": asked.actor.id, "explained_at": asked.now}
    return _changed(ctx, delay=msgspec.structs.replace(_of_order(ctx), **said, accepted=None))


def review_delay(ctx: Context) -> Effect:
    data, asked = ctx.asked.data, ctx.asked
    judged = {"accepted": data.accepted, "review": data.text, "reviewed_by": asked.actor.id, "reviewed_at": asked.now}
    return _changed(ctx, delay=msgspec.structs.replace(_of_order(ctx), **judged))


def _facts(ctx: Context, said: Read) -> dict[str, Any]:
    """Facts are set by the answers as a person sets them; what nobody said stays as it was read."""
    order = ctx.snapshot.order
    change = {name: True for name in ("danger", "violent_dispute") if getattr(said, name)}
    if not change or order.facts is None or all(getattr(order.facts, name) for name in change):
        return {}
    facts = overrule(order.facts, change)
    verdict = decide_ownership(facts, ctx.asked.policy.routing)
    return {"facts": facts, "verdict": verdict, "urgent": order.urgent or verdict.urgent}


def _filled(ctx: Context, said: Read) -> dict[str, Any]:
    """Data items and class, where the desk has not said otherwise."""
    order = ctx.snapshot.order
    fields: dict[str, Any] = {}
    empty = {name: value for name, value in said.fields.items() if not getattr(order.incident, name)}
    if empty:
        fields["incident"] = msgspec.structs.replace(order.incident, **empty)
    if said.police_class and order.class_intake is None:
        fields["class_intake"] = said.police_class
    tags = [tag for tag in said.tags if tag not in order.tags]
    return fields | ({"tags": [*order.tags, *tags]} if tags else {})


def _endangered(ctx: Context, effect: Effect, said: Read) -> None:
    """As linkage.danger.amend: at the desk that acts first it is claimed where others had it; everybody who shares it hears of it."""
    text = "；".join(["询问得知存在危险", *said.because])
    if "danger.claimed.v1" in ctx.row.sends:
        claimed = claim(ctx, text)
        effect.fields = claimed.fields | unlinked(ctx) | effect.fields
        effect.transfers, effect.messages = claimed.transfers, claimed.messages
    else:
        told = stays_here(ctx, [to(peer, DangerRaised(at=ctx.asked.now, text=text)) for peer in sharing(ctx)])
        effect.transfers, effect.messages = told.transfers, told.messages
    effect.fields |= {"danger": True, "urgent": True}
    effect.body = {"danger": said.because}


def _graver(ctx: Context, effect: Effect) -> Effect:
    """The graver of what was and what is said."""
    was, said = ctx.snapshot.order.level, effect.fields.get("level")
    if was is not None and said is not None and said > was:
        effect.fields["level"] = was
        effect.body = effect.body | {"level_kept": was}
    return effect


def _delay(ctx: Context) -> Delay | None:
    """By the deadline that ran; where its clock has fired already, by the same table from the moment of the dispatch."""
    now, sent = ctx.asked.now, ctx.snapshot.dispatch
    running = next((t for t in ctx.snapshot.timers or () if t.name == ARRIVAL), None)
    if running is not None:
        due_at = running.due_at
    elif sent is not None:
        due_at = ctx.asked.policy.due(ARRIVAL, ctx.snapshot.order, sent.dispatched_at).at
    else:
        return None
    return Delay(due_at=due_at, arrived_at=now) if now > due_at else None


def _of_order(ctx: Context) -> Delay:
    delay = policing_of(ctx.snapshot.order).delay
    assert delay is not None
    return delay


def _changed(ctx: Context, **change: Any) -> Effect:
    return Effect(fields={"policing": msgspec.structs.replace(policing_of(ctx.snapshot.order), **change)})


def _added(ctx: Context, **given: Any) -> Effect:
    supports = policing_of(ctx.snapshot.order).supports
    new = Support(no=len(supports) + 1, called_by=ctx.asked.actor.id, called_at=ctx.asked.now, **given)
    effect = _changed(ctx, supports=[*supports, new])
    effect.body = {"no": new.no}
    return effect


def _moved(ctx: Context, no: int, **change: Any) -> Effect:
    supports = policing_of(ctx.snapshot.order).supports
    effect = _changed(
        ctx, supports=[msgspec.structs.replace(one, **change) if one.no == no else one for one in supports]
    )
    effect.body = {"no": no}
    return effect


EFFECTS: dict[str, EffectOf] = {
    "answer_questions": answer_questions,
    "raise_level": raise_level,
    "ask_lower_level": ask_lower_level,
    "approve_lower_level": approve_lower_level,
    "refuse_lower_level": refuse_lower_level,
    "dispatch": dispatch,
    "split": split,
    "grade": grade,
    "set_out": set_out,
    "arrive": arrive,
    "call_support": call_support,
    "send_support": send_support,
    "report_support": report_support,
    "feed_back": feed_back,
    "hand_to_case": hand_to_case,
    "explain_delay": explain_delay,
    "review_delay": review_delay,
}
