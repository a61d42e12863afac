"""Accepted once, numbered without gaps, changed by one person at a time: also when many come at the same moment."""

import asyncio

import msgspec
import pytest

from liandong.core.errors import AppError
from liandong.orders.actions import Intake
from liandong.orders.commands import Commands
from liandong.orders.store import Store, digest_of
from world import PEOPLE, World


def intake(content="路灯坏了"):
    return msgspec.convert({"content": content}, Intake)


async def take(commands, key, content="路灯坏了"):
    return await commands.take_in(intake(content), PEOPLE, key=key, digest=digest_of(content.encode()))


async def test_the_same_key_with_the_same_body_gives_the_same_order(world):
    commands = world.centre("12345").node.commands
    first, second = await take(commands, "k1"), await take(commands, "k1")
    assert (first.repeated, second.repeated) == (False, True)
    assert first.snapshot.order.id == second.snapshot.order.id
    assert first.snapshot.order.number == second.snapshot.order.number


async def test_the_same_key_with_another_body_is_refused(world):
    commands = world.centre("12345").node.commands
    await take(commands, "k1")
    with pytest.raises(AppError) as refused:
        await take(commands, "k1", "路灯又坏了")
    assert (refused.value.code, refused.value.status) == ("idempotency_key_reused", 422)


async def test_a_repetition_after_the_order_moved_on_shows_where_it_is_now(world):
    centre = world.centre("12345")
    order = await centre.takes("路灯坏了", key="k1")
    await order.dispatch(unit=centre.unit)
    again = await centre.node.commands.take_in(
        intake(), PEOPLE, key="k1", digest=digest_of(msgspec.json.encode(intake()))
    )
    assert again.repeated
    assert again.snapshot.order.status == "dispatched"


async def test_twenty_identical_requests_at_once_make_one_order(world):
    commands = world.centre("12345").node.commands
    taken = await asyncio.gather(*(take(commands, "k1") for _ in range(20)))
    assert len({one.snapshot.order.id for one in taken}) == 1
    assert sum(not one.repeated for one in taken) == 1
    assert await world.centre("12345").pool.fetchval("SELECT count(*) FROM orders") == 1
    assert await world.centre("12345").pool.fetchval("SELECT last FROM counters") == 1


@pytest.fixture
async def two_processes(databases, tmp_path):
    """One centre served by two stores, as two API processes would."""
    async with World.open(databases, tmp_path / "city", ("12345",), lanes=2) as city:
        node = city.centre("12345").node
        other = Store(node.settings.dsn, lanes=2)
        await other.start()
        twin = Commands(policy=node.policy, store=other, pool=node.pool, reader=node.reader, clock=node.clock)
        yield city, node.commands, twin
        await other.stop()


async def test_identical_requests_to_two_processes_make_one_order(two_processes):
    city, one, other = two_processes
    for n in range(10):
        taken = await asyncio.gather(*(take(commands, f"k{n}") for commands in (one, other) * 5))
        assert len({t.snapshot.order.id for t in taken}) == 1
    assert await city.centre("12345").pool.fetchval("SELECT count(*) FROM orders") == 10


async def test_numbers_have_no_gaps_under_two_hundred_creates_from_two_processes(two_processes):
    city, one, other = two_processes
    await asyncio.gather(*(take((one, other)[n % 2], f"k{n}", f"路灯坏了 {n}") for n in range(200)))
    numbers = [row["number"] for row in await city.centre("12345").pool.fetch("SELECT number FROM orders")]
    assert sorted(numbers) == [f"120000-12345-20250304-{n:06d}" for n in range(1, 201)]


async def test_numbers_have_no_gaps_when_some_requests_are_refused_at_the_commit(two_processes):
    city, one, other = two_processes
    keys = [f"k{n % 60}" for n in range(180)]
    await asyncio.gather(*(take((one, other)[n % 2], key) for n, key in enumerate(keys)))
    numbers = [row["number"] for row in await city.centre("12345").pool.fetch("SELECT number FROM orders")]
    assert sorted(numbers) == [f"120000-12345-20250304-{n:06d}" for n in range(1, 61)]


async def test_the_number_starts_anew_each_day_of_the_city_not_of_utc(world):
    await world.fast_forward(hours=13, minutes=59)  # 23:59 in Tianjin
    before = await world.centre("12345").takes("路灯坏了")
    await world.fast_forward(minutes=2)
    after = await world.centre("12345").takes("路灯坏了")
    assert before.order.number == "120000-12345-20250304-000001"
    assert after.order.number == "120000-12345-20250305-000001"


async def test_of_two_people_at_once_one_is_told_the_current_version(world):
    centre = world.centre("12345")
    order = await centre.takes("路灯坏了")
    results = await asyncio.gather(
        order.act("dispatch", version=1, unit=centre.unit),
        order.act("answer_directly", version=1, answer="好"),
        return_exceptions=True,
    )
    refused = [one for one in results if isinstance(one, AppError)]
    assert len(refused) == 1
    assert (refused[0].code, refused[0].status, refused[0].extra["version"]) == ("stale_version", 409, 2)
    assert len(await order.events()) == 2


async def test_of_two_people_at_two_processes_one_is_told_the_current_version(two_processes):
    city, one, other = two_processes
    centre = city.centre("12345")
    from liandong.orders.actions import Supplement

    for n in range(10):
        order = await centre.takes(f"路灯坏了 {n}")
        results = await asyncio.gather(
            *(commands.act(order.id, Supplement(version=1, text="x"), PEOPLE) for commands in (one, other)),
            return_exceptions=True,
        )
        refused = [r for r in results if isinstance(r, AppError)]
        assert [r.code for r in refused] == ["stale_version"]
        assert refused[0].extra["version"] == 2
        assert len(await order.events()) == 2


async def test_a_clock_and_a_person_at_once_both_get_their_way(world):
    from datetime import timedelta

    centre = world.centre("110")
    order = await centre.takes("小区有人偷电动车")
    world.clock.advance(timedelta(hours=1))
    fired, changed = await asyncio.gather(
        centre.fire_clocks(), order.act("supplement", text="x"), return_exceptions=True
    )
    assert fired == 1
    events = await order.events()
    assert events.count("clock.overdue") == 1
    if isinstance(changed, AppError):
        assert changed.code == "stale_version"
    else:
        assert "matter.supplemented" in events
