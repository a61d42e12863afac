"""Plays messages through all nodes over their APIs, as the desks and units would, until every loop is closed."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import msgspec
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.demo.city import DESK, City, NodeAddress
from liandong.demo.messages import DemoMessage
from liandong.demo.staff import next_step
from liandong.orders.lifecycle import FINAL

PEOPLE = 12  # who work at the same time
TRIES = 4  # at a connection that breaks
PACE = 6.0  # seconds between calls when the day is over and the demo goes on
LEFT_OPEN = 15  # orders of a centre that are left for whoever looks
STEPS = 2  # of orders a centre, a round
_ANY = random.SystemRandom()
STUCK = 20.0  # seconds without any progress until the open loops are reported
SUMMARY = """
SELECT count(*) FILTER (WHERE origin = 'caller') AS received,
       count(*) FILTER (WHERE closing = 'answered_directly') AS answered_directly,
       count(*) FILTER (WHERE closing = 'guided') AS guided,
       count(*) FILTER (WHERE EXISTS (SELECT 1 FROM dispatches d WHERE d.order_id = o.id)) AS dispatched,
       count(*) FILTER (WHERE closed_at IS NOT NULL AND closing NOT IN ('guided', 'cancelled')) AS closed,
       count(*) FILTER (WHERE called_back_at IS NOT NULL) AS called_back,
       count(*) FILTER (WHERE status = 'evaluated' AND origin = 'caller') AS evaluated,
       count(*) FILTER (WHERE NOT (status = ANY ($1::text[]))) AS open_loops,
       count(*) FILTER (WHERE danger) AS danger
FROM orders o
"""
TRANSFERS = """
SELECT peer, count(*) FILTER (WHERE status = 'accepted') AS accepted, count(*) FILTER (WHERE status = 'accepted' AND urgent) AS urgent,
       count(*) FILTER (WHERE status = 'returned') AS returned, count(*) FILTER (WHERE status = 'accepted' AND part) AS shared,
       count(*) FILTER (WHERE negotiated_at IS NOT NULL) AS negotiated, coalesce(sum(jsonb_array_length(calls)), 0) AS calls,
       count(*) FILTER (WHERE binding = 'recall') AS recalled
FROM transfers WHERE direction = 'out' GROUP BY peer
"""


WAYS = {("12345", "110"): "transferred_12345_to_110", ("110", "12345"): "transferred_110_to_12345"}


class Outcome(Struct):
    """The counts of all nodes together, read from their databases."""

    received: int = 0
    answered_directly: int = 0
    guided: int = 0
    transferred_12345_to_110: int = 0
    transferred_110_to_12345: int = 0
    transferred_elsewhere: int = 0
    urgent: int = 0
    returned: int = 0
    calls: int = 0
    negotiated: int = 0
    recalled: int = 0
    shared: int = 0
    dispatched: int = 0
    closed: int = 0
    called_back: int = 0
    evaluated: int = 0
    open_loops: int = 0
    new: int = 0
    already_there: int = 0
    seconds: float = 0.0


class Day:
    def __init__(self, city: City, told: Callable[[str, int, int], None]) -> None:
        """`told(stage, done, total)` hears of the progress; stages are `intake` and `loops`."""
        self._city = city
        self._centres = frozenset(city.centres)
        self._told = told
        self._client = httpx.AsyncClient(timeout=30, trust_env=False, limits=httpx.Limits(max_connections=PEOPLE))
        self.new = 0
        self.already_there = 0

    async def play(self, messages: list[DemoMessage]) -> Outcome:
        started = time.monotonic()
        async with self._client:
            await self._take_in(messages)
            await self._close_loops()
        outcome = await summary(self._city)
        outcome.new, outcome.already_there = self.new, self.already_there
        outcome.seconds = round(time.monotonic() - started, 2)
        return outcome

    async def go_on(self, messages: list[DemoMessage], stopped: asyncio.Event) -> None:
        """Calls keep coming and people keep working, at a pace that eyes can follow, so that every screen lives. Until `stopped`.

        Some orders are always left open, for whoever sits down at a screen; who moves one first has it.
        """
        at = _ANY.randrange(len(messages))
        async with self._client:
            while not stopped.is_set():
                message = messages[at % len(messages)]
                at += 1
                with contextlib.suppress(
                    AppError, httpx.HTTPError
                ):  # a node that is being tried out may be away for a while
                    node, headers = self._city.nodes[message.centre], {"Idempotency-Key": f"live-{uuid4()}"}
                    await self._post(node, DESK, "/api/v1/orders", message.body, headers)
                    await self._work_a_little()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopped.wait(), PACE)

    async def _work_a_little(self) -> None:
        """One step on a few orders; where too many are open, the oldest are brought to their end."""
        for node in self._city.nodes.values():
            waiting = await self._open(node)
            for order in waiting[LEFT_OPEN:]:  # the newest come first
                await self._advance(node, order)
            for order in _ANY.sample(waiting[:LEFT_OPEN], min(STEPS, len(waiting))):
                await self._advance(node, order, most=1)

    async def _take_in(self, messages: list[DemoMessage]) -> None:
        done = 0

        async def one(message: DemoMessage) -> None:
            nonlocal done
            node = self._city.nodes[message.centre]
            answer = await self._post(node, DESK, "/api/v1/orders", message.body, {"Idempotency-Key": message.key})
            if answer.status_code not in (200, 201):
                raise AppError("bad_request", f"{message.centre} 没有受理 {message.key}: {answer.text[:300]}")
            self.new += answer.status_code == 201
            self.already_there += answer.status_code == 200
            await self._advance(node, msgspec.json.decode(answer.content))
            done += 1
            self._told("intake", done, len(messages))

        await _spread(messages, one)

    async def _close_loops(self) -> None:
        """Goes through what is open at every centre until nothing is, or nothing moves any more."""
        at_first, last_move = 0, time.monotonic()
        while True:
            waiting = [(node, order) for node in self._city.nodes.values() for order in await self._open(node)]
            at_first = max(at_first, len(waiting))
            self._told("loops", at_first - len(waiting), at_first)
            if not waiting:
                return
            moves = [0]

            async def one(pair: tuple[NodeAddress, dict[str, Any]], moves: list[int] = moves) -> None:
                moves[0] += await self._advance(*pair)

            await _spread(waiting, one)
            if moves[0]:
                last_move = time.monotonic()
            elif time.monotonic() - last_move > STUCK:
                return
            else:
                await asyncio.sleep(0.05)

    async def _advance(self, node: NodeAddress, order: dict[str, Any], most: int = 100) -> int:
        """Takes the order as far as this centre's people can, at most so many steps. Returns the steps done."""
        steps = 0
        while steps < most and (step := next_step(node.centre, order, self._centres)) is not None:
            answer = await self._post(node, step.who, f"/api/v1/orders/{order['id']}/actions", step.body)
            if answer.status_code == 409:
                return steps  # somebody else moved it first; the next round sees it as it is now
            if answer.status_code != 200:
                raise AppError("bad_request", f"{node.centre} {step.body['action']}: {answer.text[:300]}")
            order = msgspec.json.decode(answer.content)
            steps += 1
        return steps

    async def _open(self, node: NodeAddress) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        before: dict[str, str] = {}
        while True:
            headers = {"Authorization": f"Bearer {node.tokens[DESK]}"}
            params = {"open": "true", "limit": "200"} | before
            answer = await self._ask("GET", f"{node.url}/api/v1/orders", params=params, headers=headers)
            page = msgspec.json.decode(answer.raise_for_status().content)
            found += page["orders"]
            if page["next"] is None:
                return found
            before = {"before": page["next"]}

    async def _post(
        self, node: NodeAddress, who: str, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        token = node.tokens.get(who) or node.tokens[DESK]
        sent = {"Authorization": f"Bearer {token}", "content-type": "application/json", **(headers or {})}
        return await self._ask("POST", f"{node.url}{path}", content=msgspec.json.encode(body), headers=sent)

    async def _ask(self, method: str, url: str, **request: Any) -> httpx.Response:
        """Asks again when a connection breaks, as a desk does: a call has its idempotency key, an action the version that was seen."""
        for _ in range(TRIES - 1):
            try:
                return await self._client.request(method, url, **request)
            except httpx.TransportError:
                await asyncio.sleep(0.5)
        return await self._client.request(method, url, **request)


async def summary(city: City) -> Outcome:
    outcome = Outcome()
    for node in city.nodes.values():
        connection = await asyncpg.connect(node.dsn)
        try:
            counts = await connection.fetchrow(SUMMARY, sorted(FINAL))
            transfers = await connection.fetch(TRANSFERS)
        finally:
            await connection.close()
        for name in (
            "received",
            "answered_directly",
            "guided",
            "dispatched",
            "closed",
            "called_back",
            "evaluated",
            "open_loops",
        ):
            setattr(outcome, name, getattr(outcome, name) + counts[name])
        for row in transfers:
            for name in ("urgent", "returned", "calls", "negotiated", "recalled", "shared"):
                setattr(outcome, name, getattr(outcome, name) + row[name])
            way = WAYS.get((node.centre, row["peer"]), "transferred_elsewhere")
            setattr(outcome, way, getattr(outcome, way) + row["accepted"])
    return outcome


async def _spread(items: list[Any], work: Callable[[Any], Any]) -> None:
    """PEOPLE workers take the items in order."""
    queue = iter(items)

    async def person() -> None:
        for item in queue:
            await work(item)

    people = [asyncio.create_task(person()) for _ in range(PEOPLE)]
    try:
        await asyncio.gather(*people)
    finally:
        for task in people:
            task.cancel()
