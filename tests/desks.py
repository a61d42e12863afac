"""Browsers of people: each signs in with an account and keeps its cookie."""

import contextlib
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import msgspec

from liandong.api import create_app
from liandong.people.accounts import Rights
from liandong.people.policy import default_people
from liandong.people.settings import PeopleSettings
from servers import Databases
from world import Centre, World

PASSWORD = "Kite-7413-Harbour"
_numbers = count(1)


def quick_people(folder: Path) -> PeopleSettings:
    """The shipped rules with a cheap argon2 and room for many sign-ins: what is tested is not their strength."""
    policy = msgspec.to_builtins(default_people())
    policy["password"] |= {"time_cost": 1, "memory_kib": 64}
    path = folder / "people.json"
    path.write_bytes(msgspec.json.encode(policy))
    return PeopleSettings(policy_file=str(path), sign_ins_address=100_000, sign_ins_account=1000)


@contextlib.asynccontextmanager
async def peopled_city(databases: Databases, folder: Path) -> AsyncIterator[World]:
    """12345 and 110 in which people sign in; its clock is the test's."""
    async with World.open(databases, folder / "world", ("12345", "110"), people=quick_people(folder)) as world:
        yield world


class Browser:
    """One person's cookies. `csrf` goes with everything that is no GET."""

    def __init__(self, client: httpx.AsyncClient, name: str) -> None:
        self.client = client
        self.name = name
        self.csrf = ""

    async def sign_in(self, password: str = PASSWORD, **more: Any) -> httpx.Response:
        self.client.cookies.clear()
        answer = await self.client.post("/api/v1/session", json={"name": self.name, "password": password} | more)
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        headers = {"x-csrf-token": self.csrf} | more.pop("headers", {})
        given = {} if body is None else {"json": body}
        return await self.client.request(method, path, headers=headers, **given, **more)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.ask("GET", path, params=params)

    async def post(self, path: str, body: Any = None) -> httpx.Response:
        return await self.ask("POST", path, body if body is not None else {})


class Desk:
    """Accounts of one centre, made at need, each with a browser of its own."""

    def __init__(self, centre: Centre, app: Any) -> None:
        self.centre = centre
        self.app = app
        self._clients: list[httpx.AsyncClient] = []

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, centre: Centre) -> AsyncIterator["Desk"]:
        app = create_app(None, centre.node)
        app.state.node = centre.node
        desk = cls(centre, app)
        try:
            yield desk
        finally:
            for client in desk._clients:
                await client.aclose()

    async def person(
        self, *roles: str, unit: str | None = None, home: str | None = None, division: str | None = None, **more: Any
    ) -> Browser:
        """A new account in these roles, and a browser that has not signed in yet."""
        name = f"person{next(_numbers)}"
        await self.centre.node.people.accounts.add(
            name,
            f"人员{name}",
            Rights(list(roles), unit, home, division),
            password=PASSWORD,
            by="test",
            granted=True,
            **({"must_change": False} | more),
        )
        return self.browser(name)

    async def signed_in(self, *roles: str, **more: Any) -> Browser:
        browser = await self.person(*roles, **more)
        answer = await browser.sign_in()
        assert answer.status_code == 200, answer.text
        return browser

    def browser(self, name: str, base_url: str = "http://node") -> Browser:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=base_url)
        self._clients.append(client)
        return Browser(client, name)
