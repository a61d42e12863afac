"""Many lives, one after the other, until one breaks a promise or enough steps were taken."""

import gc
from collections.abc import Iterator
from time import process_time

from msgspec import Struct

from .play import live
from .shrink import shrunk, told

LIVES_BETWEEN = 500  # two looks for what nobody holds any more


class Run(Struct):
    steps: int = 0
    lives: int = 0
    cpu: float = 0.0  # seconds
    failure: str = ""


def lives(seed: int, steps: int, run: Run) -> Iterator[None]:
    """Yields after each life, so that somebody may show how far it is. `run.failure` is the shortened story, if one broke."""
    gc.disable()  # a life leaves little behind: looked for now and then, not in the midst of it
    try:
        while run.steps < steps and not run.failure:
            began = process_time()
            life = live(seed + run.lives)
            run.steps += life.steps
            run.lives += 1
            if run.lives % LIVES_BETWEEN == 1:
                gc.collect()
                gc.freeze()  # what is there now stays (the tables that the first life read): no need to look at it again
            run.cpu += process_time() - began
            if life.broken is not None:
                run.failure = f"SEED={life.seed}: {life.broken.promise}: {life.broken.words}\n{told(shrunk(life))}"
            yield
    finally:
        gc.enable()
