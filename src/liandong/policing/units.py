"""Where the units are, what they have in hand, and which ones are proposed for an order."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from liandong.catalogue.units import Unit, default_units
from liandong.core.sqlfiles import load_sql
from liandong.orders.model import Order, Point
from liandong.policing.policy import PolicingPolicy
from liandong.policing.proposing import Availability, Proposed, Scene, UnitState, propose, units_sent_by
from liandong.policing.roads import Place, Roads

SQL = load_sql("liandong.policing")
_point = msgspec.json.Decoder(Point)


async def propose_units(
    pool: asyncpg.Pool, order: Order, now: datetime, *, centre: str, policy: PolicingPolicy, roads: Roads | None
) -> list[Proposed]:
    """The best first. Two queries; roads are followed beside the loop, so that nothing else waits for them."""
    units = units_sent_by(centre, default_units().values(), policy)
    states = await states_of(pool, units)
    loads = {row["unit"]: row["load"] for row in await pool.fetch(SQL.loads)}
    by_road = await asyncio.to_thread(_by_road, order, states, policy, roads) if roads is not None else {}
    return propose(Scene(order, states, loads, by_road, now), units, policy)


async def states_of(pool: asyncpg.Pool, units: list[Unit]) -> dict[str, UnitState]:
    rows = await pool.fetch(SQL.states, [unit.org_code for unit in units])
    return {row["unit"]: _state(row) for row in rows}


async def supported_by(pool: asyncpg.Pool, unit: str) -> list[UUID]:
    return [row["id"] for row in await pool.fetch(SQL.supported_by, unit)]


async def keep_position(
    pool: asyncpg.Pool, unit: str, wgs84: Point | None, gcj02: Point | None, at: datetime, by: str
) -> None:
    await pool.execute(SQL.keep_position, unit, _json(wgs84), _json(gcj02), at, by)


async def keep_state(pool: asyncpg.Pool, unit: str, state: Availability, at: datetime, by: str) -> None:
    await pool.execute(SQL.keep_state, unit, state, at, by)


def _by_road(order: Order, states: dict[str, UnitState], policy: PolicingPolicy, roads: Roads) -> dict[str, float]:
    goal = _place(getattr(order.incident, roads.system))
    if goal is None:
        return {}
    starts = {name: place for name, state in states.items() if (place := _place(getattr(state, roads.system)))}
    return roads.distances(goal, starts, reach=policy.proposal.reach_metres, snap=policy.proposal.snap_metres)


def _place(point: Point | None) -> Place | None:
    return None if point is None else (point.lon, point.lat)


def _json(point: Point | None) -> str | None:
    return None if point is None else msgspec.json.encode(point).decode()


def _state(row: Any) -> UnitState:
    fields = {name: row[name] for name in UnitState.__struct_fields__}
    fields |= {name: _point.decode(row[name]) if row[name] else None for name in ("wgs84", "gcj02")}
    return UnitState(**fields | {"state": Availability(row["state"])})
