"""Both sides compared: each kind of difference made for real, healed where the protocol allows, else put before people."""

import asyncio
import re
from importlib.resources import files

import pytest
from test_dead_letters import a_receiver_that_does_not_understand

from liandong.discrepancies import store
from liandong.exchange import healing
from liandong.exchange.asking import NoAnswer
from liandong.exchange.reconcile import KINDS, SERIOUS
from liandong.exchange.views import ViewsAsked, shared_matters
from liandong.orders.lifecycle import FINAL
from nights import Administrator, Backup, Nights, discrepancies, kinds


@pytest.fixture
async def nights(world):
    async with Nights.open(world) as opened:
        yield opened


async def handed_over(world, content="小区有人偷电动车", to="110"):
    order = await world.centre("12345").takes(content)
    await order.transfer(to)
    await world.settle()
    theirs = await order.at(to)
    await theirs.accept_transfer()
    await world.settle()
    return order, theirs


async def seen(nights, here, there, **options):
    done = await nights.reconcile(here, there, **options)
    return [one.kind for one in done.differences]


async def flip(centre, sql, *values):
    await Administrator(centre).execute(sql, *values)


# Nothing is wrong


async def test_centres_that_agree_have_no_difference_wherever_the_matter_stands(open_world):
    world = await open_world("12345", "110", "119")
    async with Nights.open(world) as nights:
        order, theirs = await handed_over(world)
        other, fire = await handed_over(world, "消防通道被占用", to="119")
        for step in (theirs.work, theirs.close, order.finish, fire.work, fire.close, other.finish):
            for here, there in (("12345", "110"), ("110", "12345"), ("12345", "119"), ("119", "110")):
                assert await seen(nights, here, there) == []
            await step()
            await world.settle()
        assert (await nights.reconcile("12345", "110")).looked == 1
        assert (await nights.reconcile("110", "119")).looked == 0


async def test_what_is_on_its_way_is_named_and_puts_nothing_before_people(nights, world):
    order, _ = await handed_over(world)
    asker = nights.asker("12345", "110")
    await order.supplement(text="车是红色的")  # not sent yet
    done = await nights.reconcile("12345", "110", heal=True)
    assert [one.kind for one in done.differences] == ["on_the_way"]
    assert (done.resent, await kinds(world.centre("12345"))) == (0, [])
    assert asker.peer == "110"
    await world.settle()
    assert await seen(nights, "12345", "110") == []


async def test_matters_closed_in_the_period_are_looked_at_and_older_ones_are_not(nights, world):
    order, theirs = await handed_over(world)
    await theirs.work()
    await theirs.close()
    await world.settle()
    await order.finish()
    await world.settle()
    await world.fast_forward(days=6)
    assert (await nights.reconcile("12345", "110")).looked == 1
    await flip(theirs.centre, "DELETE FROM inbox WHERE matter_id = $1", order.matter_id)
    assert await seen(nights, "12345", "110", days=3) == []
    assert await seen(nights, "12345", "110", days=7) == ["lost"]
    await world.fast_forward(days=20)
    assert await seen(nights, "12345", "110") == ["lost"], "what is known to differ stays in sight"


@pytest.mark.parametrize("page", [1, 2, 3])
async def test_however_many_pages_every_matter_is_looked_at_once(nights, world, monkeypatch, page):
    for n in range(3):
        await handed_over(world, f"小区有人偷电动车 {n}")
    for n in range(4):
        order, theirs = await handed_over(world, f"小区又有人偷电动车 {n}")
        await theirs.work()
        await theirs.close()
        await world.settle()
        await order.finish()
    await world.settle()
    monkeypatch.setattr("liandong.exchange.views.PAGE", page)
    for here, there in (("12345", "110"), ("110", "12345")):
        done = await nights.reconcile(here, there)
        assert (done.looked, done.differences) == (7, [])


# Healed


@pytest.mark.parametrize("here", ["12345", "110"])
async def test_messages_that_one_side_lost_are_sent_again_whichever_side_looks(nights, world, here):
    """110's record of what came is gone from the second message on, as after an older backup; 12345 has acknowledgements of all."""
    order, theirs = await handed_over(world)
    backup = await Backup.take(theirs.centre)
    await order.supplement(text="车是红色的")
    await order.supplement(text="车牌尾号5")
    await world.settle()
    await backup.restore()
    await theirs.look()
    assert "红色" not in theirs.order.content

    there = "110" if here == "12345" else "12345"
    done = await nights.reconcile(here, there)
    assert ([one.kind for one in done.differences], done.resent, done.asked_for) == (["lost"], 0, 0)
    assert await kinds(world.centre(here)) == ["lost"]
    done = await nights.reconcile(here, there, heal=True)
    assert (done.resent, done.asked_for) == ((2, 0) if here == "12345" else (0, 1))
    await world.settle()

    assert theirs.order.content.endswith("【补充】车是红色的\n【补充】车牌尾号5")
    done = await nights.reconcile(here, there)
    assert (done.differences, done.healed) == ([], 1)
    assert await kinds(world.centre(here)) == []
    assert await kinds(world.centre(here), "healed") == ["lost"]


async def test_an_offer_that_the_peer_no_longer_knows_goes_again_and_nobody_is_forgotten(nights, world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    backup = await Backup.take(world.centre("110"))
    await order.transfer("110")
    await order.supplement(text="车是红色的")
    await world.settle()
    assert await world.centre("110").knows(order.matter_id)
    await backup.restore()
    world._handles.clear()
    done = await nights.reconcile("12345", "110", heal=True)
    assert ([one.kind for one in done.differences], done.resent) == (["missing"], 2)
    await world.settle()
    theirs = await order.at("110")
    assert theirs.status == "offered"
    assert theirs.order.content.endswith("车是红色的")
    assert await seen(nights, "12345", "110") == []


async def test_both_sides_heal_at_the_same_moment_and_each_message_has_its_effect_once(nights, world):
    order, theirs = await handed_over(world)
    backup = await Backup.take(theirs.centre)
    await order.supplement(text="车是红色的")
    await world.settle()
    await backup.restore()
    await asyncio.gather(
        *(nights.reconcile(*pair, heal=True) for pair in [("12345", "110"), ("110", "12345")] * 3),
    )
    await world.settle()
    await world.settle()
    await theirs.look()
    assert theirs.order.content.count("车是红色的") == 1
    assert {row["status"] for row in await order.centre.outbox()} == {"delivered"}
    for here, there in (("12345", "110"), ("110", "12345")):
        assert await seen(nights, here, there) == []
        assert await kinds(world.centre(here)) == []


async def test_what_can_not_be_healed_is_not_sent_again_for_ever(nights, world):
    """The order is gone at 110 while its record of the messages is there: sending again changes nothing."""
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    world._handles.clear()
    await Administrator(theirs.centre).delete(theirs.id)
    tried = []
    for _ in range(5):
        tried.append((await nights.reconcile("12345", "110", heal=True)).resent)
        await world.settle()
    assert tried == [1, 1, 1, 0, 0]
    (row,) = await discrepancies(world.centre("12345"))
    assert (row["kind"], row["tries"], row["times"]) == ("missing", healing.TRIES, 5)


async def test_a_peer_can_only_ask_again_for_what_was_sent_to_it(open_world):
    world = await open_world("12345", "110", "119")
    async with Nights.open(world):
        order, _ = await handed_over(world)
        from liandong.core.ids import new_id
        from liandong.exchange.ledger_bodies import MessagesMissed, Missed
        from liandong.exchange.notices import send_notice

        async with world.centre("119").pool.acquire() as connection, connection.transaction():
            body = MessagesMissed(matters=[Missed(order.matter_id, 0)])
            await send_notice(connection, peer="12345", thread=new_id(), body=body, now=world.clock.now())
        before = len(world.link("12345", "110").posted)
        await world.settle()
        assert len(world.link("12345", "110").posted) == before


# Put before people


async def test_a_dead_letter_is_stuck_until_it_is_sent_again(nights, world):
    from liandong.exchange.receive import SQL

    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    with a_receiver_that_does_not_understand():
        await world.settle()
    for here, there in (("12345", "110"),):
        done = await nights.reconcile(here, there, heal=True)
        assert ([one.kind for one in done.differences], done.resent) == (["stuck"], 0)
    pool = world.centre("12345").pool
    await pool.fetch(SQL.resend, [row["id"] for row in await pool.fetch(SQL.dead_ids, None)], world.clock.now())
    await world.settle()
    done = await nights.reconcile("12345", "110")
    assert (done.differences, done.healed) == ([], 1)


@pytest.mark.parametrize("here", ["12345", "110"])
async def test_a_centre_that_lost_what_it_had_said_itself_was_restored_from_an_older_backup(nights, world, here):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    backup = await Backup.take(theirs.centre)
    await theirs.accept_transfer()
    await order.centre.send()
    await world.settle()
    await backup.restore()
    await theirs.look()
    there = "110" if here == "12345" else "12345"
    done = await nights.reconcile(here, there, heal=True)
    assert [one.kind for one in done.differences] == ["restored"]
    assert ("对方" if here == "12345" else "本方") in done.differences[0].text[:4]
    assert await kinds(world.centre(here)) == ["restored"]


async def test_a_gap_in_what_was_received_is_seen_though_the_newest_numbers_agree(nights, world):
    order, theirs = await handed_over(world)
    await order.supplement(text="车是红色的")
    await world.settle()
    await flip(theirs.centre, "DELETE FROM inbox WHERE matter_id = $1 AND seq = 1", order.matter_id)
    for here, there in (("12345", "110"), ("110", "12345")):
        done = await nights.reconcile(here, there, heal=True)
        assert ([one.kind for one in done.differences], done.resent, done.asked_for) == (["lost"], 0, 0)


BUSINESS = {
    "no_owner": ("110", "UPDATE orders SET responsible = false WHERE matter_id = $1"),
    "two_owners": ("12345", "UPDATE orders SET responsible = true WHERE matter_id = $1"),
    "transfer": (
        "110",
        "UPDATE transfers SET status = 'offered' WHERE order_id = (SELECT id FROM orders WHERE matter_id = $1)",
    ),
    "closed": ("12345", "UPDATE orders SET status = 'evaluated' WHERE matter_id = $1"),
    "result": ("110", "UPDATE orders SET status = 'fed_back' WHERE matter_id = $1"),
}


@pytest.mark.parametrize("kind", BUSINESS)
async def test_a_row_flipped_behind_the_program_is_seen_from_both_sides_and_healed_when_it_is_put_right(
    nights, world, kind
):
    order, theirs = await handed_over(world)
    where, sql = BUSINESS[kind]
    centre = world.centre(where)
    tables = "SELECT status, responsible FROM orders", "SELECT status FROM transfers"
    before = [await centre.pool.fetchrow(one) for one in tables]
    await flip(centre, sql, order.matter_id)
    for here, there in (("12345", "110"), ("110", "12345")):
        assert await seen(nights, here, there, heal=True) == [kind]
        assert await kinds(world.centre(here)) == [kind]
    status, responsible = before[0]
    await flip(centre, "UPDATE orders SET status = $1, responsible = $2", status, responsible)
    await flip(centre, "UPDATE transfers SET status = $1", before[1]["status"])
    for here, there in (("12345", "110"), ("110", "12345")):
        done = await nights.reconcile(here, there)
        assert (done.differences, done.healed) == ([], 1)
    assert theirs.matter_id == order.matter_id


async def test_an_order_that_only_the_peer_has_is_missing_here(nights, world):
    order, _ = await handed_over(world)
    world._handles.clear()
    await Administrator(order.centre).delete(order.id)
    for here, there in (("12345", "110"), ("110", "12345")):
        done = await nights.reconcile(here, there, heal=True)
        assert ([one.kind for one in done.differences], done.resent, done.asked_for) == (["missing"], 0, 0)


async def test_a_matter_that_moves_while_it_is_compared_is_no_difference(nights, world, monkeypatch):
    """At the first look an acceptance is handed over between the reading of the two sides, at the second a message the other way."""
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    real, looks = healing._ask, []

    async def asked(asker, question):
        if not question.matters:
            return await real(asker, question)
        looks.append(question)
        if len(looks) == 1:
            await theirs.accept_transfer()
            await world.settle()
            return await real(asker, question)
        answer = await real(asker, question)
        await order.supplement(text="车是红色的")
        await world.settle()
        return answer

    monkeypatch.setattr(healing, "_ask", asked)
    done = await nights.reconcile("12345", "110", heal=True)
    assert len(looks) == 2
    assert [one.kind for one in done.differences] == ["on_the_way"]
    assert (done.resent, done.asked_for) == (0, 0)
    assert await kinds(world.centre("12345")) == []


async def test_a_finding_is_not_called_healed_while_what_heals_it_is_still_on_its_way(nights, world):
    order, theirs = await handed_over(world)
    backup = await Backup.take(theirs.centre)
    await order.supplement(text="车是红色的")
    await world.settle()
    await backup.restore()
    assert (await nights.reconcile("12345", "110", heal=True)).resent == 1
    assert await seen(nights, "12345", "110") == ["on_the_way"]
    assert await kinds(world.centre("12345")) == ["lost"]
    await world.settle()
    assert (await nights.reconcile("12345", "110")).healed == 1
    await theirs.look()


async def test_a_finding_that_a_person_dismissed_stays_dismissed_until_it_says_something_else(nights, world):
    order, _ = await handed_over(world)
    centre = world.centre("12345")
    await flip(centre, "UPDATE orders SET responsible = true WHERE matter_id = $1", order.matter_id)
    await nights.reconcile("12345", "110")
    (row,) = await discrepancies(centre)
    await store.dismiss(centre.pool, row["id"], who="leader", reason="双方已电话商定", now=world.clock.now())
    await nights.reconcile("12345", "110")
    assert await kinds(centre) == []
    (row,) = await discrepancies(centre, "dismissed")
    assert (row["closed_by"], row["reason"], row["times"]) == ("leader", "双方已电话商定", 2)
    await flip(centre, "UPDATE orders SET responsible = false WHERE matter_id = $1", order.matter_id)
    await flip(world.centre("110"), "UPDATE orders SET responsible = false WHERE matter_id = $1", order.matter_id)
    await nights.reconcile("12345", "110")
    assert await kinds(centre) == ["no_owner"]


async def test_a_peer_that_can_not_be_asked_changes_nothing(nights, world):
    await handed_over(world)
    world.cut()
    with pytest.raises(NoAnswer):
        await nights.reconcile("12345", "110", heal=True)
    assert await world.centre("12345").pool.fetchval("SELECT count(*) FROM reconciliations") == 0


async def test_a_version_that_knows_no_closed_matters_ends_the_comparison_and_not_the_night(world):
    from liandong.exchange.views import following

    await handed_over(world)
    (view,) = await shared_matters(world.centre("12345").pool, "110", ViewsAsked())
    assert view.closed_at is None
    assert following(ViewsAsked(closed_since=world.clock.now()), [view]) is None


def test_the_index_of_open_orders_has_the_final_statuses_of_the_lifecycles():
    for name in ("migrations/0012_roots.sql", "exchange/queries.sql"):
        text = files("liandong").joinpath(name).read_text(encoding="utf-8")
        (listed,) = re.findall(r"status NOT IN \(([^)]*)\)", text)
        assert {word.strip(" '") for word in listed.split(",")} == FINAL


def test_every_kind_of_difference_has_its_story():
    from pathlib import Path

    told = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{kind}"' in told for kind in KINDS)
    assert set(SERIOUS) == set(KINDS) - {"on_the_way"}
