"""Where a request came from, and whether by https: our own proxies are believed, nobody else."""

from ipaddress import ip_address, ip_network
from typing import Any

from litestar.connection import ASGIConnection

Connection = ASGIConnection[Any, Any, Any, Any]


class Addresses:
    """`proxies`: our own reverse proxies (CIDR). `https`: a proxy ends TLS before us, whatever its headers say."""

    def __init__(self, proxies: tuple[str, ...], *, https: bool = False) -> None:
        self._proxies = tuple(ip_network(one) for one in proxies)
        self._https = https

    def of(self, connection: Connection) -> str:
        """The last address before our own proxies."""
        here = connection.client.host if connection.client else ""
        way = [one.strip() for one in connection.headers.get("x-forwarded-for", "").split(",") if one.strip()]
        while way and self._is_ours(here):
            here = way.pop()
        return here[:60]

    def secure(self, connection: Connection) -> bool:
        if self._https or connection.scope.get("scheme") == "https":
            return True
        here = connection.client.host if connection.client else ""
        return self._is_ours(here) and connection.headers.get("x-forwarded-proto", "") == "https"

    def _is_ours(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False
