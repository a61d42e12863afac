"""Emergencies over several centres: declared, joined, broadcast, acted on, called back, ended, reviewed; and drills beside the real."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import msgspec
import pytest

from apis import open_api, problem
from files import photo, upload
from liandong.core.errors import AppError
from liandong.emergencies import actions as act
from liandong.emergencies.store import lines_of
from liandong.emergencies.timeline import chain_of, timeline
from liandong.people.live import Viewer
from patience import everybody_sees_all
from world import Actor

LEADER = Actor(id="值班长", roles=frozenset({"supervisor"}))
OTHER = Actor(id="副班长", roles=frozenset({"supervisor"}))
DESK = Actor(id="坐席", roles=frozenset({"call_taker"}))
EIGHT = ("12345", "110", "119", "120", "water", "power", "gas", "heat")


def declaration(**more):
    body = {"id": str(uuid4()), "subtype": "gas", "title": "阳光花园燃气爆炸", "place": {"text": "南开区阳光花园3号楼"}}
    return msgspec.convert(body | more, act.Declaration, strict=False)


async def settle(world):
    """Clocks, messages and everybody's watch, until nothing moves."""
    for _ in range(30):
        await world.settle()
        for centre in world.centres:
            await everybody_sees_all(centre.pool)
        if not sum([await centre.node.watching.look_once() for centre in world.centres]):
            return
    raise AssertionError("the watches do not come to rest")


async def later(world, **duration):
    world.clock.advance(timedelta(**duration))
    await settle(world)


async def at(centre, emergency_id):
    return await centre.node.emergencies.one(emergency_id)


async def does(centre, emergency_id, kind, who=LEADER, **fields):
    return await centre.node.emergencies.act(emergency_id, kind(**fields), who)


async def same_everywhere(world, emergency_id, codes=None):
    states = [await at(centre, emergency_id) for centre in world.centres if codes is None or centre.code in codes]
    assert all(state == states[0] for state in states), "the centres do not see the same"
    return states[0]


async def test_an_emergency_is_declared_broadcast_acted_on_and_ended_over_three_centres(open_world):
    world = await open_world("12345", "110", "119")
    hotline, police, fire = world.centres
    state = await hotline.node.emergencies.declare(declaration(facts={"injured": 12}), LEADER)
    assert (state.level, "受伤12人" in state.why, state.status) == (3, True, "open")
    await settle(world)
    state = await same_everywhere(world, state.id)
    held = {task.key: task.holder for task in state.tasks}
    assert (held["gas/rescue"], held["gas/order"]) == ("119", "110")
    assert held["gas/shut"] == "12345", "gas has no node here: who declared telephones"
    assert [one["kind"] for one in await police.alarms()] == ["emergency.declared"]

    broadcast = uuid4()
    hub = police.node.live
    screen, _ = await hub.subscribe(Viewer.of(DESK))
    await does(hotline, state.id, act.SendBroadcast, id=broadcast, text="疏散3号楼周边")
    await settle(world)
    async with asyncio.timeout(10):
        while b"event: emergency" not in (told := await screen.chunks.get()):
            pass
    assert str(state.id).encode() in told, "the desk's screen is told at once"
    assert not Viewer.of(Actor("x", frozenset({"unit"}), "u")).emergencies
    hub.leave(screen)
    await police.node.emergencies.note_read(state.id, broadcast, DESK)
    await does(fire, state.id, act.ActOnBroadcast, id=broadcast, text="两车已出动")
    for key in ("gas/rescue", "gas/order"):
        centre = world.centre(held[key])
        await does(centre, state.id, act.AcceptTask, key=key)
        await does(centre, state.id, act.FinishTask, key=key, text="完成")
    await settle(world)
    state = await same_everywhere(world, state.id)
    assert {one.centre: one.status for one in state.broadcasts[0].receipts} == {
        "12345": "read",
        "110": "read",
        "119": "acting",
    }
    with pytest.raises(AppError, match="还有 5 项任务没有完成"):
        await does(hotline, state.id, act.End, reason="险情排除")
    for task in state.tasks:
        if task.is_open:
            await does(hotline, state.id, act.FinishTask, key=task.key)
    state = await does(hotline, state.id, act.End, reason="险情排除")
    await settle(world)
    state = await same_everywhere(world, state.id)
    assert (state.status, state.end_reason) == ("ended", "险情排除")
    due = world.clock.now() + timedelta(days=10)
    measure = act.MeasureGiven(title="加装楼道报警器", to="119", due_at=due)
    await does(police, state.id, act.Review, findings=["关阀用了 20 分钟"], measures=[measure])
    await settle(world)
    await does(fire, state.id, act.FinishTask, key="measure/110/1")
    await settle(world)
    state = await same_everywhere(world, state.id)
    assert (state.findings, state.task("measure/110/1").status) == (["关阀用了 20 分钟"], "done")
    chain = chain_of(await lines_of(police.pool, [state.id]))
    assert (chain.missing, chain.broken) == ([], [])
    assert await world.centre("110").node.pool.fetchval("SELECT count(*) FROM inbox WHERE status <> 'handled'") == 0


SAYINGS = (
    "阳光花园3号楼爆炸了，玻璃都震碎了",
    "刚才一声巨响，阳光花园那边冒黑烟",
    "阳光花园有煤气味，楼里炸了",
    "我家在阳光花园，厨房燃气泄漏爆炸",
    "阳光花园门口全是碎玻璃，好像爆炸了",
)


async def test_forty_callers_report_a_gas_explosion_at_three_centres_within_five_minutes(open_world):
    """One emergency, nobody asked twice, everybody called back."""
    world = await open_world("12345", "110", "119")
    hotline = world.centre("12345")
    people = [f"1380000{n:04}" for n in range(40)]
    first, later_on = people[:8], people[8:]
    for n, phone in enumerate(first):
        centre = hotline if n < 5 else world.centre("110")
        await centre.takes(SAYINGS[n % 5], caller={"phone": phone}, division_code="120104")
        world.clock.advance(timedelta(seconds=8))
    await settle(world)
    [proposal] = await hotline.node.bursts.open()
    assert (proposal.subtype, proposal.place, len(proposal.orders)) == ("gas", "阳光花园", 5)
    assert "5 人" in proposal.why
    given = declaration(
        proposal=str(proposal.id), orders=[str(one) for one in proposal.orders], mass_call=True, reason="核实属实"
    )
    state = await hotline.node.emergencies.declare(given, LEADER)
    await settle(world)
    assert await hotline.node.bursts.counts(1) == {"open": 0, "declared": 1, "false_alarm": 0}
    [theirs] = await world.centre("110").node.bursts.open()
    assert theirs.same_as == state.id, "the same burst there, from its own calls and what 12345 handed over"
    await world.centre("110").node.bursts.belongs(theirs.id, state.id, LEADER)
    known = []
    for n, phone in enumerate(later_on):
        centre = world.centres[n % 3]
        call = act.CallTaken(id=uuid4(), phone=phone, words=SAYINGS[n % 5])
        await centre.node.callers.take(state.id, call, DESK)
        assert (await centre.node.callers.take(state.id, call, DESK)).calls == 1, "sent twice is one call"
        world.clock.advance(timedelta(seconds=6))
        if n % 4 == 0:  # a quarter call another number as well
            await settle(world)
            again = act.CallTaken(id=uuid4(), phone=phone, words="怎么还没人来")
            known.append(await world.centres[(n + 1) % 3].node.callers.take(state.id, again, DESK))
    assert [one.known_at for one in known] == [world.centres[n % 3].code for n in range(0, 32, 4)]
    helped = act.CallTaken(id=uuid4(), phone="13911110000", words="我被困在301，门打不开", needs_help=True)
    taken = await hotline.node.callers.take(state.id, helped, DESK)
    assert taken.order_number
    await settle(world)
    state = await same_everywhere(world, state.id)
    assert len(await hotline.node.emergencies.listed(_any(), 10)) == 1
    assert len({one.matter_id for one in state.orders}) == 9
    order = await hotline.node.store.load(taken.order_id)
    assert order.order.status not in ("closed", "cancelled"), "its own loop goes on"
    await _a_photo_goes_into_the_log_and_an_order_into_another_emergency(world, state, proposal.orders[0])
    rung = []
    for centre in world.centres:
        while waiting := await centre.node.callers.to_call(state, 50):
            for caller in waiting:
                shown = await centre.node.callers.begin(caller.id, DESK)
                assert "*" in caller.phone
                assert "*" not in shown.phone
                rung.append(shown.phone)
                await centre.node.callers.called_back(caller.id, act.CalledBack(reached=True, result="已告知"), DESK)
    assert sorted(rung) == sorted([*later_on, "13911110000"]), "everybody is called back, and by one centre alone"


async def _a_photo_goes_into_the_log_and_an_order_into_another_emergency(world, state, order_id):
    hotline = world.centre("12345")
    handle = hotline.hold(await hotline.node.store.load(order_id))
    added = await upload(handle, photo(), "现场.jpg")
    ref = act.FileRef(order_id=order_id, attachment_id=added.id)
    await does(hotline, state.id, act.Note, text="三层外墙", files=[ref], place=act.PlaceGiven(text="3号楼北侧"))
    await settle(world)
    lines = await lines_of(world.centre("110").pool, [state.id])
    noted = timeline(lines, state)[-1]
    assert ([file["name"] for file in noted.files], noted.place) == (["现场.jpg"], "3号楼北侧")
    hidden = await upload(handle, photo(), "保密.jpg", confidential=True)
    with pytest.raises(AppError, match="不保密"):
        await does(
            hotline, state.id, act.Note, text="x", files=[act.FileRef(order_id=order_id, attachment_id=hidden.id)]
        )
    other = declaration(subtype="fire", title="隔壁仓库起火", place={"text": "新兴仓库"}, orders=[str(order_id)])
    other = await hotline.node.emergencies.declare(other, LEADER)
    await settle(world)
    assert [one.out for one in other.orders] == [False]
    assert sum(one.out for one in (await same_everywhere(world, state.id)).orders) == 1


def _any():
    from liandong.emergencies.service import Board

    return Board()


async def test_two_centres_declare_at_once_and_it_is_one_emergency_without_double_tasks(open_world):
    world = await open_world("12345", "110", "119")
    hotline, police, fire = world.centres
    world.cut()
    one = await hotline.node.emergencies.declare(declaration(), LEADER)
    other = await police.node.emergencies.declare(
        declaration(title="阳光花园爆燃", place={"text": "阳光花园"}, facts={"dead": 3}), OTHER
    )
    apart = await police.node.emergencies.declare(declaration(title="鼓楼起火", subtype="fire"), OTHER)
    await does(hotline, one.id, act.FinishTask, key="gas/shut", text="已关阀")
    await does(police, other.id, act.AcceptTask, key="gas/order")
    await settle(world)
    world.mend()
    world.clock.advance(timedelta(minutes=10))
    await settle(world)
    state = await same_everywhere(world, one.id)
    assert await same_everywhere(world, other.id) == state, "both ids lead to the same emergency"
    assert len({task.key for task in state.tasks}) == len(state.tasks)
    assert [task.key for task in state.tasks].count("gas/rescue") == 1
    assert (state.task("gas/shut").status, state.task("gas/order").status) == ("done", "accepted")
    assert state.facts.dead == 3, "the graver count of both"
    board = await fire.node.emergencies.listed(_any(), 10)
    assert sorted(row.title for row in board) == sorted([state.title, "鼓楼起火"])
    joins = [line for line in await lines_of(fire.pool, [one.id, other.id]) if line.event == "emergency.joined"]
    assert len(joins) == 1
    member = state.members[0]
    split = await does(hotline, state.id, act.SplitOff, member=member, reason="核实是两处")
    await settle(world)
    assert split.id == member
    assert (await same_everywhere(world, member)).members == []
    assert (await same_everywhere(world, state.id)).id == state.id
    twin = declaration(title="阳光花园又响了一声", place={"text": "阳光花园"})
    with pytest.raises(AppError, match="看来是同一事件"):
        await fire.node.emergencies.declare(twin, LEADER)
    again = msgspec.structs.replace(twin, apart=True)
    assert (await fire.node.emergencies.declare(again, LEADER)).id == twin.id
    assert apart.status == "open"


async def test_a_link_is_cut_in_the_middle_of_a_broadcast_and_each_centre_hears_it_or_is_known_to_be_silent(open_world):
    world = await open_world("12345", "110", "119", "gas")
    hotline, gas = world.centre("12345"), world.centre("gas")
    state = await hotline.node.emergencies.declare(declaration(), LEADER)
    await settle(world)
    for code in ("12345", "110", "119"):
        world.link("gas", code).cut()
        world.link(code, "gas").cut()
    broadcast = uuid4()
    await does(hotline, state.id, act.SendBroadcast, id=broadcast, text="关断片区供气")
    await settle(world)
    for code in ("110", "119"):
        await world.centre(code).node.emergencies.note_read(state.id, broadcast, DESK)
    for _ in range(4):
        await later(world, seconds=61)
    state = await same_everywhere(world, state.id, ("12345", "110", "119"))
    receipts = {one.centre: one for one in state.broadcasts[0].receipts}
    assert (receipts["gas"].status, receipts["gas"].rung, receipts["gas"].passed_to) == ("silent", 2, "12345")
    reach = state.task(f"reach/{broadcast}/gas")
    assert "电话" in reach.title
    assert reach.holder == "12345"
    async with open_api(hotline) as api:
        seen = (await api.get(f"/api/v1/emergencies/{state.id}")).json()
    assert [one["peer"] for one in seen["unreached"]] == ["gas"]
    shut = state.task("gas/shut")
    assert (shut.holder, shut.passed_from) == ("12345", ["gas"]), "nobody answered: the next one was called"
    world.mend()
    await later(world, minutes=2)
    await later(world, minutes=2)
    await gas.node.emergencies.note_read(state.id, broadcast, DESK)
    await settle(world)
    state = await same_everywhere(world, state.id)
    assert {one.status for one in state.broadcasts[0].receipts} == {"read"}


async def test_a_drill_during_a_real_emergency_is_marked_everywhere_and_never_mixed(open_world):
    world = await open_world("12345", "110")
    hotline, police = world.centres
    real = await hotline.node.emergencies.declare(declaration(), LEADER)
    drill = await hotline.node.emergencies.declare(declaration(exercise="exercise", title="燃气演练"), LEADER)
    assert (real.number, drill.number) == ("12345-E000001", "12345-D000001")
    await does(hotline, drill.id, act.SendBroadcast, id=uuid4(), text="各单位到位")
    await does(hotline, drill.id, act.Inject, text="二次爆炸，两人被困", within_minutes=5)
    await does(hotline, drill.id, act.DraftAgreedAnswer, text="演练答复")
    await does(hotline, drill.id, act.AgreeAnswer, OTHER, no=1, text="演练答复")
    await settle(world)
    state = await same_everywhere(world, drill.id)
    assert state.broadcasts[0].text == "【演练】各单位到位"
    told = await police.pool.fetch("SELECT severity, zh FROM alarms WHERE subject = $1", drill.number)
    assert told
    assert all(row["severity"] == "info" and row["zh"].startswith("【演练】") for row in told)
    sent = await hotline.pool.fetch("SELECT DISTINCT matter_id, exercise FROM outbox")
    assert {(row["matter_id"], row["exercise"]) for row in sent} == {(real.id, "actual"), (drill.id, "exercise")}
    assert await hotline.node.knowledge.search("燃气演练怎么回事", ["public", "seat"]) == []
    with pytest.raises(AppError, match="不能合并"):
        await does(hotline, drill.id, act.Join, into=real.id, reason="x")
    order = await police.takes("阳光花园爆炸")
    with pytest.raises(AppError, match="不能混在一起"):
        await does(police, drill.id, act.LinkOrders, orders=[order.id])
    with pytest.raises(AppError, match="只有演练"):
        await does(hotline, real.id, act.Inject, text="x", within_minutes=5)
    world.clock.advance(timedelta(minutes=3))
    await does(police, drill.id, act.MeetInject, no=1)
    await settle(world)
    async with open_api(police) as api:
        log = (await api.get(f"/api/v1/emergencies/{drill.id}/log")).json()
        boards = (await api.get("/api/v1/emergencies", exercise="actual")).json()
    assert (log["score"]["injected"], log["score"]["met_in_time"]) == (1, 1)
    assert [row["id"] for row in boards] == [str(real.id)]
    assert await hotline.node.bursts.counts(1) == {"open": 0, "declared": 0, "false_alarm": 0}


async def test_the_agreed_answer_is_at_every_desk_and_in_automatic_answers_until_it_is_replaced_or_over(open_world):
    world = await open_world("12345", "110")
    hotline, police = world.centres
    state = await hotline.node.emergencies.declare(declaration(), LEADER)
    await does(hotline, state.id, act.DraftAgreedAnswer, text="阳光花园正在处置，请勿靠近。", who=LEADER)
    with pytest.raises(AppError, match="起草人以外"):
        await does(hotline, state.id, act.AgreeAnswer, no=1, text="阳光花园正在处置，请勿靠近。")
    with pytest.raises(AppError, match="不是您看到的"):
        await does(hotline, state.id, act.AgreeAnswer, OTHER, no=1, text="另一句")
    await does(hotline, state.id, act.AgreeAnswer, OTHER, no=1, text="阳光花园正在处置，请勿靠近。")
    await settle(world)

    async def answers(centre):
        found = await centre.node.knowledge.search("阳光花园燃气爆炸怎么回事", ["public"])
        return [one.answer for one in found]

    for centre in world.centres:
        assert (await at(centre, state.id)).answer.text == "阳光花园正在处置，请勿靠近。"
        assert await answers(centre) == ["阳光花园正在处置，请勿靠近。"]
    await does(hotline, state.id, act.DraftAgreedAnswer, text="阳光花园已排险，供气今晚恢复。")
    await does(hotline, state.id, act.AgreeAnswer, OTHER, no=2, text="阳光花园已排险，供气今晚恢复。")
    await settle(world)
    state = await same_everywhere(world, state.id)
    assert [one.status for one in state.answers] == ["replaced", "agreed"]
    assert await answers(police) == ["阳光花园已排险，供气今晚恢复。"]
    for task in state.tasks:
        await does(world.centre(task.holder), state.id, act.FinishTask, key=task.key)
    await settle(world)
    await does(hotline, state.id, act.End, reason="处置完毕")
    await settle(world)
    for centre in world.centres:
        assert await answers(centre) == []
        assert (await at(centre, state.id)).status == "ended"


async def test_over_http_a_leader_leads_a_desk_takes_calls_and_clocks_that_contradict_cause_are_shown(
    world, shared_folder
):
    import xmlschema

    hotline, police = world.centres
    async with open_api(hotline) as api, open_api(police) as there:
        body = msgspec.to_builtins(declaration(text="二层厨房起爆"))
        assert problem(await api.post("/api/v1/emergencies", body, "call_taker"))["code"] == "not_permitted"
        wrong = problem(await api.post("/api/v1/emergencies", body | {"level": 1}, "supervisor"))
        assert "请写明 reason" in wrong["detail"]
        made = await api.post("/api/v1/emergencies", body, "supervisor")
        assert made.status_code == 201, made.text
        where = f"/api/v1/emergencies/{body['id']}"
        assert (await api.post("/api/v1/emergencies", body, "supervisor")).json()["emergency"][
            "number"
        ] == "12345-E000001"
        assert made.json()["card"]["ask"]
        graded = await api.post(
            f"{where}/actions", {"action": "set_level", "facts": {"dead": 3}, "reason": "现场报告"}, "supervisor"
        )
        assert graded.json()["emergency"]["level"] == 3
        call = {"id": str(uuid4()), "phone": "13800001111"}
        assert "群呼" in problem(await api.post(f"{where}/calls", call))["detail"]
        await api.post(f"{where}/actions", {"action": "mass_call", "on": True}, "supervisor")
        assert (await api.post(f"{where}/calls", call, "call_taker")).json()["calls"] == 1
        await settle(world)
        world.clock.advance(timedelta(minutes=-20))  # the police desk's clock is slow
        noted = await there.post(f"{where}/actions", {"action": "note", "text": "封控完成"}, "call_taker")
        assert noted.status_code == 200, noted.text
        world.clock.advance(timedelta(minutes=20))
        ask = {"action": "ask_resource", "id": str(uuid4()), "what": "照明车", "amount": 2}
        await api.post(f"{where}/actions", ask, "supervisor")
        await settle(world)
        offer = {"action": "offer_resource", "id": str(uuid4()), "of": ask["id"], "amount": 2}
        await there.post(f"{where}/actions", offer, "supervisor")
        await settle(world)
        took = await api.post(
            f"{where}/actions", {"action": "take_resource", "of": ask["id"], "offer": offer["id"]}, "supervisor"
        )
        assert took.json()["emergency"]["resources"][0]["offers"][0]["taken"]
        log = (await api.get(f"{where}/log")).json()
        slow = next(one for one in log["moments"] if one["text"] == "封控完成")
        assert slow["skew"] == pytest.approx(1200, abs=1)
        assert [one["lamport"] for one in log["moments"]] == sorted(one["lamport"] for one in log["moments"])
        await later(world, minutes=31)
        await later(world, minutes=31)
        alarms = [row["kind"] for row in await hotline.alarms()]
        assert {"task.late", "burst.proposed"} & set(alarms) == {"task.late"}
        assert (await api.get(where)).json()["emergency"]["reports"] >= 1, "situation reports are made at intervals"
        made = await api.post(f"{where}/reports", None, "supervisor")
        file = await api.get(f"{where}/reports/{made.json()['no']}")
        assert file.content.startswith(b"%PDF")
        await later(world, minutes=60)
        assert (await api.get(where)).json()["emergency"]["report_overdue"]
        sent = await api.post(f"{where}/actions", {"action": "send_up", "text": "首报"}, "supervisor")
        assert sent.json()["emergency"]["sent_up"][0]["late"]
        late = (await api.get(f"{where}/log")).json()["late"]
        assert {"上报", "侦检、稀释、灭火、搜救"} <= {one["what"] for one in late}
        cap = await api.get(f"{where}/cap")
        xmlschema.XMLSchema(str(shared_folder / "standards/cap/CAP-v1.2.xsd")).validate(cap.text)
        assert "<msgType>Update</msgType>" in cap.text
