"""People are told of committed events: once each, at the right hour, without personal data, and every try leaves its receipt."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from liandong.catalogue.messaging import MessagingError, MessagingPolicy, default_messaging
from liandong.core.places import read_on
from liandong.messaging.gateways import HttpGateway, Letter, NotSent, SmtpGateway, gateways_of
from liandong.messaging.sending import Mailer
from liandong.messaging.settings import GatewaySettings, MessagingSettings
from liandong.node import work
from world import person

FILES = GatewaySettings(kind="file", folder="letters")
SETTINGS = MessagingSettings(public_url="https://12345.example.cn", sms=FILES, email=FILES)
CALLER = {"name": "韩梅梅", "phone": "13800001234", "address": "南京路某号"}
NIGHT = datetime(2025, 3, 4, 15, 0, tzinfo=UTC)  # 23:00 in Tianjin


class Refusing:
    """A gateway that does not take anything until it is told to."""

    def __init__(self, final=False):
        self.final, self.works, self.taken = final, False, []

    async def send(self, letter):
        if not self.works:
            raise NotSent("the network is down", final=self.final)
        self.taken.append(letter)
        return f"receipt {len(self.taken)}"


@pytest.fixture
async def centre(open_world):
    return (await open_world("12345", "110", messaging=SETTINGS)).centre("12345")


async def told(centre, channel=None):
    """In the order of the events, then of the channels."""
    rows = await centre.pool.fetch("SELECT *, split_part(dedup, ':', 2)::integer AS seq FROM notifications")
    shown = sorted(
        rows, key=lambda row: (row["seq"], ("in_app", "email", "sms").index(row["channel"]), row["created_at"])
    )
    return [row for row in shown if channel in (None, row["channel"])]


def mailer_with(centre, gateway):
    node = centre.node

    async def link(invite, now):
        return "link"

    return Mailer(centre.pool, node.clock, default_messaging(), {"sms": gateway, "email": gateway}, link)


def letters(centre):
    folder = centre.node.settings.path("letters")
    return sorted((json.loads(p.read_text("utf-8")) for p in folder.glob("*.json")), key=lambda one: one["id"])


async def test_the_caller_and_the_unit_hear_of_it(centre):
    order = await centre.takes("路灯坏了", caller=CALLER)
    await centre.pool.execute("INSERT INTO contacts VALUES ($1, 'sms', '13900005678', now(), 'a')", centre.unit)
    await centre.pool.execute(
        "INSERT INTO contacts VALUES ($1, 'email', 'desk@unit.example.cn', now(), 'a')", centre.unit
    )
    await order.dispatch(unit=centre.unit)
    await centre.follow()
    assert [(r["template"], r["channel"], r["recipient"], r["status"]) for r in await told(centre)] == [
        ("accepted", "sms", "13800001234", "pending"),
        ("dispatched", "in_app", centre.unit, "sent"),
        ("dispatched", "email", "desk@unit.example.cn", "pending"),
        ("dispatched", "sms", "13900005678", "pending"),
    ]
    assert await centre.node.mailer.send_once() == 3
    to_caller = next(one for one in letters(centre) if one["to"] == "13800001234")
    assert order.order.number in to_caller["text"]
    mail = next(one for one in letters(centre) if "@" in one["to"])
    assert "请按时签收" in mail["text"]
    assert "sign for it" in mail["text"]
    assert {r["status"] for r in await told(centre)} == {"sent"}
    receipts = await centre.pool.fetch("SELECT reference, error FROM notification_attempts")
    assert len(receipts) == 3
    assert all(r["reference"].endswith(".json") and r["error"] is None for r in receipts)


async def test_reading_the_same_events_again_writes_nothing_twice(centre):
    await centre.takes("路灯坏了", caller=CALLER)
    await centre.follow()
    await centre.pool.execute("UPDATE reading_places SET txid = '0', position = 0")
    assert await centre.follow() > 0
    assert len(await told(centre)) == 1


async def test_a_reader_that_fails_half_way_has_written_nothing_and_goes_on_from_there(centre):
    await centre.takes("路灯坏了", caller=CALLER)

    async def fails(connection, events):
        await centre.node.writer.handle(connection, events)
        raise RuntimeError("killed")

    async def until_read():
        while not await read_on(centre.pool, "messaging", fails, centre.node.clock.now()):
            await asyncio.sleep(0.01)  # a transaction of another test on the same server may hold readers back

    with pytest.raises(RuntimeError):
        await until_read()
    assert await told(centre) == []
    await centre.follow()
    assert len(await told(centre)) == 1


async def test_at_night_nothing_but_the_urgent_rings(open_world):
    world = await open_world("12345", "110", messaging=SETTINGS, start=NIGHT)
    centre = world.centre("12345")
    await centre.takes("路灯坏了", caller=CALLER)
    await centre.pool.execute("INSERT INTO contacts VALUES ($1, 'sms', '13900005678', now(), 'a')", centre.unit)
    order = await centre.takes("路灯坏了", caller={})
    await order.dispatch(unit=centre.unit)
    await order.raise_danger(text="灯杆倒了，电线落地")
    await centre.follow()
    found = await told(centre, "sms")
    quiet = next(row for row in found if row["template"] == "accepted")
    urgent = next(row for row in found if row["template"] == "danger")
    assert quiet["next_attempt_at"] == datetime(2025, 3, 4, 23, 30, tzinfo=UTC)  # 07:30
    assert (urgent["urgent"], urgent["next_attempt_at"]) == (True, NIGHT)
    waiting = sum(row["next_attempt_at"] > NIGHT for row in found)
    assert await centre.node.mailer.send_once() == len(found) - waiting
    await world.fast_forward(hours=9)
    await centre.node.mailer.send_once()
    assert {row["status"] for row in await told(centre, "sms") if row["id"] == quiet["id"]} == {"sent"}


async def test_a_failure_is_tried_later_and_later_then_it_is_dead_and_can_be_sent_again(centre):
    gateway = Refusing()
    mailer = mailer_with(centre, gateway)
    await centre.takes("路灯坏了", caller=CALLER)
    await centre.follow()
    waits = []
    for _ in default_messaging().retry_seconds:
        assert await mailer.send_once() == 1
        row = (await told(centre))[0]
        waits.append((row["next_attempt_at"] - centre.node.clock.now()).total_seconds())
        assert await mailer.send_once() == 0
        await centre.world.fast_forward(seconds=waits[-1])
    assert tuple(waits) == default_messaging().retry_seconds
    assert await mailer.send_once() == 1
    row = (await told(centre))[0]
    assert (row["status"], row["last_error"]) == ("dead", "the network is down")
    assert [a["kind"] for a in await centre.alarms()] == ["notification.died"]
    from liandong.messaging.writing import SQL

    gateway.works = True
    assert await mailer.send_once() == 0
    await centre.pool.fetch(SQL.resend, [row["id"]], centre.node.clock.now())
    assert await mailer.send_once() == 1
    assert [(r["status"], r["reference"]) for r in await told(centre)] == [("sent", "receipt 1")]
    assert await centre.pool.fetchval("SELECT count(*) FROM notification_attempts") == len(waits) + 2


async def test_a_final_refusal_is_not_tried_again(centre):
    await centre.takes("路灯坏了", caller=CALLER)
    await centre.follow()
    await mailer_with(centre, Refusing(final=True)).send_once()
    assert [(r["status"], r["attempts"]) for r in await told(centre)] == [("dead", 1)]


async def test_two_workers_do_not_send_the_same_one(centre):
    gateway = Refusing()
    gateway.works = True
    for _ in range(5):
        await centre.takes("路灯坏了", caller=CALLER)
    await centre.follow()
    await asyncio.gather(*(mailer_with(centre, gateway).send_once() for _ in range(3)))
    assert len(gateway.taken) == len({letter.id for letter in gateway.taken}) == 5


@pytest.mark.parametrize(
    "more",
    [
        {"exercise": "exercise"},
        {"confidential": True},
        {"caller": {"phone": "02223456789"}},
        {"channel": "import"},
        {"facts": {"danger": True}},
    ],
)
async def test_whom_no_message_reaches_by_sms(centre, more):
    """A drill, a confidential caller, a number that takes no SMS, a matter that was imported, somebody in danger who may hide."""
    await centre.takes("路灯坏了", **({"caller": CALLER} | more))
    await centre.follow()
    assert await told(centre, "sms") == []


async def test_a_foreign_caller_reads_english(centre):
    await centre.takes("路灯坏了", caller=CALLER | {"foreign_language": "English"})
    await centre.follow()
    await centre.node.mailer.send_once()
    assert "Your matter has been taken in" in letters(centre)[0]["text"]


async def test_no_text_of_an_sms_holds_anything_of_the_caller_or_the_matter(centre):
    """Every template, rendered for an order full of personal data: number, link and names of offices, nothing else."""
    secret = {"name": "韩梅梅", "phone": "13800001234", "contact_phone": "13700009999", "address": "南京路某号"}
    order = await centre.takes(
        "楼上邻居王某打人", title="邻里纠纷", caller=secret, incident={"address": "和平区某小区"}
    )
    policy = default_messaging()
    for name, template in policy.templates.items():
        event = {
            "order_id": order.id, "seq": 1, "kind": "order.accepted", "number": order.order.number, "unit": centre.unit, "last_unit": None,
            "caller": json.dumps(secret), "exercise": "actual", "confidential": False, "urgent": False, "danger": False, "body": "{}",
        }  # fmt: skip
        notice = centre.node.writer.to_caller(event, name)
        for language in ("zh", "en"):
            text = policy.render(name, language, notice.params | {"link": "https://x.example/e/t"})
            for private in (*secret.values(), "楼上", "邻里", "和平区某小区", "王某"):
                assert private not in text, (name, private)
        assert set(notice.params) <= {"number", "centre", "unit"}
        assert template.zh
        assert template.en


@pytest.mark.parametrize("text", ["{caller}", "{content}", "{phone}", "{number.__class__}", "{0}", "{"])
def test_a_template_with_anything_else_is_refused_when_it_is_read(text):
    table = msgspec.to_builtins(default_messaging())
    table["templates"]["accepted"]["zh"] = text
    with pytest.raises((MessagingError, msgspec.ValidationError), match="accepted"):
        msgspec.convert(table, MessagingPolicy)


async def test_a_provider_over_http_gets_its_own_fields_and_its_answer_is_the_receipt():
    heard = []

    def provider(request):
        heard.append((dict(request.headers), json.loads(request.content)))
        return httpx.Response(200, json={"code": "0", "msgid": "A-77"})

    settings = GatewaySettings(
        kind="http", url="https://sms.example.cn/send", fields={"mobile": "86{to}", "body": "{text}"}, ok_field="code", ok_value="0",
        reference_field="msgid",
    )  # fmt: skip
    from uuid import uuid4

    letter = Letter(uuid4(), "13800001234", "x", "您好")
    gateway = HttpGateway(settings, "Bearer s", transport=httpx.MockTransport(provider))
    assert await gateway.send(letter) == "A-77"
    headers, body = heard[0]
    assert body == {"mobile": "8613800001234", "body": "您好"}
    assert (headers["idempotency-key"], headers["authorization"]) == (str(letter.id), "Bearer s")


@pytest.mark.parametrize(("status", "final"), [(400, True), (404, True), (429, False), (401, False), (500, False)])
async def test_which_answers_of_a_provider_are_final(status, final):
    from uuid import uuid4

    transport = httpx.MockTransport(lambda request: httpx.Response(status))
    gateway = HttpGateway(GatewaySettings(kind="http", url="https://sms.example.cn"), "", transport=transport)
    with pytest.raises(NotSent) as refusal:
        await gateway.send(Letter(uuid4(), "1", "x", "y"))
    assert refusal.value.final is final


async def test_a_mail_goes_out_by_smtp_and_a_dead_server_is_no_end():
    """A real SMTP conversation with a server of a few lines."""
    from uuid import uuid4

    said = []

    async def serve(reader, writer):
        writer.write(b"220 test\r\n")
        data = False
        while line := await reader.readline():
            said.append(line.decode().rstrip())
            if data:
                data = line != b".\r\n"
                writer.write(b"" if data else b"250 kept\r\n")
            elif line.upper().startswith(b"DATA"):
                data = True
                writer.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = GatewaySettings(kind="smtp", host="127.0.0.1", port=port, sender="a@b.example", starttls=False)
    letter = Letter(uuid4(), "unit@c.example", "督办", "请回复")
    assert str(letter.id) in await SmtpGateway(settings, "").send(letter)
    assert any("RCPT TO:<unit@c.example>" in line.upper().replace("UNIT@C.EXAMPLE", "unit@c.example") for line in said)
    server.close()
    await server.wait_closed()
    with pytest.raises(NotSent) as refusal:
        await SmtpGateway(settings, "").send(letter)
    assert not refusal.value.final


def test_a_gateway_without_an_address_is_refused_at_start(tmp_path):
    with pytest.raises(ValueError, match="smtp"):
        gateways_of(MessagingSettings(email=GatewaySettings(kind="smtp")), tmp_path)


async def test_the_unit_hears_of_a_formal_supervision_and_the_desk_of_the_reply(centre):
    order = await centre.takes("路灯坏了", caller=CALLER)
    await order.dispatch(unit=centre.unit)
    await order.open_oversight(authority="centre", text="x", actor=person("supervisor"))
    await order.reply_oversight(text="y", actor=person("unit", unit=centre.unit))
    await centre.follow()
    inbox = [(r["template"], r["unit"]) for r in await told(centre, "in_app")]
    assert inbox == [("dispatched", centre.unit), ("oversight_opened", centre.unit), ("oversight_replied", "desk")]


async def test_a_claim_of_a_worker_that_died_runs_out(centre):
    await centre.takes("路灯坏了", caller=CALLER)
    await centre.follow()
    from liandong.messaging.sending import CLAIM

    await centre.pool.execute("UPDATE notifications SET claimed_until = $1", centre.node.clock.now() + CLAIM)
    assert await centre.node.mailer.send_once() == 0
    centre.world.clock.advance(CLAIM + timedelta(seconds=1))
    assert await centre.node.mailer.send_once() == 1


async def test_the_worker_does_all_of_it_by_itself(centre):
    """Told, invited, judged badly, handled again: with nothing but the worker's own loops."""
    order = await centre.takes("路灯坏了", caller=CALLER, type="complaint")
    await order.work()
    await order.close()
    await order.call_back(reached=True, solved=False)
    await order.evaluate(satisfaction=1)
    working = asyncio.create_task(work(centre.node))
    try:
        async with asyncio.timeout(30):
            while (await order.look()).order.round == 1 or not letters(centre):
                await asyncio.sleep(0.05)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert (await order.ledger())[-1]["actor"] == "rule:not_solved"
    assert await centre.pool.fetchval("SELECT method FROM call_plans") == "phone"
