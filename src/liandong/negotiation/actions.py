"""What may be asked when it is unclear whose a matter is."""

from liandong.linkage.model import Basis, CallOutcome, CentreCode
from liandong.orders.acting import Action, ShortWords
from liandong.orders.model import Line, Text


class Negotiate(Action, frozen=True, tag="negotiate"):
    """Opens the negotiation with a first position: about what is on offer, or else with the centre `to`."""

    owner: CentreCode
    basis_kind: Basis
    basis: ShortWords
    text: Text = ""
    to: CentreCode | None = None


class TakePosition(Action, frozen=True, tag="take_position"):
    owner: CentreCode
    basis_kind: Basis
    basis: ShortWords
    text: Text = ""


class KeepMatter(Action, frozen=True, tag="keep_matter"):
    """The holder keeps it: the negotiation ends by agreement."""

    text: Text = ""


class Arbitrate(Action, frozen=True, tag="arbitrate"):
    """A leader decides; both sides apply it."""

    owner: CentreCode
    basis_kind: Basis
    basis: ShortWords
    text: Text = ""


class OpenThreeWayCall(Action, frozen=True, tag="open_three_way_call"):
    """The caller, this desk and the centre `to` on one line. What is known of the matter goes along at once."""

    to: CentreCode
    person: Line = ""
    seat: Line = ""
    recording_no: Line = ""


class JoinThreeWayCall(Action, frozen=True, tag="join_three_way_call"):
    person: Line = ""
    seat: Line = ""
    recording_no: Line = ""


class EndThreeWayCall(Action, frozen=True, tag="end_three_way_call"):
    """`unclear` opens the negotiation in the same step."""

    outcome: CallOutcome
    text: Text = ""


NegotiationAction = (
    Negotiate | TakePosition | KeepMatter | Arbitrate | OpenThreeWayCall | JoinThreeWayCall | EndThreeWayCall
)
