"""What is proposed while the desk types: whose duty, which type and class, where, to whom. Nothing is kept; a person decides."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from litestar import Request, Response, post
from msgspec import Struct

from liandong.agreements.running import RunningCatalogue
from liandong.core.clock import Clock
from liandong.core.http import answers, decode_body, json_answer
from liandong.dispatching.proposing import Proposal, proposals
from liandong.dispatching.rules import matter_of
from liandong.orders.actions import Intake
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.decide import as_order
from liandong.orders.effects import overruled
from liandong.orders.model import Kind, MatterType
from liandong.policy import ZONE, CityPolicy
from liandong.reading.places import default_gazetteer
from liandong.routing.model import Facts, Verdict
from liandong.routing.rules import decide_ownership, overrule

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
    """`type`, `class_intake`, `level`, `where`, `title` fill only what the desk left empty. `why` says on what the class rests."""

    verdict: Verdict
    facts: Facts
    type: MatterType | None
    class_intake: str | None
    why: str
    level: int
    title: str
    where: Where
    units: list[Proposal]


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
    data: Intake,
) -> Response[bytes]:
    """In memory alone: no database is asked and nothing is kept. What the desk set already is taken as it is."""
    require(actor, *DESK)
    intake = decode_body(await request.body(), _intake)
    return json_answer(read_intake(intake, running, policy, clock))


def read_intake(intake: Intake, running: RunningCatalogue, policy: CityPolicy, clock: Clock) -> ReadIntake:
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
    return ReadIntake(
        verdict=decide_ownership(facts, policy.routing),
        facts=facts,
        type=(intake.type or type_of(intake.content)) if hotline else None,
        class_intake=intake.class_intake or (duty.class_code if duty and hotline else None),
        why=f"职责目录第 {duty.line} 行“{duty.title}”" if duty else "",
        level=intake.level or (1 if facts.danger else 3),
        title=intake.title or _END.split(intake.content.strip(), maxsplit=1)[0][: default_reading().title_length],
        where=where,
        units=proposals(order, directory, policy.local_date(now), now.astimezone(ZONE), policy.calendar),
    )


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


HANDLERS = [read]
