"""Random histories: the measures are what a slow reading of the ledger says, however often and in whatever pieces the ledger was read."""

import random
from datetime import UTC, datetime

import pytest
from slowly import measured

from liandong.assessment import service
from liandong.assessment.periods import period_of
from liandong.assessment.reading import catch_up, read_once, rebuild
from liandong.core.errors import AppError
from world import unit_of

MARCH = period_of("2025-03")
TYPES = ("help", "consultation", "complaint")
STEPS = (
    ("answer_directly", lambda r: {"answer": "请见网站"}),
    ("guide", lambda r: {"script": "请向法院起诉"}),
    ("cancel", lambda r: {"reason": "误拨"}),
    ("dispatch", lambda r: {"unit": unit_of("12345")}),
    ("sign_for", lambda r: {}),
    ("start_handling", lambda r: {}),
    ("answer", lambda r: {"answer": "已修好"}),
    ("return_order", lambda r: {"reason": "not_our_duty", "basis": "三定规定"}),
    ("close", lambda r: {}),
    ("call_back", lambda r: {"reached": r.random() < 0.7, "solved": r.random() < 0.6}),
    ("evaluate", lambda r: {"satisfaction": r.randint(1, 5)}),
    ("reopen", lambda r: {"reason": "又坏了", "same_way": False}),
    ("offer_transfer", lambda r: {"to": "110"}),
)
LIKELY = (3, 1, 1, 5, 6, 6, 6, 2, 6, 6, 6, 1, 2)


async def live(world, rng, steps):
    """People do at random what they may; the other desk takes or gives back what it is offered."""
    hotline, police = world.centre("12345"), world.centre("110")
    orders = []
    for _ in range(steps):
        roll = rng.random()
        if roll < 0.25 or not orders:
            drill = "exercise" if rng.random() < 0.1 else "actual"
            phone = {"phone": f"1380000000{rng.randint(0, 4)}"} if rng.random() < 0.8 else {}
            orders.append(await hotline.takes("办事窗口怎么走", type=rng.choice(TYPES), caller=phone, exercise=drill))
        elif roll < 0.32:
            await world.fast_forward(hours=rng.choice((1, 5, 30, 80)))
        elif roll < 0.38:
            await world.fast_forward(minutes=rng.choice((2, 7)))
        elif roll < 0.44:
            await answer_at(police, rng)
        else:
            await press(rng, rng.choice(orders))
        await world.settle()
        if rng.random() < 0.1:
            await read_once(hotline.node.assessor)
    return hotline


async def press(rng, order):
    for action, fields in rng.choices(STEPS, weights=LIKELY, k=8):
        try:
            await order.act(action, **fields(rng))
            return
        except AppError:
            await order.look()


async def answer_at(police, rng):
    for row in await police.pool.fetch("SELECT matter_id FROM orders WHERE status = 'offered'"):
        there = await police.order_of(row["matter_id"])
        if rng.random() < 0.5:
            await there.accept_transfer()
        else:
            await there.return_transfer(reason="not_our_duty", basis="清单")


@pytest.mark.parametrize("seed", range(2))
async def test_the_measures_are_what_a_slow_reading_of_the_ledger_says(open_world, seed):
    world = await open_world("12345", "110", start=datetime(2025, 3, 3, 1, 0, tzinfo=UTC))
    hotline = await live(world, random.Random(seed), 220)
    assessor = hotline.node.assessor
    await catch_up(assessor)
    slow = await measured(hotline, MARCH, repeat_days=assessor.rules.policy.repeat_days)
    assert await fast(assessor, slow) == slow
    await rebuild(assessor)
    assert await fast(assessor, slow) == slow


async def fast(assessor, names):
    found = await service.period_figures(assessor, MARCH)
    counted = {name: found.of(name) for name in names}
    return {
        name: one.value
        if name == "take_p50"
        else (int(one.numerator), int(one.denominator if one.denominator is not None else one.numerator))
        for name, one in counted.items()
    }
