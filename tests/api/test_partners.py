"""Partners pull events by cursor and are pushed them by Standard Webhooks: nothing skipped, nothing twice, the same bytes each time."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from standardwebhooks import Webhook

from apis import problem
from liandong.core.places import read_on
from liandong.partners.accounts import add_partner
from liandong.partners.webhooks import READER, RETRY_SECONDS, Pushing

HOOK = "https://hook.example"


async def new_partner(api, code="analyst", scopes=("orders", "events", "webhooks"), **more):
    given = {"code": code, "name": code, "scopes": list(scopes), "hosts": [HOOK]} | more
    return (await add_partner(api.centre.pool, api.centre.node.clock, **given)).key


@pytest.fixture
async def key(api):
    return await new_partner(api)


async def ask(api, key, path, **params):
    return await api.client.get(f"/partner/v1/{path}", headers={"authorization": f"Bearer {key}"}, params=params)


async def pull_all(api, key, after="0-0", *, until=0, limit=500):
    """Everything up to now; `until`: how many events there have to be (transactions of other tests hold a reader back)."""
    found = []
    async with asyncio.timeout(60):
        while True:
            page = (await ask(api, key, "events", after=after, limit=limit)).json()
            found += page["events"]
            after = page["next"]
            if not page["more"] and len(found) >= until:
                return found, after
            await asyncio.sleep(0 if page["more"] else 0.02)


async def test_events_are_pulled_in_order_from_where_one_left_off(api, key):
    order = await api.takes("路灯坏了", caller={"name": "王小明", "phone": "13800001234"})
    await api.act(order, "dispatch", unit=api.centre.unit)
    found, after = await pull_all(api, key, until=2, limit=1)
    assert [one["kind"] for one in found] == ["order.accepted", "order.dispatched"]
    assert "王" not in str(found)
    await api.takes("井盖坏了")
    rest, _ = await pull_all(api, key, after, until=1)
    assert len(rest) == 1
    assert problem(await ask(api, key, "events", after="x"))["code"] == "field_invalid"


async def test_no_event_is_skipped_or_doubled_while_64_write(api, key):
    async def write(n):
        for m in range(3):
            await api.takes(f"路灯坏了 {n} {m}")

    writers = asyncio.gather(*(write(n) for n in range(64)))
    found, after = [], "0-0"
    async with asyncio.timeout(60):
        while not writers.done() or len(found) < 64 * 3:
            page = (await ask(api, key, "events", after=after, limit=50)).json()
            found += page["events"]
            after = page["next"]
            await asyncio.sleep(0)
    await writers
    assert len({one["cursor"] for one in found}) == len(found) == 64 * 3


async def test_nothing_is_told_while_something_earlier_may_still_be_committed(api, key):
    async with api.centre.pool.acquire() as connection:
        open_one = connection.transaction()
        await open_one.start()
        await connection.fetchval("SELECT pg_current_xact_id()::text")
        await api.takes("路灯坏了")
        assert (await ask(api, key, "events")).json() == {"events": [], "next": "0-0", "more": False}
        await open_one.commit()
    assert len((await pull_all(api, key, until=1))[0]) == 1


async def test_an_account_sees_what_it_was_given_and_no_more(api, key):
    mine, other = await api.takes("路灯坏了"), await api.takes("井盖坏了")
    await api.act(mine, "dispatch", unit=api.centre.unit)
    unit = await new_partner(api, "unit", unit=api.centre.unit)
    own = await new_partner(api, "app", ["requests", "events"])
    form = {"api_key": own, "service_code": "010101", "description": "缴费记录不对", "address_string": "南京路1号"}
    handed = (await api.client.post("/open311/v2/requests.json", data=form)).json()[0]["service_request_id"]
    await pull_all(api, key, until=4)
    assert {one["number"] for one in (await pull_all(api, unit))[0]} == {mine["number"]}
    assert {one["number"] for one in (await pull_all(api, own))[0]} == {handed}
    for who, number, status in ((unit, mine, 200), (unit, other, 404), (own, other, 404), (key, other, 200)):
        assert (await ask(api, who, f"orders/{number['number']}")).status_code == status
    assert (await ask(api, own, f"orders/{handed}")).status_code == 200


async def test_words_lose_what_the_caller_is_known_by(api, key):
    caller = {"name": "王小明", "phone": "13800001234"}
    order = await api.takes("我是王小明，路灯坏了，电话13800001234", caller=caller)
    shown = (await ask(api, key, f"orders/{order['number']}")).json()
    assert shown["caller"] is None
    assert "王小明" not in str(shown)
    assert "1380000" not in str(shown)
    sees = await new_partner(api, "sees", ["orders", "callers"])
    assert (await ask(api, sees, f"orders/{order['number']}")).json()["caller"]["phone"] == "138****1234"
    report = await api.takes("举报偷电", type="report", caller=caller)
    assert (await ask(api, sees, f"orders/{report['number']}")).json()["caller"] is None


class Receiver:
    """Somebody's endpoint: keeps what it was sent and answers as it is told."""

    def __init__(self):
        self.sent, self.answers = [], []

    async def __call__(self, url, body, headers):
        self.sent.append((url, body, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer


async def subscribe(api, key, url=f"{HOOK}/in", kinds=()):
    headers = {"authorization": f"Bearer {key}"}
    return await api.client.post("/partner/v1/webhooks", json={"url": url, "kinds": list(kinds)}, headers=headers)


async def owe(api, count):
    """Follows the ledger until so many deliveries are written."""
    node = api.centre.node
    async with asyncio.timeout(60):
        while await node.pool.fetchval("SELECT count(*) FROM deliveries") < count:
            if not await read_on(node.pool, READER, node.owing.handle, node.clock.now()):
                await asyncio.sleep(0.02)


async def test_an_event_is_pushed_with_a_signature_that_the_published_library_accepts(api, key):
    hook = (await subscribe(api, key)).json()
    order = await api.takes("路灯坏了")
    await owe(api, 1)
    receiver = Receiver()
    assert await Pushing(api.centre.pool, api.centre.node.clock, receiver).send_once() == 1
    url, body, headers = receiver.sent[0]
    assert url == f"{HOOK}/in"
    library = Webhook(hook["secret"])
    stamp = api.centre.node.clock.now()
    assert headers["webhook-signature"] == library.sign(headers["webhook-id"], stamp, body.decode())
    now = {**headers, "webhook-timestamp": str(int(__import__("time").time()))}
    with pytest.raises(Exception, match="signature"):
        library.verify(body, now)  # the time is part of what is signed
    assert order["number"] in body.decode()


async def test_a_failed_push_comes_again_with_the_same_id_and_bytes_later_and_later_and_then_lies_dead(api, key):
    hook = (await subscribe(api, key)).json()
    await api.takes("路灯坏了")
    await owe(api, 1)
    receiver, clock = Receiver(), api.centre.node.clock
    receiver.answers = [500, httpx.ConnectError("down"), *[503] * 8]
    pushing = Pushing(api.centre.pool, clock, receiver)
    for wait in RETRY_SECONDS:
        assert await pushing.send_once() == 1
        clock.advance(timedelta(seconds=wait - 1))
        assert await pushing.send_once() == 0
        clock.advance(timedelta(seconds=1))
    assert await pushing.send_once() == 1
    assert len({body for _, body, _ in receiver.sent}) == 1
    assert len({headers["webhook-id"] for _, _, headers in receiver.sent}) == 1
    dead = (await ask(api, key, f"webhooks/{hook['id']}/dead")).json()
    assert [one["last_error"] for one in dead] == ["HTTP 503"]
    assert [alarm["kind"] for alarm in await api.centre.alarms()] == ["webhook.died"]
    again = await api.client.post(
        f"/partner/v1/webhooks/{hook['id']}/resend", headers={"authorization": f"Bearer {key}"}
    )
    assert again.json() == {"count": 1}
    assert await pushing.send_once() == 1
    assert (await ask(api, key, f"webhooks/{hook['id']}/dead")).json() == []
    assert receiver.sent[-1][1] == receiver.sent[0][1]


async def test_a_sender_that_dies_before_it_notes_the_receipt_sends_the_same_again(api, key):
    await subscribe(api, key)
    await api.takes("路灯坏了")
    await owe(api, 1)
    receiver, clock = Receiver(), api.centre.node.clock
    receiver.answers = [RuntimeError("killed after it was sent")]
    pushing = Pushing(api.centre.pool, clock, receiver)
    await pushing.send_once()
    assert await pushing.send_once() == 0  # still claimed
    clock.advance(timedelta(minutes=2))
    assert await pushing.send_once() == 1
    (_, first, one), (_, second, other) = receiver.sent
    assert (first, one["webhook-id"]) == (second, other["webhook-id"])


async def test_a_receiver_that_is_gone_ends_its_subscription(api, key):
    await subscribe(api, key)
    await api.takes("路灯坏了")
    await owe(api, 1)
    receiver = Receiver()
    receiver.answers = [410]
    await Pushing(api.centre.pool, api.centre.node.clock, receiver).send_once()
    assert (await ask(api, key, "webhooks")).json()[0]["end_reason"] == "410 Gone"


async def test_a_subscription_goes_to_a_registered_address_alone_and_takes_its_kinds(api, key):
    for url in (
        "https://elsewhere.example/in",
        "ftp://hook.example",
        f"https://x@{HOOK[8:]}/in",
        "https://hook.example:1/in",
    ):
        assert problem(await subscribe(api, key, url))["code"] == "not_permitted"
    await subscribe(api, key, kinds=["order.dispatched"])
    order = await api.takes("路灯坏了")
    await api.act(order, "dispatch", unit=api.centre.unit)
    await owe(api, 1)
    kinds = [row["kind"] for row in await api.centre.pool.fetch("SELECT kind FROM deliveries")]
    assert kinds == ["order.dispatched"]
    stranger = await new_partner(api, "other")
    hook = (await ask(api, key, "webhooks")).json()[0]["id"]
    assert (await ask(api, stranger, f"webhooks/{hook}/dead")).status_code == 404
