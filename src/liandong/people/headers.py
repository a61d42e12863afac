"""What every answer tells a browser: our own pages load nothing from elsewhere and stand in nobody's frame."""

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'; img-src 'self' data:"
DOCS_POLICY = (
    "default-src 'self' 'unsafe-inline' https://cdn.jsdelivr.net; img-src 'self' data: https:; frame-ancestors 'none'"
)
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Sets what an answer does not say itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        documents = scope["path"].startswith("/schema")
        given = ALWAYS | {"content-security-policy": DOCS_POLICY if documents else POLICY}
        if scope["litestar_app"].state.node.people.addresses.secure(ASGIConnection(scope)):
            given = given | {"strict-transport-security": HSTS}
        if scope["path"].startswith("/api/"):
            given = given | {"cache-control": "no-store"}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders(message)
                for name, value in given.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, sending)
