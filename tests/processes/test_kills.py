"""kill -9 of APIs, workers and databases under load, one by one, in pairs, and everything a centre has."""

import asyncio
import os
import random
import time

import pytest
from callers import GAS, Callers
from faulty_town import CENTRES, PARTS

pytestmark = pytest.mark.processes

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
EVERYTHING = os.environ.get("FAULTS") == "all"


@pytest.fixture
async def rig(open_rig):
    print(f"SEED={SEED}")
    return await open_rig()


async def pull_the_plug(town, *centres):
    """The databases first, as it hurts most: the nodes see them go. Then the machines come back."""
    for centre in centres:
        town.servers[centre].kill()
    await asyncio.sleep(random.Random(SEED).uniform(0.1, 0.6))
    for centre in centres:
        await asyncio.to_thread(town.servers[centre].start)


async def test_databases_apis_workers_and_whole_centres_are_killed(rig):
    async def kill_each_in_turn(_):
        names = [f"{centre} {part}" for centre in CENTRES for part in PARTS]
        random.Random(SEED).shuffle(names)
        for name in names:
            rig.town.kill(name)
            await asyncio.sleep(0.4)  # let the traffic meet the hole

    async def power_fails_at_110(_):
        rig.town.kill(*(f"110 {part}" for part in PARTS))
        await pull_the_plug(rig.town, "110")

    for centres in (("12345",), ("110",), CENTRES) if EVERYTHING else (CENTRES,):
        await rig.suffer(
            f"kill -9 of PostgreSQL at {' and '.join(centres)}",
            lambda _, centres=centres: pull_the_plug(rig.town, *centres),
        )
    await rig.suffer("kill -9 of every API and worker in turn", kill_each_in_turn)
    await rig.suffer("the power fails at 110", power_fails_at_110)


async def test_a_caller_whose_answer_got_lost_asks_again_and_gets_the_same_order(rig):
    """The one failpoint that a client can see: the commit is there and the answer is not."""
    town, asked = rig.town, ("POST", "12345", "/api/v1/orders", {"content": "路灯坏了"}, "once")
    town.arm({"12345 serve": "commit.written"})
    with pytest.raises(Exception, match=r"disconnected|closed|reset|ReadError|"):
        await town.ask(*asked)
    await town.all_died({"12345 serve": "commit.written"})
    await town.up("12345")
    answer = await town.ask(*asked)
    assert answer.status_code == 200
    assert answer.headers["idempotent-replayed"] == "true"
    assert len(await town.rows("12345", "SELECT 1 FROM orders")) == 1


async def test_a_clock_that_a_dying_worker_had_claimed_is_carried_out_by_the_next(rig):
    """Danger that nobody hands over: the clock does, and the worker that takes it up dies before it has done anything."""
    town, callers = rig.town, Callers(rig.town)
    town.rest("12345 work 2")
    town.arm({"12345 work": "timers.claimed"})
    order = await callers.takes("12345", GAS)
    await town.all_died({"12345 work": "timers.claimed"})
    died = time.monotonic()
    await callers.reaches("12345", order["id"], "following")
    rig.told(
        f"a clock of a worker that died: carried out {time.monotonic() - died:.1f} s later by the worker started in its place"
    )
    assert time.monotonic() - died < 20  # the machine may be busy
