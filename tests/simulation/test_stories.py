"""Stories that broke a promise once stay told."""

import pytest

from .outside import no_outside
from .play import replay
from .shrink import told
from .stories import STORIES


@pytest.mark.parametrize("name", STORIES)
def test_a_story_that_broke_a_promise_once_ends_well(name):
    story = STORIES[name]
    with no_outside():
        life = replay(story.centres, story.steps)
        words = told(life) if life.broken else ""
    promise = life.broken.promise if life.broken else ""
    if story.breaks:
        assert promise == story.breaks, (
            f"now it is {promise or 'mended'}: take it out of stories.py and known.py\n{words}"
        )
        pytest.xfail(f"a known defect breaks {promise}")
    assert not promise, words
