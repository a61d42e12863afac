"""Random lives of 2 to 8 centres; every promise is asked after every step. SEED and STEPS may be given, and STEPS counts for all chunks.

Without SEED the same lives are lived each time, so that a change is judged and not chance; `make simulate` takes fresh ones.
"""

import os
import subprocess
import sys
from collections import Counter

import pytest

from liandong.orders import decide as deciding
from liandong.orders.lifecycle import LIFECYCLES

from . import play
from .city import City
from .outside import no_outside
from .play import live
from .runs import Run, lives

SEED = int(os.environ.get("SEED", "0")) or 20_261_125
STEPS = int(os.environ.get("STEPS", "0")) or 1_000_000
CHUNKS = 20  # shared out among the workers of pytest-xdist
VERBS = {name.removeprefix("_do_") for name in dir(City) if name.startswith("_do_")}
ROWS_REACHED, LIVES = 0.8, 1400  # of all rows of both lifecycles but those of attachments, which are not simulated


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_promise_is_broken_in_random_lives(chunk):
    seed = SEED + chunk * 1_000_000
    print(f"SEED={seed}")
    run = Run()
    with no_outside():
        for _ in lives(seed, STEPS // CHUNKS, run):
            pass
    if run.failure:
        pytest.fail(run.failure, pytrace=False)
    assert run.steps >= STEPS // CHUNKS


def test_random_lives_reach_nearly_every_row_of_the_lifecycles_and_every_mishap(monkeypatch):
    """A promise holds only where lives have been."""
    reached, verbs = set(), Counter()
    decision, do = deciding._decision, City.do

    def noted(snapshot, asked, row, effect):
        reached.add((snapshot.order.kind, id(row)))
        return decision(snapshot, asked, row, effect)

    def counted(city, step):
        done = do(city, step)
        verbs[step[0]] += done
        return done

    monkeypatch.setattr(deciding, "_decision", noted)
    monkeypatch.setattr(City, "do", counted)
    with no_outside():
        for seed in range(1, LIVES):
            live(seed)
    rows = [(kind, row) for kind, lifecycle in LIFECYCLES.items() for row in lifecycle.rows]
    rows = [
        (kind, row)
        for kind, row in rows
        if not row.action.removesuffix("ed").endswith(("attach", "attachment", "attachment_settl"))
    ]
    missed = [f"{kind}: {row.action} {row.event}" for kind, row in rows if (kind, id(row)) not in reached]
    print("\n".join(missed))
    assert len(missed) <= (1 - ROWS_REACHED) * len(rows), "\n".join(missed)
    assert {verb for verb in verbs if verbs[verb]} == VERBS


def test_the_same_seed_is_the_same_story_in_another_process():
    seeds = range(1, 41)
    with no_outside():
        here = [live(seed).city.digest() for seed in seeds]
    code = (
        "from simulation.play import live\nfrom simulation.outside import no_outside\n"
        f"with no_outside():\n    print(*(live(seed).city.digest() for seed in range({seeds.start}, {seeds.stop})))"
    )
    paths = os.pathsep.join(path for path in sys.path if path)
    there = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": paths, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.split() == here


def test_a_story_that_is_replayed_ends_as_it_did():
    with no_outside():
        for seed in range(1, 101):
            first = live(seed)
            again = play.replay(first.centres, first.story)
            assert (again.steps, again.broken, again.city.digest()) == (first.steps, first.broken, first.city.digest())
