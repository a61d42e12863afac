"""A node's HTTP interface in this process, and the people who use it."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import uvicorn

from liandong.api import create_app
from liandong.people.keys import add_key
from world import Centre

EVERY_ROLE = ("call_taker", "dispatcher", "supervisor", "unit", "auditor", "admin")


class Api:
    """One centre over HTTP. `token` of each role by its name; `desk` may do everything that people of the centre do."""

    def __init__(self, centre: Centre, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.centre = centre
        self.client = client
        self.tokens = tokens

    def headers(self, who: str = "desk", **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.tokens[who]}"} | {k.replace("_", "-"): v for k, v in more.items()}

    async def get(self, path: str, who: str = "desk", **params: Any) -> httpx.Response:
        return await self.client.get(path, headers=self.headers(who), params=params)

    async def post(self, path: str, body: Any, who: str = "desk", **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self.headers(who, **headers))

    async def send(self, path: str, content: bytes, who: str = "desk", **headers: str) -> httpx.Response:
        """A body as it is, wrong as it may be."""
        given = self.headers(who, **({"content_type": "application/json"} | headers))
        return await self.client.post(path, content=content, headers=given)

    async def takes(self, content: str = "路灯坏了", **more: Any) -> dict[str, Any]:
        answer = await self.post("/api/v1/orders", {"content": content} | more, idempotency_key=uuid4().hex)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def act(self, order: dict[str, Any], action: str, who: str = "desk", **fields: Any) -> httpx.Response:
        body = {"action": action, "version": order["version"]} | fields
        return await self.post(f"/api/v1/orders/{order['id']}/actions", body, who)


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The body of a refusal, checked to be RFC 9457."""
    assert answer.headers["content-type"].startswith("application/problem+json"), (answer.status_code, answer.text)
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:liandong:problem:{body['code']}"
    assert body["title"]
    assert body["title_en"]
    return body


@contextlib.asynccontextmanager
async def open_api(centre: Centre) -> AsyncIterator[Api]:
    clock, pool = centre.node.clock, centre.pool
    people = {role: [role] for role in EVERY_ROLE if role != "unit"} | {"desk": list(EVERY_ROLE[:3])}
    tokens = {who: (await add_key(pool, clock, name=who, roles=roles)).token for who, roles in people.items()}
    tokens["unit"] = (await add_key(pool, clock, name="unit", roles=["unit"], unit=centre.unit)).token
    app = create_app(None, centre.node)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    app.state.node = (
        centre.node
    )  # what the lifespan does; a fixture's two halves run in different tasks, which it does not like
    async with httpx.AsyncClient(transport=transport, base_url="http://node") as client:
        yield Api(centre, client, tokens)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@contextlib.asynccontextmanager
async def real_server(app: Any) -> AsyncIterator[str]:
    """The application behind a real socket, for what streams. Yields its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=0)
        server = _Server(config)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            async with asyncio.timeout(10):
                while not server.started:
                    await asyncio.sleep(0.005)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
