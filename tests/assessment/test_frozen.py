"""Exclusions take two people, frozen periods are signed and open only with a reason, and stay as they were."""

import asyncio
from datetime import UTC, datetime

import pytest

from liandong.assessment import service
from liandong.assessment.exclusions import decide_exclusion, request_exclusion
from liandong.assessment.freezing import check_frozen, freeze, reopen
from liandong.assessment.model import Part
from liandong.assessment.periods import period_of
from liandong.assessment.reading import READER, catch_up
from liandong.core.errors import AppError
from liandong.core.places import next_batch
from liandong.exchange.sealing import new_key

MARCH = period_of("2025-03")
EVIDENCE = "法院已受理，案号见附件说明"


@pytest.fixture
async def hotline(open_world):
    world = await open_world("12345", "110", start=datetime(2025, 3, 4, 2, 0, tzinfo=UTC))
    return world.centre("12345")


@pytest.fixture
async def unanswered(hotline):
    """An order whose answer never came, in a month that is over."""
    order = await hotline.takes("合同纠纷已起诉", type="consultation")
    await order.dispatch(unit=hotline.unit)
    return order


async def figures(centre):
    await catch_up(centre.node.assessor)
    return await service.period_figures(centre.node.assessor, MARCH)


async def ask(centre, order, who="王某#1", **more):
    given = {"order_id": order.id, "reason": "legal_channel", "evidence": EVIDENCE, "attachments": []} | more
    return await request_exclusion(centre.pool, centre.node.assessor.rules, centre.node.clock, who=who, **given)


async def decide(centre, asked, who, *, approve=True):
    node = centre.node
    return await decide_exclusion(
        centre.pool, node.assessor.rules, node.clock, asked.id, approve=approve, who=who, note="核实"
    )


async def freeze_march(centre, who="李某#2"):
    return await freeze(centre.node.assessor, centre.node.signer, MARCH, who=who)


async def april(centre):
    await centre.world.fast_forward(days=30)


async def test_an_exclusion_counts_once_another_person_has_approved_it(hotline, unanswered):
    await hotline.world.fast_forward(days=6)
    assert (await figures(hotline)).of("response_rate").denominator == 1
    asked = await ask(hotline, unanswered)
    assert (await figures(hotline)).of("response_rate").denominator == 1, "asking alone changes nothing"
    await decide(hotline, asked, "李某#2")
    found = (await figures(hotline)).of("response_rate")
    assert (found.denominator, found.excluded, found.value) == (0, 1, None)
    opened = await service.behind(hotline.node.assessor, "response_rate", MARCH, part=Part.EXCLUDED)
    assert [(one.order_id, one.excluded) for one in opened.orders] == [(unanswered.id, "legal_channel")]


async def test_nobody_approves_their_own_exclusion_also_not_with_another_key(hotline, unanswered):
    asked = await ask(hotline, unanswered, who="王某#1")
    for who in ("王某#1", "王某#9"):
        with pytest.raises(AppError, match="second_person_needed"):
            await decide(hotline, asked, who)
    sql = "UPDATE exclusions SET status = 'approved', decided_by = '王某#9', decided_at = now() WHERE id = $1"
    with pytest.raises(Exception, match="an exclusion takes two people"):
        await hotline.pool.execute(sql, asked.id)


async def test_an_exclusion_needs_a_typed_reason_and_evidence_and_is_decided_once(hotline, unanswered):
    for wrong in ({"reason": "busy"}, {"evidence": "  "}, {"attachments": [unanswered.id]}):
        with pytest.raises(AppError, match="field_invalid"):
            await ask(hotline, unanswered, **wrong)
    asked = await ask(hotline, unanswered)
    with pytest.raises(AppError, match="guard_refused"):
        await ask(hotline, unanswered)
    await decide(hotline, asked, "李某#2", approve=False)
    with pytest.raises(AppError, match="guard_refused"):
        await decide(hotline, asked, "李某#2")
    assert (await ask(hotline, unanswered)).status == "requested", "after a refusal one may ask again"


async def test_what_two_people_left_out_stays_out_when_the_order_moves_on(hotline, unanswered):
    await decide(hotline, await ask(hotline, unanswered), "李某#2")
    await unanswered.sign_for()
    await catch_up(hotline.node.assessor)
    assert await hotline.pool.fetchval("SELECT excluded FROM assessed_orders") == "legal_channel"


async def test_a_period_that_is_not_over_is_not_frozen(hotline, unanswered):
    with pytest.raises(AppError, match="尚未结束"):
        await freeze_march(hotline)


async def test_a_frozen_period_keeps_its_figures_and_its_orders_when_they_move_on(hotline, unanswered):
    await april(hotline)
    before = await figures(hotline)
    frozen = await freeze_march(hotline)
    await unanswered.sign_for()
    await unanswered.start_handling()
    await unanswered.answer(answer="请向法院申请执行，电话见官网")
    await (await hotline.takes("另一件事")).answer_directly(answer="见网站")
    after = await figures(hotline)
    assert after.frozen == frozen.id
    assert after.figures == before.figures
    missed = await service.behind(hotline.node.assessor, "answer_on_time", MARCH, part=Part.MISSED)
    assert [(one.order_id, one.handled_at) for one in missed.orders] == [(unanswered.id, None)]
    checked = await check_frozen(hotline.pool, MARCH, hotline.node.signer.public)
    assert (checked.signature, checked.rows, checked.sealed.orders) == (True, True, 1)


async def test_a_change_to_frozen_rows_or_another_key_is_seen(hotline, unanswered):
    await april(hotline)
    await freeze_march(hotline)
    other = await check_frozen(hotline.pool, MARCH, new_key().public_key())
    assert (other.signature, other.rows) == (False, True)
    with pytest.raises(Exception, match="append-only"):
        await hotline.pool.execute("UPDATE frozen_orders SET handled_at = answer_due")
    await hotline.pool.execute("ALTER TABLE frozen_orders DISABLE TRIGGER USER")
    await hotline.pool.execute("UPDATE frozen_orders SET handled_at = answer_due")
    changed = await check_frozen(hotline.pool, MARCH, hotline.node.signer.public)
    assert (changed.signature, changed.rows) == (True, False)


async def test_a_frozen_period_opens_with_a_reason_and_what_was_frozen_stays(hotline, unanswered):
    await april(hotline)
    first = await freeze_march(hotline)
    with pytest.raises(AppError, match="已经封存"):
        await freeze_march(hotline)
    with pytest.raises(AppError, match="period_frozen"):
        await ask(hotline, unanswered)
    with pytest.raises(AppError, match="field_invalid"):
        await reopen(hotline.node.assessor, MARCH, who="李某#2", reason=" ")
    await reopen(hotline.node.assessor, MARCH, who="李某#2", reason="漏批一件剔除申请")
    await decide(hotline, await ask(hotline, unanswered), "李某#2")
    second = await freeze_march(hotline)
    kept = await service.frozen_periods(hotline.pool)
    assert [(one.id, one.reason) for one in kept] == [(second.id, None), (first.id, "漏批一件剔除申请")]
    assert (await figures(hotline)).of("response_rate").excluded == 1
    assert await hotline.pool.fetchval("SELECT count(*) FROM frozen_orders WHERE frozen_id = $1", first.id) == 1


async def test_an_approval_waits_for_a_look_at_the_ledger_that_began_before_it(hotline, unanswered):
    asked = await ask(hotline, unanswered)
    async with hotline.pool.acquire() as reader:
        looking = reader.transaction()
        await looking.start()
        assert await next_batch(reader, READER, 10) is not None
        approving = asyncio.create_task(decide(hotline, asked, "李某#2"))
        done, _ = await asyncio.wait({approving}, timeout=0.3)
        assert not done
        await looking.rollback()
    assert (await approving).status == "approved"
