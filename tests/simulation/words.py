"""A story, printed for people: what happened, and where each order stood after it."""

from typing import Any

from .city import PAUSES, Step
from .disk import Change

WORDS = {
    "take": "{0} takes in a call",
    "act": "{0}: {2[action]}",
    "again": "the same key is pressed again",
    "clock": "{0}: the next clock runs out",
    "go": "{0}: what stood still goes on",
    "wait": "{0} seconds pass",
    "crash": "{0} crashes",
    "restart": "{0} starts again",
    "stumble": "{0}: the database's connection will break",
    "cut": "the wire {0} -> {1} is cut",
    "mend": "the wire {0} -> {1} works again",
    "send": "{0} sends to {1}",
    "arrive": "{1} gets what {0} sent",
    "receipt": "{0} gets the receipts of {1}",
    "lose": "what {0} sent to {1} is lost",
    "lose_receipt": "the receipts of {1} to {0} are lost",
    "copy": "what {0} sent to {1} is doubled on the way",
    "give_up": "{0} gives up waiting for {1}",
}


def describe(step: Step, changes: list[Change], done: bool) -> str:
    verb, *rest = step
    text = WORDS[verb].format(*rest)
    if verb == "take" and rest[2]:
        text += " of danger"
    if verb == "act":
        text += _filling(rest[2]) + (f", looking at {rest[3]} versions ago" if len(rest) > 3 and rest[3] else "")
    if len(step) > PAUSES.get(verb, len(step)) and step[PAUSES[verb]]:
        text += f", and stands still at its point {step[PAUSES[verb]]}"
    outcome = "; ".join(_change(change) for change in changes)
    return f"{text} => {outcome}" if outcome else text if done else f"{text} (nothing happens)"


def _filling(fields: dict[str, Any]) -> str:
    given = {k: v for k, v in fields.items() if k in {"to", "part", "urgent", "facts", "clock"} and v is not False}
    return f" {given}" if given else ""


def _change(change: Change) -> str:
    order, event, incoming = change.after.order, change.decision.event, change.decision.incoming
    sent = [f"{type(m.body).__name__} to {m.peer}" for m in change.decision.messages]
    read = f" reads {incoming.kind} from {incoming.sender}:" if incoming else ""
    marks = "".join(f" {m}" for m in ("responsible", "danger") if getattr(order, m))
    return f"{change.centre}{read} {event.kind}, {order.status}{marks}" + (f", sends {', '.join(sent)}" if sent else "")
