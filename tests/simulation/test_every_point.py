"""One story, interrupted at every point that it has: by a crash, by a broken connection, by a copy that arrives too."""

import pytest

from .city import PAUSES, City
from .outside import no_outside
from .play import replay
from .shrink import told
from .stories import danger_is_set, offers, presses, sends, takes, works

POINTS = 4  # more than any command has
A_TRANSFER = (
    takes("110"),
    offers("110", "12345"),
    *sends("110", "12345"),
    presses("12345", "accept_transfer"),
    *sends("12345", "110"),
    presses("12345", "dispatch", unit="11120101YB0000016D"),
    presses("12345", "sign_for"),
    presses("12345", "start_handling"),
    presses("12345", "answer", answer="已处理"),
    *sends("12345", "110"),
)
DANGER = (
    takes("12345", danger=True),
    ("clock", "12345", 0),  # nobody pressed a key: it goes by itself
    *sends("12345", "110"),
    *sends("110", "12345"),
    *works("110"),
    presses("110", "feed_back", result="已处置"),
    *sends("110", "12345"),
    presses("12345", "close"),
    danger_is_set("12345", False),
)
STORIES = {"a transfer": A_TRANSFER, "danger": DANGER}


def crashes(step):
    """Every way in which this step may stop in the midst, with the machine that carries it out."""
    if step[0] not in PAUSES:
        return
    code = step[2] if step[0] == "arrive" else step[1]
    for point in range(1, POINTS + 1):
        stopped = [*step, *[0] * (PAUSES[step[0]] - len(step)), point]
        pressed_again = [("again", 0)] if step[0] in {"take", "act"} else []
        yield [tuple(stopped), ("crash", code), ("restart", code), *pressed_again]


def broken_connections(step):
    code = step[2] if step[0] == "arrive" else step[1]
    for written in ((False,), (True,), (False, False), (False, True)):
        yield [("stumble", code, *written), step]


def copies(step):
    if step[0] == "arrive":
        yield [("copy", *step[1:]), step, step]
        yield [("copy", *step[1:]), ("give_up", *step[1:]), ("send", *step[1:]), ("arrive", *step[1:3], 1), step, step]


@pytest.mark.parametrize("name", STORIES)
def test_uninterrupted_each_step_of_it_does_something(name):
    with no_outside():
        city = City(("12345", "110"))
        for step in STORIES[name]:
            assert city.do(step), step
            assert step[0] not in {"act", "clock"} or city.changes(), step
            city.changes()


@pytest.mark.parametrize("mishap", [crashes, broken_connections, copies], ids=lambda mishap: mishap.__name__)
@pytest.mark.parametrize("name", STORIES)
def test_wherever_it_is_interrupted_it_ends_well(name, mishap):
    story, tried = STORIES[name], 0
    with no_outside():
        for place, step in enumerate(story):
            for instead in mishap(step):
                life = replay(("12345", "110"), [*story[:place], *instead, *story[place + 1 :]])
                assert life.broken is None, told(life)
                tried += 1
    assert tried >= len([step for step in story if step[0] == "arrive"])


@pytest.mark.parametrize("name", STORIES)
def test_a_cut_of_five_days_delays_everything_and_loses_nothing(name):
    story = [("cut", "12345", "110"), ("cut", "110", "12345"), *STORIES[name], ("wait", 5 * 86_400)]
    with no_outside():
        life = replay(("12345", "110"), story)
        assert life.broken is None, told(life)
        assert all(not node.disk.pending for node in life.city.nodes.values())
