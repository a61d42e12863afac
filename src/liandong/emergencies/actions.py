"""What people ask of an emergency, one Struct an action. No version is asked for: lines of many centres can't wait for one another, and each
action is judged on what stands when it is written."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from liandong.emergencies.model import Casualties, Place
from liandong.emergencies.policy import Code
from liandong.orders.model import DivisionCode, Exercise, Moment, Point

Words = Annotated[str, Meta(min_length=1, max_length=5_000)]
Short = Annotated[str, Meta(min_length=1, max_length=300)]
Key = Annotated[str, Meta(min_length=1, max_length=120)]
Count = Annotated[int, Meta(ge=0, le=10_000_000)]
LevelNo = Annotated[int, Meta(ge=1, le=4)]
Minutes = Annotated[int, Meta(ge=1, le=7 * 24 * 60)]


class PlaceGiven(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    text: Annotated[str, Meta(max_length=300)] = ""
    division_code: DivisionCode | None = None
    wgs84: Point | None = None

    def place(self) -> Place:
        return Place(self.text, self.division_code or "", self.wgs84)


class FactsGiven(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    dead: Count = 0
    injured: Count = 0
    trapped: Count = 0
    affected: Count = 0

    def facts(self) -> Casualties:
        return Casualties(self.dead, self.injured, self.trapped, self.affected)


class Declaration(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`id`: made by the screen, so that a declaration sent twice declares once. `level`: without it, by the rule. `apart`: although one
    that looks like it is open. `proposal`: the one that this confirms. `orders`: ids of this centre's orders that belong to it.
    """

    id: UUID
    subtype: Code
    title: Short
    text: Annotated[str, Meta(max_length=5_000)] = ""
    place: PlaceGiven = PlaceGiven()
    facts: FactsGiven = FactsGiven()
    level: LevelNo | None = None
    reason: Annotated[str, Meta(max_length=300)] = ""
    exercise: Exercise = Exercise.ACTUAL
    apart: bool = False
    proposal: UUID | None = None
    orders: Annotated[list[UUID], Meta(max_length=500)] = []
    mass_call: bool = False


class Act(Struct, frozen=True, forbid_unknown_fields=True, tag_field="action", kw_only=True):
    """Base of all actions."""

    @property
    def name(self) -> str:
        return str(type(self).__struct_config__.tag)


class Regrade(Act, frozen=True, tag="set_level"):
    """Raise or lower the level. Without `level`, by the rule from `facts`."""

    reason: Short
    level: LevelNo | None = None
    facts: FactsGiven | None = None


class Join(Act, frozen=True, tag="join"):
    """This one is the same as `into`."""

    into: UUID
    reason: Short


class SplitOff(Act, frozen=True, tag="split_off"):
    """`member` was joined into this one and is another emergency after all."""

    member: UUID
    reason: Short


class End(Act, frozen=True, tag="end"):
    reason: Short


class Respond(Act, frozen=True, tag="respond"):
    """The city's response of this level begins; without a level it ends."""

    reason: Short
    level: LevelNo | None = None


class LinkOrders(Act, frozen=True, tag="link_orders"):
    orders: Annotated[list[UUID], Meta(min_length=1, max_length=500)]
    why: Annotated[str, Meta(max_length=300)] = ""


class UnlinkOrders(Act, frozen=True, tag="unlink_orders"):
    orders: Annotated[list[UUID], Meta(min_length=1, max_length=500)]
    reason: Short


class SendBroadcast(Act, frozen=True, tag="broadcast"):
    """`to`: centres; none is everybody. `id` is made by the screen."""

    id: UUID
    text: Words
    to: Annotated[list[str], Meta(max_length=50)] = []


class ReadBroadcast(Act, frozen=True, tag="read_broadcast"):
    id: UUID


class ActOnBroadcast(Act, frozen=True, tag="act_on_broadcast"):
    id: UUID
    text: Annotated[str, Meta(max_length=300)] = ""


class GiveTask(Act, frozen=True, tag="give_task"):
    """`accept_minutes`: until the next of `substitutes` is called; `minutes`: to have it done."""

    id: UUID
    title: Short
    to: Short
    accept_minutes: Minutes = 5
    minutes: Minutes = 60
    substitutes: Annotated[list[str], Meta(max_length=10)] = []
    check_in_minutes: Annotated[int, Meta(ge=0, le=24 * 60)] = 0


class AcceptTask(Act, frozen=True, tag="accept_task"):
    key: Key


class FinishTask(Act, frozen=True, tag="finish_task"):
    key: Key
    text: Annotated[str, Meta(max_length=1_000)] = ""


class RefuseTask(Act, frozen=True, tag="refuse_task"):
    key: Key
    reason: Short


class CheckIn(Act, frozen=True, tag="check_in"):
    key: Key
    text: Short


class FileRef(Struct, frozen=True, forbid_unknown_fields=True):
    """An attachment of one of this centre's orders that belong to the emergency."""

    order_id: UUID
    attachment_id: UUID


class Note(Act, frozen=True, tag="note"):
    text: Words
    place: PlaceGiven | None = None
    files: Annotated[list[FileRef], Meta(max_length=20)] = []
    facts: FactsGiven | None = None


class DraftAgreedAnswer(Act, frozen=True, tag="propose_answer"):
    text: Words


class AgreeAnswer(Act, frozen=True, tag="agree_answer"):
    """`text`: what was on the screen; another text than the draft's is refused."""

    no: Annotated[int, Meta(ge=1)]
    text: Words


class WithdrawAnswer(Act, frozen=True, tag="withdraw_answer"):
    no: Annotated[int, Meta(ge=1)]
    reason: Short


class SwitchMassCall(Act, frozen=True, tag="mass_call"):
    on: bool


class AskResource(Act, frozen=True, tag="ask_resource"):
    id: UUID
    what: Short
    amount: Annotated[int, Meta(ge=1, le=100_000)] = 1


class OfferResource(Act, frozen=True, tag="offer_resource"):
    id: UUID
    of: UUID
    amount: Annotated[int, Meta(ge=1, le=100_000)] = 1
    text: Annotated[str, Meta(max_length=300)] = ""


class TakeResource(Act, frozen=True, tag="take_resource"):
    of: UUID
    offer: UUID


class SendUp(Act, frozen=True, tag="send_up"):
    """What was reported to those above, and to whom (without it the one of the table)."""

    text: Words
    to: Annotated[str, Meta(max_length=300)] = ""


class MeasureGiven(Struct, frozen=True, forbid_unknown_fields=True):
    title: Short
    to: Short
    due_at: Moment


class Review(Act, frozen=True, tag="review"):
    """After the end: what was found, and measures with owner and deadline, which become tasks."""

    findings: Annotated[list[Short], Meta(min_length=1, max_length=50)]
    measures: Annotated[list[MeasureGiven], Meta(max_length=50)] = []


class Inject(Act, frozen=True, tag="inject"):
    """A drill lets something happen, to be dealt with within some minutes."""

    text: Short
    within_minutes: Minutes


class MeetInject(Act, frozen=True, tag="meet_inject"):
    no: Annotated[int, Meta(ge=1)]


PersonAct = (
    Regrade | Join | SplitOff | End | Respond | LinkOrders | UnlinkOrders | SendBroadcast | ReadBroadcast | ActOnBroadcast
    | GiveTask | AcceptTask | FinishTask | RefuseTask | CheckIn | Note | DraftAgreedAnswer | AgreeAnswer | WithdrawAnswer
    | SwitchMassCall | AskResource | OfferResource | TakeResource | SendUp | Review | Inject | MeetInject
)  # fmt: skip


class CallTaken(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One call in mass-call mode, taken in seconds. `id` is made by the screen. `needs_help`: the caller needs somebody: an order is made."""

    id: UUID
    phone: Annotated[str, Meta(pattern=r"^[0-9+*() \-]{3,30}$")]
    name: Annotated[str, Meta(max_length=100)] = ""
    words: Annotated[str, Meta(max_length=2_000)] = ""
    place: Annotated[str, Meta(max_length=300)] = ""
    needs_help: bool = False


class CalledBack(Struct, frozen=True, forbid_unknown_fields=True):
    """`reached` false: nobody answered; the caller stays in the list."""

    reached: bool
    result: Annotated[str, Meta(max_length=300)] = ""


act_decoder = msgspec.json.Decoder(PersonAct)
declaration_decoder = msgspec.json.Decoder(Declaration)
