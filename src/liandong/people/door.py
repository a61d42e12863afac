"""The door: before any handler, who asks (a key or a session), from a page of ours, not too often, and whether the table of rights lets them.

What it found is left in the connection's state: `actor`, `still` (may a stream go on?), and for a session
`session` and `token`.
"""

from functools import partial
from typing import Any

from litestar.connection import ASGIConnection

from liandong.core.errors import AppError
from liandong.orders.context import Actor
from liandong.people.keys import KeyRing
from liandong.people.limits import Limit
from liandong.people.rights import Right, open_to_districts, right_of
from liandong.people.sessions import COOKIE, Session, SessionRing, csrf_fits
from liandong.people.settings import PeopleSettings

CSRF_HEADER = "x-csrf-token"
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
Connection = ASGIConnection[Any, Any, Any, Any]


class Door:
    def __init__(self, keys: KeyRing, sessions: SessionRing, settings: PeopleSettings) -> None:
        self._keys = keys
        self._sessions = sessions
        self._by_key = Limit(settings.key_rate, 2 * settings.key_rate)
        self._by_session = Limit(settings.session_rate, 4 * settings.session_rate)

    async def admit(self, connection: Connection) -> None:
        """Raises AppError: not_signed_in, csrf_missing, too_many_requests, password_expired, not_permitted."""
        method = str(connection.scope.get("method", "GET"))
        right = right_of(method, str(connection.scope.get("path_template", "")))
        if right is not None and right.scope == "public":
            return
        actor, session = await self._who(connection, method)
        connection.state.actor, connection.state.session = actor, session
        connection.state.still = partial(self._still, connection, actor, session)
        (self._by_session if session else self._by_key).take(actor.id)
        if right is None:
            raise AppError("not_permitted", "此地址没有登记权限（no row in the table of rights）")
        if right.scope == "self":
            if session is None:
                raise AppError("not_signed_in", "访问密钥没有登录会话，请用账号登录（sign in with an account）")
            return
        if session is not None and session.must_change:
            raise AppError("password_expired", "请先修改密码：POST /api/v1/session/password")
        if not lets(right, actor):
            if not shows_districts(right, actor):
                raise AppError(
                    "not_permitted",
                    "这里是全市的内容，区域账号不能使用（of the whole city, not for a district's account）",
                )
            raise AppError("not_permitted", f"需要角色：{'、'.join(sorted(right.roles))}")

    async def _still(self, connection: Connection, actor: Actor, session: Session | None) -> bool:
        """Whether a stream that was let in may go on: its session or key lives, with the same rights."""
        now = await self._sessions.actor_of(session.id) if session else await self._keys.actor(_bearer(connection))
        return now == actor

    async def _who(self, connection: Connection, method: str) -> tuple[Actor, Session | None]:
        """A key wins over a cookie: a system says what it is."""
        token = _bearer(connection)
        if token:
            actor = await self._keys.actor(token)
            if actor is None:
                raise AppError("not_signed_in", "访问密钥无效或已停用（the key is not valid）")
            return actor, None
        cookie = connection.cookies.get(COOKIE, "")
        session = await self._sessions.find(cookie) if cookie else None
        if session is None:
            raise AppError("not_signed_in", "请登录，或在请求头中给出 Authorization: Bearer <访问密钥>")
        if method not in CHANGES_NOTHING and not csrf_fits(cookie, connection.headers.get(CSRF_HEADER, "")):
            raise AppError("csrf_missing", "请在请求头 X-CSRF-Token 中给出登录时得到的 csrf")
        connection.state.token = cookie
        return session.actor, session


def _bearer(connection: Connection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def shows_districts(right: Right, actor: Actor) -> bool:
    """False: the address shows more than the district that this account is bound to."""
    if actor.division is None or right.scope in {"public", "self", "order"}:
        return True
    return (right.method, right.path) in open_to_districts()


def lets(right: Right, actor: Actor) -> bool:
    """Who is bound to a unit has, where a whole centre is seen, no more than the role `unit` has there."""
    if not shows_districts(right, actor):
        return False
    roles = actor.roles & {"unit"} if right.scope == "centre" and actor.unit is not None else actor.roles
    return bool(roles & right.roles)
