"""/api/v1/session and /api/v1/me: signing in and what people do with their own account."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from msgspec import Meta, Struct

from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.context import Actor
from liandong.people import totp
from liandong.people.rooms import People
from liandong.people.sessions import COOKIE, NewSession, Session, csrf_of

TAGS = ["people"]
Password = Annotated[str, Meta(min_length=1, max_length=1024)]
HttpRequest = Request[Any, Any, Any]
NO_CONTENT = {code: spec for code, spec in answers(None).items() if code >= 400}


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`code`: of the second factor, where the account has one."""

    name: Annotated[str, Meta(min_length=1, max_length=80)]
    password: Password
    code: Annotated[str, Meta(max_length=20)] | None = None


class SignedIn(Struct, frozen=True):
    """`csrf` goes into the header X-CSRF-Token of every request that is no GET. With `must_change_password` nothing else is possible first."""

    name: str
    display_name: str
    roles: list[str]
    unit: str | None
    home: str | None
    division: str | None
    centre: str
    csrf: str
    expires_at: datetime
    must_change_password: bool


class PasswordChange(Struct, frozen=True, forbid_unknown_fields=True):
    old: Password
    new: Password


class SessionView(Struct, frozen=True):
    id: UUID
    current: bool
    method: str
    created_at: datetime
    seen_at: datetime | None
    expires_at: datetime
    address: str
    agent: str


class TotpSecret(Struct, frozen=True):
    """Shown once: for an authenticator, by hand or as a picture of `uri`."""

    secret: str
    uri: str


class Code(Struct, frozen=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(min_length=6, max_length=20)]


class OwnPassword(Struct, frozen=True, forbid_unknown_fields=True):
    password: Password


@post("/api/v1/session", summary="Sign in", tags=TAGS, status_code=200, responses=answers(SignedIn))
async def sign_in(request: HttpRequest, people: People, data: SignIn) -> Response[bytes]:
    """Sets the cookie `liandong_session`. Problems: wrong_credentials, code_required, code_wrong, locked_out, too_many_requests."""
    given = decode_body(await request.body(), msgspec.json.Decoder(SignIn))
    address = people.addresses.of(request)
    agent = request.headers.get("user-agent", "")
    made = await people.signing_in.sign_in(given.name, given.password, given.code, address=address, agent=agent)
    session = await people.ring.find(made.token)
    if session is None:
        raise AppError("not_signed_in", "会话刚刚被结束，请重新登录（the session was ended: sign in again）")
    return with_cookie(json_answer(shown(session, made.token, people)), made, request, people)


@get("/api/v1/session", summary="Who is signed in", tags=TAGS, responses=answers(SignedIn))
async def show(request: HttpRequest, people: People) -> Response[bytes]:
    return json_answer(shown(request.state.session, request.state.token, people))


@delete("/api/v1/session", summary="Sign out", tags=TAGS, status_code=204, responses=NO_CONTENT)
async def sign_out(request: HttpRequest, people: People, actor: Actor) -> Response[None]:
    session: Session = request.state.session
    await people.ring.end(session.id, actor.id, by=actor.id)
    await people.signing_in.end(session.id, actor.id, people.addresses.of(request))
    answer: Response[None] = Response(None, status_code=204)
    answer.delete_cookie(COOKIE, path="/")
    return answer


@post("/api/v1/session/password", summary="Change one's own password", tags=TAGS, status_code=204, responses=NO_CONTENT)
async def change_password(request: HttpRequest, people: People, actor: Actor, data: PasswordChange) -> Response[None]:
    """Ends the other sessions of the account. Problems: wrong_credentials, password_weak (with `faults`), locked_out."""
    given = decode_body(await request.body(), msgspec.json.Decoder(PasswordChange))
    await people.accounts.change_password(actor.id, given.old, given.new, people.addresses.of(request))
    await people.ring.end_all(actor.id, by=actor.id, but=request.state.session.id)
    return Response(None, status_code=204)


@get("/api/v1/me/sessions", summary="One's own sessions", tags=TAGS, responses=answers(list[SessionView]))
async def sessions(request: HttpRequest, people: People, actor: Actor) -> Response[bytes]:
    here = request.state.session.id
    return json_answer(
        [
            SessionView(
                one.id,
                one.id == here,
                one.method,
                one.created_at,
                people.ring.seen_at(one.id),
                one.expires_at,
                one.address,
                one.agent,
            )
            for one in people.ring.of_account(actor.id)
        ]
    )


@delete(
    "/api/v1/me/sessions/{session_id:uuid}",
    summary="End one of one's own sessions",
    tags=TAGS,
    status_code=204,
    responses=NO_CONTENT,
)
async def end_session(session_id: UUID, request: HttpRequest, people: People, actor: Actor) -> Response[None]:
    if not await people.ring.end(session_id, actor.id, by=actor.id):
        raise AppError("not_found", "没有这个会话，或已结束（no such session of yours）")
    await people.signing_in.end(session_id, actor.id, people.addresses.of(request))
    return Response(None, status_code=204)


@post(
    "/api/v1/me/totp",
    summary="A new second factor, until it is confirmed",
    tags=TAGS,
    status_code=200,
    responses=answers(TotpSecret),
)
async def propose_totp(request: HttpRequest, people: People, actor: Actor) -> TotpSecret:
    secret = await people.signing_in.propose_totp(actor.id)
    return TotpSecret(secret, totp.uri_of(secret, actor.id, people.centre))


@post(
    "/api/v1/me/totp/confirm",
    summary="The second factor counts from now on",
    tags=TAGS,
    status_code=204,
    responses=NO_CONTENT,
)
async def confirm_totp(request: HttpRequest, people: People, actor: Actor, data: Code) -> Response[None]:
    given = decode_body(await request.body(), msgspec.json.Decoder(Code))
    await people.signing_in.confirm_totp(actor.id, given.code, people.addresses.of(request))
    return Response(None, status_code=204)


@delete("/api/v1/me/totp", summary="Without the second factor again", tags=TAGS, status_code=204, responses=NO_CONTENT)
async def remove_totp(request: HttpRequest, people: People, actor: Actor, data: OwnPassword) -> Response[None]:
    """With one's own password in the body."""
    given = decode_body(await request.body(), msgspec.json.Decoder(OwnPassword))
    await people.signing_in.remove_totp(actor.id, given.password, people.addresses.of(request))
    return Response(None, status_code=204)


def shown(session: Session, token: str, people: People) -> SignedIn:
    actor = session.actor
    return SignedIn(
        name=actor.id,
        display_name=session.display_name,
        roles=sorted(actor.roles),
        unit=actor.unit,
        home=actor.home,
        division=actor.division,
        centre=people.centre,
        csrf=csrf_of(token),
        expires_at=session.expires_at,
        must_change_password=session.must_change,
    )


def with_cookie(answer: Response[Any], made: NewSession, request: HttpRequest, people: People) -> Response[Any]:
    """No script reads it, no other site sends it, and behind https nothing else carries it."""
    answer.set_cookie(
        Cookie(
            COOKIE,
            value=made.token,
            path="/",
            httponly=True,
            samesite="strict",
            secure=people.addresses.secure(request),
        )
    )
    return answer


HANDLERS = [
    sign_in,
    show,
    sign_out,
    change_password,
    sessions,
    end_session,
    propose_totp,
    confirm_totp,
    remove_totp,
]
