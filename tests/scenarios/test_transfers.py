"""Ordinary transfers, both ways: from the caller's words to a closed loop on both sides."""

import pytest

BOTH_WAYS = pytest.mark.parametrize("here, there", [("12345", "110"), ("110", "12345")])
SAID = {
    "title": "夜间扰民",
    "caller": {"name": "王小明", "phone": "13800001234", "foreign_language": "英语"},
    "incident": {"address": "和平区南京路1号", "wgs84": {"lon": 117.2, "lat": 39.1}, "trapped": 0, "injured": 2},
    "call": {"recording_no": "R-7", "seat": "A03"},
    "division_code": "120101",
    "tags": ["夜间"],
    "class_intake": "020101",
    "confidential": True,
}


@BOTH_WAYS
async def test_a_clear_transfer_is_accepted_worked_and_evaluated_at_both_ends(world, here, there):
    order = await world.centre(here).takes("邻居深夜打麻将，吵得睡不着")
    await order.transfer(there, note="请你们处理")
    await world.settle()
    theirs = await order.at(there)
    assert theirs.status == "offered"
    assert await world.owners(order.matter_id) == [here]

    await theirs.accept_transfer()
    assert sorted(await world.owners(order.matter_id)) == sorted([here, there])  # the acceptance is on its way
    await world.settle()
    assert order.status == "following"
    assert await world.owners(order.matter_id) == [there]

    await theirs.work()
    await world.settle()
    done = "answered" if here == "12345" else "fed_back"
    assert order.status == done
    assert order.order.answer == theirs.order.answer

    await theirs.close()
    await order.finish()
    await world.settle()
    assert (order.status, theirs.status) == ("evaluated", "evaluated")
    assert theirs.order.satisfaction == 5
    assert await world.open_loops() == 0
    assert await world.owners(order.matter_id) == []
    assert await world.differences() == []


@BOTH_WAYS
async def test_the_caller_never_has_to_repeat_what_was_said(world, here, there):
    order = await world.centre(here).takes("邻居深夜打麻将", **SAID)
    await order.transfer(there)
    await world.settle()
    theirs = await order.at(there)
    for name in (
        "content",
        "title",
        "caller",
        "incident",
        "call",
        "division_code",
        "tags",
        "class_intake",
        "confidential",
    ):
        assert getattr(theirs.order, name) == getattr(order.order, name), name
    assert theirs.order.first_receiver == here
    assert theirs.order.exercise == order.order.exercise


async def test_progress_at_the_receiver_is_seen_by_the_sender(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await theirs.dispatch(unit=theirs.centre.unit)
    await world.settle()
    transfer = order.snapshot.transfers[0]
    assert transfer.peer_status == "dispatched"
    assert transfer.peer_number == theirs.order.number


async def test_a_returned_transfer_says_why_and_the_sender_handles_it_itself(world):
    order = await world.centre("12345").takes("楼上装修噪声")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.return_transfer(reason="not_our_duty", basis="国办发〔2022〕12号", text="属于住建部门")
    await world.settle()
    assert theirs.status == "declined"
    assert order.status == "accepted"
    transfer = order.snapshot.transfers[0]
    assert (transfer.status, transfer.reason, transfer.basis, transfer.text) == (
        "returned", "not_our_duty", "国办发〔2022〕12号", "属于住建部门",
    )  # fmt: skip
    await order.work()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0


async def test_after_a_return_the_same_matter_may_be_offered_again(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.return_transfer(reason="incomplete", basis="目录", text="缺地址")
    await world.settle()
    await order.supplement(text="地址是南京路1号3门201")
    await order.transfer("110")
    await world.settle()
    assert theirs.status == "offered"
    assert "南京路1号3门201" in theirs.order.content
    await theirs.accept_transfer()
    await world.settle()
    assert order.status == "following"


async def test_a_matter_goes_there_and_back_again_and_both_loops_close(world):
    order = await world.centre("12345").takes("两家因漏水争吵")
    await order.transfer("110")
    await world.settle()
    police = await order.at("110")
    await police.accept_transfer()
    await world.settle()
    assert order.status == "following"
    await police.transfer("12345", note="属于物业纠纷")
    await world.settle()
    assert order.is_asked
    await order.accept_transfer()
    await world.settle()
    assert police.status == "following"
    assert await world.owners(order.matter_id) == ["12345"]
    await order.work()
    await order.finish()
    await world.settle()
    assert police.status in {"evaluated", "fed_back"}
    if police.status == "fed_back":
        await police.close()
    await world.settle()
    assert await world.open_loops() == 0
    assert await world.differences() == []


async def test_who_returns_what_it_had_handed_over_itself_goes_on_following(world):
    order = await world.centre("12345").takes("两家因漏水争吵")
    await order.transfer("110")
    await world.settle()
    police = await order.at("110")
    await police.accept_transfer()
    await world.settle()
    await police.transfer("12345")
    await world.settle()
    await order.return_transfer(reason="not_our_duty", basis="目录")
    await world.settle()
    assert order.status == "following"
    assert await world.owners(order.matter_id) == ["110"]


async def test_only_the_part_of_the_other_centre_is_handed_over_and_both_work(world):
    order = await world.centre("110").takes("夫妻打架，扬言要拿刀")
    await order.dispatch(unit=order.centre.unit)
    await order.transfer("12345", part=True, note="请街道调解")
    await world.settle()
    theirs = await order.at("12345")
    await theirs.accept_transfer()
    await world.settle()
    assert order.status == "dispatched"
    assert sorted(await world.owners(order.matter_id)) == ["110", "12345"]
    assert await world.differences() == []  # joint handling is marked as such

    for step, fields in (
        ("acknowledge", {}),
        ("arrive", {}),
        ("start_disposing", {}),
        ("feed_back", {"result": "已劝开"}),
    ):
        await order.act(step, **fields)
    with pytest.raises(Exception, match="尚未反馈结果"):
        await order.close()
    await theirs.work()
    await world.settle()
    assert order.snapshot.transfers[0].peer_result["answer"] == "已处理"
    await theirs.close()
    await order.finish()
    await world.settle()
    assert theirs.status == "evaluated"
    assert await world.open_loops() == 0


async def test_a_supplement_reaches_whoever_shares_the_matter(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await order.supplement(text="又偷了一辆，红色")
    await world.settle()
    theirs = await order.at("110")
    assert "又偷了一辆，红色" in theirs.order.content


@BOTH_WAYS
async def test_an_offer_that_nobody_answers_becomes_a_negotiation_and_stays_with_the_first_receiver(world, here, there):
    order = await world.centre(here).takes("邻居深夜打麻将")
    offered_at = world.clock.now()
    await order.transfer(there)
    await world.fast_forward(minutes=14)
    assert (await order.clocks())["transfer_accept"] == "running"
    await world.fast_forward(minutes=2)
    theirs = await order.at(there)
    opened = next(row for row in await order.ledger() if row["kind"] == "negotiation.opened_by_clock")
    assert (opened["at"] - offered_at).total_seconds() == 15 * 60
    assert '"clock":"transfer_accept"' in opened["body"]
    assert opened["actor"] == "clock"
    assert order.snapshot.negotiation.id == theirs.snapshot.negotiation.id
    await world.fast_forward(minutes=31)
    assert [t.status for t in (*order.snapshot.transfers, *theirs.snapshot.transfers)] == ["kept", "kept"]
    assert theirs.status == "declined"
    assert await world.owners(order.matter_id) == [here]
    assert await world.differences() == []


async def test_who_is_asked_is_alarmed_at_its_minute(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    world.cut()  # the word that it is negotiated now does not come through
    await world.fast_forward(minutes=16)
    alarm = next(row for row in await theirs.ledger() if row["kind"] == "clock.overdue")
    assert '"clock":"transfer_accept"' in alarm["body"]
    assert (await theirs.clocks())["transfer_accept"] == "fired"
    await theirs.accept_transfer()
    world.mend()
    await world.fast_forward(minutes=1)
    assert order.status == "following"


async def test_an_evaluation_that_is_not_given_lapses_and_closes_both_loops(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await theirs.work()
    await theirs.close()
    await world.settle()
    await order.close()
    await order.call_back(reached=True, solved=True)
    await world.fast_forward(days=8)
    assert (order.status, theirs.status) == ("evaluated", "evaluated")
    assert order.order.satisfaction is None
    assert await world.open_loops() == 0


async def test_a_drill_stays_a_drill_at_the_other_centre(world):
    order = await world.centre("12345").takes("演练：小区有人偷电动车", exercise="exercise")
    await order.transfer("110")
    await world.settle()
    assert (await order.at("110")).order.exercise == "exercise"
