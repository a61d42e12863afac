"""Where imported rows go: the same intake as a caller's matter, with the row's content key as its Idempotency-Key."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from liandong.catalogue.units import rows_of
from liandong.imports.model import Row
from liandong.imports.run import Sink
from liandong.orders.actions import Intake
from liandong.orders.context import Actor
from liandong.orders.model import Call, Caller, Channel, Incident, MatterType

IMPORTER = Actor(id="import", roles=frozenset({"call_taker"}))
_CHANNELS = {channel.value for channel in Channel}
_TYPES = {kind.value for kind in MatterType}


def order_sink(node: Any, progressed: Callable[[], None] = lambda: None) -> Sink:
    """Stores rows as new matters of this node; a row whose key is there already is left alone."""

    async def store(rows: list[Row]) -> list[bool]:
        taken = await asyncio.gather(
            *(node.commands.take_in(intake_of(row), IMPORTER, key=row.key, digest=row.key) for row in rows)
        )
        progressed()
        return [not one.repeated for one in taken]

    return store


def intake_of(row: Row) -> Intake:
    """A row as an intake. What does not fit a typed field is kept in the words, so that nothing is lost."""
    phone = row.phone if _is_phone(row.phone) else ""
    rest = [f"【来电号码】{row.phone}"] if row.phone and not phone else []
    ended = row.at + timedelta(minutes=3) if row.at else None
    return Intake(
        content="\n".join([row.content or row.title, *rest])[:10_000],
        title=row.title[:300],
        channel=Channel(row.channel) if row.channel in _CHANNELS else Channel.IMPORT,
        type=MatterType(row.type) if row.type in _TYPES else None,
        division_code=division_code(row.division_code),
        caller=Caller(name=row.caller_name[:300], phone=phone),
        incident=Incident(address=row.address[:300]),
        call=Call(reached_at=row.at, answered_at=row.at, ended_at=ended),
    )


def division_code(text: str) -> str | None:
    """A division's code, from its code or its name."""
    if not _DIVISIONS:
        _DIVISIONS.update(
            {row["name"]: row["code"] for row in rows_of("divisions.csv")}
            | {row["code"]: row["code"] for row in rows_of("divisions.csv")}
        )
    return _DIVISIONS.get(text)


_DIVISIONS: dict[str, str] = {}


def _is_phone(text: str) -> bool:
    return 3 <= len(text) <= 30 and all(c in "0123456789+*() -" for c in text)
