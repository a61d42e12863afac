"""The people: what they press, how they fill it in, and what sensible ones do next.

A new action needs a line in FILLINGS for each required field that is new, and a place in FORWARD if it brings a matter on.
"""

from collections.abc import Callable
from datetime import timedelta
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

ROLES = frozenset({"call_taker", "dispatcher", "supervisor", "unit", "leader"})
EVERYBODY = Actor("everybody", ROLES)
ACTIONS = a.person_actions()
INTAKES = {
    danger: a.Intake(content="样例", facts=a.Overruling(danger=True) if danger else None) for danger in (False, True)
}


class Look(Struct):
    """What somebody who fills in an action looks at. `others`: labels of the other matters that this centre has orders of."""

    chance: Any  # random.Random
    policy: CityPolicy
    snapshot: Snapshot
    others: list[int]

    def one_of(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def another(self) -> dict[str, int] | None:
        """Now and then another order of this centre, if there is one."""
        known = bool(self.others) and self.chance.random() < 0.3
        return {"order_of": self.chance.choice(self.others)} if known else None

    def peer(self) -> str:
        return self.chance.choice(peers_of(self.policy))


# What may stand in a required field, by its name. {"order_of": label} becomes the id of this centre's order of that matter.
FILLINGS: dict[str, Callable[[Look], Any]] = {
    "answer": lambda look: "已处理",
    "reason": lambda look: "not_our_duty",
    "basis": lambda look: "清单",
    "basis_kind": lambda look: look.one_of("catalogue", "law"),
    "unit": lambda look: unit_of(look.policy),
    "level": lambda look: look.one_of(1, 2, 3, 4),
    "result": lambda look: "已处置",
    "reached": lambda look: look.chance.random() < 0.7,
    "satisfaction": lambda look: 4,
    "text": lambda look: "补充",
    "evidence": lambda look: "现场照片",
    "ground": lambda look: look.one_of("waiting_for_caller", "seasonal_works"),
    "return_no": lambda look: 1,
    "days": lambda look: 5,
    "what": lambda look: "到场核实",
    "approved": lambda look: look.chance.random() < 0.7,
    "until": lambda look: (look.snapshot.order.updated_at + timedelta(days=30)).isoformat(),
    "clock": lambda look: look.one_of(*[t.name for t in look.snapshot.timers or ()] or ["callback"]),
    "to": lambda look: look.peer(),
    "owner": lambda look: look.one_of(look.policy.centre, look.peer(), look.snapshot.order.first_receiver),
    "outcome": lambda look: look.one_of("sender", "receiver", "unclear", "caller_left"),
    "attachment": lambda look: str(UUID(int=0)),  # no bytes are simulated: never whole, so always refused
    "answers": lambda look: {"what": look.one_of("dispute", "traffic", "violence"), "injured": look.one_of(0, 1)},
    "no": lambda look: look.one_of(1, 2),
    "state": lambda look: look.one_of("acknowledged", "arrived", "ended"),
    "cause": lambda look: "traffic",
    "accepted": lambda look: look.chance.random() < 0.8,
    "case_number": lambda look: "A1",
    "co_handlers": lambda look: [look.one_of(*units_of(look.policy)[1:])],
    "draft": lambda look: "已处理",
    "agrees": lambda look: look.chance.random() < 0.8,
    "authority": lambda look: look.one_of("centre", "district", "city"),
    "place": lambda look: "现场",
    "found": lambda look: "已修复",
    "into": lambda look: {"order_of": look.one_of(*look.others or [0])},
}

# Fields that may be left out and matter to who is responsible: filled in now and then.
OPTIONAL: dict[str, dict[str, Callable[[Look], Any]]] = {
    "offer_transfer": {
        "part": lambda look: look.chance.random() < (0.9 if look.snapshot.dispatch is not None else 0.15),
        "urgent": lambda look: look.chance.random() < 0.2,
    },
    "negotiate": {"to": lambda look: look.peer()},
    "link_repeat": {"of": lambda look: look.another()},
    "accept_transfer": {"duplicate_of": lambda look: look.another()},
    "dispatch": {"co_handlers": lambda look: _helpers(look)},
    "sign_share": {"unit": lambda look: _co_handler(look)},
    "answer_share": {"unit": lambda look: _co_handler(look)},
    "countersign": {"unit": lambda look: _co_handler(look)},
    "answer": {"without_shares": lambda look: look.one_of("", "等不及")},
    "amend": {"facts": lambda look: {"danger": look.chance.random() < 0.7}},
}

# The first of these that is allowed is what a sensible person presses.
FORWARD = (
    "accept_transfer", "agree_recall", "end_three_way_call", "keep_matter", "reply_supervision", "accept_reply", "reply_oversight",
    "accept_oversight", "sign_share", "answer_share", "dispatch", "designate", "sign_for", "acknowledge", "start_handling", "arrive", "start_disposing",
    "review_answer", "answer",
    "feed_back", "draft_answer", "explain_delay", "close", "call_back", "evaluate",
)  # fmt: skip
IN_DANGER = ("raise_danger",)  # for a hotline that can do nothing else
SENSIBLE: dict[str, Any] = {"reached": True, "outcome": "sender", "approved": True}


class AlwaysTheSame:
    """The chance of sensible people: Random(0), made when somebody asks, since most of them never do."""

    def __getattr__(self, name: str) -> Any:
        chance = self.__dict__["chance"] = self.__dict__.get("chance") or Random(0)
        return getattr(chance, name)


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


def filled(name: str, look: Look) -> dict[str, Any]:
    """An action with its required fields, and with the optional ones that matter."""
    fields: dict[str, Any] = {"action": name}
    fields |= {field: FILLINGS[field](look) for field in required(name)}
    chosen = {field: filling(look) for field, filling in OPTIONAL.get(name, {}).items()}
    return fields | {field: value for field, value in chosen.items() if value is not None}


def sensible(name: str, policy: CityPolicy, snapshot: Snapshot) -> dict[str, Any]:
    """An action as somebody fills it in who wants the matter to end well."""
    look = Look(AlwaysTheSame(), policy, snapshot, [])
    fields = {f: SENSIBLE[f] if f in SENSIBLE else FILLINGS[f](look) for f in required(name)}
    return {"action": name} | fields | _of_shares(name, snapshot)


def _of_shares(name: str, snapshot: Snapshot) -> dict[str, Any]:
    """Which co-handler, where there are several; and a lead that has heard them all does not wait for their agreement."""
    status = {"sign_share": "dispatched", "answer_share": "signed"}.get(name)
    if status is not None:
        return {"unit": next(share.unit for share in snapshot.shares if share.status == status)}
    return {"without_shares": "已另行沟通"} if name == "answer" and snapshot.shares else {}


@cache
def required(name: str) -> tuple[str, ...]:
    missing = [f for f in a.required_fields(ACTIONS[name]) if f not in FILLINGS]
    assert not missing, f"{name}: how are {missing} filled in? Say so in FILLINGS of people.py"
    return tuple(a.required_fields(ACTIONS[name]))


@cache
def peers_of(policy: CityPolicy) -> tuple[str, ...]:
    return policy._peers


def _helpers(look: Look) -> list[str]:
    """Now and then a co-handler; a police desk has none."""
    helped = look.policy.kind == "work_order" and look.chance.random() < 0.2
    return [look.one_of(*units_of(look.policy)[1:])] if helped else []


def _co_handler(look: Look) -> str | None:
    return look.one_of(*[share.unit for share in look.snapshot.shares] or [None])


@cache
def units_of(policy: CityPolicy) -> list[str]:
    return list(policy._units)[:4]


def unit_of(policy: CityPolicy) -> str:
    return units_of(policy)[0]
