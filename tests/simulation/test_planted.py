"""Every promise is broken once on purpose, and caught, and the story of it is short."""

import pytest

from . import promises
from .faults import CAUGHT_IN, FAULTS
from .outside import no_outside
from .play import live, replay
from .shrink import shrunk, told
from .stories import STORIES

LIVES = 3000
SHORT = 12  # steps; a person can read that many


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_caught_and_its_story_is_short(fault, monkeypatch):
    fault(monkeypatch)
    if fault in CAUGHT_IN:
        return assert_spoilt(STORIES[CAUGHT_IN[fault]], FAULTS[fault])
    with no_outside():
        life = next((found for seed in range(1, LIVES) if _broke(found := live(seed), FAULTS[fault])), None)
        assert life is not None, f"{fault.__name__} was not caught by {FAULTS[fault]} in {LIVES} lives"
        short = shrunk(life)
        assert len(short.story) <= SHORT, told(short)
        assert short.broken.promise in told(short)


def assert_spoilt(story, promise):
    """The story ends well without the fault: test_stories.py."""
    with no_outside():
        life = replay(story.centres, story.steps)
    assert life.broken is not None
    assert life.broken.promise == promise, told(life)


def test_every_promise_has_a_fault_that_breaks_it():
    asked = {*promises.ON_CHANGE, *promises.ON_MATTER, *promises.AT_REST, *promises.AT_END}
    names = {promise.__name__ for promise in asked}
    names |= {"nothing_fails_inside", "what_was_answered_is_in_the_ledger", "everything_comes_to_rest"}
    assert names == set(FAULTS.values())


def _broke(life, promise):
    return life.broken is not None and life.broken.promise == promise
