"""/api/v1/knowledge: cards, their versions and steps, search, feedback, gaps, and where a peer's copies differ."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.knowledge import mining
from liandong.knowledge.comparing import Difference, changes, differences
from liandong.knowledge.mining import Gap
from liandong.knowledge.model import CardContent, CardVersion, FoundCard
from liandong.knowledge.policy import default_knowledge
from liandong.knowledge.service import SEATS, Feedback, Knowledge, Uses
from liandong.knowledge.store import SQL, Card
from liandong.orders.api import require
from liandong.orders.context import Actor

Words = Annotated[str, Meta(min_length=1, max_length=2_000)]
Number = Annotated[str, Meta(min_length=1, max_length=64)]


class FoundPage(Struct, frozen=True):
    """Best first; `score` 0 to 1. Nothing that you may not see is counted or hinted at."""

    cards: list[FoundCard]


class CardPage(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    cards: list[Card]
    next: UUID | None


class VersionView(Struct, frozen=True):
    version: CardVersion
    allowed_actions: list[str]


class LogRow(Struct, frozen=True):
    version: int
    at: datetime
    actor: str
    event: str
    text: str


class CardView(Struct, frozen=True):
    """`uses`: direct answers of the last year that cite it, with what call-back found."""

    card: Card
    versions: list[VersionView]
    uses: Uses
    log: list[LogRow]


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """`version` and, with approve, `digest`: of the text that was read. `reason`: with send_back and withdraw. `review_on`: with confirm."""

    action: Annotated[str, Meta(pattern=r"^(submit|send_back|approve|drop|withdraw|confirm)$")]
    version: Annotated[int, Meta(ge=1)]
    digest: Annotated[str, Meta(max_length=64)] = ""
    reason: Annotated[str, Meta(max_length=300)] = ""
    review_on: date | None = None


class FeedbackGiven(Struct, frozen=True, forbid_unknown_fields=True):
    text: Words
    order_id: UUID | None = None


class FeedbackAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    answer: Words


class GapDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`: who answers for the card. `title`: the question itself where it is left out."""

    unit: Number
    title: Annotated[str, Meta(max_length=120)] = ""


class Mined(Struct, frozen=True):
    new: int


class DirectAnswers(Struct, frozen=True):
    """Direct answers (即问即答) of a time, with and without a card, and what call-back found of them."""

    with_card: bool
    answers: int
    called_back: int
    solved: int
    not_solved: int


_content = msgspec.json.Decoder(CardContent)
_step = msgspec.json.Decoder(Step)


@get("/api/v1/knowledge/search", summary="Search the cards in force", tags=["knowledge"], responses=answers(FoundPage))
async def search(
    actor: Actor,
    knowledge: Knowledge,
    q: Annotated[str, Parameter(min_length=1, max_length=2000)],
    limit: Annotated[int, Parameter(ge=1, le=40)] = 10,
) -> Response[bytes]:
    """Chinese words of two characters and more, names, roads, what is typed wrong, pinyin, initials."""
    return json_answer(FoundPage(await knowledge.search(q, knowledge.scopes(actor), limit=limit)))


@get("/api/v1/knowledge/cards", summary="Cards, newest first", tags=["knowledge"], responses=answers(CardPage))
async def list_cards(
    actor: Actor,
    knowledge: Knowledge,
    owner: str | None = None,
    unit: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    found = await knowledge.cards(actor, owner=owner, unit=unit, before=before, limit=limit)
    return json_answer(CardPage(found, found[-1].id if len(found) == limit else None))


@get(
    "/api/v1/knowledge/ending",
    summary="Cards that end or are to be read again soon",
    tags=["knowledge"],
    responses=answers(list[Card]),
)
async def list_ending(
    actor: Actor, knowledge: Knowledge, days: Annotated[int, Parameter(ge=0, le=366)] = 30
) -> Response[bytes]:
    """The most pressing first; at most 200."""
    return json_answer(await knowledge.ending(actor, days))


@get(
    "/api/v1/knowledge/waiting",
    summary="Versions that wait for approval",
    tags=["knowledge"],
    responses=answers(list[CardVersion]),
)
async def waiting(actor: Actor, knowledge: Knowledge) -> Response[bytes]:
    """The oldest first."""
    require(actor, "supervisor", "leader", "admin")
    return json_answer(await knowledge.waiting())


@get(
    "/api/v1/knowledge/cards/{number:str}",
    summary="One card with its versions",
    tags=["knowledge"],
    responses=answers(CardView),
)
async def show_card(number: str, actor: Actor, knowledge: Knowledge) -> Response[bytes]:
    card, versions = await knowledge.card(number, actor)
    views = [VersionView(version, knowledge.allowed(version, actor)) for version in versions]
    log = [LogRow(**row) for row in await knowledge.history(card)] if actor.roles & SEATS else []
    return json_answer(CardView(card, views, await knowledge.uses(card), log))


@get(
    "/api/v1/knowledge/cards/{number:str}/diff",
    summary="What one version changes",
    tags=["knowledge"],
    responses=answers(list[Any]),
)
async def show_diff(number: str, actor: Actor, knowledge: Knowledge, before: int, after: int) -> Response[bytes]:
    """A line a field that differs, with what was taken out of a text and what was put in."""
    _, versions = await knowledge.card(number, actor)
    by_number = {one.version: one for one in versions}
    if before not in by_number or after not in by_number:
        raise AppError("not_found", f"没有这两个版本，可比较：{'、'.join(str(n) for n in sorted(by_number))}")
    return json_answer(changes(by_number[before].content, by_number[after].content))


@post(
    "/api/v1/knowledge/cards",
    summary="Draft a card",
    tags=["knowledge"],
    status_code=201,
    responses=answers(CardVersion, 201),
)
async def draft_card(
    request: Request[Any, Any, Any],
    actor: Actor,
    knowledge: Knowledge,
    data: Annotated[CardContent, Body(description="What the card says")],
) -> Response[bytes]:
    """Counts for nobody before it was put forward and another person approved it."""
    return json_answer(await knowledge.draft(decode_body(await request.body(), _content), actor), status=201)


@post(
    "/api/v1/knowledge/cards/{number:str}/versions", summary="Draft the next version", tags=["knowledge"], status_code=201,
    responses=answers(CardVersion, 201),
)  # fmt: skip
async def draft_version(
    number: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    knowledge: Knowledge,
    data: Annotated[CardContent, Body(description="What the card says from then on")],
) -> Response[bytes]:
    """The version in force stays until this one is approved. A draft that is being written is written over."""
    return json_answer(
        await knowledge.draft(decode_body(await request.body(), _content), actor, number=number), status=201
    )


@post(
    "/api/v1/knowledge/cards/{number:str}/actions", summary="Submit, approve, send back, drop, withdraw, confirm", tags=["knowledge"],
    status_code=200, responses=answers(CardVersion),
)  # fmt: skip
async def act(
    number: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    knowledge: Knowledge,
    data: Annotated[Step, Body(description="The step, with the version that was seen")],
) -> Response[bytes]:
    step = decode_body(await request.body(), _step)
    if step.action == "confirm":
        require(actor, "supervisor", "leader", "admin")
        if step.review_on is None:
            raise AppError("field_invalid", "review_on：请给出下次复核日期")
        return json_answer(await knowledge.confirm(number, actor, step.review_on))
    return json_answer(
        await knowledge.take(number, step.version, step.action, actor, digest=step.digest, reason=step.reason)
    )


@post(
    "/api/v1/knowledge/cards/{number:str}/feedback", summary="Say what is wrong in a card", tags=["knowledge"], status_code=201,
    responses=answers(Feedback, 201),
)  # fmt: skip
async def give_feedback(
    number: str, request: Request[Any, Any, Any], actor: Actor, knowledge: Knowledge, data: FeedbackGiven
) -> Response[bytes]:
    given = decode_body(await request.body(), msgspec.json.Decoder(FeedbackGiven))
    return json_answer(await knowledge.give_feedback(number, given.text, actor, order_id=given.order_id), status=201)


@get(
    "/api/v1/knowledge/feedback",
    summary="Feedback that waits, or of one card",
    tags=["knowledge"],
    responses=answers(list[Feedback]),
)
async def list_feedback(actor: Actor, knowledge: Knowledge, number: str | None = None) -> Response[bytes]:
    return json_answer(await knowledge.feedback(actor, number=number))


@post(
    "/api/v1/knowledge/feedback/{feedback_id:uuid}/answer", summary="Answer feedback", tags=["knowledge"], status_code=200,
    responses=answers(Feedback),
)  # fmt: skip
async def answer_feedback(
    feedback_id: UUID, request: Request[Any, Any, Any], actor: Actor, knowledge: Knowledge, data: FeedbackAnswer
) -> Response[bytes]:
    require(actor, "unit", "supervisor", "admin")
    given = decode_body(await request.body(), msgspec.json.Decoder(FeedbackAnswer))
    return json_answer(await knowledge.answer_feedback(feedback_id, given.answer, actor))


@get(
    "/api/v1/knowledge/differences",
    summary="Where copies differ",
    tags=["knowledge"],
    responses=answers(list[Difference]),
)
async def list_differences(
    actor: Actor, knowledge: Knowledge, pool: asyncpg.Pool, peer: str | None = None
) -> Response[bytes]:
    """Per peer: what it was not given yet or refused, and what of its cards was not taken here. Empty: the copies are equal."""
    require(actor, "supervisor", "admin", "auditor")
    return json_answer(await differences(pool, knowledge, peer))


@get(
    "/api/v1/knowledge/direct-answers",
    summary="Direct answers and their check",
    tags=["knowledge"],
    responses=answers(list[DirectAnswers]),
)
async def direct_answers(
    actor: Actor, pool: asyncpg.Pool, clock: Clock, days: Annotated[int, Parameter(ge=1, le=366)] = 30
) -> Response[bytes]:
    require(actor, "supervisor", "leader", "admin", "auditor")
    rows = await pool.fetch(SQL.direct_answers, clock.now() - timedelta(days=days))
    return json_answer([DirectAnswers(**dict(row)) for row in rows])


@get(
    "/api/v1/knowledge/gaps",
    summary="What callers ask and no card answers",
    tags=["knowledge"],
    responses=answers(list[Gap]),
)
async def list_gaps(
    actor: Actor, pool: asyncpg.Pool, status: Annotated[str, Parameter(pattern=r"^(open|drafted|dismissed)$")] = "open"
) -> Response[bytes]:
    """The most frequent first."""
    require(actor, *SEATS)
    return json_answer([mining.gap_of(row) for row in await pool.fetch(SQL.gaps, status, 200)])


@post(
    "/api/v1/knowledge/gaps/mine",
    summary="Look for gaps now",
    tags=["knowledge"],
    status_code=200,
    responses=answers(Mined),
)
async def mine_gaps(actor: Actor, knowledge: Knowledge, pool: asyncpg.Pool, clock: Clock) -> Response[bytes]:
    """The worker does it once a day by itself."""
    require(actor, "supervisor", "admin")
    return json_answer(Mined(await mining.mine(pool, clock, knowledge, default_knowledge())))


@post(
    "/api/v1/knowledge/gaps/{gap_id:uuid}/draft", summary="Make a draft of a gap", tags=["knowledge"], status_code=201,
    responses=answers(CardVersion, 201),
)  # fmt: skip
async def draft_gap(
    gap_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    knowledge: Knowledge,
    pool: asyncpg.Pool,
    clock: Clock,
    data: GapDraft,
) -> Response[bytes]:
    require(actor, "call_taker", "dispatcher", "supervisor", "admin")
    given = decode_body(await request.body(), msgspec.json.Decoder(GapDraft))
    version = await mining.draft_from(pool, knowledge, gap_id, given.unit, given.title, actor, clock.now())
    return json_answer(version, status=201)


@post(
    "/api/v1/knowledge/gaps/{gap_id:uuid}/dismiss",
    summary="No card is needed",
    tags=["knowledge"],
    status_code=200,
    responses=answers(Gap),
)
async def dismiss_gap(gap_id: UUID, actor: Actor, pool: asyncpg.Pool, clock: Clock) -> Response[bytes]:
    require(actor, "supervisor", "admin")
    return json_answer(await mining.dismiss(pool, gap_id, actor, clock.now()))


HANDLERS = [
    search, list_cards, list_ending, waiting, show_card, show_diff, draft_card, draft_version, act, give_feedback, list_feedback, answer_feedback,
    list_differences, direct_answers, list_gaps, mine_gaps, draft_gap, dismiss_gap,
]  # fmt: skip
