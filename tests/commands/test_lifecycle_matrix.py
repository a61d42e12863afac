"""Generated from the tables: every status × action × role is either in the table or refused with a published code."""

import random
from functools import cache

import msgspec
import pytest
from circumstances import actor_with, asked, handled_situations, related_to, situations, snapshot_of, ways_to_ask

from liandong.core.errors import PROBLEMS
from liandong.orders.actions import person_actions
from liandong.orders.decide import Decision, Refusal, allowed_actions, decide
from liandong.orders.lifecycle import LIFECYCLES
from liandong.orders.model import Kind
from liandong.people.keys import ROLES
from liandong.policy import CityPolicy

SEED = 20250304
SAMPLE = 10
POLICIES = {
    Kind.WORK_ORDER: CityPolicy("12345", ("110", "gas"), arbitration=frozenset({"110"})),
    Kind.POLICE_ORDER: CityPolicy("110", ("12345", "gas"), arbitration=frozenset({"12345"})),
}
CELLS = [(kind, status) for kind, lifecycle in LIFECYCLES.items() for status in lifecycle.statuses]
EVERYBODY = sorted(ROLES | {"clock", "peer"})


@cache
def every_situation():
    return list(situations())


@cache
def every_action(kind):
    return sorted(set(person_actions()) | {row.action for row in LIFECYCLES[kind].rows})


@pytest.mark.parametrize("kind, status", CELLS)
def test_each_action_by_each_role_is_in_the_table_or_refused_with_a_published_code(kind, status):
    chance = random.Random(SEED)
    lifecycle = LIFECYCLES[kind]
    some = chance.sample(every_situation(), SAMPLE)
    wrong = []
    for action in every_action(kind):
        rows = [row for row in lifecycle.rows if row.action == action and status in row.sources]
        for data in ways_to_ask(kind, action):
            for role in EVERYBODY:
                actor = actor_with(role, kind)
                mine = [row for row in rows if role in row.roles]
                if not mine and role in {"clock", "peer"}:
                    continue  # nobody can send it: an action of people by a clock, a message's by a person
                for situation in some if mine else some[:1]:
                    if (role == "peer") != action.startswith(("note_", "take_")):
                        continue
                    found = _decided(kind, snapshot_of(kind, status, situation), situation, action, data, actor)
                    if not _fits(found, rows, mine):
                        wrong.append((action, role, data, situation, found))
    assert not wrong, f"seed {SEED}, {len(wrong)} cells, the first: {wrong[0]}"


def _decided(kind, snapshot, situation, action, data, actor):
    if action == "merge":  # into an order that is alive; a void one matters to who is merged already
        situation = msgspec.structs.replace(situation, extra="nothing")
    related = related_to(snapshot, situation)
    return decide(snapshot, asked(kind, action, data, actor, POLICIES[kind], related=related))


def _fits(found, rows, mine):
    if isinstance(found, Decision):
        return any(
            found.event.kind == row.event and found.order.status in {row.target, found.order.status} for row in mine
        )
    assert isinstance(found, Refusal)
    expected = "guard_refused" if mine else "not_permitted" if rows else "action_not_allowed"
    return found.code == expected and found.code in PROBLEMS and bool(found.text)


@pytest.mark.parametrize("kind, status", CELLS)
def test_what_is_shown_as_allowed_can_be_done_in_some_way(kind, status):
    """allowed_actions draws the buttons: no button may be dead whatever is filled in."""
    chance = random.Random(SEED)
    dead = []
    for situation in (*chance.sample(every_situation(), SAMPLE), *handled_situations()):
        snapshot = snapshot_of(kind, status, situation)
        for role in sorted(ROLES):
            actor = actor_with(role, kind)
            for row in allowed_actions(snapshot, actor):
                tries = [
                    _decided(kind, snapshot, situation, row.action, data, actor)
                    for data in ways_to_ask(kind, row.action)
                ]
                if not any(isinstance(one, Decision) for one in tries):
                    dead.append((row.action, role, situation, tries))
    assert not dead, f"seed {SEED}, the first of {len(dead)}: {dead[0]}"


@pytest.mark.parametrize("kind, status", CELLS)
def test_what_is_not_shown_as_allowed_is_refused(kind, status):
    """What a guard hides; what the table does not have at all is refused in the first test."""
    chance = random.Random(SEED)
    rows = [row for row in LIFECYCLES[kind].rows if status in row.sources]
    in_table = {role: {row.action for row in rows if role in row.roles} & set(person_actions()) for role in ROLES}
    hidden = []
    for situation in (*chance.sample(every_situation(), SAMPLE), *handled_situations()):
        snapshot = snapshot_of(kind, status, situation)
        for role in sorted(ROLES):
            actor = actor_with(role, kind)
            shown = {row.action for row in allowed_actions(snapshot, actor)}
            for action in in_table[role] - shown:
                for data in ways_to_ask(kind, action):
                    found = _decided(kind, snapshot, situation, action, data, actor)
                    if isinstance(found, Decision):
                        hidden.append((action, role, data, situation))
    assert not hidden, f"seed {SEED}, the first of {len(hidden)}: {hidden[0]}"


@pytest.mark.parametrize("kind", list(LIFECYCLES))
def test_the_table_is_sound(kind):
    from liandong.catalogue.clocks import load_clocks
    from liandong.exchange.contracts import MESSAGES

    clocks = {clock.name for clock in load_clocks().clocks}
    assert LIFECYCLES[kind].problems(clocks=clocks, messages=MESSAGES) == []
