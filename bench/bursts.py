"""Bursts of matters and quiet days: 40 scenes with what belongs together (`data/bursts.jsonl`), half of them never looked at while the rule
was made. Precision and recall are of matters: of those that were grouped how many belong to the scene's event, of those that belong how many
were grouped. `python -m bench.bursts` shows them by half and every scene that is not whole."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from liandong.emergencies.bursts import BurstPolicy, Signal, bursts_in, default_bursts, signal_of

FILE = Path(__file__).parent / "data" / "bursts.jsonl"
MORNING = datetime(2025, 3, 4, 0, 0, tzinfo=UTC)
LOOK = timedelta(minutes=5)


class Matter(Struct, frozen=True):
    """`event`: the subtype of the emergency that it belongs to, or none."""

    no: int
    scene: str
    half: str
    minute: float
    text: str
    district: str
    event: str | None


class Found(Struct, frozen=True, kw_only=True):
    """Of one half. `raised`: proposals; `false`: those in which most matters belong to nothing; `missed`: events without any."""

    scenes: int
    matters: int
    precision: float
    recall: float
    raised: int
    false: int
    missed: int
    wrong_kind: int
    told: list[str]


def read() -> dict[str, list[Matter]]:
    scenes: dict[str, list[Matter]] = defaultdict(list)
    decode = msgspec.json.Decoder(Matter).decode
    for line in FILE.read_bytes().splitlines():
        matter = decode(line)
        scenes[matter.scene].append(matter)
    return scenes


def grouped(matters: list[Matter], policy: BurstPolicy) -> dict[str, set[int]]:
    """Every proposal of a day, looked at every five minutes as the worker does: its key, and every matter that was ever in it."""
    signals = [_signal(one, policy) for one in matters]
    known = [one for one in signals if one is not None]
    found: dict[str, set[int]] = defaultdict(set)
    window = timedelta(minutes=policy.window_minutes)
    now = MORNING
    while now <= MORNING + timedelta(minutes=155):
        now += LOOK
        recent = [one for one in known if now - window <= one.at <= now]
        earlier = [one for one in known if one.at < now - window]
        windows = max(1.0, (now - window - MORNING) / window)
        before: dict[str, float] = defaultdict(float)
        for one in earlier:
            before[one.families[0]] += 1 / windows
        for burst in bursts_in(recent, before, policy):
            found[f"{burst.subtype}/{burst.place or burst.district}"] |= {int(member) for member in burst.members}
    return found


def _signal(matter: Matter, policy: BurstPolicy) -> Signal | None:
    at = MORNING + timedelta(minutes=matter.minute)
    return signal_of(str(matter.no), at, matter.text, district=matter.district, policy=policy)


def measure(half: str, policy: BurstPolicy | None = None) -> Found:
    policy = policy or default_bursts()
    right = wrong = belonging = raised = false = missed = wrong_kind = 0
    told = []
    scenes = {name: one for name, one in read().items() if one[0].half == half}
    for name, matters in scenes.items():
        true = {one.no for one in matters if one.event}
        proposals = grouped(matters, policy)
        members = set().union(*proposals.values()) if proposals else set()
        bad = [key for key, own in proposals.items() if len(own & true) * 2 < len(own)]
        kinds = {key.partition("/")[0] for key, own in proposals.items() if own & true}
        event = next((one.event for one in matters if one.event), None)
        right, wrong, belonging = right + len(members & true), wrong + len(members - true), belonging + len(true)
        raised, false = raised + len(proposals), false + len(bad)
        missed += bool(true) and not members & true
        wrong_kind += bool(kinds) and event not in kinds
        if members != true:
            lost = [one.text for one in matters if one.no in true - members]
            more = [one.text for one in matters if one.no in members - true]
            told.append(f"{name}: {sorted(proposals)} lost {lost} more {more}")
    matters_seen = sum(len(one) for one in scenes.values())
    return Found(
        scenes=len(scenes), matters=matters_seen, precision=right / max(1, right + wrong), recall=right / max(1, belonging),
        raised=raised, false=false, missed=missed, wrong_kind=wrong_kind, told=told,
    )  # fmt: skip


if __name__ == "__main__":
    for half in ("tuning", "held_out"):
        found = measure(half)
        print(half, {name: getattr(found, name) for name in found.__struct_fields__ if name != "told"})
        if half == "tuning":
            print("\n".join(found.told))
