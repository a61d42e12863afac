"""The shell: every action by the same rules as over the API, and an order shown so that a person can read it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from apis import open_api
from liandong.cli.app import app

UNCLEAR = "楼上总往下扔烟头，物业不管，找过派出所也不管"


@pytest.fixture
async def city(open_world):
    return await open_world(
        "12345", "110", arbitration=True, start=datetime.now(UTC)
    )  # the shell's clock is the real one


@pytest.fixture
async def shell(city, tmp_path):
    """Runs a command against 12345, in a thread of its own: each command has its own event loop."""
    settings = city.centre("12345").node.settings
    path = tmp_path / "12345.toml"
    peer = settings.peers["110"]
    (kid, key), *_ = peer.public_keys.items()
    path.write_text(
        f'centre = "12345"\ndsn = "{settings.dsn}"\nkey_file = "{settings.path(settings.key_file)}"\nkid = "{settings.kid}"\n'
        f'[peers.110]\nurl = "{peer.url}"\narbitration = true\n[peers.110.public_keys]\n{kid} = "{key}"\n',
        encoding="utf-8",
    )

    async def run(*words, ok=True):
        def invoke():
            return CliRunner().invoke(app, [*words, "-s", str(path)], env={"COLUMNS": "200"})

        result = await asyncio.to_thread(invoke)
        assert (result.exit_code == 0) is ok, (result.output, result.exception)
        return result.output

    return run


async def test_an_order_with_everything_that_passed_between_the_centres_can_be_read(city, shell):
    order = await city.centre("12345").takes(UNCLEAR)
    await order.open_three_way_call(to="110", person="赵坐席", recording_no="R-1")
    await city.settle()
    theirs = await order.at("110")
    await theirs.join_three_way_call(person="钱接警", recording_no="R-2")
    await city.settle()
    await order.end_three_way_call(outcome="unclear")
    await city.settle()
    await theirs.take_position(owner="12345", basis_kind="catalogue", basis="G0501", text="属于物业管理")
    await theirs.accept_transfer()
    await city.settle()
    await order.supervise(text="请说明进展")
    await city.settle()
    await theirs.reply_supervision(text="已到现场")
    await theirs.work()
    await city.settle()
    shown = await shell("orders", "show", order.order.number)
    for words in (
        f"12345 {order.order.number} → 110 {theirs.order.number}",
        "转给110：已接收，协商一致",
        "三方通话（12345发起）：仍不明确",
        "110加入 钱接警 录音R-2",
        "110立场：应由12345承办（清单：G0501）属于物业管理",
        "督办110：已回复，待审核",
        "回复：已到现场",
        "110的结果：已处置",
    ):
        assert words in shown, (words, shown)


async def test_an_action_is_done_by_the_rules_and_what_is_allowed_next_is_shown(city, shell):
    order = await city.centre("12345").takes("停在楼下的电动车让人偷了")
    listed = await shell("orders", "act", order.order.number)
    assert "offer_transfer（转交 / Transfer）" in listed
    done = await shell(
        "orders", "act", order.order.number, "offer_transfer", "to=110", 'items:=["P0101"]', "note=请处理"
    )
    assert "withdraw_transfer" in done
    city.clock.advance(timedelta(minutes=1))
    await city.settle()
    assert (await order.at("110")).is_asked
    (transfer,) = order.snapshot.transfers
    assert transfer.items == ["P0101"]
    assert (await order.ledger())[-1]["actor"].startswith("cli:")


@pytest.mark.parametrize(
    "words, says",
    [
        (("no_such_action",), "没有操作"),
        (("offer_transfer",), "to"),
        (("offer_transfer", "to"), "字段=值"),
        (("offer_transfer", "items:=[x"), "JSON"),
        (("offer_transfer", "to=nowhere"), "没有配置对接中心"),
        (("offer_transfer", "to=110", "--role", "auditor"), "角色"),
        (("close",), "状态"),
    ],
)
async def test_what_can_t_be_done_is_said_in_one_sentence(city, shell, words, says):
    order = await city.centre("12345").takes("停在楼下的电动车让人偷了")
    said = await shell("orders", "act", order.order.number, *words, ok=False)
    assert says in said
    assert "Traceback" not in said
    assert (await order.look()).order.version == 1


async def test_duplicates_precedents_and_proposals_from_the_shell(city, shell):
    for _ in range(3):
        order = await city.centre("12345").takes(UNCLEAR, caller={"phone": "13800001234"})
        await order.negotiate(owner="12345", to="110", basis_kind="law", basis="民法典第1254条")
        await order.keep_matter()
        await city.settle()
    assert "同一来电号码" in await shell("orders", "duplicates", order.order.number)
    found = await shell("precedents", "楼上扔烟头")
    assert found.count("归12345，协商一致") == 3
    question = order.snapshot.transfers[0].precedent.question
    assert "12345 3次" in await shell("proposals", "list", "--status", "open")
    assert "taken" in await shell("proposals", "take", question, "--note", "列入会商")
    assert "已经处理" in await shell("proposals", "dismiss", question, ok=False)
    assert "列入会商" in await shell("proposals", "list")


async def test_a_liaison_s_key_is_made_for_a_peer_only(city, shell):
    assert "ld_" in await shell("keys", "add", "--name", "专席", "--role", "liaison", "--home", "110")
    assert "没有配置对接中心" in await shell(
        "keys", "add", "--name", "x", "--role", "liaison", "--home", "999", ok=False
    )
    assert "liaison" in await shell("keys", "add", "--name", "x", "--role", "liaison", ok=False)
    assert "110" in await shell("keys", "list")
    async with open_api(city.centre("12345")) as api:
        assert (await api.get("/api/v1/orders")).status_code == 200


async def test_a_formal_supervision_is_read_with_its_rounds_and_found_in_the_list(city, shell):
    order = await city.centre("12345").takes("路灯坏了一个月")
    await order.dispatch(unit=order.centre.unit)
    await order.open_oversight(authority="district", text="为何不修")
    await order.reply_oversight(text="灯具已订购")
    await order.check_on_site(place="南京路", found="灯仍不亮")
    shown = await shell("orders", "show", order.order.number)
    for part in ("区级督办", f"{order.order.number}-DB01", "为何不修", "回复：灯具已订购", "灯仍不亮"):
        assert part in shown, part
    assert f"{order.order.number}-DB01  已回复，待审核" in await shell("oversights", "--unit", order.centre.unit)
    assert await shell("oversights", "--overdue") == ""
    assert await shell("oversights", "--authority", "city") == ""


async def test_dead_notifications_are_seen_masked_and_sent_again(city, shell):
    centre = city.centre("12345")
    order = await centre.takes("路灯坏了")
    for status, n in (("dead", 1), ("sent", 2)):
        await centre.pool.execute(
            "INSERT INTO notifications (id, dedup, order_id, event, template, channel, recipient, language, urgent, params, created_at, status,"
            " next_attempt_at, sent_at, last_error) VALUES (gen_random_uuid(), $1, $2, 'e', 'accepted', 'sms', '13800001234', 'zh', false, '{}',"
            " now(), $3, now(), now(), 'wrong number')",
            str(n),
            order.id,
            status,
        )
    shown = await shell("notifications", "list", "--status", "dead")
    assert "138****1234" in shown
    assert "wrong number" in shown
    assert "13800001234" not in shown
    assert "1 条" in await shell("notifications", "resend", "--all")
    assert await centre.pool.fetchval("SELECT count(*) FROM notifications WHERE status = 'pending'") == 1
    await shell("notifications", "resend", ok=False)
