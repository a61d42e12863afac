"""Dispatching inside a centre (plan 二(二)3, 二(三)3): working modes, lead and co-handlers, designation, recall, hand-over of units."""

from datetime import date, timedelta

import msgspec
import pytest

from liandong.core.errors import AppError
from liandong.dispatching.handing_over import hand_over
from liandong.units.model import Succession
from liandong.units.reading import shipped_directory
from world import person

BY_SHORT = {unit.short: unit for unit in shipped_directory().units}


def code(short):
    return BY_SHORT[short].org_code


def of_unit(short):
    return person("unit", unit=code(short))


LEAD, HELP, HELP_TOO = "市城市管理委", "市水务局", "市生态环境局"
RETURNED = {"reason": "not_our_duty", "basis": "三定规定"}


@pytest.fixture
def centre(world):
    return world.centre("12345")


async def handled_by(centre, *co_handlers, **more):
    order = await centre.takes("河边垃圾没人管", **more)
    await order.dispatch(unit=code(LEAD), co_handlers=[code(short) for short in co_handlers])
    await order.sign_for(actor=of_unit(LEAD))
    return await order.start_handling(actor=of_unit(LEAD))


async def test_a_neighbours_quarrel_goes_to_its_community_with_one_key_and_the_short_clock(centre):
    address = "天津市和平区劝业场街道兆丰路社区12号楼"
    order = await centre.takes("楼上邻居半夜吵闹", class_intake="190501", incident={"address": address})
    await order.to_station()
    assert order.order.unit == code("兆丰路社区居委会")
    assert (order.order.assignment.mode, order.order.assignment.duty) == ("to_station", "Z1905")
    assert await order.due_at("unit_accept") == centre.node.clock.now() + timedelta(minutes=30)
    await order.sign_for(actor=of_unit("兆丰路社区居委会"))


async def test_a_place_that_is_not_known_well_enough_is_no_station_unless_the_desk_names_one(centre):
    order = await centre.takes("楼上邻居半夜吵闹", class_intake="190501", incident={"address": "天津市和平区"})
    with pytest.raises(AppError, match="地点不足以确定"):
        await order.to_station()
    await order.to_station(unit=code("兆丰路社区居委会"))
    assert order.order.assignment.mode == "to_station"


async def test_what_is_handled_on_receipt_runs_on_the_short_clock_and_anything_else_on_the_long_one(centre):
    on_receipt = await centre.takes("路灯坏了", class_intake="050701", type="complaint")
    await on_receipt.dispatch(unit=code("路灯公司"))
    assert on_receipt.order.assignment.mode == "handled_on_receipt"
    elsewhere = await centre.takes("路灯坏了", class_intake="050701", type="complaint")
    await elsewhere.dispatch(unit=code("和平区政府"))  # not whom the catalogue names
    assert elsewhere.order.assignment.mode == "ordinary"
    assert await on_receipt.due_at("answer") < await elsewhere.due_at("answer")


async def test_a_departments_matter_is_not_passed_down_to_a_street_and_the_refusal_names_the_line(centre):
    order = await centre.takes("超市卖过期食品", class_intake="120301")
    with pytest.raises(AppError, match=r"第 \d+ 行 Z1203“食品安全”.*不得派给街道"):
        await order.dispatch(unit=code("和平区劝业场街道"))
    await order.dispatch(unit=code("和平市场监管局"))


async def test_a_unit_that_has_ended_is_refused_with_its_successor(centre):
    order = await centre.takes("公园的长椅旧了")
    with pytest.raises(AppError, match="由“天津市城市管理委员会（样例）”"):
        await order.dispatch(unit=code("市市容园林委"))
    with pytest.raises(AppError, match="由“天津市城市管理委员会（样例）”"):
        await order.dispatch(unit=code(HELP), co_handlers=[code("市市容园林委")])


async def test_the_leads_answer_waits_for_its_co_handlers(centre):
    order = await handled_by(centre, HELP)
    with pytest.raises(AppError, match="协办单位尚未答复：市水务局"):
        await order.answer(answer="已清理", actor=of_unit(LEAD))
    await order.sign_share(actor=of_unit(HELP))
    await order.answer_share(answer="闸门已修", actor=of_unit(HELP))
    await order.answer(answer="已清理", actor=of_unit(LEAD))
    assert order.order.assignment.shares[0].answer == "闸门已修"
    assert await order.clocks() | {"co_accept": "stopped", "co_answer": "stopped"} == await order.clocks()


async def test_or_says_why_it_does_not_wait(centre):
    order = await handled_by(centre, HELP)
    await order.answer(answer="已清理", without_shares="水务局部分另行答复，市民急需结果", actor=of_unit(LEAD))
    assert order.status == "answered"
    assert (await order.clocks())["co_answer"] == "stopped"


async def test_a_co_handler_sees_the_order_and_does_nothing_but_its_share(centre):
    order = await handled_by(centre, HELP, HELP_TOO)
    with pytest.raises(AppError, match="没有派给您的单位"):
        await order.answer(answer="我替你答", actor=of_unit(HELP))
    with pytest.raises(AppError, match="没有等待签收的协办"):
        await order.sign_share(unit=code(HELP_TOO), actor=of_unit(HELP))
    await order.sign_share(actor=of_unit(HELP))
    assert [share.status for share in order.order.assignment.shares] == ["signed", "dispatched"]
    await order.raise_danger(text="河堤要塌", actor=of_unit(HELP))
    assert order.order.danger


async def test_a_stranger_sees_nothing(centre):
    order = await handled_by(centre, HELP)
    with pytest.raises(AppError) as refused:
        await order.sign_share(actor=of_unit("市教委"))
    assert refused.value.code == "not_found"


async def test_every_co_handler_has_its_own_clock_and_is_named_once_when_it_is_late(world, centre):
    order = await handled_by(centre, HELP)
    first = await order.due_at("co_accept")
    await world.fast_forward(hours=20)
    await order.look()
    await order.add_co_handlers(co_handlers=[code(HELP_TOO)])
    assert await order.due_at("co_accept") == first, "the clock still watches who is due first"
    await world.fast_forward(days=3)
    late = [msgspec.json.decode(row["body"])["units"] for row in await order.ledger() if row["kind"] == "share.overdue"]
    assert sorted(unit for units in late for unit in units) == sorted([code(HELP), code(HELP_TOO)])


async def test_those_that_are_due_later_are_still_watched_when_the_first_was_late(world, centre):
    order = await handled_by(centre, HELP)
    await world.fast_forward(days=1)
    await order.look()
    await order.add_co_handlers(co_handlers=[code(HELP_TOO)])
    await world.fast_forward(days=3)
    late = [msgspec.json.decode(row["body"])["units"] for row in await order.ledger() if row["kind"] == "share.overdue"]
    assert late == [[code(HELP)], [code(HELP_TOO)]]


async def test_joint_signing_binds_the_answer_to_the_draft(centre):
    order = await handled_by(centre, HELP)
    await order.sign_share(actor=of_unit(HELP))
    await order.answer_share(answer="闸门已修", actor=of_unit(HELP))
    await order.circulate(draft="垃圾已清，闸门已修", actor=of_unit(LEAD))
    with pytest.raises(AppError, match="尚未会签：市水务局"):
        await order.answer(answer="垃圾已清，闸门已修", actor=of_unit(LEAD))
    await order.countersign(agrees=False, text="闸门下周修", actor=of_unit(HELP))
    with pytest.raises(AppError, match="不同意见"):
        await order.answer(answer="垃圾已清，闸门已修", actor=of_unit(LEAD))
    await order.circulate(draft="垃圾已清，闸门下周修", actor=of_unit(LEAD))
    await order.countersign(agrees=True, actor=of_unit(HELP))
    with pytest.raises(AppError, match="与会签稿不一致"):
        await order.answer(answer="别的", actor=of_unit(LEAD))
    await order.answer(answer="垃圾已清，闸门下周修", actor=of_unit(LEAD))


async def test_a_dispatch_may_be_recalled_before_it_is_signed_and_not_after(centre):
    order = await centre.takes("河边垃圾没人管")
    await order.dispatch(unit=code(LEAD), co_handlers=[code(HELP)])
    await order.recall_dispatch(reason="派错了")
    assert (order.status, order.order.unit) == ("accepted", None)
    assert [name for name, status in (await order.clocks()).items() if status == "running"] == ["unit_dispatch"]
    await order.dispatch(unit=code(LEAD))
    assert order.order.assignment.shares == [], "what belonged to the recalled dispatch is gone with it"
    await order.sign_for(actor=of_unit(LEAD))
    with pytest.raises(AppError):
        await order.recall_dispatch(reason="派错了")


async def test_redispatch_leaves_no_moment_without_a_unit_and_starts_the_clocks_anew(world, centre):
    order = await centre.takes("河边垃圾没人管")
    await order.dispatch(unit=code(LEAD))
    before = await order.due_at("answer")
    await world.fast_forward(hours=20)
    await order.look()
    await order.redispatch(unit=code(HELP), reason="属水务")
    assert (order.status, order.order.unit) == ("dispatched", code(HELP))
    assert [d.end_reason for d in order.snapshot.dispatches] == ["redispatched", None]
    assert await order.due_at("answer") > before


async def test_after_three_dispatches_without_an_owner_a_unit_is_designated_and_may_not_return(centre):
    order = await centre.takes("两个局都说不归自己管")
    with pytest.raises(AppError, match="未满 3 次"):
        await order.designate(unit=code(LEAD), reason="推诿", basis="首办负责制")
    for short in (LEAD, HELP):
        await order.dispatch(unit=code(short))
        await order.give_back(**RETURNED, actor=of_unit(short))
    await order.dispatch(unit=code(HELP_TOO))
    await order.redispatch(unit=code(LEAD), reason="再试")
    await order.give_back(**RETURNED, actor=of_unit(LEAD))
    with pytest.raises(AppError, match="已派单 3 次无人承办"):
        await order.dispatch(unit=code(LEAD))
    await order.designate(unit=code(LEAD), reason="推诿", basis="首办负责制")
    with pytest.raises(AppError, match="已指定由本单位承办"):
        await order.return_order(**RETURNED, actor=of_unit(LEAD))
    await order.sign_for(actor=of_unit(LEAD))
    await order.start_handling(actor=of_unit(LEAD))
    await order.answer(answer="已办", actor=of_unit(LEAD))
    await order.finish()
    await order.reopen(reason="又来了")
    await order.dispatch(unit=code(HELP))
    await order.give_back(**RETURNED, actor=of_unit(HELP))
    assert order.status == "returned", "a new round counts anew, and nobody is bound in it"


async def test_when_a_unit_is_merged_its_open_orders_move_and_history_stays(world, centre):
    signed, answered = await handled_by(centre, HELP), await handled_by(centre)
    await answered.answer(answer="已清理", actor=of_unit(LEAD))
    helped = await centre.takes("河边垃圾没人管")
    await helped.dispatch(unit=code(HELP_TOO), co_handlers=[code(LEAD)])
    due = await signed.due_at("answer")
    centre.node.policy.directory = merged(LEAD, "市住房城乡建设委", last=date(2025, 3, 4))
    assert await hand_over(centre.pool, centre.node.commands, date(2025, 3, 4)) == 0, "its last day is still its own"
    world.clock.advance(timedelta(days=1))
    assert await hand_over(centre.pool, centre.node.commands, date(2025, 3, 5)) == 2
    assert await hand_over(centre.pool, centre.node.commands, date(2025, 3, 5)) == 0
    for handle in (signed, answered, helped):
        await handle.look()
    heir = code("市住房城乡建设委")
    assert (signed.status, signed.order.unit, await signed.due_at("answer")) == ("handling", heir, due)
    assert [(d.unit, d.end_reason) for d in signed.snapshot.dispatches] == [(code(LEAD), "handed_over"), (heir, None)]
    assert signed.snapshot.dispatches[1].signed_at is not None
    assert [share.unit for share in signed.snapshot.shares] == [code(HELP)]
    assert (answered.order.unit, helped.order.assignment.shares[0].unit) == (code(LEAD), heir)
    with pytest.raises(AppError) as refused:
        await signed.answer(answer="已清理", actor=of_unit(LEAD))
    assert refused.value.code == "not_found"
    await signed.answer(answer="已清理", without_shares="另行答复", actor=of_unit("市住房城乡建设委"))


def merged(short, into, *, last):
    directory = shipped_directory()
    ended = {"valid_to": last, "succession": Succession.MERGED, "successor": code(into)}
    units = tuple(msgspec.structs.replace(u, **ended) if u.short == short else u for u in directory.units)
    return msgspec.structs.replace(directory, version="units-merged", units=units)


async def test_a_police_order_has_no_co_handlers(world):
    order = await world.centre("110").takes("有人打架")
    with pytest.raises(AppError, match="警单不设协办单位"):
        await order.dispatch(unit=world.centre("110").unit, co_handlers=[code(HELP)])


async def test_the_auditor_finds_no_clock_missing_or_late(world, centre):
    order = await handled_by(centre, HELP)
    await order.sign_share(actor=of_unit(HELP))
    await world.fast_forward(days=1)
    await order.look()
    await order.add_co_handlers(co_handlers=[code(HELP_TOO)])
    for _ in range(4):
        await world.fast_forward(days=3)
        await centre.audit()
    assert "share.overdue" in await order.events()
    assert [row["kind"] for row in await centre.findings(open_=False) if row["kind"].startswith("clock")] == []
