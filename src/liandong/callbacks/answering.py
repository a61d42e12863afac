"""/e/{token}: a caller evaluates by link, without signing in, once."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import asyncpg
from litestar import Request, Response, get, post

from liandong.callbacks import page
from liandong.callbacks.invites import SQL, Invite, find_invite
from liandong.callbacks.limiting import Limiter
from liandong.catalogue.callbacks import CallbackPolicy
from liandong.core.address import Addresses
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.orders.actions import EvaluateByCaller
from liandong.orders.commands import Commands
from liandong.orders.context import Actor

ANSWERABLE = frozenset({"closed", "called_back"})
MAX_BODY = 16_384  # bytes; 2000 characters of words, percent-encoded, are 18 000 at most
HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
THANKS = ("已收到，感谢您的评价", "Thank you: your evaluation has been taken down")
USED = ("这个链接已经用过，评价已收到", "This link has been used: your evaluation is here")
OVER = ("这个链接已失效。如需反映，请拨打热线", "This link is no longer valid. Please call the hotline")
WRONG = ("没有这个链接，请核对短信中的地址", "There is no such link: please compare it with the message")
WAIT = ("访问过于频繁，请稍后再试", "Too many requests: please try again later")
BUSY = ("系统繁忙，请稍后再提交一次", "Busy: please send it once more in a moment")
MISSING = ("请选择是否解决和满意程度", "Please say whether it was solved and how satisfied you are")


class EvaluationPage:
    """`centre`: its name in both languages. `proxies`: our own, whose X-Forwarded-For is believed."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        commands: Commands,
        clock: Clock,
        policy: CallbackPolicy,
        *,
        centre: tuple[str, str],
        proxies: tuple[str, ...],
    ) -> None:
        self._pool = pool
        self._commands = commands
        self._clock = clock
        self._policy = policy
        self._centre = centre
        self.address_of = Addresses(proxies).of
        self._requests = Limiter(policy.page.per_minute, timedelta(minutes=1))
        self._wrong = Limiter(policy.page.wrong_per_ten_minutes, timedelta(minutes=10))

    async def show(self, request: Request[Any, Any, Any], token: str) -> Response[str]:
        found = await self._look(request, token)
        if isinstance(found, Response):
            return found
        return _html(page.form(self._policy, found.number or "", self._centre))

    async def take(self, request: Request[Any, Any, Any], token: str) -> Response[str]:
        found = await self._look(request, token)
        if isinstance(found, Response):
            return found
        given = _form(await request.body())
        action = _action(given, found) if given is not None else None
        if action is None:
            return _html(page.form(self._policy, found.number or "", self._centre, MISSING), 400)
        await self._pool.execute(SQL.invite_tried, found.id, self.address_of(request), self._clock.now())
        try:
            await self._commands.act_now(
                found.order_id, action, Actor(id=f"caller:{found.method}", roles=frozenset({"caller"}))
            )
        except AppError as error:
            # Somebody was faster: another tab, or the desk on the phone.
            return _html(page.said(*BUSY), 503) if error.code == "try_again" else _html(page.said(*USED), 409)
        return _html(page.said(*THANKS))

    async def _look(self, request: Request[Any, Any, Any], token: str) -> Invite | Response[str]:
        now, address = self._clock.now(), self.address_of(request)
        if self._requests.is_full(address, now) or self._wrong.is_full(address, now):
            return _html(page.said(*WAIT), 429)
        self._requests.note(address, now)
        invite = await find_invite(self._pool, token)
        if invite is None:
            self._wrong.note(address, now)
            return _html(page.said(*WRONG), 404)
        if invite.used_at is not None or (invite.round == invite.round_now and invite.status == "evaluated"):
            return _html(page.said(*USED), 410)
        if now > invite.expires_at or invite.round != invite.round_now or invite.status not in ANSWERABLE:
            return _html(page.said(*OVER), 410)
        return invite


def _form(body: bytes) -> dict[str, str] | None:
    if len(body) > 2 * MAX_BODY:
        return None
    try:
        given = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=10, errors="strict")
    except (UnicodeDecodeError, ValueError):
        return None
    return {name: values[0] for name, values in given.items()}


def _action(given: dict[str, str], invite: Invite) -> EvaluateByCaller | None:
    satisfaction, solved, words = (
        given.get("satisfaction", ""),
        given.get("solved"),
        given.get("words", "").replace("\x00", "").strip(),
    )
    if satisfaction not in {"1", "2", "3", "4", "5"} or solved not in {"yes", "no"} or len(words) > page.MAX_WORDS:
        return None
    return EvaluateByCaller(
        version=1,
        satisfaction=int(satisfaction),
        solved=solved == "yes",
        round=invite.round,
        invite=invite.id,
        words=words,
        method=invite.method,
    )


def _html(text: str, status: int = 200) -> Response[str]:
    return Response(text, status_code=status, media_type="text/html; charset=utf-8", headers=HEADERS)


@get("/e/{token:str}", summary="The evaluation page (HTML), for whoever holds the link", tags=["callbacks"])
async def show_page(token: str, request: Request[Any, Any, Any], evaluation_page: EvaluationPage) -> Response[str]:
    return await evaluation_page.show(request, token)


@post("/e/{token:str}", summary="The caller evaluates, once (form in, HTML out)", tags=["callbacks"], status_code=200)
async def take_page(token: str, request: Request[Any, Any, Any], evaluation_page: EvaluationPage) -> Response[str]:
    return await evaluation_page.take(request, token)


HANDLERS = [show_page, take_page]
