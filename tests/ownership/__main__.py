"""`python -m tests.ownership [--more] [--states N] [NAME]`: explores the settings whose name contains NAME, prints each one's size and any
broken promise with its shortest story. `--more`: the larger settings too (about an hour and 8 GB). `--states`: stop each after N states."""

import argparse
import sys
import time

from .explore import explore
from .handovers import Passing, longest
from .people import Protocol
from .settings import MORE, QUICK


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.ownership", description=__doc__)
    asked.add_argument("name", nargs="?", default="")
    asked.add_argument("--more", action="store_true")
    asked.add_argument("--states", type=int, default=0)
    given = asked.parse_args()
    bad, total = False, 0
    for name, setting in {**QUICK, **(MORE if given.more else {})}.items():
        if given.name not in name:
            continue
        began = time.monotonic()
        found = explore(Protocol(setting), most=given.states)
        total += found.states
        bad |= bool(found.broken)
        rest = "" if found.whole or found.broken else ", cut off"
        print(
            f"{name}: {found.states:,} states, {found.steps:,} steps, {time.monotonic() - began:.1f} s{rest}",
            flush=True,
        )
        for why, story in found.broken:
            print("  broken:", why, *story, sep="\n    ")
    for centres in ("HP", "HPG", "HPGW"):
        bounds = [longest(Passing(centres, first, sightings=n))[0] for first in centres for n in (0, 1)]
        print(
            f"hand-overs in a round of {len(centres)} centres: at most {max(bounds[::2])}, with one danger {max(bounds[1::2])}"
        )
        bad |= min(bounds) < 0
    print(f"{total:,} states")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
