"""Stories that broke a promise once, as short as they could be made. They are played in every test run.

A story with `breaks` still breaks that promise in the product as it is; when the defect is mended its test says so.
"""

from typing import Any

from msgspec import Struct

from .city import Step

UNIT = "11120101YB0000016D"
POSITION = {"owner": "12345", "basis_kind": "catalogue", "basis": "清单"}


class Story(Struct, frozen=True):
    """Who is in it and what happens; calm follows by itself. `breaks`: the promise that it breaks as long as a defect is known."""

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


def sees_danger(code: str) -> Step:
    return presses(code, "raise_danger", text="险情")


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
            sees_danger("12345"),
        ),
    ),
    "the police were there, gave their result and hand over what is left": Story(
        BOTH,
        (
            takes("110", danger=True),
            *works("110"),
            presses("110", "feed_back", result="已处置"),
            offers("110", "12345"),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
        ),
    ),
    "new danger is seen in what the police have handed over after their result": Story(
        BOTH,
        (
            takes("110", danger=True),
            *works("110"),
            presses("110", "hand_to_case", case_number="A1"),
            presses("110", "open_three_way_call", to="12345"),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
            *sends("12345", "110"),
            sees_danger("12345"),
        ),
    ),
    "who stays at work beside a claim ends the joint handling while the police begin anew": Story(
        ("110", "water"),
        (
            takes("110"),
            offers("110", "water"),
            *sends("110", "water"),
            presses("water", "accept_transfer"),
            sees_danger("110"),
            presses("water", "dispatch", unit=UNIT),
            presses("110", "guide"),
            ("send", "110", "water"),
            presses("110", "reopen", reason="other"),
            ("arrive", "110", "water"),
            presses("water", "end_joint_handling"),
        ),
    ),
    "what was taken while it was kept comes back through a third centre": Story(
        ("12345", "110", "119"),
        (
            takes("12345"),
            presses("12345", "negotiate", to="119", **POSITION),
            ("send", "12345", "119"),
            presses("12345", "keep_matter"),
            presses("12345", "guide"),
            ("arrive", "12345", "119"),
            presses("119", "accept_transfer"),
            ("send", "119", "12345"),
            offers("119", "110"),
            ("send", "119", "110"),
            ("arrive", "119", "110"),
            presses("110", "accept_transfer"),
            offers("110", "12345"),
        ),
    ),
    "danger is learned in the midst of a negotiation, and somebody talks on": Story(
        BOTH,
        (
            takes("12345"),
            presses("12345", "negotiate", to="110", **POSITION),
            presses("12345", "answer_questions", answers={"what": "violence", "injured": 1}),
            presses("12345", "take_position", **POSITION),
            presses("12345", "open_three_way_call", to="110"),
        ),
    ),
    "danger is learned while a call about a closed matter goes on": Story(
        ("12345", "110", "119"),
        (
            takes("12345"),
            presses("12345", "negotiate", to="119", **POSITION),
            presses("12345", "arbitrate", **POSITION),
            presses("12345", "withdraw_matter", reason="other"),
            presses("12345", "open_three_way_call", to="119"),
            presses("12345", "answer_questions", answers={"what": "traffic", "injured": 1}),
        ),
    ),
    "danger in an order that was merged into another": Story(
        BOTH,
        (
            takes("12345", danger=True),
            ("take", "12345", 1, True),
            presses("12345", "merge", into={"order_of": 1}),
            ("clock", "12345", 0),
        ),
    ),
    "a part is offered and the police see danger in it": Story(
        BOTH,
        (
            takes("12345"),
            offers("12345", "110", part=True),
            *sends("12345", "110"),
            sees_danger("110"),
        ),
    ),
    "the danger clock is paused": Story(
        centres=BOTH,
        steps=(
            takes("12345", danger=True),
            presses(
                "12345", "pause_clock", clock="danger_transfer", ground="force_majeure", reason="other", evidence="无"
            ),
        ),
    ),
    "danger is set when somebody was sent already": Story(
        centres=BOTH,
        steps=(takes("12345"), presses("12345", "dispatch", unit=UNIT), danger_is_set("12345"), ("clock", "12345", 0)),
    ),
    "a closed matter turns out to be dangerous and is reopened": Story(
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
        centres=BOTH,
        steps=(takes("110"), offers("110", "12345"), danger_is_set("110")),
    ),
    "the police set danger while they withdraw and the hotline accepts": Story(
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
        centres=BOTH,
        steps=(
            takes("12345"),
            sees_danger("12345"),
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
        centres=(*BOTH, "120"),
        steps=(takes("12345"), offers("12345", "120", urgent=True), sees_danger("12345")),
    ),
    "119 sees danger in what it is asked, and 110 is called too": Story(
        centres=("110", "119", "gas"),
        steps=(takes("gas"), offers("gas", "119"), *sends("gas", "119"), sees_danger("119")),
    ),
    "an evaluation passes along a chain": Story(
        centres=(*BOTH, "heat"),
        steps=(
            takes("heat"),
            sees_danger("heat"),
            *sends("heat", "110"),
            offers("110", "12345", part=True, urgent=True),
        ),
    ),
    "a result passes along a chain": Story(
        centres=(*BOTH, "119"),
        steps=(
            takes("119"),
            offers("119", "12345"),
            *sends("119", "12345"),
            sees_danger("119"),
            presses("12345", "accept_transfer"),
        ),
    ),
    "a reopened danger is offered to one who does not act in it": Story(
        centres=("110", "water", "power"),
        steps=(
            takes("power"),
            sees_danger("power"),
            *sends("power", "110"),
            presses("110", "answer_directly", answer="已答复"),
            *sends("110", "power"),
            presses("power", "close"),
            presses("power", "reopen", reason="other"),
            offers("power", "water"),
        ),
    ),
    "a part is asked of somebody who has finished and hands over": Story(
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
    "an acceptance is on its way when danger overtakes its offer": Story(
        BOTH,
        (
            takes("12345"),
            offers("12345", "110"),
            *sends("12345", "110"),
            presses("110", "accept_transfer"),
            sees_danger("12345"),
        ),
    ),
    "the police claim what the hotline accepts at that moment": Story(
        BOTH,
        (
            takes("110"),
            offers("110", "12345"),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
            sees_danger("110"),
        ),
    ),
    "whoever asked and withdrew hears of the claim": Story(
        (*BOTH, "119"),
        (
            takes("119", danger=True),
            presses("119", "split", unit=UNIT, to="12345"),
            *sends("119", "12345"),
            presses("119", "withdraw_transfer", reason="other"),
            sees_danger("12345"),
        ),
    ),
    "an acceptance finds a desk that must act in danger": Story(
        ("110", "120", "gas"),
        (
            takes("120"),
            offers("120", "gas"),
            *sends("120", "gas"),
            presses("gas", "accept_transfer"),
            sees_danger("120"),
        ),
    ),
    "who handed it on sees danger": Story(
        ("110", "120", "gas"),
        (
            takes("120"),
            offers("120", "gas"),
            *sends("120", "gas"),
            presses("gas", "accept_transfer"),
            *sends("gas", "120"),
            sees_danger("120"),
        ),
    ),
    "who handed it on corrects it to danger": Story(
        BOTH,
        (
            takes("110"),
            offers("110", "12345"),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
            *sends("12345", "110"),
            danger_is_set("110"),
        ),
    ),
    "who works on a part calls the police and goes on": Story(
        ("110", "120", "water"),
        (takes("120", danger=True), presses("120", "split", unit=UNIT, to="water")),
    ),
    "it was kept and dispatched, and is accepted after all": Story(
        BOTH,
        (
            takes("110"),
            presses("110", "negotiate", to="12345", **POSITION),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
            presses("110", "keep_matter"),
            presses("110", "dispatch", unit=UNIT),
            *sends("12345", "110"),
            presses("110", "return_order", reason="other", basis="清单"),
        ),
    ),
    "it was kept, ended and reopened, and is accepted after all": Story(
        BOTH,
        (
            takes("12345"),
            presses("12345", "negotiate", to="110", **POSITION),
            *sends("12345", "110"),
            presses("12345", "keep_matter"),
            presses("12345", "guide"),
            presses("110", "accept_transfer"),
            presses("12345", "reopen", reason="other"),
        ),
    ),
    "the police see danger again when the loop is closed": Story(
        BOTH,
        (
            takes("12345", danger=True),
            ("clock", "12345", 0),
            *sends("12345", "110"),
            presses("110", "answer_directly", answer="已处理"),
            *sends("110", "12345"),
            presses("12345", "close"),
            presses("12345", "call_back", reached=True),
            presses("12345", "evaluate", satisfaction=4),
            *sends("12345", "110"),
            sees_danger("110"),
        ),
    ),
    "an offer is returned, and the police hear of the matter": Story(
        ("110", "water", "gas"),
        (
            takes("gas"),
            offers("gas", "water"),
            *sends("gas", "water"),
            sees_danger("water"),
            *sends("water", "110"),
            presses("water", "return_transfer", reason="other", basis="清单"),
            presses("110", "guide"),
        ),
    ),
    "a claim passes through two who go on working": Story(
        ("110", "119", "120", "water"),
        (
            takes("120"),
            presses("120", "split", unit=UNIT, to="119"),
            sees_danger("120"),
            *sends("120", "119"),
            presses("120", "return_order", reason="other", basis="清单"),
            presses("119", "split", unit=UNIT, to="water"),
            sees_danger("119"),
        ),
    ),
    "a part of the matter is over and the first receiver ends it": Story(
        BOTH,
        (
            takes("12345"),
            offers("12345", "110"),
            *sends("12345", "110"),
            sees_danger("110"),
            offers("110", "12345", part=True),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
            presses("12345", "guide"),
            *sends("12345", "110"),
            presses("110", "end_joint_handling"),
            presses("12345", "reopen", reason="other"),
        ),
    ),
    "a matter that is handed back is dangerous": Story(
        ("110", "120", "water", "heat"),
        (
            takes("water"),
            offers("water", "120"),
            *sends("water", "120"),
            presses("120", "accept_transfer"),
            offers("120", "heat"),
            *[("clock", "120", 0)] * 3,
            *sends("120", "heat"),
            *sends("heat", "120"),
            sees_danger("120"),
        ),
    ),
    "an evaluation comes back to who gave it": Story(
        (*BOTH, "120", "water"),
        (
            takes("110"),
            offers("110", "12345"),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
            offers("12345", "120", part=True, urgent=True),
            *sends("12345", "120"),
            presses("120", "split", unit=UNIT, to="water"),
        ),
    ),
    "an urging is not passed round": Story(
        ("110", "119", "power", "gas"),
        (
            takes("119"),
            offers("119", "gas"),
            *sends("119", "gas"),
            presses("gas", "accept_transfer"),
            presses("gas", "open_three_way_call", to="power"),
            sees_danger("gas"),
            ("send", "gas", "119"),
            *sends("gas", "110"),
            *sends("gas", "power"),
            *sends("power", "110"),
            ("arrive", "gas", "119"),
            presses("119", "urge", text="请尽快"),
            presses("110", "guide"),
        ),
    ),
    "an offer from before a claim arrives after it": Story(
        (*BOTH, "119"),
        (
            takes("110"),
            offers("110", "119", part=True),
            *sends("110", "119"),
            presses("119", "accept_transfer"),
            *works("119"),
            presses("119", "feed_back", result="已处置"),
            *sends("119", "110"),
            presses("110", "end_joint_handling"),
            *sends("110", "119"),
            offers("110", "12345"),
            *sends("110", "12345"),
            presses("12345", "accept_transfer"),
            *sends("12345", "110"),
            offers("12345", "119"),
            sees_danger("110"),
            *sends("110", "119"),
            *sends("12345", "119"),
            presses("119", "accept_transfer"),
        ),
    ),
    "a lapsed matter goes back while it is accepted": Story(
        ("110", "120", "water", "heat"),
        (
            takes("water"),
            offers("water", "120"),
            *sends("water", "120"),
            presses("120", "accept_transfer"),
            *sends("120", "water"),
            offers("120", "heat"),
            *sends("120", "heat"),
            *[("clock", "120", 0)] * 3,
            presses("heat", "accept_transfer"),
        ),
    ),
    "a result from before a claim arrives after it": Story(
        (*BOTH, "gas"),
        (
            takes("12345"),
            offers("12345", "gas"),
            *sends("12345", "gas"),
            presses("gas", "accept_transfer"),
            *sends("gas", "12345"),
            presses("gas", "answer_directly", answer="已处理"),
            sees_danger("12345"),
            *sends("12345", "110"),
            *sends("110", "12345"),
        ),
    ),
    "a result that was told is offered on to a third centre": Story(
        (*BOTH, "water"),
        (
            takes("12345"),
            sees_danger("12345"),
            *sends("12345", "110"),
            presses("110", "dispatch", unit=UNIT),
            presses("110", "acknowledge"),
            presses("110", "arrive"),
            presses("110", "hand_to_case", case_number="A1"),
            presses("110", "open_three_way_call", to="water"),
        ),
    ),
}
