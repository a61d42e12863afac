"""Random lives of matters between two centres; the promises are checked after every step. SEED and STEPS may be given."""

import os
import random

import pytest

from liandong.routing.model import Facts, Scope

from .city import CENTRES, City, close_everything

STEPS = int(os.environ.get("STEPS", "40000"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
STEPS_A_MATTER = 40


def live(seed: int, decider=None) -> tuple[int, str | None, list[str]]:
    """One matter's random life. Returns the steps taken, the promise broken, and the story."""
    city = City(seed, decider) if decider else City(seed)
    first = city.random.choice(CENTRES)
    danger = first == "12345" and city.random.random() < 0.2
    matter = city.takes(first, Facts(first, Scope.OWN, danger=danger))
    for step in range(STEPS_A_MATTER):
        code = city.random.choice(CENTRES)
        what = city.random.random()
        if what < 0.45:
            city.deliver(code, matter)
        elif matter in city.centres[code].orders:
            if what < 0.93:
                action = city.random_action(code, matter)
                if action is not None:
                    city.act(code, matter, action)
            else:
                city.fire(code, matter)
        broken = city.broken_promise(matter)
        if broken:
            return step + 1, broken, city.story
    city.settle(matter)
    broken = city.broken_promise(matter) or city.danger_waits(matter)
    if not broken and not close_everything(city, matter):
        broken = "5 the loop can't be closed: " + str(
            {code: c.orders[matter].order.status for code, c in city.centres.items() if matter in c.orders}
        )
    return STEPS_A_MATTER, broken, city.story


def test_no_promise_is_broken_in_random_lives():
    print(f"SEED={SEED} STEPS={STEPS}")
    done, seed = 0, SEED
    while done < STEPS:
        steps, broken, story = live(seed)
        if broken:
            pytest.fail(f"SEED={seed}: {broken}\n" + "\n".join(story))
        done += steps
        seed += 1
