"""What returning, handling and answering do: pure functions from a context to an effect. Everything is kept in `orders.handling`."""

from datetime import datetime
from typing import Any

import msgspec

from liandong.handling.model import (
    Contact,
    Draft,
    DraftStatus,
    Extension,
    ExtensionStatus,
    Handling,
    OrderReturn,
    Redo,
    ReturnStatus,
    Step,
)
from liandong.handling.rules import EXTENDED_CLOCK, last_return, return_due
from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf, answered
from liandong.orders.model import Dispatch
from liandong.oversight.proposing import charged


def ask_return(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    asked = OrderReturn(
        no=len(order.handling.returns) + 1,
        round=order.round,
        dispatch_no=ctx.snapshot.dispatch.no if ctx.snapshot.dispatch else 0,
        unit=order.unit or "",
        reason=data.reason,
        basis=data.basis,
        text=data.text,
        evidence=data.evidence,
        attachments=data.attachments,
        asked_by=ctx.asked.actor.id,
        asked_at=ctx.asked.now,
        due_at=return_due(ctx.snapshot, ctx.asked),
        status=ReturnStatus.ASKED,
    )
    return kept(ctx, returns=[*order.handling.returns, asked])


def grant_return(ctx: Context) -> Effect:
    """Back to the dispatcher: the dispatch is over, with the reason that the unit gave."""
    waiting = _reviewed(ctx, ReturnStatus.GRANTED, ReturnStatus.GRANTED)
    change = {"returned_at": ctx.asked.now, "return_reason": waiting.reason, "return_basis": waiting.basis}
    effect = kept(ctx, returns=[*ctx.snapshot.order.handling.returns[:-1], waiting])
    effect.fields["unit"] = None
    effect.dispatches = _dispatch(ctx, return_text=waiting.text, **change)
    effect.body = {"return_no": waiting.no, "unit": waiting.unit}
    return effect


def refuse_return(ctx: Context) -> Effect:
    waiting = _reviewed(ctx, ReturnStatus.REFUSED, ReturnStatus.UPHELD)
    effect = kept(ctx, returns=[*ctx.snapshot.order.handling.returns[:-1], waiting])
    effect.body = {"return_no": waiting.no, "final": waiting.status == ReturnStatus.UPHELD}
    return effect


def object_to_return(ctx: Context) -> Effect:
    last = last_return(ctx.snapshot)
    assert last is not None
    objected = msgspec.structs.replace(
        last,
        status=ReturnStatus.OBJECTED,
        objected_by=ctx.asked.actor.id,
        objected_at=ctx.asked.now,
        objection=ctx.asked.data.text,
    )
    return kept(ctx, returns=[*ctx.snapshot.order.handling.returns[:-1], objected])


def find_malicious_return(ctx: Context) -> Effect:
    """A measure of accountability is proposed with the evidence; another person decides it, and the unit may appeal then."""
    data, returns = ctx.asked.data, ctx.snapshot.order.handling.returns
    about = next(one for one in returns if one.no == data.return_no)
    measure = charged(
        ctx,
        about.unit,
        cause="malicious_return",
        reason=f"恶意退单（第{about.no}次退单）",
        basis=data.basis,
        evidence=data.evidence,
        attachments=data.attachments,
        by=ctx.asked.actor.id,
    )
    found = msgspec.structs.replace(about, measure=measure.id)
    effect = kept(ctx, returns=[found if one.no == about.no else one for one in returns])
    effect.measures = [measure]
    effect.body = {"return_no": about.no, "unit": about.unit, "measure": measure.id}
    return effect


def ask_extension(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    asked = Extension(
        round=order.round,
        clock=EXTENDED_CLOCK,
        days=data.days,
        reason=data.reason,
        evidence=data.evidence,
        attachments=data.attachments,
        asked_by=ctx.asked.actor.id,
        asked_at=ctx.asked.now,
    )
    return kept(ctx, extensions=[*order.handling.extensions, asked])


def grant_extension(ctx: Context) -> Effect:
    """The deadline moves by the working days that were asked for; the policy that it came from stays its own."""
    waiting = ctx.snapshot.order.handling.waiting_extension
    timer = next(t for t in ctx.snapshot.timers or () if t.name == EXTENDED_CLOCK)
    assert waiting is not None
    due_at = ctx.asked.policy.reckoning.extended(timer.due_at, waiting.days)
    effect = _extension(ctx, ExtensionStatus.GRANTED, due_before=timer.due_at, due_after=due_at)
    effect.timers = [msgspec.to_builtins(timer, builtin_types=(datetime,)) | {"due_at": due_at}]
    effect.body = {"clock": EXTENDED_CLOCK, "due_at": due_at}
    return effect


def refuse_extension(ctx: Context) -> Effect:
    return _extension(ctx, ExtensionStatus.REFUSED)


def record_step(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    step = Step(
        round=order.round,
        what=data.what,
        at=data.happened_at or ctx.asked.now,
        place=data.place,
        lon=data.wgs84.lon if data.wgs84 else None,
        lat=data.wgs84.lat if data.wgs84 else None,
        attachments=data.attachments,
        unit=order.unit or "",
        by=ctx.asked.actor.id,
        recorded_at=ctx.asked.now,
    )
    return kept(ctx, steps=[*order.handling.steps, step])


def record_contact(ctx: Context) -> Effect:
    data, order = ctx.asked.data, ctx.snapshot.order
    contact = Contact(
        round=order.round,
        at=data.happened_at or ctx.asked.now,
        way=data.way,
        reached=data.reached,
        text=data.text,
        unit=ctx.asked.actor.unit or "",
        by=ctx.asked.actor.id,
        recorded_at=ctx.asked.now,
    )
    return kept(ctx, contacts=[*order.handling.contacts, contact])


def draft_answer(ctx: Context) -> Effect:
    order = ctx.snapshot.order
    draft = Draft(round=order.round, text=ctx.asked.data.answer, by=ctx.asked.actor.id, at=ctx.asked.now)
    return kept(ctx, drafts=[*order.handling.drafts, draft])


def review_answer(ctx: Context) -> Effect:
    order, data = ctx.snapshot.order, ctx.asked.data
    last = order.handling.drafts[-1]
    reviewed = msgspec.structs.replace(
        last,
        status=DraftStatus.APPROVED if data.approved else DraftStatus.REJECTED,
        reviewed_by=ctx.asked.actor.id,
        reviewed_at=ctx.asked.now,
        review=data.text,
    )
    return kept(ctx, drafts=[*order.handling.drafts[:-1], reviewed])


def redo(ctx: Context) -> Effect:
    """The same unit goes on; what it had answered is kept, its draft is void."""
    order, now = ctx.snapshot.order, ctx.asked.now
    again = Redo(
        round=order.round, answer=order.answer or "", reason=ctx.asked.data.reason, by=ctx.asked.actor.id, at=now
    )
    void = [
        msgspec.structs.replace(draft, status=DraftStatus.REJECTED) if draft.round == order.round else draft
        for draft in order.handling.drafts
    ]
    effect = kept(ctx, redos=[*order.handling.redos, again], drafts=void)
    effect.fields |= {"answer": None, "answered_at": None, "fed_back": False}
    effect.dispatches = _dispatch(ctx, fed_back_at=None)
    return effect


def withdraw_matter(ctx: Context) -> Effect:
    """The caller wants it no more: told to every centre that shares the matter; the call-back asks whether it was the caller's will."""
    text = f"诉求人撤诉：{ctx.asked.data.reason}"
    fields = {"answer": text, "closing": "withdrawn_by_caller"}
    return Effect(
        fields=fields,
        dispatches=_dispatch(ctx, fed_back_at=ctx.asked.now),
        messages=answered(ctx, text, "withdrawn_by_caller"),
    )


def kept(ctx: Context, **change: Any) -> Effect:
    """An effect that changes the document of handling."""
    handling: Handling = msgspec.structs.replace(ctx.snapshot.order.handling, **change)
    return Effect(fields={"handling": handling})


def _reviewed(ctx: Context, first: ReturnStatus, after_objection: ReturnStatus) -> OrderReturn:
    waiting = ctx.snapshot.order.handling.waiting_return
    assert waiting is not None
    who, now, text = ctx.asked.actor.id, ctx.asked.now, ctx.asked.data.text
    if waiting.status == ReturnStatus.ASKED:
        return msgspec.structs.replace(waiting, status=first, reviewed_by=who, reviewed_at=now, review=text)
    return msgspec.structs.replace(waiting, status=after_objection, decided_by=who, decided_at=now, decision=text)


def _extension(ctx: Context, status: ExtensionStatus, **change: Any) -> Effect:
    extensions = ctx.snapshot.order.handling.extensions
    decided = msgspec.structs.replace(
        extensions[-1],
        status=status,
        decided_by=ctx.asked.actor.id,
        decided_at=ctx.asked.now,
        words=ctx.asked.data.text,
        **change,
    )
    return kept(ctx, extensions=[*extensions[:-1], decided])


def _dispatch(ctx: Context, **change: Any) -> list[Dispatch]:
    current = ctx.snapshot.dispatch
    return [] if current is None else [msgspec.structs.replace(current, **change)]


EFFECTS: dict[str, EffectOf] = {
    "return.asked": ask_return,
    "grant_return": grant_return,
    "refuse_return": refuse_return,
    "object_to_return": object_to_return,
    "find_malicious_return": find_malicious_return,
    "ask_extension": ask_extension,
    "grant_extension": grant_extension,
    "refuse_extension": refuse_extension,
    "record_step": record_step,
    "record_contact": record_contact,
    "draft_answer": draft_answer,
    "review_answer": review_answer,
    "redo": redo,
    "withdraw_matter": withdraw_matter,
}
