"""Every transition of both tables is really carried out against PostgreSQL: event, status, clocks and messages as its row says."""

from datetime import timedelta
from functools import cache

import msgspec
import pytest
import pytest_asyncio
from circumstances import (
    EARLIER,
    MASTER_ID,
    NOW,
    PEER_OF,
    THIRD,
    actor_with,
    asked,
    handled_situations,
    related_to,
    situations,
    snapshot_of,
    ways_to_ask,
)
from test_lifecycle_matrix import POLICIES

from liandong.core.ids import new_id
from liandong.exchange.contracts import KIND_OF
from liandong.handling import ladders
from liandong.handling import rules as handling_rules
from liandong.handling.model import LADDER_CLOCK
from liandong.orders.context import DANGER_CLOCK
from liandong.orders.decide import AFTER_RESULT, Decision, Event, decide, kind_of
from liandong.orders.lifecycle import ENTRY, LIFECYCLES
from liandong.orders.model import Kind
from world import World

KINDS = {Kind.WORK_ORDER: "12345", Kind.POLICE_ORDER: "110"}
# Rows of the linkage that stand in both tables and can only happen at one kind of centre.
ONLY_AT = {
    "danger_unknown_there": Kind.WORK_ORDER,
    "urgent_to_forces": Kind.POLICE_ORDER,
    "acts_beside": "119",
    "told_by_other": "a chain",
}
ROWS = [
    pytest.param(kind, number, id=f"{kind}-{number}-{row.action}-{row.event}")
    for kind, lifecycle in LIFECYCLES.items()
    for number, row in enumerate(lifecycle.rows)
    if all(ONLY_AT.get(guard, kind) == kind for guard in row.guards)
]
HANDLING = {*handling_rules.GUARDS, *ladders.GUARDS}
# Clocks that a row starts only sometimes, with the reason.
STARTS_LESS = {"order.closed": "who got the matter from a peer does not call back"}
# Who begins anew calls back what is on offer still; who has the matter, or has ended, answers what it was still asked; files are
# announced with every hand-over.
ALSO_SENT = {"transfer.withdrawal_requested.v1", "transfer.returned.v1", "attachment.added.v1"}


@cache
def leading_to(kind, number, source):
    """A situation and a way to ask that lead from this status to this row, with as many of its messages as any does."""
    row, best = LIFECYCLES[kind].rows[number], None
    role = sorted(row.roles)[0]
    actor = actor_with(role, kind)
    ways = ways_to_ask(kind, row.action)
    own = HANDLING & set(row.guards)
    for situation in (*handled_situations(), *situations()) if own else situations():
        snapshot = snapshot_of(kind, source, situation)
        related = related_to(snapshot, situation)
        for data in ways:
            ask = asked(kind, row.action, data, actor, POLICIES[kind], related=related)
            if LIFECYCLES[kind].find(source, row.action, actor.roles, snapshot, ask) is not row:
                continue
            decision = decide(snapshot, ask)
            sent = {kind_of(message) for message in decision.messages}
            if best is None or len(sent & set(row.sends)) > best[0]:
                best = (len(sent & set(row.sends)), situation, data, actor)
            if sent >= set(row.sends):
                return best[1:]
    return best and best[1:]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(databases, tmp_path_factory):
    """One for all rows: each plants an order of its own."""
    centres, folder = ("12345", "110", THIRD), tmp_path_factory.mktemp("transitions")
    async with World.open(databases, folder / "city", centres, start=EARLIER, arbitration=True) as opened:
        opened.clock.advance(NOW - EARLIER)
        yield opened


async def plant(centre, kind, source, situation):
    """Writes an order in this very situation, by the commit statement that everything goes through."""
    snapshot = snapshot_of(kind, source, situation)
    ids = {transfer.id: new_id() for transfer in snapshot.transfers}
    await _plant_master(centre, kind, snapshot, situation)
    transfers = [msgspec.structs.replace(transfer, id=ids[transfer.id]) for transfer in snapshot.transfers]
    order = snapshot.order
    if source == "merged":
        order = msgspec.structs.replace(order, master_id=MASTERS[MASTER_ID], merged=True)
    event = Event(new_id(), "test.planted", source, EARLIER, "test", "test", {})
    timers = [msgspec.to_builtins(timer) for timer in snapshot.timers]
    scope = order.number and f"120000-{centre.code}-20250304"
    planted = Decision(
        msgspec.structs.replace(order, number=None),
        0,
        event,
        None,
        scope,
        timers,
        [],
        snapshot.dispatches,
        transfers,
        attachments=snapshot.attachments,
        oversights=snapshot.oversights,
    )
    assert await centre.node.store.commit(planted) is not None
    return order, ids


async def _plant_master(centre, kind, snapshot, situation):
    """The other order that merging is about; its own number and id are made anew for each planting."""
    master = related_to(snapshot, situation).order
    fresh = msgspec.structs.replace(master, id=new_id(), matter_id=new_id(), number=None)
    event = Event(new_id(), "test.planted", fresh.status, EARLIER, "test", "test", {})
    assert await centre.node.store.commit(Decision(fresh, 0, event, None, f"120000-{centre.code}-20250305")) is not None
    MASTERS[MASTER_ID] = fresh.id


MASTERS = {}


async def carry_out(centre, kind, order, data, actor, action, ids):
    commands = centre.node.commands
    for name in ("into", "duplicate_of", "of"):
        if getattr(data, name, None):
            data = msgspec.structs.replace(data, **{name: MASTERS[MASTER_ID]})
    if action == "due":
        assert await commands.fire(order.id, data.clock)
    elif "peer" in actor.roles:
        if hasattr(data, "transfer_id"):
            data = msgspec.structs.replace(data, transfer_id=ids.get(data.transfer_id, data.transfer_id))
        incoming = asked(kind, action, data, actor, None, matter_id=order.matter_id).incoming
        assert await commands.receive(order.id, action, data, incoming) is not None
    else:
        await commands.act(order.id, data, actor)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("kind, number", ROWS)
async def test_a_transition_does_what_its_row_says(city, kind, number):
    row = LIFECYCLES[kind].rows[number]
    centre = city.centre(KINDS[kind])
    reached, sent_anywhere = 0, set()
    for source in sorted(row.sources):
        found = leading_to(kind, number, source)
        if found is None:
            continue
        reached += 1
        situation, data, actor = found
        order, ids = await plant(centre, kind, source, situation)
        await carry_out(centre, kind, order, data, actor, row.action, ids)
        after = await centre.order_of(order.matter_id)
        await _check_order(after, row, source, situation)
        await _check_clocks(after, row, situation)
        sent_anywhere |= await _check_messages(centre, after, row)
    assert reached, f"nothing leads to {row.action} ({row.event}): the row is dead or the situations here are too few"
    assert sent_anywhere >= set(row.sends), f"{row.event} never sends {set(row.sends) - sent_anywhere}"


async def _check_order(after, row, source, situation):
    assert after.status == (row.target or source)
    assert after.order.version == 2
    last = (await after.ledger())[-1]
    assert (last["seq"], last["kind"], last["status"], last["at"]) == (2, row.event, after.status, NOW)
    assert after.order.updated_at == NOW
    for stamp in row.stamps:
        value = getattr(after.order, stamp)
        kept = stamp == "accepted_at" and (source != "offered" or situation.responsible)
        assert value == (EARLIER if kept else NOW), stamp
    if after.status in LIFECYCLES[after.order.kind].final:
        assert not after.order.responsible


async def _check_clocks(after, row, situation):
    sql = "SELECT name, status, started_at FROM timers WHERE order_id = $1"
    clocks = {r["name"]: r for r in await after.centre.pool.fetch(sql, after.id)}
    # The clock that calls the police follows the danger, not the row (decide._danger_watched).
    # So does the clock for the next rung of a ladder (handling.follow).
    started = {name for name, clock in clocks.items() if clock["started_at"] == NOW} - {DANGER_CLOCK, LADDER_CLOCK}
    if row.event in STARTS_LESS:
        assert started <= set(row.starts)
    else:
        assert started == set(row.starts) - {DANGER_CLOCK}
    for name in set(row.stops) - started:
        assert clocks[name]["status"] in {"stopped", "fired"}, f"{name} still runs"
    if row.target == ENTRY[after.order.kind]:
        assert not [name for name in AFTER_RESULT if clocks[name]["status"] == "running"]
    if after.status in LIFECYCLES[after.order.kind].final:
        assert not [name for name, clock in clocks.items() if clock["status"] in {"running", "paused"}]
    climbs = any(guard.startswith("ladder_") for guard in row.guards)  # its clock may run on, to the next rung
    if row.action == "due" and not row.starts and not climbs:
        assert sum(clock["status"] == "fired" for clock in clocks.values()) == 1


async def _check_messages(centre, after, row):
    rows = await centre.pool.fetch("SELECT kind, peer, seq FROM outbox WHERE order_id = $1 ORDER BY seq", after.id)
    kinds = {r["kind"] for r in rows}
    assert kinds - set(row.sends) <= ALSO_SENT, f"{row.event} sends {kinds - set(row.sends)} that its row does not name"
    for peer in {r["peer"] for r in rows}:
        numbers = [r["seq"] for r in rows if r["peer"] == peer]
        assert numbers == list(range(1, len(numbers) + 1))
    assert {r["peer"] for r in rows} <= {PEER_OF[after.order.kind], THIRD}
    assert kinds <= set(KIND_OF.values())
    return kinds


def test_the_moments_of_these_tests_differ():
    assert timedelta(minutes=1) <= NOW - EARLIER
