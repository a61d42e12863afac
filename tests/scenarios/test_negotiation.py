"""Unclear duties: a call of three, positions with their bases, and an end in every case (plan 二(三)1)."""

import pytest

from liandong.core.errors import AppError
from world import person

BOTH_WAYS = pytest.mark.parametrize("here, there", [("12345", "110"), ("110", "12345")])
UNCLEAR = "楼上总往下扔烟头，物业不管，找过派出所也不管"
OURS = {"basis_kind": "law", "basis": "治安管理处罚法第四十三条", "text": "属于治安管理"}
THEIRS = {"basis_kind": "catalogue", "basis": "G0501", "text": "属于物业管理"}


async def called(world, here="12345", there="110"):
    """A call of three about an unclear matter, still going on. Both sides' orders."""
    order = await world.centre(here).takes(UNCLEAR)
    await order.open_three_way_call(to=there, person="赵坐席", seat="A03", recording_no="R-1")
    await world.settle()
    theirs = await order.at(there)
    await world.fast_forward(seconds=8)
    await theirs.join_three_way_call(person="钱接警", seat="P07", recording_no="R-2")
    await world.settle()
    return order, theirs


async def negotiated(world, here="12345", there="110"):
    """Still unclear after the call, each side with its position."""
    order, theirs = await called(world, here, there)
    await order.end_three_way_call(outcome="unclear", text="说不清归谁")
    await world.settle()
    await order.take_position(owner=there, **OURS)
    await theirs.take_position(owner=here, **THEIRS)
    await world.settle()
    return order, theirs


def the_transfer(handle):
    return handle.snapshot.transfers[-1]


async def test_an_unclear_matter_is_advised_to_be_talked_about(world):
    order = await world.centre("12345").takes(UNCLEAR)
    assert order.order.verdict.decision == "negotiate"
    assert "三方通话" in order.order.verdict.reason


@BOTH_WAYS
async def test_both_sides_record_who_joined_the_call_when_and_with_which_recording(world, here, there):
    order, theirs = await called(world, here, there)
    assert (await order.clocks())["transfer_ring"] == "stopped"
    await order.end_three_way_call(outcome="receiver", text="属对方受理")
    await world.settle()
    ours, other = the_transfer(order).calls, the_transfer(theirs).calls
    assert ours == other
    (call,) = ours
    assert [(who.centre, who.person, who.seat, who.recording_no) for who in call.joined] == [
        (here, "赵坐席", "A03", "R-1"),
        (there, "钱接警", "P07", "R-2"),
    ]
    assert (call.joined[1].at - call.joined[0].at).total_seconds() == 8
    assert (call.outcome, call.text, call.ended_at) == ("receiver", "属对方受理", world.clock.now())
    assert order.snapshot.negotiation is None  # clear after the call: the other desk just takes it
    await theirs.accept_transfer()
    await world.settle()
    assert await world.owners(order.matter_id) == [there]


async def test_what_the_caller_said_is_on_the_other_screen_when_the_call_rings(world):
    order = await world.centre("12345").takes(UNCLEAR, caller={"name": "王小明", "phone": "13800001234"})
    await order.open_three_way_call(to="110")
    await world.settle()
    theirs = await order.at("110")
    assert theirs.order.content == UNCLEAR
    assert theirs.order.caller == order.order.caller
    assert theirs.is_asked


async def test_a_call_that_nobody_joins_raises_an_alarm_and_the_data_stays_there(world):
    order = await world.centre("12345").takes(UNCLEAR)
    await order.open_three_way_call(to="110")
    await world.settle()
    await world.fast_forward(seconds=61)
    alarms = [row["body"] for row in await order.ledger() if row["kind"] == "clock.overdue"]
    assert any("transfer_ring" in body for body in alarms)
    assert (await order.at("110")).is_asked
    assert await world.owners(order.matter_id) == ["12345"]


@BOTH_WAYS
async def test_still_unclear_after_the_call_both_negotiate_with_positions_and_their_bases(world, here, there):
    order, theirs = await negotiated(world, here, there)
    assert order.snapshot.negotiation.id == theirs.snapshot.negotiation.id
    ours, other = the_transfer(order).positions, the_transfer(theirs).positions
    assert sorted(ours, key=lambda p: p.centre) == sorted(
        other, key=lambda p: p.centre
    )  # said at once: each hears itself first
    said = [(p.centre, p.owner, p.basis_kind, p.basis) for p in ours]
    assert said == [
        (here, there, "law", "治安管理处罚法第四十三条"),
        (there, here, "catalogue", "G0501"),
    ]
    assert await world.owners(order.matter_id) == [here]  # talking moves nothing
    with pytest.raises(AppError, match="协商"):
        await theirs.return_transfer(reason="not_our_duty", basis="G0501")


@BOTH_WAYS
async def test_an_agreement_binds_for_the_round_and_becomes_a_precedent_at_both(world, here, there):
    order, theirs = await negotiated(world, here, there)
    await theirs.accept_transfer()
    await world.settle()
    assert await world.owners(order.matter_id) == [there]
    for side in (order, theirs):
        assert the_transfer(side).settled_by == "agreement"
        assert the_transfer(side).precedent.owner == there
        assert the_transfer(side).precedent.basis == OURS["basis"]
    with pytest.raises(AppError, match="不再互转"):
        await theirs.transfer(here)
    with pytest.raises(AppError):
        await order.recall_transfer(reason="还是想要回来")
    await theirs.work()
    await world.settle()
    await theirs.close()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0


async def test_the_holder_may_give_in_and_keep_it(world):
    order, theirs = await negotiated(world)
    await order.keep_matter(text="同意由我方办理")
    await world.settle()
    assert await world.owners(order.matter_id) == ["12345"]
    assert (the_transfer(order).status, theirs.status) == ("kept", "declined")
    with pytest.raises(AppError, match="不再互转"):
        await order.transfer("110")
    await order.work()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0


@BOTH_WAYS
async def test_without_an_end_the_first_receiver_takes_it_at_the_deadline(world, here, there):
    order, theirs = await negotiated(world, here, there)
    await world.fast_forward(minutes=31)
    assert await world.owners(order.matter_id) == [here]
    assert the_transfer(order).settled_by == the_transfer(theirs).settled_by == "deadline"
    assert theirs.status == "declined"
    assert not theirs.is_asked


async def test_the_first_receiver_takes_back_what_the_other_could_not_keep(world):
    """It had gone to 110, which found it unclear: at the deadline it is the asked side that takes it."""
    order = await world.centre("12345").takes(UNCLEAR)
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await world.settle()
    await theirs.negotiate(owner="12345", to="12345", **THEIRS)
    await world.settle()
    assert order.is_asked
    await world.fast_forward(minutes=31)
    assert await world.owners(order.matter_id) == ["12345"]
    assert order.status == "accepted"
    assert "negotiation.lapsed_taken" in await order.events()


async def test_a_cut_link_does_not_keep_the_first_receiver_waiting(world):
    order, theirs = await negotiated(world)
    world.cut()
    await world.fast_forward(minutes=31)
    assert await world.owners(order.matter_id) == ["12345"]
    await order.dispatch(unit=order.centre.unit)  # work begins while the link is still down
    world.mend()
    await world.fast_forward(seconds=30)
    assert the_transfer(theirs).settled_by == "deadline"
    assert await world.owners(order.matter_id) == ["12345"]
    assert await world.differences() == []


async def test_positions_that_cross_a_cut_link_arrive_and_an_acceptance_said_meanwhile_counts(world):
    order, theirs = await called(world)
    await order.end_three_way_call(outcome="unclear")
    await world.settle()
    world.cut()
    await order.take_position(owner="110", **OURS)
    await theirs.take_position(owner="110", basis_kind="precedent", basis="上次也归我们")
    await theirs.accept_transfer()
    await world.fast_forward(minutes=31)  # the holder's deadline passes in the dark: it keeps the matter for now
    assert set(await world.owners(order.matter_id)) == {"12345", "110"}
    world.mend()
    await world.fast_forward(seconds=30)
    assert await world.owners(order.matter_id) == ["110"]
    assert {p.centre for p in the_transfer(order).positions} == {"12345", "110"}
    assert await world.differences() == []


@BOTH_WAYS
@pytest.mark.parametrize("owner", ["here", "there"])
@pytest.mark.parametrize("ruler", ["here", "there"])
async def test_a_leader_of_either_side_decides_where_both_have_agreed_to_that(open_world, here, there, owner, ruler):
    world = await open_world(arbitration=True)
    order, theirs = await negotiated(world, here, there)
    chosen = here if owner == "here" else there
    judge = order if ruler == "here" else theirs
    await judge.arbitrate(owner=chosen, basis_kind="law", basis="国办发〔2022〕12号", actor=person("leader"))
    await world.settle()
    assert await world.owners(order.matter_id) == [chosen]
    for side in (order, theirs):
        assert the_transfer(side).settled_by == "arbitration"
        assert the_transfer(side).precedent.owner == chosen
        assert the_transfer(side).precedent.basis == "国办发〔2022〕12号"


async def test_no_leader_decides_for_a_centre_that_has_not_agreed_to_it(world):
    order, _ = await negotiated(world)
    with pytest.raises(AppError, match="没有约定"):
        await order.arbitrate(owner="110", actor=person("leader"), **OURS)
    assert await world.owners(order.matter_id) == ["12345"]


async def test_a_call_taker_is_no_leader(open_world):
    world = await open_world(arbitration=True)
    order, _ = await negotiated(world)
    with pytest.raises(AppError, match="leader"):
        await order.arbitrate(owner="110", actor=person("call_taker"), **OURS)


async def test_a_ruling_that_crosses_a_cut_link_is_carried_out_when_it_is_whole_again(open_world):
    world = await open_world(arbitration=True)
    order, theirs = await negotiated(world)
    world.cut()
    await order.arbitrate(owner="110", actor=person("leader"), **OURS)
    await world.fast_forward(minutes=5)
    assert await world.owners(order.matter_id) == ["12345"]
    world.mend()
    await world.fast_forward(seconds=30)
    assert await world.owners(order.matter_id) == ["110"]
    assert theirs.status == "received"
    assert the_transfer(order).settled_by == "arbitration"


async def test_given_back_twice_the_next_offer_is_a_negotiation(world):
    order = await world.centre("12345").takes("小区门口总有人摆摊占道还吵架")
    for _ in range(2):
        await order.transfer("110")
        await world.settle()
        theirs = await order.at("110")
        await theirs.return_transfer(reason="not_our_duty", basis="目录")
        await world.settle()
    assert order.order.bounces == 2
    await order.transfer("110")
    assert order.snapshot.negotiation is not None
    await world.settle()
    assert theirs.snapshot.negotiation is not None
    with pytest.raises(AppError):
        await theirs.return_transfer(reason="not_our_duty", basis="目录")
    await world.fast_forward(minutes=31)
    assert await world.owners(order.matter_id) == ["12345"]


async def test_danger_ends_every_talk(world):
    order, theirs = await negotiated(world)
    await order.raise_danger(text="扔下来的酒瓶砸到人了")
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert theirs.status == "received"
    assert order.snapshot.negotiation is None
    assert theirs.snapshot.negotiation is None


async def test_in_danger_nobody_negotiates(world):
    order = await world.centre("12345").takes("家里煤气味很大，报警器一直响")
    with pytest.raises(AppError, match="110先行处置"):
        await order.negotiate(owner="110", to="110", **OURS)


async def test_danger_learned_in_the_midst_of_a_talk_ends_it_at_once(world):
    """By a question's answer or a correction, which elsewhere leave a person a moment; here the clock does not wait."""
    hotline = world.centre("12345")
    order = await hotline.takes("楼道里有人争吵")
    await order.negotiate(owner="110", to="110", **OURS)
    await order.open_three_way_call(to="110")
    world.link("12345", "110").cut()
    await order.amend(facts={"danger": True})
    for talk in (
        order.take_position(owner="110", **OURS),
        order.join_three_way_call(),
        order.end_three_way_call(outcome="unclear"),
    ):
        with pytest.raises(AppError, match="请先按“险情”告知110"):
            await talk
    await hotline.fire_clocks()
    assert (await order.events())[-1] == "transfer.offered_by_clock"
    world.link("12345", "110").mend()
    await world.settle()
    theirs = await order.at("110")
    assert (theirs.status, theirs.order.danger, theirs.order.responsible) == ("received", True, True)
    await hotline.audit()
    assert "emergency_delayed" not in [row["kind"] for row in await hotline.findings()]
