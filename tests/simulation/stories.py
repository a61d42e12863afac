"""Stories that broke a promise once, as short as they could be made. They are played in every test run.

A story with `breaks` still breaks that promise in the product as it is; when the defect is mended its test says so.
"""

from typing import Any

from msgspec import Struct

from .city import Step

UNIT = "11120101YB0000016D"


class Story(Struct, frozen=True):
    """Who is in it and what happens; calm follows by itself."""

    centres: tuple[str, ...]
    steps: tuple[Step, ...]
    breaks: str = ""


def takes(code: str, *, danger: bool = False) -> Step:
    return ("take", code, 0, danger)


def presses(code: str, action: str, **fields: Any) -> Step:
    return ("act", code, 0, {"action": action} | fields)


def offers(code: str, to: str, **fields: Any) -> Step:
    return presses(code, "offer_transfer", to=to, **fields)


def sends(a: str, b: str) -> tuple[Step, ...]:
    """What waits at `a` arrives at `b`, and the receipts come home."""
    return ("send", a, b), ("arrive", a, b), ("receipt", a, b)


def works(code: str) -> tuple[Step, ...]:
    """A desk that acts in danger, from the call to the scene."""
    return presses(code, "dispatch", unit=UNIT), *(
        presses(code, n) for n in ("acknowledge", "arrive", "start_disposing")
    )


def danger_is_set(code: str, danger: bool = True) -> Step:
    return presses(code, "amend", facts={"danger": danger})


BOTH = ("12345", "110")

STORIES: dict[str, Story] = {
    "an urgent offer follows one that is being withdrawn": Story(
        BOTH,
        (
            takes("12345"),
            offers("12345", "110"),
            presses("12345", "withdraw_transfer", reason="other"),
            presses("12345", "raise_danger", text="险情"),
        ),
    ),
    "a part is offered and the police see danger in it": Story(
        BOTH,
        (
            takes("12345"),
            offers("12345", "110", part=True),
            *sends("12345", "110"),
            presses("110", "raise_danger", text="险情"),
        ),
    ),
    "the danger clock is paused": Story(
        breaks="danger_is_watched",
        centres=BOTH,
        steps=(takes("12345", danger=True), presses("12345", "pause_clock", clock="danger_transfer", reason="other")),
    ),
    "danger is set when somebody was sent already": Story(
        breaks="danger_is_watched",
        centres=BOTH,
        steps=(takes("12345"), presses("12345", "dispatch", unit=UNIT), danger_is_set("12345"), ("clock", "12345", 0)),
    ),
    "a closed matter turns out to be dangerous and is reopened": Story(
        breaks="danger_is_watched",
        centres=BOTH,
        steps=(
            takes("12345"),
            presses("12345", "answer_directly", answer="已答复"),
            danger_is_set("12345"),
            ("clock", "12345", 0),
            presses("12345", "reopen", reason="other"),
        ),
    ),
    "the police set danger while their offer waits": Story(
        breaks="the_police_keep_danger",
        centres=BOTH,
        steps=(takes("110"), offers("110", "12345"), danger_is_set("110")),
    ),
    "the police set danger while they withdraw and the hotline accepts": Story(
        breaks="known_danger_is_with_the_police",
        centres=BOTH,
        steps=(
            takes("110"),
            offers("110", "12345"),
            *sends("110", "12345"),
            presses("110", "withdraw_transfer", reason="other"),
            danger_is_set("110"),
            presses("12345", "accept_transfer"),
        ),
    ),
    "the police were called in an earlier round": Story(
        breaks="known_danger_is_with_the_police",
        centres=BOTH,
        steps=(
            takes("12345"),
            presses("12345", "raise_danger", text="险情"),
            *sends("12345", "110"),
            presses("110", "guide"),
            *sends("110", "12345"),
            presses("12345", "close"),
            danger_is_set("12345", False),
            presses("12345", "reopen", reason="other"),
            offers("12345", "110"),
            danger_is_set("12345"),
        ),
    ),
    "danger goes to 110 over an offer to 120": Story(
        breaks="one_owner_unless_joint",
        centres=(*BOTH, "120"),
        steps=(takes("12345"), offers("12345", "120", urgent=True), presses("12345", "raise_danger", text="险情")),
    ),
    "119 sees danger in what it is asked, and 110 is called too": Story(
        breaks="one_owner_unless_joint",
        centres=("110", "119", "gas"),
        steps=(takes("gas"), offers("gas", "119"), *sends("gas", "119"), presses("119", "raise_danger", text="险情")),
    ),
    "an evaluation passes along a chain": Story(
        breaks="every_loop_is_closed",
        centres=(*BOTH, "heat"),
        steps=(
            takes("heat"),
            presses("heat", "raise_danger", text="险情"),
            *sends("heat", "110"),
            offers("110", "12345", part=True, urgent=True),
        ),
    ),
    "a result passes along a chain": Story(
        breaks="every_loop_is_closed",
        centres=(*BOTH, "119"),
        steps=(
            takes("119"),
            offers("119", "12345"),
            *sends("119", "12345"),
            presses("119", "raise_danger", text="险情"),
            presses("12345", "accept_transfer"),
        ),
    ),
    "a reopened danger is offered to one who does not act in it": Story(
        breaks="danger_is_watched",
        centres=("110", "water", "power"),
        steps=(
            takes("power"),
            presses("power", "raise_danger", text="险情"),
            *sends("power", "110"),
            presses("110", "answer_directly", answer="已答复"),
            *sends("110", "power"),
            presses("power", "close"),
            presses("power", "reopen", reason="other"),
            offers("power", "water"),
        ),
    ),
    "a part is asked of somebody who has finished and hands over": Story(
        breaks="every_loop_is_closed",
        centres=("110", "120"),
        steps=(
            takes("120", danger=True),
            *works("120"),
            offers("120", "110", part=True),
            *sends("120", "110"),
            *sends("110", "120"),
            presses("120", "feed_back", result="已处置"),
            offers("110", "120", part=True),
            offers("120", "110", urgent=True),
        ),
    ),
}
