"""Callers and desks of the town: clients that never give up, never change their key, and remember what they were promised."""

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from faulty_town import CENTRES, FaultyTown, until
from msgspec import Struct, field
from program import GreetingSent

from liandong.catalogue.units import default_units
from liandong.core.clock import SystemClock
from liandong.exchange.notices import send_notice

GAS, THEFT, LAMP = "家里煤气味很大，头晕", "小区有人偷电动车", "楼下路灯坏了"
LOOK = 0.2  # seconds between two looks of a desk at its screen
POLICE_STEPS = (("acknowledge", {}), ("arrive", {}), ("start_disposing", {}), ("feed_back", {"result": "已处置"}))
HOTLINE_STEPS = (("sign_for", {}), ("start_handling", {}), ("answer", {"answer": "已修好"}))


class Done(Struct, frozen=True):
    centre: str
    order_id: str
    version: int
    action: str


class Notebook(Struct):
    """Everything that was answered with 2xx. `taken`: the order's id by centre and content."""

    taken: dict[tuple[str, str], str] = field(default_factory=dict)
    done: list[Done] = field(default_factory=list)
    greetings: dict[str, list[str]] = field(default_factory=lambda: {centre: [] for centre in CENTRES})
    again: int = 0  # requests without an answer, or with a 5xx: asked again
    faulty: list[str] = field(default_factory=list)  # answers that no fault excuses


class Callers:
    """One load. Each story ends when both centres have come to its end, or fails."""

    def __init__(self, town: FaultyTown) -> None:
        self.town = town
        self.notebook = Notebook()
        self._thread = uuid4()
        self._mark = uuid4().hex[:6]
        self._numbers = itertools.count(1)

    async def call(self, matters: int, *, apart: float = 0.1) -> None:
        """So many matters, the four stories in turn, and a greeting each way with every fourth."""
        stories = (self.urgent, self.by_the_clock, self.to_the_police, self.to_the_hotline)
        async with asyncio.TaskGroup() as tasks:
            for n in range(matters):
                tasks.create_task(stories[n % 4]())
                if n % 4 == 0:
                    for centre in CENTRES:
                        await self.greet(centre)
                await asyncio.sleep(apart)

    async def urgent(self) -> None:
        """Danger; the desk presses the key; 110 takes it by itself."""
        order = await self.takes("12345", GAS)
        await self.presses("12345", order["id"], "offer_transfer", to="110", urgent=True)
        await self.reaches("12345", order["id"], "following")

    async def by_the_clock(self) -> None:
        """Danger and nobody presses: the clock hands it over."""
        order = await self.takes("12345", GAS)
        await self.reaches("12345", order["id"], "following")

    async def to_the_police(self) -> None:
        order = await self.takes("12345", THEFT)
        await self._handed_over_and_answered("12345", "110", order, POLICE_STEPS)

    async def to_the_hotline(self) -> None:
        order = await self.takes("110", LAMP)
        await self._handed_over_and_answered("110", "12345", order, HOTLINE_STEPS)

    async def _handed_over_and_answered(
        self, here: str, there: str, order: dict[str, Any], steps: tuple[tuple[str, dict[str, Any]], ...]
    ) -> None:
        await self.presses(here, order["id"], "offer_transfer", to=there)
        theirs = await until(lambda: self.look(there, order["matter_id"]), f"the offer arrives at {there}", look=LOOK)
        await self.presses(there, theirs["id"], "accept_transfer")
        await self.presses(there, theirs["id"], "dispatch", unit=_unit(there))
        for action, fields in steps:
            await self.presses(there, theirs["id"], action, **fields)
        await self.reaches(here, order["id"], "fed_back" if here == "110" else "answered")

    async def offered_to_the_hotline(self) -> None:
        order = await self.takes("110", LAMP)
        await self.presses("110", order["id"], "offer_transfer", to="12345")
        theirs = await until(lambda: self.look("12345", order["matter_id"]), "the offer arrives at 12345")
        await self.presses("12345", theirs["id"], "accept_transfer")
        await self.reaches("110", order["id"], "following")

    async def takes(self, centre: str, words: str) -> dict[str, Any]:
        """Asks with one key until there is an answer."""
        key = f"{self._mark}-{next(self._numbers)}"
        content = f"{words}，第{key}件"

        async def taken() -> dict[str, Any] | None:
            answer = await self.ask("POST", centre, "/api/v1/orders", {"content": content}, key)
            if answer.status_code >= 500:
                return None
            assert answer.status_code in {200, 201}, answer.text
            return answer.json()

        order = await until(taken, f"{centre} takes a matter in", look=LOOK)
        self.notebook.taken[centre, content] = order["id"]
        return order

    async def presses(self, centre: str, order_id: str, action: str, **fields: Any) -> None:
        """Looks, presses if it may be pressed, and looks again when there was no answer or somebody was faster."""

        async def pressed() -> bool:
            seen = await self.look(centre, order_id)
            if seen is None:
                return False
            if not any(a["action"] == action for a in seen["allowed_actions"]):
                return True  # it was done, and the answer got lost
            body = {"action": action, "version": seen["version"]} | fields
            answer = await self.ask("POST", centre, f"/api/v1/orders/{order_id}/actions", body)
            if answer.status_code == 200:
                self.notebook.done.append(Done(centre, order_id, answer.json()["version"], action))
                return True
            assert answer.status_code >= 500 or answer.json()["code"] == "stale_version", answer.text
            return False

        await until(pressed, f"{centre} does {action}", look=LOOK)

    async def look(self, centre: str, key: str) -> dict[str, Any] | None:
        answer = await self.ask("GET", centre, f"/api/v1/orders/{key}")
        return answer.json() if answer.status_code == 200 else None

    async def ask(self, method: str, centre: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        """Whatever fails, a client is told to try again (503), never that something is broken."""
        try:
            answer = await self.town.ask(method, centre, path, body, key)
        except httpx.HTTPError:
            self.notebook.again += 1
            raise
        if answer.status_code >= 500:
            self.notebook.again += 1
        if answer.status_code >= 500 and answer.json()["code"] != "try_again":
            self.notebook.faulty.append(f"{centre}: {answer.text}")
        return answer

    async def reaches(self, centre: str, order_id: str, status: str) -> None:
        async def reached() -> bool:
            seen = await self.look(centre, order_id)
            return seen is not None and seen["status"] == status

        await until(reached, f"the order {order_id} of {centre} is {status}", look=LOOK)

    async def greet(self, centre: str) -> None:
        """A notice, written as a capability writes it: in a transaction of the centre's own database."""
        text = f"{self._mark} {next(self._numbers)}"
        other = next(code for code in CENTRES if code != centre)

        async def written() -> bool:
            async with self.town.pool(centre).acquire() as connection, connection.transaction():
                if not await connection.fetchval("SELECT 1 FROM outbox WHERE body LIKE $1", f'%"{text}"%'):
                    now = SystemClock().now()
                    await send_notice(
                        connection, peer=other, thread=self._thread, body=GreetingSent(text=text), now=now
                    )
            return True

        await until(written, f"{centre} writes a notice")
        self.notebook.greetings[centre].append(text)


async def recovered(town: FaultyTown, since: float) -> float:
    """Seconds from `since` (time.monotonic) until a matter in danger has gone from each centre through the other and back."""
    callers = Callers(town)
    await asyncio.gather(callers.urgent(), callers.offered_to_the_hotline())
    return time.monotonic() - since


def _unit(centre: str) -> str:
    kind: Callable[[str], bool] = (
        (lambda k: k.startswith("police")) if centre == "110" else (lambda k: not k.startswith("police"))
    )
    return next(unit.org_code for unit in default_units().values() if kind(unit.kind))
