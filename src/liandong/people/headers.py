"""What every answer tells a browser: our own pages load nothing from elsewhere and stand in nobody's frame."""

from itertools import product

from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'; img-src 'self' data:"
# The description of the interface: no script at all, and its styles stand in the page.
DOCS_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
Headers = list[tuple[bytes, bytes]]


def _headers(documents: bool, api: bool, https: bool) -> Headers:
    given = ALWAYS | {"content-security-policy": DOCS_POLICY if documents else POLICY}
    given |= {"strict-transport-security": HSTS} if https else {}
    given |= {"cache-control": "no-store"} if api else {}
    return [(name.encode(), value.encode()) for name, value in given.items()]


# Written out once: they go with every answer.
_SETS = {case: _headers(*case) for case in product((False, True), repeat=3)}


class SecurityHeaders:
    """Sets what an answer does not say itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        https = scope["litestar_app"].state.node.people.addresses.secure(ASGIConnection(scope))
        given = _SETS[path.startswith("/schema"), path.startswith("/api/"), https]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = [(bytes(name).lower(), value) for name, value in message["headers"]]
                names = {name for name, _ in said}
                message["headers"] = [*said, *(one for one in given if one[0] not in names)]
            await send(message)

        await self._app(scope, receive, sending)
