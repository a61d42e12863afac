"""A process dies between each two steps, at both centres, while callers call; what was accepted is there, once."""

import os
import re
from itertools import zip_longest
from pathlib import Path

import pytest
from faulty_town import CENTRES

import liandong
from liandong.core.failpoints import FAILPOINTS, parse

pytestmark = pytest.mark.processes
ONLY = os.environ.get("FAILPOINT")  # just the rounds with this one

# Where each step is taken. The clocks are commands too, so the worker comes through the commit as the API does.
BOTH = ["command.loaded", "commit.decided", "commit.sending", "commit.written"]
SERVE = [
    *("api.parsed", "api.answering", "receive.opened", "receive.claimed", "receive.handled", "receive.receipted"),
    *("notice.handled", *BOTH),
]
WORK = [
    *("timers.claimed", "timers.fired", "send.claimed", "send.sealed", "send.posted", "send.read", "send.settled"),
    *BOTH,
]


# Places of one capability, whose own tests kill there.
ELSEWHERE = {"attachment.": "test_attachments_survive.py", "catalogue.": "test_catalogue_survives.py"}
ELSEWHERE |= {"middle.": "test_exchange_db_survives.py"}
ELSEWHERE |= dict.fromkeys(("places.", "messaging."), "test_reading_survives.py")


def rounds():
    """Each round arms one process of either kind at both centres; with FAULTS=all each process dies alone."""
    if os.environ.get("FAULTS") == "all":
        parts = {"serve": SERVE, "work": WORK}
        yield from ({f"{c} {part}": point} for c in CENTRES for part, points in parts.items() for point in points)
        return
    for serve, work in zip_longest(SERVE, WORK):
        points = {"serve": serve, "work": work}
        yield {f"{centre} {part}": point for centre in CENTRES for part, point in points.items() if point}


def test_the_table_of_failpoints_is_what_the_source_reaches():
    source = Path(liandong.__file__).parent
    reached = [
        name for path in source.rglob("*.py") for name in re.findall(r'\breach\("([^"]+)"\)', path.read_text("utf-8"))
    ]
    assert set(reached) == set(FAILPOINTS)
    elsewhere = {name for name in FAILPOINTS for prefix in ELSEWHERE if name.startswith(prefix)}
    assert set(SERVE) | set(WORK) == set(FAILPOINTS) - elsewhere


@pytest.mark.parametrize(("prefix", "file"), ELSEWHERE.items())
def test_every_failpoint_of_a_capability_is_in_the_tests_of_that_capability(prefix, file):
    text = Path(__file__).with_name(file).read_text("utf-8")
    assert [name for name in FAILPOINTS if name.startswith(prefix) and f'"{name}"' not in text] == []


def test_a_failpoint_that_does_not_exist_is_refused_and_not_waited_for():
    assert parse("send.posted:3") == ("send.posted", 3)
    assert parse("") == ("", 1)
    with pytest.raises(ValueError, match=r"send\.post"):
        parse("send.post")


async def test_processes_die_at_every_failpoint_of_both_centres(open_rig):
    rig = await open_rig(parts=("serve", "work"))  # a second worker would do the work of the one that is to die
    chosen = [points for points in rounds() if not ONLY or ONLY in points.values()]
    for failpoints in chosen:

        async def harm(_, failpoints=failpoints):
            await rig.town.all_died(failpoints)

        rig.town.arm(failpoints)
        await rig.suffer(_words(failpoints), harm)
    died = {(name.split()[0], point) for name, point in rig.town.died}
    armed = {(name.split()[0], point) for failpoints in chosen for name, point in failpoints.items()}
    assert died == armed
    assert ONLY or armed == {(centre, point) for centre in CENTRES for point in {*SERVE, *WORK}}


def _words(failpoints):
    points = " and ".join(sorted(set(failpoints.values())))
    return f"{next(iter(failpoints))} at {points}" if len(failpoints) == 1 else points
