"""`make simulate SEED=… STEPS=… [STORY=file]`: random lives on every core until one breaks a promise, or one story again.

SEED 0 or none: a fresh one, which is printed. A life that broke is printed with its own seed: SEED=that STEPS=1 lives it again.
"""

import json
import os
import random
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from .outside import no_outside
from .play import replay
from .runs import Run, lives
from .shrink import told

CHUNK = 20_000  # steps
APART = 1_000_000  # seeds between chunks, more than any chunk uses


def main() -> int:
    if story := os.environ.get("STORY"):
        return tell(Path(story))
    seed = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
    steps = int(os.environ.get("STEPS", "0")) or 1_000_000
    cores = len(os.sched_getaffinity(0))
    print(f"SEED={seed} STEPS={steps}，{cores} 个核 / {cores} cores", flush=True)
    done, lived, cpu = 0, 0, 0.0
    with ProcessPoolExecutor(cores) as pool:
        sizes = [min(CHUNK, steps - begun) for begun in range(0, steps, CHUNK)]
        chunks = [pool.submit(run, seed + place * APART, size) for place, size in enumerate(sizes)]
        for chunk in as_completed(chunks):
            result = chunk.result()
            done, lived, cpu = done + result.steps, lived + result.lives, cpu + result.cpu
            show(f"{done:,} / {steps:,} 步 steps, {lived:,} 次 lives, 每核 {done / cpu:,.0f}/s a core")
            if result.failure:
                pool.shutdown(wait=False, cancel_futures=True)
                print(f"\n{result.failure}")
                return 1
    print("\n没有承诺被打破 / no promise was broken")
    return 0


def run(seed: int, steps: int) -> Run:
    result = Run()
    with no_outside():
        for _ in lives(seed, steps, result):
            pass
    return result


def tell(file: Path) -> int:
    """A story as it was printed after `replay:`."""
    story = json.loads(file.read_text(encoding="utf-8"))
    with no_outside():
        life = replay(story["centres"], [tuple(step) for step in story["story"]])
        print(told(life))
    return 1 if life.broken else 0


def show(line: str) -> None:
    print(f"\r{line}" if sys.stdout.isatty() else line, end="" if sys.stdout.isatty() else "\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
