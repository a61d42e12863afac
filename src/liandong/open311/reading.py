"""Requests and their updates as GeoReport shows them: whole to whom they belong, without words and with coarse places to everybody else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.open311.model import ServiceRequest, Update
from liandong.open311.services import Services
from liandong.orders.lifecycle import FINAL, LIFECYCLES
from liandong.orders.model import Incident
from liandong.orders.view import mask_address

SQL = load_sql("liandong.open311")
CLOSED = sorted(FINAL | {"closed", "called_back"})
_NAMES = {status: names for lifecycle in LIFECYCLES.values() for status, names in lifecycle.statuses.items()}
OPEN = sorted(set(_NAMES) - set(CLOSED))


class Asked(Struct, frozen=True):
    """`page` counts from one."""

    ids: list[str] = []
    codes: list[str] = []
    statuses: list[str] = []
    start: datetime | None = None
    end: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    page: int = 1
    page_size: int = 0


class Reading:
    """`unit_name`: org code → short name, None where it is not known."""

    def __init__(self, pool: asyncpg.Pool, services: Services, unit_name: Callable[[str], str | None]) -> None:
        self._pool = pool
        self._services = services
        self._policy = services.policy
        self._unit_name = unit_name

    async def requests(self, asked: Asked, actor: str | None, now: datetime) -> list[ServiceRequest]:
        """Raises AppError field_invalid for a range that is too wide."""
        if asked.ids:
            rows = await self._pool.fetch(SQL.numbered, actor, asked.ids[: self._policy.most], self._policy.public)
            return [self._request(row, actor) for row in rows]
        start, end = self.span(asked.start, asked.end, now)
        most = self._policy.most
        size = min(asked.page_size or most, most)
        rows = await self._pool.fetch(
            SQL.listed,
            actor,
            start,
            end,
            _statuses(asked.statuses),
            asked.codes or None,
            asked.updated_after,
            asked.updated_before,
            size,
            (asked.page - 1) * size,
            self._policy.public,
        )
        return [self._request(row, actor) for row in rows]

    async def updates(
        self, start: datetime | None, end: datetime | None, actor: str | None, now: datetime
    ) -> list[Update]:
        start, end = self.span(start, end, now)
        oldest = start - timedelta(days=self._policy.days)
        kinds = list(self._policy.updates)
        rows = await self._pool.fetch(
            SQL.updates, actor, oldest, start, end, kinds, self._policy.most, self._policy.public
        )
        return [self._update(row, actor) for row in rows]

    def span(self, start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
        """The last days up to now, or around what was given."""
        widest = timedelta(days=self._policy.days)
        end = end or (min(start + widest, now + timedelta(seconds=1)) if start else now + timedelta(seconds=1))
        start = start or end - widest
        if end - start > widest:
            raise AppError("field_invalid", f"时间范围不得超过 {self._policy.days} 天（range too wide）")
        return start, end

    def _request(self, row: Any, actor: str | None) -> ServiceRequest:
        own = row["actor"] == actor
        code = row["class_confirmed"] or row["class_intake"] or ""
        incident = msgspec.json.decode(row["incident"], type=Incident)
        point, places = incident.wgs84, self._policy.coarse_decimals
        return ServiceRequest(
            service_request_id=row["number"],
            status="closed" if row["status"] in CLOSED else "open",
            status_notes=_NAMES[row["status"]][0],
            service_name=self._services.name_of(code),
            service_code=code,
            description=row["content"][:4000] if own else None,
            agency_responsible=self._unit_name(row["unit"] or ""),
            service_notice=None,
            requested_datetime=row["created_at"],
            updated_datetime=row["updated_at"],
            expected_datetime=row["due_at"],
            address=(incident.address if own else mask_address(incident.address)) or None,
            address_id=None,
            zipcode=None,
            lat=None if point is None else point.lat if own else round(point.lat, places),
            long=None if point is None else point.lon if own else round(point.lon, places),
            media_url=None,
        )

    def _update(self, row: Any, actor: str | None) -> Update:
        told = self._policy.updates[row["kind"]]
        if row["actor"] == actor:  # the answer's own words are for whoever asked
            asked = msgspec.json.decode(row["body"]).get("asked") or {}
            said = asked.get("answer") or asked.get("result") or asked.get("script") or asked.get("text")
            told = f"{told}：{said}" if said else told
        return Update(
            update_id=str(row["id"]),
            service_request_id=row["number"],
            status="closed" if row["status"] in CLOSED else "open",
            updated_datetime=row["at"],
            description=told,
            media_url=None,
        )


def _statuses(words: list[str]) -> list[str] | None:
    if not words:
        return None
    return [*(OPEN if "open" in words else []), *(CLOSED if "closed" in words else [])]
