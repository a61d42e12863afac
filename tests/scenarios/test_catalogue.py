"""Two centres agree on a new transfer list; it counts from its day on, for both, and what is open is looked at again."""

import asyncio
import random
from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from liandong.agreements import parcels, worker
from liandong.catalogue.content import new_content, write_content
from liandong.catalogue.transfer import default_catalogue
from liandong.core.errors import AppError
from liandong.exchange.notices import send_notice
from liandong.orders.reassess import REVIEW_TAG
from lists import JULY, SAUCERS, Desk, at, fire_list, shipped, turn, with_saucers
from world import person

FORGED = UUID(int=7)
SHIPPED = default_catalogue()


@pytest.fixture
def hotline(world):
    return Desk(world.centre("12345"), "110")


@pytest.fixture
def police(world):
    return Desk(world.centre("110"), "12345")


async def refused(doing, code):
    with pytest.raises(AppError) as error:
        await doing
    assert error.value.code == code, error.value
    return error.value.text


async def agree_on(world, hotline, police, content, day=JULY):
    version = await hotline.proposes(content, day)
    await turn(world)
    await police.act("agree", version)
    await turn(world)
    return version


async def verdict(centre):
    order = await centre.takes(SAUCERS)
    return order.order.verdict.decision, order.order.facts.catalogue


async def test_a_list_that_both_agreed_to_counts_from_the_first_minute_of_its_local_day(world, hotline, police):
    version = await agree_on(world, hotline, police, with_saucers())
    await at(world, JULY - timedelta(days=1), 23, 59)
    assert (await verdict(hotline.centre))[0] == "keep"
    assert [(await desk.sees(version)).status for desk in (hotline, police)] == ["agreed", "agreed"]
    await at(world, JULY, 0, 0)
    decision, catalogue = await verdict(hotline.centre)
    assert decision == "transfer"
    assert catalogue.endswith(f"+110.1-{version.digest[:8]}")
    assert [(await desk.sees(version)).status for desk in (hotline, police)] == ["in_force", "in_force"]
    assert (await police.centre.takes("有人放飞碟模型")).order.verdict.decision == "keep"


async def test_nothing_counts_while_only_one_side_has_agreed(world, hotline, police):
    version = await hotline.proposes(with_saucers())
    await at(world, JULY + timedelta(days=30))
    assert (await verdict(hotline.centre))[0] == "keep"
    assert (await police.sees(version)).status == "proposed"
    await police.act("agree", version)
    await turn(world)  # agreed to after its day: it counts at once
    assert (await verdict(hotline.centre))[0] == "transfer"


async def test_an_agreement_over_a_cut_link_counts_where_it_is_known_and_everywhere_once_the_link_is_back(
    world, hotline, police
):
    version = await hotline.proposes(with_saucers())
    await turn(world)
    world.link("110", "12345").cut()
    await police.act("agree", version)
    await at(world, JULY, 1)
    assert (await police.sees(version)).status == "in_force"
    assert (await hotline.sees(version)).status == "proposed"
    assert (await verdict(hotline.centre))[0] == "keep"
    world.mend()
    await turn(world)
    assert (await hotline.sees(version)).status == "in_force"
    assert (await verdict(hotline.centre))[0] == "transfer"


async def test_a_withdrawal_that_crosses_an_agreement_comes_too_late(world, hotline, police):
    version = await hotline.proposes(with_saucers())
    await turn(world)
    world.cut()
    await police.act("agree", version)
    assert (await hotline.act("withdraw", version, reason="再议")).status == "withdrawing"
    world.mend()
    await turn(world)
    assert [(await desk.sees(version)).status for desk in (hotline, police)] == ["agreed", "agreed"]
    assert "catalogue.withdrawal_too_late" in await police.events(version)


async def test_a_withdrawal_that_arrives_first_ends_it_on_both_sides(world, hotline, police):
    version = await hotline.proposes(with_saucers())
    await turn(world)
    await hotline.act("withdraw", version, reason="再议")
    await turn(world)
    assert [(await desk.sees(version)).status for desk in (hotline, police)] == ["withdrawn", "withdrawn"]
    await refused(police.act("agree", version), "action_not_allowed")


async def test_of_two_proposals_that_cross_never_both_are_agreed(world, hotline, police):
    world.cut()
    ours, theirs = await hotline.proposes(with_saucers()), await police.proposes(with_saucers(code="P0299"))
    world.mend()
    await turn(world)
    await refused(police.act("agree", ours), "guard_refused")
    await refused(hotline.act("agree", theirs), "guard_refused")
    await hotline.act("withdraw", ours)
    await refused(hotline.act("agree", theirs), "guard_refused")  # not before the other side has confirmed
    await turn(world)
    await hotline.act("agree", theirs)
    await turn(world)
    assert [await desk.statuses() for desk in (hotline, police)] == [["agreed", "withdrawn"], ["agreed", "withdrawn"]]


async def test_a_decline_says_why_and_leaves_the_old_list(world, hotline, police):
    version = await hotline.proposes(with_saucers())
    await turn(world)
    await police.act("decline", version, reason="飞碟模型应由体育部门管理")
    await at(world, JULY, 1)
    seen = await hotline.sees(version)
    assert (seen.status, seen.reason) == ("declined", "飞碟模型应由体育部门管理")
    assert (await verdict(hotline.centre))[0] == "keep"


async def test_a_second_click_and_a_second_delivery_change_nothing(world, hotline, police):
    world.link("12345", "110").duplicate(3)
    version = await hotline.proposes(with_saucers())
    assert (await hotline.act("propose", version, day=JULY)).status == "proposed"
    await turn(world)
    answers = await asyncio.gather(*(police.act("agree", version) for _ in range(3)))
    assert {answer.status for answer in answers} == {"agreed"}
    await turn(world)
    await at(world, JULY, 1)
    await turn(world)
    for desk in (hotline, police):
        events = await desk.events(version)
        assert len(events) == len(set(events)), events
    assert len([row for row in await hotline.centre.inbox() if row["kind"] == "catalogue.agreed.v1"]) == 1


async def test_nobody_agrees_to_a_content_that_was_not_on_the_screen(world, hotline, police):
    version = await hotline.proposes(with_saucers())
    await turn(world)
    text = await refused(police.act("agree", version, digest="ab" * 32), "guard_refused")
    assert version.digest[:12] in text


async def test_only_admin_and_supervisor_propose_and_agree(world, hotline, police):
    draft = await hotline.drafts(with_saucers())
    await refused(hotline.act("propose", draft, day=JULY, actor=person("auditor", "call_taker")), "not_permitted")
    await hotline.act("propose", draft, day=JULY, actor=person("supervisor"))
    await turn(world)
    await refused(police.act("agree", draft, actor=person("dispatcher")), "not_permitted")


async def test_a_day_that_has_passed_is_not_proposed(world, hotline, police):
    draft = await hotline.drafts(with_saucers())
    await refused(hotline.act("propose", draft, day=date(2025, 3, 3)), "guard_refused")
    await refused(hotline.act("propose", draft), "guard_refused")


async def test_a_draft_from_an_older_list_undoes_nothing_unseen(world, hotline, police):
    stale = await hotline.drafts(shipped())
    await agree_on(world, hotline, police, with_saucers())
    text = await refused(hotline.act("propose", stale, day=JULY), "guard_refused")
    assert "第 1 版" in text
    newer = await hotline.proposes(with_saucers(with_saucers(), code="P0214"), JULY + timedelta(days=1))
    await turn(world)
    await police.act("agree", newer)
    await at(world, JULY + timedelta(days=1), 1)
    assert await hotline.statuses() == ["in_force", "superseded", "draft"]
    assert await police.statuses() == ["in_force", "superseded"]


async def test_a_later_agreement_with_an_earlier_day_outranks_the_one_before(world, hotline, police):
    late = await agree_on(world, hotline, police, with_saucers(), JULY + timedelta(days=31))
    early = await agree_on(world, hotline, police, with_saucers(with_saucers(), code="P0214"), JULY)
    await at(world, JULY + timedelta(days=40), 1)
    for desk in (hotline, police):
        assert (await desk.sees(early)).status == "in_force"
        assert (await desk.sees(late)).status == "superseded"


async def test_a_list_larger_than_one_message_arrives_in_parts_and_whole(world, hotline, police):
    chance = random.Random(20250701)
    content = shipped()
    words = ["".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(2500)) for _ in content.items]
    items = [msgspec.structs.replace(item, keywords=word) for item, word in zip(content.items, words, strict=True)]
    large = new_content(content.centres, content.categories, items)
    assert len(write_content(large)) > 256 * 1024
    version = await hotline.proposes(large)
    world.link("12345", "110").lose_receipts(1)
    await world.fast_forward(minutes=1)
    sent = [row for row in await hotline.centre.outbox() if row["kind"] == "catalogue.proposed.v1"]
    assert len(sent) > 2
    assert [row["status"] for row in sent] == ["delivered"] * len(sent), [row["last_error"] for row in sent]
    assert await police.agreements.content(str(version.id)) == large
    assert await police.centre.pool.fetchval("SELECT count(*) FROM catalogue_parts") == 0


async def test_a_content_that_does_not_fit_its_digest_is_declined_unopened(world, hotline, police):
    version = await hotline.proposes(with_saucers())
    other = write_content(shipped())
    [forged] = parcels.packed(msgspec.structs.replace(version, id=FORGED), other, "x")
    async with hotline.centre.pool.acquire() as connection, connection.transaction():
        from liandong.agreements.steps import THREAD

        await send_notice(connection, peer="110", thread=THREAD, body=forged, now=world.clock.now())
    await turn(world)
    assert await police.statuses() == ["proposed"]
    log = await police.agreements.log(FORGED)
    assert [row["event"] for row in log] == ["catalogue.declined_unopened"]
    assert "摘要" in log[0]["body"]


async def test_codes_are_not_used_with_two_centres(open_world):
    world = await open_world("12345", "110", "119")
    with_fire, with_police = (Desk(world.centre("12345"), peer) for peer in ("119", "110"))
    await refused(with_fire.drafts(fire_list("P0101")), "catalogue_invalid")
    await with_fire.proposes(fire_list("F0101"))
    clash = with_saucers(code="F0101")
    assert "F0101" in await refused(with_police.drafts(clash), "catalogue_invalid")


async def test_three_centres_keep_a_list_for_each_pair(open_world):
    world = await open_world("12345", "110", "119")
    hotline, fire = Desk(world.centre("12345"), "119"), Desk(world.centre("119"), "12345")
    version = await hotline.proposes(fire_list())
    await turn(world)
    await fire.act("agree", version)
    await at(world, JULY, 1)
    order = await world.centre("12345").takes(SAUCERS)
    assert (order.order.verdict.decision, order.order.verdict.target) == ("transfer", "119")
    assert (await world.centre("12345").takes("停在楼下的电动车让人偷了")).order.verdict.target == "110"
    assert (await world.centre("119").takes("有个飞碟模型")).order.verdict.decision == "keep"
    assert await Desk(world.centre("110"), "12345").statuses() == []


async def test_an_open_order_whose_owner_changes_is_flagged_and_stays_where_it_is(world, hotline, police):
    changed = await hotline.centre.takes(SAUCERS)
    same = await hotline.centre.takes("家里暖气十四度")
    over = await (await hotline.centre.takes(SAUCERS)).answer_directly(answer="已告知")
    await over.call_back(reached=True)
    await over.evaluate(satisfaction=5)
    await agree_on(world, hotline, police, with_saucers())
    await at(world, JULY, 0)
    assert REVIEW_TAG not in (await changed.look()).order.tags  # other processes may still read by the old list
    await at(world, JULY, 0, 1)
    await changed.look()
    assert changed.order.tags == [REVIEW_TAG]
    assert (changed.order.verdict.decision, changed.order.verdict.target) == ("transfer", "110")
    assert (changed.status, changed.order.responsible, changed.snapshot.transfers) == ("accepted", True, None)
    assert (await changed.events())[-1] == "order.reassessed"
    body = msgspec.json.decode((await changed.ledger())[-1]["body"])
    assert (body["before"]["decision"], body["after"]["target"]) == ("keep", "110")
    assert (body["catalogue_before"], body["catalogue"].split("+")[0]) == (SHIPPED.version, SHIPPED.version)
    for order in (same, over):
        assert REVIEW_TAG not in (await order.look()).order.tags
        assert "order.reassessed" not in await order.events()
    await changed.amend(tags=[])
    await turn(world)
    assert (await changed.look()).order.tags == []


async def test_reading_again_never_lowers_danger_nor_what_a_person_set(world, hotline, police):
    danger = await hotline.centre.takes(f"{SAUCERS}，把人砸伤了流血不止", facts={"danger": True})
    told = await hotline.centre.takes(SAUCERS, facts={"scope": "own"})
    raised = await hotline.centre.takes(SAUCERS)
    await raised.raise_danger(text="有人受伤")
    version = await agree_on(world, hotline, police, with_saucers())
    await at(world, JULY, 0)
    await at(world, JULY, 0, 1)
    assert (await hotline.agreements.reassessment(version.id))["looked_at"] == 3
    await danger.look()
    assert (danger.order.danger, danger.order.urgent) == (True, True)
    assert danger.order.verdict.decision == "transfer_urgent"
    assert (await told.look()).order.verdict.decision == "keep"
    assert REVIEW_TAG not in told.order.tags
    await raised.look()
    assert (raised.order.danger, raised.order.urgent, raised.status) == (True, True, "following")
    assert (raised.order.tags, raised.order.verdict.decision) == ([REVIEW_TAG], "transfer_urgent")


async def test_a_worker_that_dies_in_the_middle_leaves_the_rest_to_another_and_nobody_is_flagged_twice(
    world, hotline, police, monkeypatch
):
    monkeypatch.setattr(worker, "BATCH", 3)
    orders = [await hotline.centre.takes(SAUCERS) for _ in range(8)]
    version = await agree_on(world, hotline, police, with_saucers())
    world.clock.advance(timedelta(days=150))
    node, now = hotline.centre.node, world.clock.now()
    await worker.bring_into_force(node.pool, now)
    now += worker.GRACE
    deaths = iter([False, True, False, True])

    def dies(_name):
        if next(deaths, False):
            raise ConnectionResetError("killed")

    monkeypatch.setattr(worker, "reach", dies)
    for _ in range(20):
        try:
            if not await worker.reassess_some(node.pool, now, running=node.reader, commands=node.commands):
                break
        except ConnectionResetError:
            continue
    assert next(deaths, None) is None
    for order in orders:
        assert (await order.look()).order.tags == [REVIEW_TAG]
        assert (await order.events()).count("order.reassessed") == 1
    done = await hotline.agreements.reassessment(version.id)
    assert (done["looked_at"], done["flagged"]) == (8, 8)
    assert done["finished_at"] == now


async def test_two_workers_bring_a_version_into_force_and_read_again_once(world, hotline, police):
    order = await hotline.centre.takes(SAUCERS)
    version = await agree_on(world, hotline, police, with_saucers())
    world.clock.advance(timedelta(days=150))
    node, now = hotline.centre.node, world.clock.now()
    await asyncio.gather(*(worker.bring_into_force(node.pool, now) for _ in range(4)))
    later = now + worker.GRACE
    await asyncio.gather(
        *(worker.reassess_some(node.pool, later, running=node.reader, commands=node.commands) for _ in range(4))
    )
    assert (await order.events()).count("order.reassessed") == 1
    assert (await hotline.events(version)).count("catalogue.came_into_force") == 1
