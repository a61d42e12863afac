"""Formal supervision of a unit inside a centre."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from liandong.orders.acting import Action, ShortWords, UnitCode, Words
from liandong.orders.model import Line, Moment, Text


class OpenOversight(Action, frozen=True, tag="open_oversight"):
    """Formal supervision (督办) of the unit, at a level of catalogue/data/oversight.json.

    `unit`: where the order has none. `joint`: the centre at work across is asked the same. `rule`: the rule that asks for it.
    """

    authority: ShortWords
    text: Words
    unit: UnitCode | None = None
    joint: bool = False
    rule: Line | None = None


class ReplyOversight(Action, frozen=True, tag="reply_oversight"):
    text: Words


class AcceptOversight(Action, frozen=True, tag="accept_oversight"):
    text: Text = ""


class RejectOversight(Action, frozen=True, tag="reject_oversight"):
    """What is still missing; a new deadline begins."""

    text: Words


class WithdrawOversight(Action, frozen=True, tag="withdraw_oversight"):
    reason: ShortWords


class CheckOnSite(Action, frozen=True, tag="check_on_site"):
    """Somebody went and looked. `attachments`: files of this order that show it."""

    place: ShortWords
    found: Words
    persons: Line = ""
    at: Moment | None = None
    attachments: Annotated[list[UUID], Meta(max_length=20)] = []


OversightAction = OpenOversight | ReplyOversight | AcceptOversight | RejectOversight | WithdrawOversight | CheckOnSite
