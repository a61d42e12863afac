"""/api/v1/accounts: what the three administrators do, each their own part (data/rights.csv, people/accounts.py)."""

import secrets
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.params import Parameter
from msgspec import UNSET, Meta, Struct, UnsetType

from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.context import Actor
from liandong.people.accounts import SQL, AccountView, Rights
from liandong.people.rooms import People

TAGS = ["people"]
Words = Annotated[str, Meta(min_length=1, max_length=60)]
Password = Annotated[str, Meta(min_length=1, max_length=1024)]
HttpRequest = Request[Any, Any, Any]


class NewAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """`roles`, `unit`, `home` and `division` are asked for: the security administrator grants them. Without a password one is made."""

    name: str
    display_name: Words
    roles: list[str] = []
    unit: str | None = None
    home: str | None = None
    division: str | None = None
    password: Password | None = None
    oidc_subject: Words | None = None


class AccountChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not given stays. `roles` come with `unit`, `home` and `division`: together they are the account's rights."""

    roles: list[str] | UnsetType = UNSET
    unit: str | None = None
    home: str | None = None
    division: str | None = None
    disabled: bool | UnsetType = UNSET
    display_name: Words | None = None
    oidc_subject: Words | None = None


class Reset(Struct, frozen=True, forbid_unknown_fields=True):
    password: Password | None = None


class Made(Struct, frozen=True):
    """`password`: only one that was made here, and only this once."""

    account: AccountView
    password: str | None


class Ended(Struct, frozen=True):
    sessions: int


class LogRow(Struct, frozen=True):
    id: int
    at: datetime
    actor: str
    account: str
    kind: str
    body: Any
    address: str


class Seen(Struct, frozen=True):
    """Somebody saw personal data."""

    id: int
    at: datetime
    actor: str
    order_id: UUID
    number: str | None
    fields: list[str]
    reason: str


@get("/api/v1/accounts", summary="All accounts", tags=TAGS, responses=answers(list[AccountView]))
async def list_accounts(people: People) -> Response[bytes]:
    return json_answer(await people.accounts.shown())


@post("/api/v1/accounts", summary="A new account", tags=TAGS, status_code=201, responses=answers(Made, 201))
async def add(request: HttpRequest, people: People, actor: Actor, data: NewAccount) -> Response[bytes]:
    """By the system administrator; its rights wait for the security administrator."""
    given = decode_body(await request.body(), msgspec.json.Decoder(NewAccount))
    password = given.password or (None if given.oidc_subject else new_password())
    await people.accounts.add(
        given.name,
        given.display_name,
        Rights(given.roles, given.unit, given.home, given.division),
        password=password,
        by=actor.id,
        granted=False,
        oidc_subject=given.oidc_subject,
    )
    return json_answer(Made(await _one(people, given.name), None if given.password else password), 201)


@put("/api/v1/accounts/{name:str}", summary="Rights, disabled, name", tags=TAGS, responses=answers(AccountView))
async def change(name: str, request: HttpRequest, people: People, actor: Actor, data: AccountChange) -> Response[bytes]:
    """Rights: the system administrator asks, the security administrator grants. Both may disable. Ends the account's sessions."""
    given = decode_body(await request.body(), msgspec.json.Decoder(AccountChange))
    if not isinstance(given.roles, UnsetType):
        await people.accounts.change_rights(name, Rights(given.roles, given.unit, given.home, given.division), actor)
    if not isinstance(given.disabled, UnsetType):
        await people.accounts.set_disabled(name, given.disabled, actor.id)
    if given.display_name is not None or given.oidc_subject is not None:
        if "admin" not in actor.roles:
            raise AppError("not_permitted", "姓名和 OIDC 标识由系统管理员维护（by the system administrator）")
        await people.accounts.describe(name, given.display_name, given.oidc_subject, actor.id)
    await people.ring.read()
    if given.disabled is True:
        await people.ring.end_all(name, by=actor.id)
    return json_answer(await _one(people, name))


@post(
    "/api/v1/accounts/{name:str}/reset", summary="A new password", tags=TAGS, status_code=200, responses=answers(Made)
)
async def reset(name: str, request: HttpRequest, people: People, actor: Actor, data: Reset) -> Response[bytes]:
    """It must be changed at the next sign-in; the second factor is gone and all sessions end."""
    given = decode_body(await request.body(), msgspec.json.Decoder(Reset))
    password = given.password or new_password()
    await people.accounts.reset(name, password, actor.id, at_machine=False)
    await people.ring.end_all(name, by=actor.id)
    return json_answer(Made(await _one(people, name), None if given.password else password))


@delete(
    "/api/v1/accounts/{name:str}/sessions",
    summary="End all sessions of an account",
    tags=TAGS,
    status_code=200,
    responses=answers(Ended),
)
async def end_sessions(name: str, people: People, actor: Actor) -> Response[bytes]:
    await people.accounts.find(name)
    ended = await people.ring.end_all(name, by=actor.id)
    await people.accounts.log(actor.id, name, "sessions.ended", {"sessions": ended})
    return json_answer(Ended(ended))


@get("/api/v1/account-log", summary="What happened to accounts", tags=TAGS, responses=answers(list[LogRow]))
async def account_log(
    pool: asyncpg.Pool,
    account: str | None = None,
    before: int | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    """Newest first: who signed in, failed, was granted what by whom."""
    query, named = (SQL.events_of_account, (account,)) if account else (SQL.account_events, ())
    rows = await pool.fetch(query, *named, before, limit)
    return json_answer([LogRow(**(dict(row) | {"body": msgspec.json.decode(row["body"])})) for row in rows])


@get("/api/v1/views", summary="Who saw personal data", tags=TAGS, responses=answers(list[Seen]))
async def views(
    pool: asyncpg.Pool,
    by: str | None = None,
    order_id: UUID | None = None,
    before: int | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    """Newest first: of one order, or by one person or key (as the rows name them), or all."""
    query: str = SQL.seen_of if order_id else SQL.seen_by if by else SQL.seen
    named = (order_id,) if order_id else (by,) if by else ()
    rows = await pool.fetch(query, *named, before, limit)
    return json_answer([Seen(**dict(row)) for row in rows])


def new_password() -> str:
    """Keeps the rules; read over the telephone it can't be misheard."""
    return f"Ld-{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.randbelow(90) + 10}"


async def _one(people: People, name: str) -> AccountView:
    await people.accounts.find(name)
    return (await people.accounts.shown(name))[0]


HANDLERS = [list_accounts, account_log, add, change, reset, end_sessions, views]
