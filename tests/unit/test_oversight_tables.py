"""The tables of supervision and measures are sound, and what a city writes wrongly in them is named."""

from datetime import timedelta

import pytest

from liandong.callbacks.limiting import MAX_KEYS, Limiter
from liandong.catalogue.clocks import load_clocks
from liandong.catalogue.messaging import default_messaging
from liandong.catalogue.oversight import default_oversight
from liandong.orders.lifecycle import LIFECYCLES
from liandong.oversight.measures import LIFECYCLE
from liandong.people.keys import ROLES
from world import A_TUESDAY


def test_the_steps_of_a_measure_are_sound():
    assert LIFECYCLE.problems() == []


def test_every_authority_has_its_clock_and_its_roles_and_ranks_differ():
    policy, clocks = default_oversight(), {clock.name for clock in load_clocks().clocks}
    assert {one.clock for one in policy.authorities} | {policy.appeal_clock} <= clocks
    assert all(one.roles - {"clock"} <= ROLES and one.roles - {"clock"} for one in policy.authorities)
    assert len({one.rank for one in policy.authorities}) == len(policy.authorities)
    assert len({one.mark for one in policy.measures}) == len(policy.measures)


def test_every_event_that_people_are_told_of_happens():
    events = {row.event for lifecycle in LIFECYCLES.values() for row in lifecycle.rows} | {"order.accepted"}
    told = {event for rule in default_messaging().rules for event in rule.events}
    assert told <= events


@pytest.mark.parametrize(
    ("hour", "channel", "urgent", "waits_until"),
    [
        (23, "sms", False, 7.5 + 24),
        (23, "sms", True, None),
        (23, "email", False, None),
        (7, "sms", False, 7.5),
        (8, "sms", False, None),
        (21, "sms", False, None),
        (22, "sms", False, 7.5 + 24),
    ],
)
def test_quiet_hours_end_in_the_morning(hour, channel, urgent, waits_until):
    midnight = A_TUESDAY - timedelta(hours=10)  # in Tianjin
    now = midnight + timedelta(hours=hour)
    expected = now if waits_until is None else midnight + timedelta(hours=waits_until)
    assert default_messaging().not_before(channel, urgent=urgent, now=now) == expected


def test_a_limiter_counts_in_its_span_and_forgets():
    limiter = Limiter(2, timedelta(minutes=1))
    for _ in range(2):
        assert not limiter.is_full("a", A_TUESDAY)
        limiter.note("a", A_TUESDAY)
    assert limiter.is_full("a", A_TUESDAY)
    assert not limiter.is_full("b", A_TUESDAY)
    assert not limiter.is_full("a", A_TUESDAY + timedelta(minutes=1))
    for n in range(MAX_KEYS + 5):
        limiter.note(str(n), A_TUESDAY)
    assert len(limiter._seen) == MAX_KEYS
