"""The second guard: what PostgreSQL itself refuses, whatever the code above it does."""

import asyncpg
import pytest


@pytest.fixture
async def order(world):
    return await world.centre("12345").takes("路灯坏了")


async def refused(order, sql, *values, match):
    async with order.centre.pool.acquire() as connection:
        with pytest.raises((asyncpg.PostgresError,), match=match):
            async with connection.transaction():
                await connection.execute(sql, *values)


async def test_a_status_never_changes_without_its_event(order):
    await refused(order, "UPDATE orders SET status = 'closed' WHERE id = $1", order.id, match="a status has its event")


async def test_a_version_never_changes_without_its_event(order):
    await refused(order, "UPDATE orders SET version = 2 WHERE id = $1", order.id, match="a status has its event")


@pytest.mark.parametrize(
    "sql",
    ["UPDATE events SET body = '{}'", "DELETE FROM events", "TRUNCATE events CASCADE", "UPDATE events SET hash = ''"],
)
async def test_the_ledger_is_append_only(order, sql):
    await refused(order, sql, match="append-only")


async def test_the_record_of_who_saw_what_is_append_only(order):
    pool = order.centre.pool
    await pool.execute(
        "INSERT INTO views (at, actor, order_id, fields, reason) VALUES (now(), 'x', $1, '{}', 'y')", order.id
    )
    await refused(order, "DELETE FROM views", match="append-only")


async def test_a_centre_has_one_order_of_a_matter(order):
    columns = "id, matter_id, kind, status, version, head, round, responsible, first_receiver, origin, exercise, channel, urgent, danger, confidential, title, content, caller, incident, call, call_backs, tags, merged, revisited, fed_back, invalid, created_at, updated_at"
    copied = columns.replace("id, matter_id", "gen_random_uuid(), matter_id", 1).replace("responsible", "false", 1)
    await refused(
        order, f"INSERT INTO orders ({columns}) SELECT {copied} FROM orders", match="a centre has one order of a matter"
    )


async def test_a_number_is_given_once(world, order):
    other = await world.centre("12345").takes("井盖坏了")
    await refused(
        order,
        "UPDATE orders SET number = $2 WHERE id = $1",
        other.id,
        order.order.number,
        match="a number is given once",
    )


async def test_no_two_transfers_are_open_the_same_way(order):
    await order.transfer("110")
    copy = """INSERT INTO transfers (id, order_id, direction, peer, part, urgent, status, items, offered_at)
              SELECT gen_random_uuid(), order_id, direction, peer, part, urgent, 'withdrawing', items, offered_at FROM transfers"""
    await refused(order, copy, match="the whole is on offer to one centre at a time|one open transfer of a kind")


@pytest.mark.parametrize(
    "change, sentence",
    [
        ("number = NULL", "an order that this centre accepted has its number"),
        ("accepted_at = NULL", "who is responsible has accepted"),
        ("closed_at = now()", "a closed order says how"),
        ("satisfaction = 6", "five levels of satisfaction"),
        ("exercise = 'joke'", "exercise is marked as in CAP"),
        ("kind = 'other'", "an order is a work order or a police order"),
    ],
)
async def test_the_rules_that_the_table_of_orders_states(order, change, sentence):
    await refused(order, f"UPDATE orders SET {change} WHERE id = $1", order.id, match=sentence)


@pytest.mark.parametrize(
    "sql, sentence",
    [
        ("UPDATE outbox SET status = 'lost'", "a message is pending, delivered or dead"),
        ("UPDATE outbox SET status = 'delivered'", "a delivered message says when"),
        ("UPDATE outbox SET status = 'dead'", "a dead message says why"),
        ("UPDATE timers SET status = 'paused'", "a paused timer keeps what was left and why"),
        ("UPDATE transfers SET status = 'returned'", "a returned transfer has its reason"),
        ("UPDATE transfers SET direction = 'up'", "a transfer goes out or comes in"),
    ],
)
async def test_the_rules_that_the_other_tables_state(order, sql, sentence):
    await order.transfer("110")
    await refused(order, sql, match=sentence)


async def test_the_ledger_shows_a_row_that_was_changed_behind_the_trigger(world):
    order = await world.centre("12345").takes("路灯坏了")
    await order.dispatch(unit=order.centre.unit)
    pool = order.centre.pool
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE events SET body = replace(body, '路灯', '井盖') WHERE seq = 1")
    found = await order.centre.verified()
    assert found.broken is not None
    assert (found.broken.order_id, found.broken.seq) == (order.id, 1)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE events SET body = replace(body, '井盖', '路灯') WHERE seq = 1")
