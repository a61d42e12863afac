"""Every promise is broken once on purpose, and caught, and the story of it is short."""

import pytest

from . import promises
from .faults import FAULTS
from .outside import no_outside
from .play import live
from .shrink import shrunk, told

LIVES = 3000
SHORT = 12  # steps; a person can read that many


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_caught_and_its_story_is_short(fault, monkeypatch):
    fault(monkeypatch)
    with no_outside():
        life = next((found for seed in range(1, LIVES) if _broke(found := live(seed), FAULTS[fault])), None)
        assert life is not None, f"{fault.__name__} was not caught by {FAULTS[fault]} in {LIVES} lives"
        short = shrunk(life)
        assert len(short.story) <= SHORT, told(short)
        assert short.broken.promise in told(short)


def test_every_promise_has_a_fault_that_breaks_it():
    asked = {*promises.ON_CHANGE, *promises.ON_MATTER, *promises.AT_REST, *promises.AT_END}
    names = {promise.__name__ for promise in asked}
    names |= {"nothing_fails_inside", "what_was_answered_is_in_the_ledger", "everything_comes_to_rest"}
    assert names == set(FAULTS.values())


def _broke(life, promise):
    return life.broken is not None and life.broken.promise == promise
