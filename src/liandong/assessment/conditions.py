"""The conditions of measures: a small part of SQL over the columns of `assessed_orders`, checked before any of it meets a database.

A city edits measures.json, so what is in it must not be able to do more than compare columns.
"""

import re

COLUMNS = frozenset(
    [
        "kind",
        "origin",
        "channel",
        "type",
        "category",
        "division",
        "unit",
        "status",
        "final",
        "invalid",
        "urgent",
        "danger",
        "taken_at",
        "dispatched_at",
        "signed_at",
        "arrived_at",
        "handled_at",
        "contacted_at",
        "closed_at",
        "called_back_at",
        "sign_due",
        "answer_due",
        "callback_due",
        "dispatch_due",
        "arrival_due",
        "ring_seconds",
        "rounds",
        "dispatches",
        "returns",
        "overdue",
        "closing",
        "reached",
        "solved",
        "satisfaction",
        "repeated",
        "offered_at",
        "offers",
        "bounced",
        "take_seconds",
        "transfer_late",
        "negotiation_seconds",
        "shared",
        "delayed",
    ]
)
MOMENTS = frozenset({"taken_at", "answer_due", "callback_due", "called_back_at", "offered_at"})
"""The columns with an index, by which an order falls into a period; migration 0023 freezes by the same ones."""

_WORDS = frozenset({"AND", "OR", "NOT", "IS", "NULL", "TRUE", "FALSE", "IN", "BETWEEN", "as_of"})
_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<text>'[a-z0-9_]*')|(?P<number>\d+(?:\.\d+)?)|(?P<sign><=|>=|<>|[<>=(),]))"
)


class ConditionError(ValueError):
    """A condition that is not one; the text names the measure and the place."""


def sql_of(condition: str, *, as_of: str = "$3") -> str:
    """The condition with `as_of` as the parameter `$3`. Raises ConditionError for anything that is not a comparison of columns."""
    parts, at = [], 0
    text = condition.strip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ConditionError(
                f"{condition!r}: {text[at : at + 20]!r} 不能用在条件里（is not allowed in a condition）"
            )
        word = found["word"]
        if word is not None and word not in COLUMNS and word not in _WORDS:
            raise ConditionError(f"{condition!r}: 没有 {word} 这一列（no such column）")
        parts.append(f"{as_of}::timestamptz" if word == "as_of" else found[0].strip())
        at = found.end()
    return " ".join(parts)
