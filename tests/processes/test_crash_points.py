"""A process dies between each two steps of sending and receiving; after a restart everything has arrived exactly once."""

from uuid import uuid4

import pytest
from town import CENTRES, Town

pytestmark = pytest.mark.processes

SENDING = ["send.claimed", "send.sealed", "send.posted", "send.settled"]
RECEIVING = ["receive.opened", "commit.decided", "commit.written", "receive.handled"]


@pytest.fixture
async def town(databases, tmp_path):
    names = {centre: await databases.create() for centre in CENTRES}
    town = Town(tmp_path / "town", {centre: databases.dsn(name) for centre, name in names.items()})
    await town.prepare()
    try:
        yield town
    finally:
        town.stop()
        await databases.drop(*names.values())


async def offered(town):
    """A matter at 12345 with an offer and a supplement on its way to 110."""
    order = (await town.insist("POST", "12345", "/api/v1/orders", {"content": "小区有人偷电动车"}, uuid4().hex)).json()
    for action, fields in (("offer_transfer", {"to": "110"}), ("supplement", {"text": "车是红色的"})):
        body = {"action": action, "version": order["version"]} | fields
        answer = await town.insist("POST", "12345", f"/api/v1/orders/{order['id']}/actions", body)
        assert answer.status_code == 200, answer.text
        order = answer.json()
    return order


async def arrived_once(town):
    await town.all_delivered()
    sent = await town.rows("12345", "SELECT status, seq FROM outbox ORDER BY seq")
    assert [(row["status"], row["seq"]) for row in sent] == [("delivered", 1), ("delivered", 2)]
    taken = await town.rows("110", "SELECT status, seq FROM inbox ORDER BY seq")
    assert [(row["status"], row["seq"]) for row in taken] == [("handled", 1), ("handled", 2)]
    events = await town.rows("110", "SELECT kind FROM events ORDER BY seq")
    assert [row["kind"] for row in events] == ["transfer.asked", "matter.supplemented"]
    content = (await town.rows("110", "SELECT content FROM orders"))[0]["content"]
    assert content.count("车是红色的") == 1
    for centre in CENTRES:
        town.verify(centre)


@pytest.mark.parametrize("failpoint", SENDING)
async def test_the_sender_dies(town, failpoint):
    for centre in CENTRES:
        town.start(centre, "serve")
    for centre in CENTRES:
        await town.up(centre)
    await offered(town)
    await town.died_at_its_failpoint(town.start("12345", "work", failpoint))
    town.start("12345", "work")
    await arrived_once(town)


@pytest.mark.parametrize("failpoint", RECEIVING)
async def test_the_receiver_dies(town, failpoint):
    town.start("12345", "serve")
    dying = town.start("110", "serve", failpoint)
    for centre in CENTRES:
        await town.up(centre)
    await offered(town)
    town.start("12345", "work")
    await town.died_at_its_failpoint(dying)
    town.start("110", "serve")
    await arrived_once(town)


@pytest.mark.parametrize("failpoint", ["commit.decided", "commit.written"])
async def test_the_api_dies_while_it_takes_a_matter_in_and_the_client_asks_again(town, failpoint):
    dying = town.start("12345", "serve", failpoint)
    await town.up("12345")
    with pytest.raises(Exception, match=r"disconnected|closed|reset|ReadError|"):
        await town.ask("POST", "12345", "/api/v1/orders", {"content": "路灯坏了"}, "k1")
    await town.died_at_its_failpoint(dying)
    town.start("12345", "serve")
    answer = await town.insist("POST", "12345", "/api/v1/orders", {"content": "路灯坏了"}, "k1")
    assert answer.status_code == (200 if failpoint == "commit.written" else 201)
    assert len(await town.rows("12345", "SELECT 1 FROM orders")) == 1
    town.verify("12345")
