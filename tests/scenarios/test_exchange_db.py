"""The exchange database: what a system that only speaks SQL may write and read, and what becomes of it."""

from uuid import uuid4

import asyncpg
import pytest

from liandong.middle.sides import add_side, end_side, resend
from liandong.partners.accounts import SQL as PARTNER_SQL
from patience import everybody_sees_all
from world import PEOPLE


@pytest.fixture
async def centre(world):
    return world.centre("12345")


async def join(centre, code="old", **more):
    """A new side with its own connection."""
    role = f"{code}_{uuid4().hex[:12]}"
    given = {"code": code, "name": code, "role": role, "password": "p"} | more
    await add_side(centre.pool, centre.node.clock, **given)
    return await asyncpg.connect(centre.node.settings.dsn, user=role, password="p")


@pytest.fixture
async def side(centre):
    connection = await join(centre, callers=True)
    yield connection
    await connection.close()


async def pump(centre):
    await everybody_sees_all(centre.pool)
    while await centre.node.pump.pump_once():
        await everybody_sees_all(centre.pool)


async def hand_in(side, number="A-1", **more):
    row = {"jjdbh": number, "bjnr": "路灯坏了"} | more
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await side.execute(f"INSERT INTO exchange_db.handed_in ({', '.join(row)}) VALUES ({places})", *row.values())


async def say(side, number, order, kind, **more):
    row = {"xxbh": number, "gdbh": order, "xxlx": kind} | more
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    await side.execute(f"INSERT INTO exchange_db.replies ({', '.join(row)}) VALUES ({places})", *row.values())


async def row_of(side, table="handed_in"):
    return await side.fetchrow(f"SELECT * FROM exchange_db.{table} ORDER BY id DESC LIMIT 1")


async def order_of(centre, number):
    order_id = await centre.pool.fetchval("SELECT id FROM orders WHERE number = $1", number)
    return centre.hold(await centre.node.store.load(order_id))


async def test_a_row_becomes_an_order_with_its_national_items_and_its_number_comes_back(centre, side):
    await hand_in(
        side, bjdh="13800001234", bjrmc="王小明", bjrxbdm="1", jqlyfs="01", sqlx="3", lbdm="010101", xzqhdm="120101", jqdz="南京路1号",
        jd84=117.2, wd84=39.1, sfbm=True, ssryqksm=2,
    )  # fmt: skip
    assert (await row_of(side))["tszt"] == 0
    await pump(centre)
    row = await row_of(side)
    assert (row["tszt"], row["cwdm"]) == (2, None)
    order = (await order_of(centre, row["gdbh"])).order
    assert (order.caller.name, order.caller.sex, order.type, order.class_intake) == (
        "王小明",
        "male",
        "complaint",
        "010101",
    )
    assert (order.incident.wgs84.lon, order.incident.injured, order.confidential) == (117.2, 2, True)


async def test_a_number_is_taken_once(centre, side):
    await hand_in(side)
    with pytest.raises(asyncpg.UniqueViolationError):
        await hand_in(side)
    await pump(centre)
    await pump(centre)
    assert await centre.pool.fetchval("SELECT count(*) FROM orders") == 1


async def test_a_matter_goes_its_whole_way_by_sql_alone(world, centre, side):
    police = world.centre("110")
    other = await join(police, "old110", callers=True)
    await hand_in(side, bjnr="小区有人偷电动车", zjzx="01")
    await pump(centre)
    await world.settle()
    await pump(police)
    asked = await row_of(other, "outgoing")
    assert (asked["qrbz"], asked["bjnr"], asked["lylx"]) == (True, "小区有人偷电动车", "00")
    matter = str(asked["ssbh"])
    for place, (kind, more) in enumerate(
        [
            ("4", {}),
            ("6", {"cbdw": police.unit}),
            ("5", {}),
            ("7", {}),
            ("8", {}),
            ("1", {"nr": "已和解", "ssrs": 1}),
            ("9", {}),
        ]
    ):
        await say(other, f"m{place}", matter, kind, **more)
    await pump(police)
    assert await other.fetch("SELECT * FROM exchange_db.dead_letters") == []
    await world.settle()
    await pump(centre)
    number = (await row_of(side))["gdbh"]
    told = await side.fetchrow("SELECT * FROM exchange_db.outgoing WHERE gdzt = 'answered' ORDER BY id DESC")
    assert (told["gdbh"], told["jjdbh"], told["cljg"]) == (number, "A-1", "已和解")
    await say(side, "c1", number, "9")
    await say(side, "c2", number, "3", sflx=True, sfjj=True, myd="1", nr="满意")
    await pump(centre)
    assert await side.fetch("SELECT cwsm FROM exchange_db.dead_letters") == []
    order = await order_of(centre, number)
    assert (order.status, order.order.satisfaction, order.order.solved) == ("evaluated", 5, True)
    await world.settle()
    assert await world.open_loops() == 0
    await other.close()


async def test_a_units_system_signs_returns_and_reads_its_own_orders_alone(centre):
    unit = await join(centre, "unit1", unit=centre.unit)
    mine, other = (
        await centre.takes("路灯坏了", caller={"name": "王小明", "phone": "13800001234"}),
        await centre.takes("井盖坏了"),
    )
    await mine.dispatch(unit=centre.unit)
    await other.dispatch(unit="11120102YB0000024N")
    await pump(centre)
    rows = await unit.fetch("SELECT * FROM exchange_db.outgoing")
    assert {row["gdbh"] for row in rows} == {mine.order.number}
    assert {(row["bjrmc"], row["bjdh"]) for row in rows} == {("王**", "138****1234")}
    await say(unit, "1", mine.order.number, "2", thyy="2", thyj="市容条例第3条", nr="不在本区")
    await say(unit, "2", other.order.number, "5")
    await pump(centre)
    await mine.look()
    assert mine.order.handling.returns[0].reason == "wrong_district"
    refused = await unit.fetchrow("SELECT * FROM exchange_db.dead_letters")
    assert (refused["bh"], refused["cwdm"]) == ("2", "not_found")
    await unit.close()


async def test_a_confidential_caller_does_not_exist_for_a_units_system(centre):
    unit = await join(centre, "unit1", unit=centre.unit, callers=True)
    order = await centre.takes(
        "我是王小明，举报偷电", type="report", confidential=True, caller={"name": "王小明", "phone": "13800001234"}
    )
    await order.dispatch(unit=centre.unit)
    await pump(centre)
    rows = await unit.fetch("SELECT o::text AS line FROM exchange_db.outgoing o")
    assert rows
    assert not [row["line"] for row in rows if "王" in row["line"] or "1380000" in row["line"]]
    await unit.close()


async def test_what_is_refused_lies_in_a_table_with_its_reason_until_it_is_mended(centre, side):
    await hand_in(side, sqlx="77")
    await pump(centre)
    row, letter = await row_of(side), await row_of(side, "dead_letters")
    assert (row["tszt"], row["cwdm"], letter["bh"]) == (1, "field_invalid", "A-1")
    assert "sqlx" in letter["cwsm"]
    await side.execute("UPDATE exchange_db.handed_in SET sqlx = '2' WHERE jjdbh = 'A-1'")
    await pump(centre)
    row, letter = await row_of(side), await row_of(side, "dead_letters")
    assert (row["tszt"], row["cwdm"]) == (2, None)
    assert letter["jjsj"] is not None
    unmapped = await centre.pool.fetch(PARTNER_SQL.unmapped, "old")
    assert [(u["list"], u["direction"], u["code"]) for u in unmapped] == [("sqlx", "in", "77")]


async def test_one_row_that_nobody_foresaw_holds_up_no_other(centre, side, monkeypatch):
    await hand_in(side, "A-1", jd84=float("nan"), wd84=39.1)
    await hand_in(side, "A-2", bjdh="not a number")
    await hand_in(side, "A-3")
    await pump(centre)
    found = {
        row["jjdbh"]: (row["tszt"], row["cwdm"]) for row in await side.fetch("SELECT * FROM exchange_db.handed_in")
    }
    assert found == {"A-1": (1, "field_invalid"), "A-2": (1, "field_invalid"), "A-3": (2, None)}
    await hand_in(side, "A-4")
    await hand_in(side, "A-5")
    real = centre.node.commands.take_in

    async def fails_once(intake, actor, *, key, digest):
        if key == "in:A-4":
            raise RuntimeError("a bug")
        return await real(intake, actor, key=key, digest=digest)

    monkeypatch.setattr(centre.node.commands, "take_in", fails_once)
    await pump(centre)
    last = {
        row["jjdbh"]: row["cwdm"] for row in await side.fetch("SELECT * FROM exchange_db.handed_in WHERE jjdbh > 'A-3'")
    }
    assert last == {"A-4": "internal", "A-5": None}


async def test_a_sides_own_codes_go_before_and_a_mapping_that_was_missing_can_be_sent_again(centre, side):
    await hand_in(side, sqlx="TS")
    await pump(centre)
    assert (await row_of(side))["cwdm"] == "field_invalid"
    await centre.pool.execute(PARTNER_SQL.map_code, "old", "sqlx", "complaint", "TS")
    assert await resend(centre.pool, "old") == 1
    await pump(centre)
    number = (await row_of(side))["gdbh"]
    order = await order_of(centre, number)
    assert order.order.type == "complaint"
    assert await centre.pool.fetch(PARTNER_SQL.unmapped, "old") == []
    await order.dispatch(unit=centre.unit)
    await pump(centre)
    assert (await row_of(side, "outgoing"))["sqlx"] == "TS"


async def test_an_action_that_does_not_fit_is_a_dead_letter_and_changes_nothing(centre, side):
    order = await centre.takes("路灯坏了")
    await say(side, "x", order.order.number, "9")
    await say(side, "y", "no such number", "10", nr="补充")
    await pump(centre)
    letters = await side.fetch("SELECT bh, cwdm FROM exchange_db.dead_letters ORDER BY id")
    assert sorted(tuple(one) for one in letters) == [("x", "action_not_allowed"), ("y", "not_found")]
    assert (await order.look()).order.version == 1


async def test_a_side_can_neither_see_nor_touch_what_is_not_its_own(centre, side):
    other = await join(centre, "other")
    await hand_in(side)
    await pump(centre)
    assert await other.fetch("SELECT * FROM exchange_db.handed_in") == []
    assert {row["side"] for row in await other.fetch("SELECT * FROM exchange_db.reconciliation")} == {"other"}
    for sql in (
        "SELECT * FROM orders",
        "SELECT * FROM exchange_db.sides",
        "DELETE FROM exchange_db.handed_in",
        "UPDATE exchange_db.handed_in SET gdbh = 'x'",
        "INSERT INTO exchange_db.handed_in (side, jjdbh, bjnr) VALUES ('other', '1', 'x')",
        "INSERT INTO exchange_db.outgoing (side) VALUES ('old')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await side.execute(sql)
    await side.execute("UPDATE exchange_db.handed_in SET bjnr = '改了'")  # processed: no longer its own to change
    assert (await row_of(side))["bjnr"] == "路灯坏了"
    await other.close()


async def test_push_states_go_forward_only_and_say_when(centre, side):
    order = await centre.takes("路灯坏了")
    await pump(centre)
    for state in (1, 2):
        await side.execute("UPDATE exchange_db.outgoing SET tszt = $1", state)
    row = await row_of(side, "outgoing")
    assert row["gdbh"] == order.order.number
    assert row["qssj"] is not None
    assert row["clsj"] is not None
    with pytest.raises(asyncpg.RaiseError):
        await side.execute("UPDATE exchange_db.outgoing SET tszt = 0")


async def test_both_sides_can_count_what_is_where(centre, side):
    await hand_in(side)
    await hand_in(side, "A-2", sqlx="77")
    await pump(centre)
    await hand_in(side, "A-3")
    order = await order_of(centre, await side.fetchval("SELECT gdbh FROM exchange_db.handed_in WHERE jjdbh = 'A-1'"))
    await order.dispatch(unit=centre.unit, actor=PEOPLE)
    await everybody_sees_all(centre.pool)
    await centre.node.pump.pump_once()
    await hand_in(side, "A-4")
    found = {
        row["bm"]: (row["zs"], row["wts"], row["ycl"], row["cw"])
        for row in await side.fetch("SELECT * FROM exchange_db.reconciliation")
    }
    assert found == {"handed_in": (4, 1, 2, 1), "outgoing": (1, 1, 0, 0)}
    unfinished = await side.fetch("SELECT bh FROM exchange_db.unfinished WHERE bm = 'handed_in' ORDER BY bh")
    assert [row["bh"] for row in unfinished] == ["A-2", "A-4"]


async def test_a_side_that_was_ended_is_neither_let_in_nor_read(centre, side):
    await hand_in(side)
    assert await end_side(centre.pool, centre.node.clock, "old")
    await pump(centre)
    assert await centre.pool.fetchval("SELECT count(*) FROM orders") == 0
    role = await centre.pool.fetchval("SELECT role FROM exchange_db.sides WHERE code = 'old'")
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await asyncpg.connect(centre.node.settings.dsn, user=role, password="p")
