"""A list that comes into force reaches every running process within seconds, without a restart, also after kill -9 of the worker."""

import time
from datetime import UTC, datetime

import pytest
from town import CENTRES, Town, until

from liandong.agreements.service import Agreements, Draft
from liandong.agreements.steps import local_day
from liandong.core.clock import SystemClock
from liandong.core.failpoints import KILLED
from liandong.orders.context import Actor
from liandong.orders.reassess import REVIEW_TAG
from lists import SAUCERS, with_saucers

pytestmark = pytest.mark.processes
ADMIN = Actor("admin", frozenset({"admin"}))
SOON = 15.0  # seconds; the processes look every two


@pytest.fixture
async def town(databases, tmp_path):
    names = {centre: await databases.create() for centre in CENTRES}
    town = Town(tmp_path / "town", {centre: databases.dsn(name) for centre, name in names.items()})
    await town.prepare()
    for centre in CENTRES:
        town.start(centre, "serve")
    town.start("110", "work")
    for centre in CENTRES:
        await town.up(centre)
    try:
        yield town
    finally:
        town.stop()
        await databases.drop(*names.values())


async def call(town, key):
    answer = await town.ask("POST", "12345", "/api/v1/orders", {"content": SAUCERS}, key)
    return answer.json()


async def test_running_processes_take_up_a_list_and_a_killed_worker_s_rereading_goes_on(town):
    open_before = [await call(town, f"before-{n}") for n in range(5)]
    assert {order["verdict"]["decision"] for order in open_before} == {"keep"}
    dying = town.start("12345", "work", failpoint="catalogue.reassessed")
    async with town.pool("12345") as ours, town.pool("110") as theirs:
        hotline = Agreements(centre="12345", peers=["110"], pool=ours, clock=SystemClock())
        police = Agreements(centre="110", peers=["12345"], pool=theirs, clock=SystemClock())
        draft = await hotline.draft(Draft("110", with_saucers(), title="试行"), ADMIN)
        today = local_day(datetime.now(UTC))
        await hotline.act(draft.id, "propose", ADMIN, digest=draft.digest, day=today)

        async def arrived():
            return await police.versions(limit=1)

        await until(arrived, "the proposal is at 110")
        await police.act(draft.id, "agree", ADMIN, digest=draft.digest)

        async def in_force():
            return (await hotline.version(draft.id)).status == "in_force"

        await until(in_force, "in force at 12345")
        started, n = time.monotonic(), 0
        while (order := await call(town, f"after-{n}"))["verdict"]["decision"] != "transfer":
            n += 1
            assert time.monotonic() - started < SOON, "the API process still reads by the old list"
        print(f"taken up {time.monotonic() - started:.1f} s after it came into force")
        assert order["verdict"]["target"] == "110"
        await town.died_at_its_failpoint(dying)
        assert dying.returncode == KILLED
        town.start("12345", "work")

        async def done():
            row = await hotline.reassessment(draft.id)
            return row and row["finished_at"]

        await until(done, "the open orders are read again")
    for order in open_before:
        now = (await town.ask("GET", "12345", f"/api/v1/orders/{order['id']}")).json()
        assert now["tags"] == [REVIEW_TAG]
        events = (await town.ask("GET", "12345", f"/api/v1/orders/{order['id']}/events")).json()
        assert [event["kind"] for event in events].count("order.reassessed") == 1
    town.verify("12345")
