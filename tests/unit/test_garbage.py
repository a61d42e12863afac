"""What is built at the start is looked at by the collector once, and what comes and goes afterwards still is collected."""

import gc
import weakref

import pytest

from liandong.core.garbage import THRESHOLDS, set_aside


@pytest.fixture
def collector():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class Ring:
    def __init__(self):
        self.me = self


def test_the_start_is_set_aside_and_rings_that_come_later_are_collected(collector):
    lost = weakref.ref(Ring())
    set_aside()
    assert lost() is None
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold() == THRESHOLDS
    later = weakref.ref(Ring())
    gc.collect(1)
    assert later() is None
