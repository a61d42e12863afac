"""The disk of a centre's database is full: it refuses in words, loses nothing that it has accepted, and goes on when there is space."""

import asyncio
import contextlib
import secrets

import asyncpg
import pytest
from own_postgres import small_disk

import servers

pytestmark = pytest.mark.processes
LONG = "路灯坏了。" + "请尽快派人来修。" * 300


@pytest.fixture
def disk(pytestconfig):
    folder = servers.new_folder(pytestconfig.rootpath)
    with small_disk(folder.with_name(f"{folder.name}-disk-{secrets.token_hex(2)}")) as disk:
        yield disk


async def fill_up(callers):
    """Asks until the centre has to refuse; gives the refusal."""
    for n in range(1000):
        answer = await callers.ask("POST", "110", "/api/v1/orders", {"content": f"{LONG}{n}"}, f"full-{n}")
        if answer.status_code >= 500:
            return answer
    raise AssertionError("the disk is full, and the centre still takes everything in")


async def end_the_journal(pool):
    """PostgreSQL gives up when it can't write its journal, so this ends with the connection."""
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        for _ in range(20):
            await pool.execute(
                "SELECT pg_switch_wal() FROM pg_logical_emit_message(true, 'full', repeat('x', 9000))", timeout=5
            )


async def test_a_full_disk_refuses_and_loses_nothing(open_rig, disk):
    rig = await open_rig(disks={"110": disk.folder / "postgres"})
    server = rig.town.servers["110"]

    async def no_space_for_data(callers):
        disk.fill()
        answer = await fill_up(callers)
        assert (answer.status_code, answer.json()["code"]) == (503, "try_again"), answer.text
        looked = await callers.ask("GET", "110", "/api/v1/orders?limit=1")
        assert looked.status_code == 200, "what is there can be read"
        await callers.takes("12345", "楼下路灯坏了")  # the other centre feels nothing
        await asyncio.sleep(1)
        disk.empty()

    async def no_space_for_the_journal(callers):
        disk.fill()
        await end_the_journal(rig.town.pool("110"))
        await callers.takes("12345", "楼下路灯坏了")
        await asyncio.sleep(1)
        disk.empty()
        server.kill()  # what is left of it
        await asyncio.to_thread(server.start)

    await rig.suffer("the disk of 110 is full", no_space_for_data)
    await rig.suffer("the disk of 110 is full, PostgreSQL can't write its journal and ends", no_space_for_the_journal)
