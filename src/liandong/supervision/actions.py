"""Urging and supervising across centres."""

from liandong.orders.acting import Action, ShortWords, Words
from liandong.orders.model import Text


class Urge(Action, frozen=True, tag="urge"):
    text: ShortWords


class Supervise(Action, frozen=True, tag="supervise"):
    """A formal question to the centre that has the matter, with a deadline of its own."""

    text: Words


class ReplySupervision(Action, frozen=True, tag="reply_supervision"):
    text: Words


class AcceptReply(Action, frozen=True, tag="accept_reply"):
    text: Text = ""


class RejectReply(Action, frozen=True, tag="reject_reply"):
    text: Words


SupervisionAction = Urge | Supervise | ReplySupervision | AcceptReply | RejectReply
