"""A matter that goes from centre to centre: everybody on the way sees all of it, and it never runs in a circle."""

import pytest

from liandong.core.errors import AppError


@pytest.fixture
async def city(open_world):
    return await open_world("12345", "110", "gas", "heat")


async def handed(order, to):
    """Offered and accepted. The receiver's order."""
    await order.transfer(to)
    await order.centre.world.settle()
    theirs = await order.at(to)
    await theirs.accept_transfer()
    await order.centre.world.settle()
    return theirs


async def chain(city, *codes):
    orders = [await city.centre(codes[0]).takes("有人在小区里私接燃气管线", caller={"phone": "13800001234"})]
    for code in codes[1:]:
        orders.append(await handed(orders[-1], code))
    return orders


def way(handle):
    return [hop.centre for hop in handle.order.path]


async def test_every_centre_on_the_way_sees_the_whole_way_and_one_is_responsible(city):
    hotline, police, gas = await chain(city, "12345", "110", "gas")
    assert way(hotline) == way(police) == way(gas) == ["12345", "110", "gas"]
    assert await city.owners(hotline.matter_id) == ["gas"]
    assert (hotline.status, police.status, gas.status) == ("following", "following", "accepted")
    assert [hop.number for hop in hotline.order.path] == [hotline.order.number, police.order.number, gas.order.number]


async def test_progress_answer_and_evaluation_travel_the_whole_chain(city):
    hotline, police, gas = await chain(city, "12345", "110", "gas")
    await gas.dispatch(unit=gas.centre.unit)
    await city.settle()
    assert hotline.snapshot.transfers[0].peer_status == "dispatched"
    await gas.sign_for()
    await gas.start_handling()
    await gas.answer(answer="私接管线已拆除")
    await city.settle()
    assert hotline.order.answer == police.order.answer == "私接管线已拆除"
    assert (hotline.status, police.status) == ("answered", "fed_back")
    await gas.close()
    await police.close()
    await hotline.finish()
    await city.settle()
    assert [h.status for h in (hotline, police, gas)] == ["evaluated"] * 3
    assert gas.order.satisfaction == 5
    assert await city.open_loops() == 0
    assert await city.differences() == []


async def test_what_the_caller_adds_reaches_the_end_of_the_chain(city):
    hotline, police, gas = await chain(city, "12345", "110", "gas")
    await hotline.supplement(text="在三号楼二门")
    await city.settle()
    assert "在三号楼二门" in police.order.content
    assert "在三号楼二门" in gas.order.content
    assert gas.order.content.count("在三号楼二门") == 1


async def test_a_circle_is_refused_and_the_way_back_to_the_first_receiver_is_open(city):
    hotline, police, gas, heat = await chain(city, "12345", "110", "gas", "heat")
    with pytest.raises(AppError, match="本轮已承办过"):
        await heat.transfer("110")
    await heat.transfer("gas")  # to whoever handed it over
    await city.settle()
    await gas.return_transfer(reason="not_our_duty", basis="目录")
    await city.settle()
    back = await handed(heat, "12345")
    assert back.id == hotline.id
    assert way(hotline) == ["12345", "110", "gas", "heat", "12345"]
    assert await city.owners(hotline.matter_id) == ["12345"]
    await hotline.work()
    await city.settle()
    assert police.order.answer == gas.order.answer == heat.order.answer == "已处理"
    for order in (police, gas, heat):
        await order.close()
    await hotline.finish()
    await city.settle()
    assert await city.open_loops() == 0


async def test_a_cut_in_the_middle_of_the_chain_heals_and_nothing_is_said_twice(city):
    hotline, _, gas = await chain(city, "12345", "110", "gas")
    city.link("gas", "110").cut()
    city.link("110", "12345").cut()
    await gas.work()
    await hotline.supplement(text="味道更大了")
    await city.fast_forward(minutes=10)
    assert hotline.status == "following"
    city.mend()
    await city.fast_forward(seconds=30)
    assert hotline.order.answer == "已处理"
    assert gas.order.content.count("味道更大了") == 1
    assert (await hotline.events()).count("peer.answered") == 1
    assert await city.differences() == []


async def test_a_negotiation_down_the_chain_falls_to_the_first_receiver(city):
    """Gas and heat do not agree: at the deadline neither keeps it, it goes to the centre that took the call."""
    hotline, _, gas = await chain(city, "12345", "110", "gas")
    await gas.negotiate(owner="heat", to="heat", basis_kind="catalogue", basis="G0701")
    await city.settle()
    assert (await gas.at("heat")).is_asked
    await city.fast_forward(minutes=31)
    assert await city.owners(hotline.matter_id) == ["12345"]
    assert hotline.status == "accepted"
    assert not (await gas.at("heat")).is_asked
    await city.settle()
    assert gas.status == "following"


async def test_danger_at_the_end_of_the_chain_goes_to_the_police_who_are_on_it(city):
    hotline, police, gas = await chain(city, "12345", "110", "gas")
    await gas.raise_danger(text="管线被凿破，气在往外喷")
    await city.settle()
    assert police.order.responsible
    assert police.order.danger
    assert hotline.order.danger
    assert police.status == "received"


async def test_danger_seen_where_the_hotline_sent_it_goes_to_the_police_who_never_heard_of_it(city):
    hotline, gas = await chain(city, "12345", "gas")
    await gas.raise_danger(text="管线被凿破，气在往外喷")
    await city.settle()
    police = await gas.at("110")
    assert police.order.responsible
    assert hotline.order.danger
