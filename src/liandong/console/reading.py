"""What is proposed while the desk types: whose duty, which type and class, where, to whom. A person decides; of a draft that is named, what was
shown is kept, to be held against what the person chooses."""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.params import Parameter
from msgspec import Struct

from liandong.agreements.running import RunningCatalogue
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.dispatching.proposing import Proposal
from liandong.dispatching.rules import matter_of
from liandong.orders.actions import Intake
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.decide import as_order
from liandong.orders.effects import overruled
from liandong.orders.model import Kind, MatterType, Order
from liandong.policy import CityPolicy
from liandong.reading.places import default_gazetteer
from liandong.routing.model import Facts, Verdict
from liandong.routing.rules import decide_ownership, overrule
from liandong.suggesting.guessing import Said
from liandong.suggesting.model import Similar, Suggested
from liandong.suggesting.pressing import class_filled, type_filled, units_to_press
from liandong.suggesting.service import Suggesting

DESK = ("call_taker", "dispatcher", "supervisor")
_intake = msgspec.json.Decoder(Intake)
_END = re.compile(r"[，。；、！？,;!?\s]")
_DOOR = re.compile(r"号楼|号院|\d+号|小区|路口|门口|广场|公园|大厦|家园|花园|里\d|村")
MOST_OF_ADDRESS = 40


class Where(Struct, frozen=True):
    """The finest division that is named, and the words from there to the end of the clause if they say a place."""

    division_code: str | None
    division: str
    address: str


class ReadIntake(Struct, frozen=True):
    """`type`, `class_intake`, `level`, `where`, `title` fill only what the desk left empty. `why` says on what the class rests.

    `suggested`: the models' own proposals with their probabilities; `units` is what may be pressed, the likeliest first.
    """

    verdict: Verdict
    facts: Facts
    type: MatterType | None
    class_intake: str | None
    why: str
    level: int
    title: str
    where: Where
    units: list[Proposal]
    suggested: Suggested


class Reading(Struct, frozen=True):
    """data/reading.json: words by type, the first list that has one of its words in the text decides."""

    types: list[tuple[MatterType, list[str]]]
    otherwise: MatterType
    title_length: int


@cache
def default_reading() -> Reading:
    text = files("liandong.console").joinpath("data", "reading.json").read_bytes()
    return msgspec.json.decode(text, type=Reading)


@post(
    "/api/v1/intake/read",
    summary="While typing: whose duty it is and why, with proposals for type, class, place and unit",
    tags=["orders"],
    status_code=200,
    responses=answers(ReadIntake),
)
async def read(
    request: Request[Any, Any, Any],
    actor: Actor,
    running: RunningCatalogue,
    policy: CityPolicy,
    clock: Clock,
    suggesting: Suggesting,
    data: Intake,
    draft: Annotated[str, Parameter(max_length=200)] = "",
) -> Response[bytes]:
    """Read in memory alone. What the desk set already is taken as it is. `draft`: the Idempotency-Key under which the matter will be taken in:
    what is shown for it is kept, without a word of the text; without it nothing is."""
    require(actor, *DESK)
    intake = decode_body(await request.body(), _intake)
    found = read_intake(intake, running, policy, clock, suggesting)
    if draft.strip():
        await suggesting.keep_shown(actor.id, draft.strip(), found.suggested)
    return json_answer(found)


@post(
    "/api/v1/intake/similar",
    summary="While typing: past orders that say nearly the same, and what became of them",
    tags=["orders"],
    status_code=200,
    responses=answers(list[Similar]),
)
async def similar(
    request: Request[Any, Any, Any], actor: Actor, suggesting: Suggesting, data: Intake
) -> Response[bytes]:
    """Among the newest orders of the class that the desk set, or of the likeliest one. One look by an index; nothing is kept."""
    require(actor, *DESK)
    if actor.unit is not None or actor.home is not None:
        raise AppError("not_permitted", "只供本中心人员查看（for the people of this centre）")
    intake = decode_body(await request.body(), _intake)
    text = f"{intake.title}{intake.content}"
    code = intake.class_intake
    if code is None:
        guesses = suggesting.suggest(Said(text, intake.division_code or "")).class_.guesses
        code = guesses[0].code if guesses else ""
    return json_answer(await suggesting.similar(text, code))


def read_intake(
    intake: Intake, running: RunningCatalogue, policy: CityPolicy, clock: Clock, suggesting: Suggesting
) -> ReadIntake:
    text = f"{intake.title}。{intake.content}" if intake.title else intake.content
    facts = running.read(text, policy.centre)
    if intake.facts is not None:
        facts = overrule(facts, overruled(intake.facts))
    where = where_of(intake.content)
    now, directory = clock.now(), policy.directory
    placed = msgspec.structs.replace(intake, division_code=intake.division_code or where.division_code)
    order = as_order(placed, policy, now)
    duty = directory.duty(matter_of(order), policy.local_date(now))
    hotline = policy.kind == Kind.WORK_ORDER
    suggested = suggesting.suggest(_said(text, order, intake))
    line = f"职责目录第 {duty.line} 行“{duty.title}”" if duty else ""
    class_, why = (duty.class_code, line) if duty and hotline else (None, "")
    if suggested.class_.measured:
        class_, why = class_filled(suggested, suggesting.policy.unsure)
    type_: str | None = type_of(intake.content)
    if suggested.type.measured:
        type_ = type_filled(suggested)
    return ReadIntake(
        verdict=decide_ownership(facts, policy.routing),
        facts=facts,
        type=(intake.type or MatterType(type_ or default_reading().otherwise)) if hotline else None,
        class_intake=intake.class_intake or class_,
        why=why or line,
        level=intake.level or (1 if facts.danger else 3),
        title=intake.title or _END.split(intake.content.strip(), maxsplit=1)[0][: default_reading().title_length],
        where=where,
        units=units_to_press(order, suggested, policy, now),
        suggested=suggested,
    )


def _said(text: str, order: Order, intake: Intake) -> Said:
    place = order.division_code or ""
    return Said(text, place, order.incident.address, intake.class_intake or "", intake.type or "")


def type_of(text: str) -> MatterType:
    """By the words of data/reading.json."""
    reading = default_reading()
    return next((kind for kind, words in reading.types if any(word in text for word in words)), reading.otherwise)


def where_of(text: str) -> Where:
    """By the names of the city's districts and streets."""
    found = [place for place in default_gazetteer().find(text) if place.level in ("district", "street")]
    code = default_gazetteer().finest(found)
    if not code:
        return Where(None, "", "")
    place = next(one for one in found if one.code == code)
    # The place begins with its district, if that is named right before.
    start = next((one.start for one in found if one.end == place.start), place.start)
    words = _END.split(text[start:], maxsplit=1)[0][:MOST_OF_ADDRESS]
    said = words if _DOOR.search(words) or "路" in words else ""
    return Where(code, place.name, said)


HANDLERS = [read, similar]
