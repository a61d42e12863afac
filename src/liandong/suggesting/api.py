"""/api/v1/models, /api/v1/suggestions and /api/v1/self-dispatches: cards, steps, figures, drift, and the checks of what went by itself."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.api import find_order, require
from liandong.orders.context import Actor
from liandong.orders.store import Store
from liandong.policy import CityPolicy
from liandong.suggesting import drifting, retraining, self_dispatch
from liandong.suggesting.model import CATALOGUE, Guessed, Similar, Target
from liandong.suggesting.service import Suggesting
from liandong.suggesting.store import SQL, ModelRow, ModelStep, list_models, model_log, promote, roll_back

LONGEST = timedelta(days=400)
COUNTS = ("shown", "unsure", "chosen", "accepted", "in_three", "became", "held")
SEES = ("supervisor", "leader", "admin", "auditor")
DECIDES = ("supervisor", "admin")


class Models(Struct, frozen=True):
    """`reads`: by name what reads now, `catalogue` where nothing was learnt. `unkept`: shown proposals that could not be written down."""

    models: list[ModelRow]
    reads: dict[str, str]
    log: list[ModelStep]
    unkept: int


class ModelAction(Struct, frozen=True, forbid_unknown_fields=True):
    """`version`: with promote."""

    action: Annotated[str, Meta(pattern=r"^(promote|roll_back)$")]
    reason: Annotated[str, Meta(min_length=2, max_length=300)]
    version: Annotated[int, Meta(ge=1)] | None = None


class Reads(Struct, frozen=True):
    """What reads now under this name."""

    name: str
    version: int | None


class SuggestionFigure(Struct, frozen=True):
    """`chosen`: of how many a person set the value; `accepted`: it was the first guess; `in_three`: one of the three. `became`: of how many the
    end is known; `held`: it was the first guess. Shares are null where nothing is counted."""

    group: str
    shown: int
    unsure: int
    chosen: int
    accepted: int
    in_three: int
    became: int
    held: int
    acceptance: float | None
    came_true: float | None


class SuggestionFigures(Struct, frozen=True):
    field: str
    since: date
    until: date
    by: str
    figures: list[SuggestionFigure]


class Shown(Struct, frozen=True):
    """One field of one draft of an order. `earlier`: what had been shown before the last."""

    field: str
    model: str
    version: str
    guesses: list[Guessed]
    unsure: bool
    earlier: list[dict[str, Any]]
    first_at: datetime
    last_at: datetime
    actor: str
    chosen: str | None
    became: str | None


class OfOrder(Struct, frozen=True):
    shown: list[Shown]
    similar: list[Similar]


class ToCheck(Struct, frozen=True):
    order_id: UUID
    number: str | None
    title: str
    content: str
    status: str
    at: datetime
    why: str
    class_code: str
    unit: str
    unit_name: str
    probability: float
    models: str


class SelfDispatches(Struct, frozen=True):
    state: self_dispatch.SelfDispatchState
    to_check: list[ToCheck]


class CheckGiven(Struct, frozen=True, forbid_unknown_fields=True):
    right: bool
    reason: Annotated[str, Meta(max_length=300)] = ""


class SwitchGiven(Struct, frozen=True, forbid_unknown_fields=True):
    stopped: bool
    reason: Annotated[str, Meta(min_length=2, max_length=300)]


_action = msgspec.json.Decoder(ModelAction)
_check = msgspec.json.Decoder(CheckGiven)
_switch = msgspec.json.Decoder(SwitchGiven)
_guesses = msgspec.json.Decoder(list[Guessed])


@get(
    "/api/v1/models",
    summary="The models of this centre with their cards and steps",
    tags=["models"],
    responses=answers(Models),
)
async def models(actor: Actor, pool: asyncpg.Pool, suggesting: Suggesting, policy: CityPolicy) -> Response[bytes]:
    require(actor, *SEES)
    rows = await list_models(pool)
    reads = {str(name): f"{CATALOGUE} {policy.directory.version}" for name in Target}
    reads |= {row.name: f"{row.name} {row.version}" for row in rows if row.status == "in_force"}
    return json_answer(Models(rows, reads, await model_log(pool, None), suggesting.unkept))


@post(
    "/api/v1/models/{name:str}/actions",
    summary="Put a version in force, or roll back, with a reason",
    tags=["models"],
    status_code=200,
    responses=answers(Reads),
)
async def act_on_model(
    name: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    suggesting: Suggesting,
    data: ModelAction,
) -> Response[bytes]:
    """Recorded with who and why. Every process of the node reads by it within seconds, this one at once."""
    require(actor, *DECIDES)
    asked = decode_body(await request.body(), _action)
    if asked.action == "promote":
        if asked.version is None:
            raise AppError("field_invalid", "version: 请写明启用哪个版本（which version）")
        await promote(pool, name, asked.version, by=actor.id, reason=asked.reason, now=clock.now())
    else:
        await roll_back(pool, name, by=actor.id, reason=asked.reason, now=clock.now())
    await suggesting.models.refresh(pool)
    return json_answer(Reads(name, await pool.fetchval(SQL.current, name)))


@post(
    "/api/v1/models/train",
    summary="Learn anew from the closed orders now",
    tags=["models"],
    status_code=200,
    responses=answers(retraining.Trained),
)
async def train(
    actor: Actor, pool: asyncpg.Pool, clock: Clock, suggesting: Suggesting, policy: CityPolicy
) -> Response[bytes]:
    """Makes candidates; nothing reads by them before a person promotes them. Takes up to some minutes."""
    require(actor, *DECIDES)
    done = await retraining.train_now(pool, clock, policy, suggesting.policy, by=actor.id)
    if done is None:
        raise AppError("try_again", "正在训练，请稍后再看（training is under way）")
    return json_answer(done)


@get(
    "/api/v1/models/drift",
    summary="Whether the models in force still read what they were taught",
    tags=["models"],
    responses=answers(list[drifting.Drift]),
)
async def drift(
    actor: Actor, pool: asyncpg.Pool, clock: Clock, suggesting: Suggesting, policy: CityPolicy
) -> Response[bytes]:
    require(actor, *SEES)
    return json_answer(
        await drifting.look(pool, policy, suggesting.policy.drift, suggesting.models.loaded, clock.now())
    )


@get(
    "/api/v1/suggestions/figures",
    summary="What was shown, chosen and came true, by day, model, class or district",
    tags=["models"],
    responses=answers(SuggestionFigures),
)
async def figures(
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    policy: CityPolicy,
    field: Target = Target.CLASS,
    by: Annotated[str, Parameter(pattern=r"^(day|version|class|district)$")] = "day",
    since: date | None = None,
    until: date | None = None,
) -> Response[bytes]:
    """Without dates the last 30 days, at most 400; today is counted within minutes."""
    require(actor, *SEES)
    to = until or policy.local_date(clock.now())
    start = since or to - timedelta(days=30)
    if not timedelta(0) <= to - start <= LONGEST:
        raise AppError("field_invalid", f"时段应在 {LONGEST.days} 天以内，且起始不晚于结束（at most 400 days）")
    rows = await pool.fetch(SQL.figures, start, to, field)
    return json_answer(SuggestionFigures(field, start, to, by, _summed(rows, by)))


def _summed(rows: list[Any], by: str) -> list[SuggestionFigure]:
    sums: dict[str, Counter[str]] = {}
    for row in rows:
        group = f"{row['model']} {row['version']}" if by == "version" else str(row[by])
        sums.setdefault(group, Counter()).update({name: row[name] for name in COUNTS})
    return [
        SuggestionFigure(
            group=group,
            **{name: one[name] for name in COUNTS},
            acceptance=round(one["accepted"] / one["chosen"], 4) if one["chosen"] else None,
            came_true=round(one["held"] / one["became"], 4) if one["became"] else None,
        )
        for group, one in sorted(sums.items())
    ]


@get(
    "/api/v1/orders/{key:str}/suggestions",
    summary="What was suggested for an order, what was chosen, and past orders like it",
    tags=["models"],
    responses=answers(OfOrder),
)
async def of_order(key: str, actor: Actor, store: Store, pool: asyncpg.Pool, suggesting: Suggesting) -> Response[bytes]:
    require(actor, "call_taker", "dispatcher", "supervisor", "auditor")
    if actor.unit is not None:
        raise AppError("not_permitted", "承办单位的账号不能查看推荐记录（not for units）")
    order = (await find_order(key, actor, store, pool)).order
    rows = [dict(row) for row in await pool.fetch(SQL.shown_of_order, order.id)]
    shown = [
        Shown(**row | {"guesses": _guesses.decode(row["guesses"]), "earlier": msgspec.json.decode(row["earlier"])})
        for row in rows
    ]
    code = order.class_confirmed or order.class_intake or ""
    return json_answer(OfOrder(shown, await suggesting.similar(f"{order.title}{order.content}", code, order.id)))


@get(
    "/api/v1/self-dispatches",
    summary="Self-service dispatch: how it stands, and what waits for a check",
    tags=["models"],
    responses=answers(SelfDispatches),
)
async def self_dispatches(
    actor: Actor, pool: asyncpg.Pool, clock: Clock, suggesting: Suggesting, policy: CityPolicy
) -> Response[bytes]:
    require(actor, "dispatcher", *SEES)
    if actor.unit is not None:
        raise AppError("not_permitted", "承办单位的账号不能查看（not for units）")
    state = await self_dispatch.state(pool, suggesting.policy.self_dispatch, clock.now())
    rows = [dict(row) for row in await pool.fetch(SQL.self_to_check, 100)]
    waiting = []
    for row in rows:
        unit = policy.directory.last_known(row["unit"])
        named = {"unit_name": unit.short if unit else "", "class_code": row.pop("class")}
        waiting.append(ToCheck(**row | named))
    return json_answer(SelfDispatches(state, waiting))


@post(
    "/api/v1/self-dispatches/{order_id:uuid}/check",
    summary="Was it sent to the right unit?",
    tags=["models"],
    status_code=200,
    responses=answers(self_dispatch.SelfDispatchState),
)
async def check_self(
    order_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    suggesting: Suggesting,
    data: CheckGiven,
) -> Response[bytes]:
    """Too many wrong ones stop it at once."""
    require(actor, "dispatcher", "supervisor")
    given = decode_body(await request.body(), _check)
    now, policy = clock.now(), suggesting.policy.self_dispatch
    await self_dispatch.check(pool, order_id, right=given.right, reason=given.reason, by=actor.id, now=now)
    await self_dispatch.stopped_by_checks(pool, policy, now)
    return json_answer(await self_dispatch.state(pool, policy, now))


@post(
    "/api/v1/self-dispatches/switch",
    summary="Stop it, or let it go on after it was stopped",
    tags=["models"],
    status_code=200,
    responses=answers(self_dispatch.SelfDispatchState),
)
async def switch_self(
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    suggesting: Suggesting,
    data: SwitchGiven,
) -> Response[bytes]:
    """Whether it may go at all is the city's file (suggesting.json); this stops it."""
    require(actor, *DECIDES)
    given = decode_body(await request.body(), _switch)
    now = clock.now()
    await self_dispatch.set_stopped(pool, given.stopped, reason=given.reason, by=actor.id, now=now)
    return json_answer(await self_dispatch.state(pool, suggesting.policy.self_dispatch, now))


HANDLERS = [models, act_on_model, train, drift, figures, of_order, self_dispatches, check_self, switch_self]
