"""The feed: what happens, as it happens, nothing twice and nothing skipped."""

import asyncio
import json

import httpx
import pytest

from apis import real_server
from liandong.api import create_app
from liandong.core import db
from liandong.orders import api as orders_api
from liandong.orders.store import SQL


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(orders_api, "FEED_PAUSE", 0.01)


@pytest.fixture
async def address(api):
    async with real_server(create_app(None, api.centre.node)) as opened:
        yield opened


async def read(api, address, count, who="desk", **headers):
    """The next events of the feed as (id, kind, data)."""
    found, current = [], {}
    async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False, timeout=20) as client:
        given = api.headers(who) | headers
        async with client.stream("GET", f"{address}/api/v1/feed", headers=given) as answer:
            assert answer.status_code == 200
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name in {"id", "event", "data"}:
                    current[name] = value
                elif not line and current:
                    found.append((current["id"], current["event"], json.loads(current["data"])))
                    current = {}
                    if len(found) == count:
                        return found
    raise AssertionError("the feed ended")


async def test_the_feed_from_its_beginning_tells_every_event_in_order(api, address):
    order = await api.takes()
    await api.act(order, "dispatch", unit=api.centre.unit)
    events = await read(api, address, 2, **{"last-event-id": "0-0"})
    assert [kind for _, kind, _ in events] == ["order.accepted", "order.dispatched"]
    assert all(data["order_id"] == order["id"] for _, _, data in events)
    assert "content" not in events[0][2]


async def test_a_reader_goes_on_where_it_left_off(api, address):
    orders = [await api.takes(f"路灯坏了 {n}") for n in range(6)]
    first = await read(api, address, 3, **{"last-event-id": "0-0"})
    rest = await read(api, address, 3, **{"last-event-id": first[-1][0]})
    assert [data["order_id"] for _, _, data in first + rest] == [order["id"] for order in orders]


async def test_a_new_reader_sees_only_what_happens_from_now_on(api, address):
    await api.takes("schon da")
    await shown_to_the_end(api)
    task = asyncio.create_task(read(api, address, 1))
    while not task.done():
        order = await api.takes("neu")
        await asyncio.wait([task], timeout=0.1)
    (_, _, data), *_ = await task
    assert data["number"] > "120000-12345-20250304-000001"
    assert order


async def shown_to_the_end(api):
    """The feed shows all there is: no transaction of another test on this server is older than our last event."""
    async with asyncio.timeout(60):
        newest = await api.centre.pool.fetchval("SELECT max(position) FROM events")
        while (end := await api.centre.pool.fetchrow(SQL.feed_end)) is None or end["position"] < newest:
            await asyncio.sleep(0.05)


async def test_a_unit_hears_only_of_its_own_orders(api, address):
    mine, other = await api.takes(), await api.takes()
    await api.act(other, "dispatch", unit="11120102YB0000024N")
    await api.act(mine, "dispatch", unit=api.centre.unit)
    events = await read(api, address, 2, "unit", **{"last-event-id": "0-0"})
    assert {data["order_id"] for _, _, data in events} == {mine["id"]}


async def test_nothing_is_skipped_while_an_older_transaction_is_still_open(api):
    """An event written early but committed late must not be jumped over by a reader that came between."""
    pool = api.centre.pool
    late = await db.connect(api.centre.node.settings.dsn)
    order = await api.takes("früh")
    transaction = late.transaction()
    await transaction.start()
    await late.execute("INSERT INTO counters (scope, last) VALUES ('x', 1)")  # takes its transaction id now
    after = await api.takes("spät")
    seen = await shown(pool, 1)
    assert seen == [order["id"]]  # the later one waits for the open transaction
    await transaction.commit()
    await late.close()
    assert await shown(pool, 2) == [order["id"], after["id"]]


async def shown(pool, count):
    """Polls: an open transaction of anybody on the same server, such as a neighbouring test, holds the feed back as well."""
    async with asyncio.timeout(20):
        while len(rows := await pool.fetch(SQL.feed, "0", 0, 100)) < count:
            await asyncio.sleep(0.01)
    return [str(row["order_id"]) for row in rows]


async def test_readers_see_each_event_once_while_many_are_written_at_once(api):
    pool, seen, cursor = api.centre.pool, [], ("0", 0)

    async def look():
        nonlocal cursor
        rows = await pool.fetch(SQL.feed, cursor[0], cursor[1], 7)
        seen.extend((row["order_id"], row["seq"]) for row in rows)
        if rows:
            cursor = (rows[-1]["txid"], rows[-1]["position"])
        return len(rows)

    async def write(n):
        order = await api.takes(f"路灯坏了 {n}")
        await api.act(order, "supplement", text="x")

    writing = asyncio.gather(*(write(n) for n in range(60)))
    while not writing.done():
        await look()
        await asyncio.sleep(0)
    await writing
    written = {(row["order_id"], row["seq"]) for row in await pool.fetch("SELECT order_id, seq FROM events")}
    async with asyncio.timeout(20):
        while len(seen) < len(written):
            await look()
    assert len(seen) == len(set(seen))
    assert set(seen) == written


async def test_a_co_handler_hears_of_the_orders_that_it_helps_with(api, address):
    helped, other = await api.takes(), await api.takes()
    await api.act(other, "dispatch", unit="11120102YB0000024N")
    await api.act(helped, "dispatch", unit="11120102YB0000024N", co_handlers=[api.centre.unit])
    events = await read(api, address, 2, "unit", **{"last-event-id": "0-0"})
    assert {data["order_id"] for _, _, data in events} == {helped["id"]}


async def test_alarms_stand_in_the_feed_among_the_events_and_units_do_not_hear_them(api, address):
    from datetime import UTC, datetime

    from liandong.core.alarms import Alarm, Severity, raise_alarm

    await api.takes("一")
    alarm = Alarm(kind="desk.closed", subject="desk", severity=Severity.WARNING, zh="无人", en="nobody")
    await raise_alarm(api.centre.pool, alarm, datetime.now(UTC))
    await api.takes("二")
    told = await read(api, address, 3, **{"last-event-id": "0-0"})
    assert [kind for _, kind, _ in told] == ["order.accepted", "desk.closed", "order.accepted"]
    assert told[1][2]["alarm"] == {
        "subject": "desk",
        "severity": "warning",
        "zh": "无人",
        "en": "nobody",
        "finding_id": None,
    }
    assert "alarm" not in told[0][2]
    mine = await api.takes("三")
    await api.act(mine, "dispatch", unit=api.centre.unit)
    (_, kind, _), *_ = await read(api, address, 1, who="unit", **{"last-event-id": "0-0"})
    assert kind == "order.accepted"
