"""When answering by itself begins and ends, how sure it has to be, and the words it knows: data of the city."""

from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Rate = Annotated[float, Meta(ge=0, le=1)]


class Bounds(Struct, frozen=True, forbid_unknown_fields=True):
    """`queue`: callers that wait; `wait_seconds`: how long the longest waits; `connect_rate`: share of calls that reach a person."""

    queue: Annotated[int, Meta(ge=0)]
    wait_seconds: Annotated[float, Meta(ge=0)]
    connect_rate: Rate


class Channel(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str


class SurgePolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`on`: any one of them reached switches it on. `off`: all of them have to be calm, for `least_on_minutes` at least since it went on.

    `stale_seconds`: a load that is older counts for nothing, and it switches off. `sure`, `margin`: from which score, and how far before the
    second, a card is given; from `unsure` on it asks back with up to `options` cards. `failures`: then a person.
    """

    on: Bounds
    off: Bounds
    least_on_minutes: int
    stale_seconds: int
    sure: Rate
    unsure: Rate
    margin: Rate
    options: int
    failures: int
    most_turns: int
    want_person: list[str]
    want_filing: list[str]
    solved: list[str]
    unsolved: list[str]
    greeting: str
    danger: str
    person: str
    failed: str
    switched_off: str
    ask: str
    again: str
    filed: str
    solved_text: str
    more: str
    channels: list[Channel]


@cache
def default_surge() -> SurgePolicy:
    text = files("liandong.surge").joinpath("data/surge.json").read_bytes()
    return checked(msgspec.json.decode(text, type=SurgePolicy))


def checked(policy: SurgePolicy) -> SurgePolicy:
    """Raises ValueError where it would flutter: the thresholds to end lie beyond those to begin."""
    on, off = policy.on, policy.off
    if off.queue >= on.queue or off.wait_seconds >= on.wait_seconds or off.connect_rate <= on.connect_rate:
        raise ValueError(
            "surge.json: off 的阈值须比 on 宽松，否则会反复开关 (the bounds of off must lie on the calm side of on)"
        )
    if policy.unsure >= policy.sure:
        raise ValueError("surge.json: unsure 须小于 sure (unsure must be below sure)")
    return policy
