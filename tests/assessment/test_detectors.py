"""A detector flags with its evidence, a person decides with a reason, and the decisions move the threshold."""

import msgspec
import pytest

from liandong.assessment.reading import catch_up as assess
from liandong.core.errors import AppError
from liandong.detectors.deciding import decide_flag, list_flags, trained
from liandong.detectors.evaluate import evaluate, label_columns, read_labels
from liandong.detectors.policy import load_detectors
from liandong.detectors.running import catch_up, detect_between, thresholds_now
from liandong.orders.context import Actor
from world import unit_of

GOOD = (
    "您好，您反映的建设路路灯不亮问题，我单位3月4日已到现场核实，系线路老化所致。根据城市照明管理规定第十九条，"
    "3月5日已更换线路和灯具，并电话联系您确认恢复照明，维修电话022-00000000。"
)
EMPTY = "您好，您反映的问题已收悉，已处理。"
LAMP = "建设路的路灯坏了三天没人修，晚上很黑"
UNIT_DESK = Actor(id="张某#unit", roles=frozenset({"unit", "supervisor"}))


@pytest.fixture
async def hotline(world):
    return world.centre("12345")


async def answered(centre, content, answer, *, later=None):
    order = await centre.takes(content, type="help")
    await order.dispatch(unit=unit_of("12345"))
    if later:
        await centre.world.fast_forward(**later)
    await order.sign_for(actor=UNIT_DESK)
    await order.start_handling(actor=UNIT_DESK)
    await order.prove(answer, actor=UNIT_DESK)
    await order.act("answer", actor=UNIT_DESK, answer=answer)
    return order


async def flags(centre, **which):
    await assess(centre.node.assessor)
    await catch_up(centre.node.detecting)
    found = await list_flags(centre.pool, **({"status": None, "detector": None, "before": None, "limit": 100} | which))
    return {(one.detector, one.order_id): one for one in found}


def named(found, order):
    return {detector for detector, order_id in found if order_id == order.id}


async def test_an_answer_with_substance_raises_nothing(hotline):
    order = await answered(hotline, LAMP, GOOD)
    await order.close()
    await order.call_back(reached=True, solved=True)
    await hotline.world.fast_forward(minutes=5)
    await order.evaluate(satisfaction=5)
    assert named(await flags(hotline), order) == set()


async def test_an_empty_answer_is_flagged_with_what_it_lacks(hotline):
    order = await answered(hotline, LAMP, EMPTY)
    found = await flags(hotline)
    flag = found["no_evidence", order.id]
    assert set(flag.evidence["missing"]) == {"figures", "contact", "ground", "files"}
    assert flag.score >= flag.threshold
    assert flag.unit == unit_of("12345")


async def test_an_answer_about_something_else_is_flagged(hotline):
    about_parks = GOOD.replace("建设路路灯不亮", "公园绿地养护").replace("照明", "园林").replace("灯具", "草坪")
    order = await answered(hotline, "孩子学校附近餐馆油烟大，气味难闻，请环保局查处", about_parks)
    assert "off_topic" in named(await flags(hotline), order)


async def test_the_same_answer_to_different_matters_is_a_template(hotline):
    first = await answered(hotline, LAMP, GOOD)
    await hotline.world.fast_forward(minutes=1)
    second = await answered(hotline, "孩子学校附近餐馆油烟大，请环保局查处", GOOD)
    found = await flags(hotline)
    assert "template_answer" not in named(found, first)
    assert found["template_answer", second.id].evidence["like"] == first.order.number


async def test_the_same_answer_to_the_same_matter_is_no_template(hotline):
    await answered(hotline, LAMP, GOOD)
    await hotline.world.fast_forward(minutes=1)
    second = await answered(hotline, f"{LAMP}！", GOOD)
    assert "template_answer" not in named(await flags(hotline), second)


async def test_an_answer_in_the_last_hours_of_its_limit_is_flagged(hotline):
    order = await hotline.takes(LAMP, type="help")
    await order.dispatch(unit=unit_of("12345"))
    due = await order.due_at("answer")
    await order.sign_for()
    await order.start_handling()
    left = due - hotline.node.clock.now()
    await hotline.world.fast_forward(seconds=left.total_seconds() - 600)
    await order.prove(GOOD)
    await order.answer(answer=GOOD)
    flag = (await flags(hotline))["before_deadline", order.id]
    assert flag.evidence["left_minutes"] == 10.0


async def test_orders_that_go_round_between_units_are_flagged_with_the_chain(hotline):
    order = await hotline.takes("小区外墙脱落谁来管", type="help")
    for _ in range(2):
        await order.dispatch(unit=unit_of("12345"))
        await order.give_back(reason="not_our_duty", basis="不归我们管")
    flag = (await flags(hotline))["shirking", order.id]
    assert [step["reason"] for step in flag.evidence["returns"]] == ["not_our_duty"] * 2
    assert flag.evidence["without_basis"] == 2


async def test_one_return_with_its_basis_is_not_shirking(hotline):
    order = await hotline.takes("小区外墙脱落谁来管", type="help")
    await order.dispatch(unit=unit_of("12345"))
    await order.give_back(reason="not_our_duty", basis="《物业管理条例》第五十五条")
    assert named(await flags(hotline), order) == set()


async def test_satisfied_though_unsolved_is_flagged_as_tampering(hotline):
    order = await answered(hotline, LAMP, GOOD)
    await order.close()
    await order.call_back(reached=True, solved=False)
    await order.evaluate(satisfaction=5)
    assert (await flags(hotline))["evaluation_tampering", order.id].evidence["unsolved_but_satisfied"] == 5


async def test_danger_set_aside_by_hand_is_flagged_where_the_words_speak_of_it(hotline):
    order = await hotline.takes("楼下有人持刀砍人，有人受伤", facts={"danger": False})
    flag = (await flags(hotline))["wrong_grade", order.id]
    assert "持刀" in flag.evidence["danger_set_aside"]


async def test_a_drill_is_never_flagged(hotline):
    order = await hotline.takes("演练：楼下有人持刀砍人", facts={"danger": False}, exercise="exercise")
    assert named(await flags(hotline), order) == set()


async def test_looking_again_raises_nothing_twice(hotline):
    await answered(hotline, LAMP, EMPTY)
    before = await flags(hotline)
    await hotline.pool.execute("DELETE FROM reading_places WHERE reader = 'detectors'")
    now = hotline.node.clock.now()
    again = await detect_between(hotline.node.detecting, now.replace(day=1), now.replace(day=28))
    assert (again.looked, again.flags) == (1, 0)
    assert await flags(hotline) == before


async def test_a_person_decides_once_with_a_reason(hotline):
    await answered(hotline, LAMP, EMPTY)
    flag = next(iter((await flags(hotline)).values()))
    detecting = hotline.node.detecting
    with pytest.raises(AppError, match="field_invalid"):
        await decide_flag(detecting, flag.id, confirm=True, reason=" ", who="王某#1")
    done = await decide_flag(detecting, flag.id, confirm=False, reason="附件在纸质档案", who="王某#1")
    assert (done.flag.status, done.flag.decided_by, done.flag.reason) == ("dismissed", "王某#1", "附件在纸质档案")
    with pytest.raises(AppError, match="guard_refused"):
        await decide_flag(detecting, flag.id, confirm=True, reason="再看", who="王某#1")


async def test_flags_that_people_keep_dismissing_raise_the_threshold(hotline):
    detecting = hotline.node.detecting
    training = detecting.policy.training
    for n in range(training.least):
        await answered(hotline, f"{LAMP}{n}", f"{EMPTY}{n}号")
    found = await flags(hotline, detector="no_evidence")
    assert len(found) == training.least
    moved = [
        await decide_flag(detecting, one.id, confirm=False, reason="属实有据", who="王某#1") for one in found.values()
    ]
    assert [one.moved for one in moved[:-1]] == [None] * (training.least - 1)
    rule = detecting.policy.detector("no_evidence")
    assert moved[-1].moved == pytest.approx(rule.threshold + rule.step)
    async with hotline.pool.acquire() as connection:
        assert (await thresholds_now(connection, detecting.policy))["no_evidence"] == moved[-1].moved


@pytest.mark.parametrize("confirmed, decided, goes", [(0, 9, 0), (2, 10, +1), (7, 10, 0), (10, 10, -1)])
def test_a_threshold_moves_one_step_at_a_time_and_only_after_enough_decisions(confirmed, decided, goes):
    policy = load_detectors(None)
    rule = policy.detector("no_evidence")
    moved = trained(rule, policy.training, rule.threshold, confirmed, decided)
    assert moved == pytest.approx(rule.threshold + goes * rule.step)
    assert trained(rule, policy.training, rule.max, 0, 30) == rule.max


def test_wrong_data_is_refused_with_its_name(tmp_path):
    policy = msgspec.to_builtins(load_detectors(None))
    for wrong in ({"name": "no_such"}, {"params": {}}, {"threshold": 0.99}):
        detectors = [policy["detectors"][0] | wrong]
        (tmp_path / "detectors.json").write_bytes(msgspec.json.encode(policy | {"detectors": detectors}))
        with pytest.raises(ValueError, match=r"detectors\.json"):
            load_detectors(tmp_path)


def test_the_rules_of_texts_do_better_than_always_saying_yes_where_people_have_labelled(shared_folder):
    data = shared_folder / "data"
    labels, messages = data / "reply_quality_labels.csv", data / "messages_with_replies.csv"
    fullest = label_columns(labels)[-1]
    rows = read_labels(labels, messages, fullest)
    scores = {one.detector: one for one in evaluate(load_detectors(None), rows)}
    for name in ("no_evidence", "off_topic", "any"):
        assert scores[name].balanced >= 0.85, scores[name]
        assert scores[name].precision >= 5 * scores[name].always, scores[name]
