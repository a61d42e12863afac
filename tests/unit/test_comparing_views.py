"""Two views of one matter: what differs, in the order of its gravity."""

from uuid import UUID

import msgspec
import pytest

from liandong.exchange.reconcile import MatterView, compare

OURS = MatterView(
    matter_id=UUID(int=1),
    status="following",
    number="a",
    responsible=False,
    open=True,
    transfer_id=UUID(int=2),
    direction="out",
    transfer_status="accepted",
    part=False,
    sent=3,
    received=2,
)
THEIRS = MatterView(
    matter_id=UUID(int=1),
    status="received",
    number="b",
    responsible=True,
    open=True,
    transfer_id=UUID(int=2),
    direction="in",
    transfer_status="accepted",
    part=False,
    sent=2,
    received=3,
)


def kinds(ours=None, theirs=None):
    one = msgspec.structs.replace(OURS, **(ours or {}))
    other = [] if theirs == "nothing" else [msgspec.structs.replace(THEIRS, **(theirs or {}))]
    return [difference.kind for difference in compare([one], other)]


def test_two_sides_that_agree_differ_in_nothing():
    assert kinds() == []


@pytest.mark.parametrize(
    "ours, theirs, kind",
    [
        ({"dead": 1}, {}, "stuck"),
        ({}, {"dead": 1}, "stuck"),
        ({"received": 0, "pending": 1}, "nothing", "on_the_way"),
        ({"received": 2}, "nothing", "missing"),
        ({"sent": 4, "pending": 1}, {}, "on_the_way"),
        ({}, {"sent": 5, "pending": 3}, "on_the_way"),
        ({"sent": 4}, {}, "lost"),
        ({}, {"responsible": False}, "no_owner"),
        ({"responsible": True}, {}, "two_owners"),
        ({}, {"transfer_status": "offered"}, "transfer"),
    ],
)
def test_each_difference_is_named(ours, theirs, kind):
    assert kinds(ours, theirs) == [kind]


def test_joint_handling_may_have_two_owners():
    assert kinds({"responsible": True, "part": True}) == []


def test_what_is_closed_on_both_sides_needs_no_owner():
    assert kinds({"open": False}, {"open": False, "responsible": False}) == []


def test_a_matter_that_only_they_see_is_not_compared_from_here():
    assert compare([], [THEIRS]) == []
