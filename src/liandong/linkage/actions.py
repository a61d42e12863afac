"""What may be asked of an order between centres, and when danger is seen."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from liandong.linkage.model import CentreCode
from liandong.orders.acting import Action, ShortWords, Tags, UnitCode, Words
from liandong.orders.model import Level, Line, Point, Text


class OfferTransfer(Action, frozen=True, tag="offer_transfer"):
    """One-key transfer. `part`: hand over only the other centre's part and keep our own."""

    to: CentreCode
    urgent: bool = False
    part: bool = False
    items: Tags = []
    note: Text = ""


class AcceptTransfer(Action, frozen=True, tag="accept_transfer"):
    """`duplicate_of`: our own order of the same matter, from another call; the two are linked and handled once."""

    transfer_id: UUID | None = None
    duplicate_of: UUID | None = None
    note: Text = ""


class ReturnTransfer(Action, frozen=True, tag="return_transfer"):
    reason: ShortWords
    basis: ShortWords
    text: Text = ""
    transfer_id: UUID | None = None


class WithdrawTransfer(Action, frozen=True, tag="withdraw_transfer"):
    reason: ShortWords
    transfer_id: UUID | None = None


class RecallTransfer(Action, frozen=True, tag="recall_transfer"):
    """An accepted transfer was a mistake: the matter is asked back."""

    reason: ShortWords


class AgreeRecall(Action, frozen=True, tag="agree_recall"):
    note: Text = ""


class RefuseRecall(Action, frozen=True, tag="refuse_recall"):
    reason: ShortWords


class EndJointHandling(Action, frozen=True, tag="end_joint_handling"):
    text: Text = ""


class Split(Action, frozen=True, tag="split"):
    """A dispute that may turn violent: somebody is sent at once, and the other centre gets its part (plan 二(三)1)."""

    unit: UnitCode
    to: CentreCode
    person: Line | None = None
    vehicle: Line | None = None
    level: Level | None = None
    class_intake: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    items: Tags = []
    note: Text = ""


class RaiseDanger(Action, frozen=True, tag="raise_danger"):
    """Danger to life, property or public safety is seen: the police desk gets it at once, whatever was going on.

    One tap for a unit in the field (plan 二(三)1): what it sees and, where it differs from the order's, the place.
    """

    text: Words
    address: Line = ""
    wgs84: Point | None = None


LinkageAction = (
    OfferTransfer
    | AcceptTransfer
    | ReturnTransfer
    | WithdrawTransfer
    | RecallTransfer
    | AgreeRecall
    | RefuseRecall
    | EndJointHandling
    | Split
    | RaiseDanger
)
