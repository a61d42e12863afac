"""The network between the centres is cut, slow, repeats itself and loses receipts; nothing is lost and nothing happens twice."""

import asyncio
from datetime import timedelta


async def handled(centre):
    return [row for row in await centre.inbox() if row["status"] == "handled"]


async def test_a_peer_that_is_down_for_half_an_hour_catches_up_in_order_by_itself(world):
    world.cut()
    orders = []
    for n in range(30):
        order = await world.centre("12345").takes(f"小区有人偷电动车，第{n}辆")
        await order.transfer("110")
        await order.supplement(text=f"补充一：{n}")
        await order.supplement(text=f"补充二：{n}")
        orders.append(order)
        await world.fast_forward(minutes=1)
    assert await world.centre("110").inbox() == []
    assert all([await world.owners(order.matter_id) == ["12345"] for order in orders])
    world.mend()
    await world.fast_forward(minutes=1)
    for n, order in enumerate(orders):
        theirs = await order.at("110")
        assert theirs.status == "offered"
        assert theirs.order.content.endswith(f"【补充】补充一：{n}\n【补充】补充二：{n}")
    by_matter = {}
    for row in await world.centre("110").inbox():
        by_matter.setdefault(row["matter_id"], []).append(row["seq"])
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in by_matter.values())
    assert min(len(numbers) for numbers in by_matter.values()) == 3
    assert await world.differences() == []


async def test_more_than_a_batch_waits_and_every_message_arrives(world):
    world.cut()
    centre = world.centre("12345")
    for n in range(230):
        order = await centre.takes(f"小区有人偷电动车，第{n}辆")
        await order.transfer("110")
    world.mend()
    await world.settle()
    assert len(await handled(world.centre("110"))) == 230
    assert {row["status"] for row in await centre.outbox()} == {"delivered"}


async def test_an_urgent_message_does_not_wait_behind_a_long_queue(world):
    world.cut()
    centre = world.centre("12345")
    for n in range(210):
        await (await centre.takes(f"小区有人偷电动车，第{n}辆")).transfer("110")
    urgent = await centre.takes("家里煤气味很大，头晕")
    await urgent.transfer("110", urgent=True)
    world.mend()
    await centre.senders["110"].send_pending()  # one batch
    assert await world.centre("110").knows(urgent.matter_id)


async def test_while_the_link_is_cut_each_try_is_recorded_and_no_message_is_touched(world):
    world.cut()
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    for _ in range(3):
        await world.settle()
    row = (await world.centre("12345").outbox())[0]
    assert (row["status"], row["attempts"]) == ("pending", 0)
    attempts = await world.centre("12345").pool.fetch("SELECT * FROM attempts ORDER BY id")
    assert len(attempts) >= 3
    assert all(a["delivered"] == 0 and "cut" in a["error"] for a in attempts)


async def test_a_delayed_link_delivers_when_its_time_has_come(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    world.link("12345", "110").delay(minutes=10)
    await world.fast_forward(minutes=9)
    assert not await world.centre("110").knows(order.matter_id)
    await world.fast_forward(minutes=2)
    assert await world.centre("110").knows(order.matter_id)


async def test_what_is_delivered_twice_happens_once(world):
    for link in (world.link("12345", "110"), world.link("110", "12345")):
        link.duplicate(3)
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await theirs.work()
    await theirs.close()
    await world.settle()
    await order.finish()
    await world.settle()
    assert len(world.link("12345", "110").taken) >= 3
    for handle in (order, theirs):
        events = await handle.events()
        for kind in ("transfer.offered", "transfer.asked", "transfer.accepted_by_peer", "order.evaluated"):
            assert events.count(kind) <= 1, kind
    assert await world.open_loops() == 0


async def test_a_lost_receipt_only_means_that_the_message_goes_again(world):
    link = world.link("12345", "110")
    link.lose_receipts(2)
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    for _ in range(3):
        await world.settle()
    assert link.taken[0] == link.taken[1] == link.taken[2]  # the same bytes each time
    assert len(await handled(world.centre("110"))) == 1
    assert (await world.centre("12345").outbox())[0]["status"] == "delivered"


async def test_a_message_that_overtakes_another_waits_for_it(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await order.supplement(text="第二条")
    link, receiver = world.link("12345", "110"), world.centre("110").node.receiver
    link.cut()
    await world.settle()
    first, second = link.posted[0]
    early = (await receiver.receive([second], "test"))[0]
    assert (early.status, early.code) == ("retry", "out_of_order")
    assert await world.centre("110").inbox() == []
    assert (await receiver.receive([first], "test"))[0].status == "handled"
    assert (await receiver.receive([second], "test"))[0].status == "handled"
    assert (await order.at("110")).order.content.endswith("【补充】第二条")


async def test_messages_of_one_batch_are_put_in_order_before_they_are_carried_out(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await order.supplement(text="第二条")
    await order.supplement(text="第三条")
    link = world.link("12345", "110")
    link.cut()
    await world.settle()
    shuffled = [link.posted[0][2], link.posted[0][0], link.posted[0][1]]
    receipts = await world.centre("110").node.receiver.receive(shuffled, "test")
    assert [receipt.status for receipt in receipts] == ["handled"] * 3
    assert (await order.at("110")).order.content.endswith("【补充】第二条\n【补充】第三条")


async def test_a_message_put_off_holds_back_what_stands_behind_it_but_no_other_matter(world):
    centre = world.centre("12345")
    one, other = await centre.takes("小区有人偷电动车"), await centre.takes("小区又有人偷电动车")
    await one.transfer("110")
    await one.supplement(text="第二条")
    await other.transfer("110")
    later = world.clock.now() + timedelta(seconds=30)
    await centre.pool.execute(
        "UPDATE outbox SET next_attempt_at = $1, attempts = 1 WHERE matter_id = $2 AND seq = 1", later, one.matter_id
    )
    await world.settle()
    assert not await world.centre("110").knows(one.matter_id)
    assert await world.centre("110").knows(other.matter_id)
    await world.fast_forward(minutes=1)
    assert (await one.at("110")).order.content.endswith("【补充】第二条")


async def test_two_copies_at_the_same_moment_make_one_order(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    link, receiver = world.link("12345", "110"), world.centre("110").node.receiver
    link.cut()
    await world.settle()
    answers = await asyncio.gather(*(receiver.receive(link.posted[0], "test") for _ in range(8)))
    assert {answer[0].status for answer in answers} == {"handled"}
    assert len(await handled(world.centre("110"))) == 1
    assert await (await order.at("110")).events() == ["transfer.asked"]
