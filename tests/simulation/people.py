"""The people: what they press, how they fill it in, and what sensible ones do next.

A new action needs a line in FILLINGS for each required field that is new, and a place in FORWARD if it brings a matter on.
"""

from functools import cache
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.orders import actions as a
from liandong.orders.context import Actor
from liandong.orders.model import Snapshot
from liandong.policy import CityPolicy

ROLES = frozenset({"call_taker", "dispatcher", "supervisor", "unit"})
EVERYBODY = Actor("everybody", ROLES)
ACTIONS = a.person_actions()
INTAKES = {
    danger: a.Intake(content="样例", facts=a.Overruling(danger=True) if danger else None) for danger in (False, True)
}

# What may stand in a field, by its name: (chance, whose policy, the order as it stands) -> value.
FILLINGS: dict[str, Any] = {
    "answer": lambda r, policy, s: "已处理",
    "reason": lambda r, policy, s: "not_our_duty",
    "basis": lambda r, policy, s: "清单",
    "unit": lambda r, policy, s: unit_of(policy),
    "level": lambda r, policy, s: 2,
    "result": lambda r, policy, s: "已处置",
    "reached": lambda r, policy, s: r.random() < 0.7,
    "satisfaction": lambda r, policy, s: 4,
    "text": lambda r, policy, s: "补充",
    "clock": lambda r, policy, s: r.choice([t.name for t in s.timers or ()] or ["callback"]),
    "to": lambda r, policy, s: r.choice(peers_of(policy)),
}

# Fields that may be left out and matter to who is responsible: filled in now and then.
OPTIONAL: dict[str, dict[str, Any]] = {
    "offer_transfer": {
        "part": lambda r, policy, s: r.random() < (0.9 if s.dispatch is not None else 0.15),
        "urgent": lambda r, policy, s: r.random() < 0.2,
    },
    "amend": {"facts": lambda r, policy, s: {"danger": r.random() < 0.7}},
}

# The first of these that is allowed is what a sensible person presses.
FORWARD = (
    "accept_transfer", "dispatch", "sign_for", "acknowledge", "start_handling", "arrive", "start_disposing", "answer", "feed_back",
    "close", "call_back", "evaluate",
)  # fmt: skip
IN_DANGER = ("raise_danger",)  # for a hotline that can do nothing else
SENSIBLE: dict[str, Any] = {"reached": True, "part": False, "urgent": False}


class Person(Struct):
    """One press of one key. It may be submitted many times; it is to take effect once."""

    code: str
    label: int
    no: int
    intake: a.Intake | None = None
    digest: str = ""
    action: a.Action | None = None
    order_id: UUID | None = None
    answered: bool = False

    @property
    def id(self) -> str:
        return f"desk-{self.no}"


def intake_of(danger: bool) -> a.Intake:
    return INTAKES[danger]


def said(fields: dict[str, Any], version: int) -> a.Action:
    return msgspec.convert(fields | {"version": version}, ACTIONS[fields["action"]])


def filled(name: str, chance: Random, policy: CityPolicy, snapshot: Snapshot) -> dict[str, Any]:
    """An action with its required fields, and with the optional ones that matter."""
    fields: dict[str, Any] = {"action": name}
    for field in required(name):
        fields[field] = FILLINGS[field](chance, policy, snapshot)
    for field, filling in OPTIONAL.get(name, {}).items():
        fields[field] = filling(chance, policy, snapshot)
    return fields


def sensible(name: str, policy: CityPolicy, snapshot: Snapshot) -> dict[str, Any]:
    """An action as somebody fills it in who wants the matter to end well."""
    chance = Random(0)
    fields = {field: FILLINGS[field](chance, policy, snapshot) for field in required(name)}
    return {"action": name} | fields | {f: v for f, v in SENSIBLE.items() if f in fields}


@cache
def required(name: str) -> tuple[str, ...]:
    missing = [f for f in a.required_fields(ACTIONS[name]) if f not in FILLINGS]
    assert not missing, f"{name}: how are {missing} filled in? Say so in FILLINGS of people.py"
    return tuple(a.required_fields(ACTIONS[name]))


@cache
def peers_of(policy: CityPolicy) -> tuple[str, ...]:
    return policy._peers


@cache
def unit_of(policy: CityPolicy) -> str:
    return next(iter(policy._units))
