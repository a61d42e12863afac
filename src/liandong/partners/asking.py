"""The partner behind an HTTP request."""

from typing import Any

import asyncpg
from litestar import Request

from liandong.core.address import Addresses
from liandong.core.clock import Clock
from liandong.messaging.settings import MessagingSettings
from liandong.partners.accounts import let_in
from liandong.partners.model import Partner, Signed
from liandong.partners.signing import request_payload


class Door:
    """Lets partners in. `proxies`: our own, whose X-Forwarded-For is believed."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock, settings: MessagingSettings) -> None:
        self._pool = pool
        self._clock = clock
        self.address = Addresses(settings.trusted_proxies).of

    async def partner(
        self, request: Request[Any, Any, Any], scope: str, *, key: str = "", otherwise: str = ""
    ) -> Partner:
        """`key`: where the interface has another place for it than the header. `otherwise`: another scope that does as well.

        Raises AppError as `let_in`.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = key or (token.strip() if scheme.lower() == "bearer" else "")
        return await let_in(
            self._pool,
            self._clock,
            key=given,
            address=self.address(request),
            scopes=[one for one in (scope, otherwise) if one],
            signed=await _signed(request),
        )


async def _signed(request: Request[Any, Any, Any]) -> Signed | None:
    message_id = request.headers.get("webhook-id", "")
    if not message_id:
        return None
    query = request.scope.get("query_string", b"").decode("latin-1")
    target = request.scope.get("raw_path", b"").decode("latin-1").partition("?")[0] or request.url.path
    return Signed(
        id=message_id,
        timestamp=request.headers.get("webhook-timestamp", ""),
        signature=request.headers.get("webhook-signature", ""),
        payload=request_payload(request.method, f"{target}?{query}" if query else target, await request.body()),
    )
