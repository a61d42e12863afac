"""The partner behind an HTTP request."""

from ipaddress import ip_address, ip_network
from typing import Any

import asyncpg
from litestar import Request

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
        self._proxies = tuple(ip_network(one) for one in settings.trusted_proxies)

    async def partner(self, request: Request[Any, Any, Any], scope: str, *, key: str = "") -> Partner:
        """`key`: where the interface has another place for it than the header. Raises AppError as `let_in`."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = key or (token.strip() if scheme.lower() == "bearer" else "")
        return await let_in(
            self._pool,
            self._clock,
            key=given,
            address=self.address(request),
            scope=scope,
            signed=await _signed(request),
        )

    def address(self, request: Request[Any, Any, Any]) -> str:
        """The last address before our own proxies."""
        seen = request.client.host if request.client else ""
        for hop in reversed(request.headers.get("x-forwarded-for", "").split(",")):
            if not self._is_ours(seen) or not hop.strip():
                break
            seen = hop.strip()
        return seen

    def _is_ours(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False


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
