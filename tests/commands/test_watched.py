"""Nothing lies forgotten: in whatever way the rows lead somewhere, a clock runs while somebody is responsible."""

from collections import deque

import pytest

from liandong.orders.decide import AFTER_RESULT
from liandong.orders.lifecycle import ENTRY, ENTRY_CLOCKS, LIFECYCLES
from liandong.orders.model import Kind

# Whoever is asked (decide.WATCHED keeps that clock), follows, or waits for another centre's evaluation, is not the one that must act.
NOT_OURS_TO_MOVE = frozenset({"offered", "following", "closed"})
START = {"offered": ("transfer_accept",)}


def after(kind, clocks, row, status):
    """The clocks that run then; rows of a clock itself are left out, for what has rung is somebody's alarm already."""
    if (row.target or status) in LIFECYCLES[kind].final:
        return frozenset()
    ended = clocks if row.target == "following" else set(row.stops)
    if row.target == ENTRY[kind]:
        ended = ended | AFTER_RESULT
    return frozenset((clocks - ended) | set(row.starts))


@pytest.mark.parametrize("kind", Kind)
def test_a_clock_watches_whoever_is_responsible(kind):
    births = {(ENTRY[kind], frozenset(ENTRY_CLOCKS[kind])), ("offered", frozenset(START["offered"]))}
    seen, waiting = set(births), deque(births)
    while waiting:
        status, clocks = waiting.popleft()
        assert clocks or status in NOT_OURS_TO_MOVE | LIFECYCLES[kind].final, f"{status} is watched by no clock"
        for row in LIFECYCLES[kind].rows:
            if status not in row.sources or row.action == "due":
                continue
            then = row.target or status, after(kind, clocks, row, status)
            if then not in seen:
                seen.add(then)
                waiting.append(then)
    assert {status for status, _ in seen} >= {"closed", "called_back", "evaluated"}
