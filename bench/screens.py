"""Screens that wait: many desks hold /api/v1/live of one node while commands run; how long from the command to every desk.

`python -m bench.screens [desks] [commands a second] [seconds]`
"""

import asyncio
import re
import sys
import time
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from bench.city import open_city
from liandong.demo.city import DESK, NodeAddress

ORDER = re.compile(rb'"id":"([0-9a-f-]{36})"')


async def measure(node: NodeAddress, desks: int, rate: float, seconds: float) -> dict[str, float]:
    """Milliseconds from the answer to the command until a desk has read of it; `missed`: events that a desk did not get."""
    answered: dict[str, float] = {}
    heard: list[tuple[str, float]] = []
    readers = [asyncio.create_task(_desk(node, heard)) for _ in range(desks)]
    await asyncio.sleep(3)
    headers = {"authorization": f"Bearer {node.tokens[DESK]}"}
    async with httpx.AsyncClient(base_url=node.url, headers=headers, trust_env=False) as client:
        begun, commands = time.perf_counter(), []
        for n in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + n / rate - time.perf_counter()))
            commands.append(asyncio.create_task(_command(client, answered)))
        await asyncio.gather(*commands)
        took = time.perf_counter() - begun
    await asyncio.sleep(2)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    waits = sorted(max(0.0, at - answered[one]) * 1000 for one, at in heard if one in answered)
    return {
        "desks": desks,
        "commands_per_second": round(len(answered) / took, 1),
        "heard": len(waits),
        "missed": desks * len(answered) - len(waits),
        "p50_ms": round(waits[len(waits) // 2], 1),
        "p99_ms": round(waits[int(len(waits) * 0.99)], 1),
        "max_ms": round(waits[-1], 1),
    }


async def _command(client: httpx.AsyncClient, answered: dict[str, float]) -> None:
    answer = await client.post("/api/v1/orders", json={"content": "路灯坏了"}, headers={"idempotency-key": uuid4().hex})
    answered[answer.json()["id"]] = time.perf_counter()


async def _desk(node: NodeAddress, heard: list[tuple[str, float]]) -> None:
    """As little work as a desk can have: what is measured is the node."""
    place = urlsplit(node.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    asked = f"GET /api/v1/live HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {node.tokens[DESK]}\r\n\r\n"
    writer.write(asked.encode())
    try:
        while data := await reader.read(65536):
            now = time.perf_counter()
            heard += [(one.decode(), now) for one in ORDER.findall(data)]
    finally:
        writer.close()


async def main() -> None:
    desks, rate, seconds = ([float(one) for one in sys.argv[1:]] + [300, 50, 15][len(sys.argv) - 1 :])[:3]
    async with open_city() as city:
        print(await measure(city.nodes["12345"], int(desks), rate, seconds))


if __name__ == "__main__":
    asyncio.run(main())
