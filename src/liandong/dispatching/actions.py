"""What may be asked of an order when it is given to units."""

from typing import Annotated

from msgspec import Meta

from liandong.orders.acting import Action, ShortWords, UnitCode, Words
from liandong.orders.model import Text


class ToStation(Action, frozen=True, tag="to_station"):
    """One key: to the street, community, police station or grid that the place resolves to, as the dispatch catalogue says.

    `unit`: which one, where the place does not tell.
    """

    unit: UnitCode | None = None
    note: Text = ""


class Designate(Action, frozen=True, tag="designate"):
    """The hotline binds a unit after too many dispatches without an owner; the unit may not give it back."""

    unit: UnitCode
    reason: ShortWords
    basis: ShortWords


class Redispatch(Action, frozen=True, tag="redispatch"):
    """Before anybody has signed: to another unit, with no moment in between without one."""

    unit: UnitCode
    reason: ShortWords


class RecallDispatch(Action, frozen=True, tag="recall_dispatch"):
    """Before anybody has signed: the dispatch was a mistake."""

    reason: ShortWords


class AddCoHandlers(Action, frozen=True, tag="add_co_handlers"):
    co_handlers: Annotated[list[UnitCode], Meta(min_length=1, max_length=50)]
    note: Text = ""


class SignShare(Action, frozen=True, tag="sign_share"):
    """`unit`: for people of the centre, which co-handler; a unit's own key need not say."""

    unit: UnitCode | None = None


class AnswerShare(Action, frozen=True, tag="answer_share"):
    answer: Words
    unit: UnitCode | None = None


class Circulate(Action, frozen=True, tag="circulate"):
    """The lead's draft goes to every co-handler for its signature."""

    draft: Words


class Countersign(Action, frozen=True, tag="countersign"):
    agrees: bool
    text: Text = ""
    unit: UnitCode | None = None


class HandOver(Action, frozen=True, tag="hand_over"):
    """The order's unit has ended: its successor goes on. `version` is the one just loaded."""


DispatchingAction = (
    ToStation
    | Designate
    | Redispatch
    | RecallDispatch
    | AddCoHandlers
    | SignShare
    | AnswerShare
    | Circulate
    | Countersign
)
