"""Every configured peer as the people of this centre see it."""

from collections.abc import Iterable

import asyncpg

from liandong.catalogue.centres import Centre
from liandong.peers.model import PeerView, is_skewed, not_spoken, state_of
from liandong.peers.telling import SQL


async def list_peers(
    connection: asyncpg.Pool | asyncpg.Connection, profiles: Iterable[Centre], *, kinds: Iterable[str]
) -> list[PeerView]:
    """`kinds`: the messages that this centre speaks."""
    rows = {row["code"]: row for row in await connection.fetch(SQL.all_peers)}
    queues = {row["peer"]: row for row in await connection.fetch(SQL.queues)}
    ours = list(kinds)
    return [_view(profile, rows.get(profile.code), queues.get(profile.code), ours) for profile in profiles]


def _view(profile: Centre, row: asyncpg.Record | None, queue: asyncpg.Record | None, ours: list[str]) -> PeerView:
    known = dict(row) if row is not None else {}
    skew = known.get("clock_skew_ms")
    return PeerView(
        code=profile.code,
        name=profile.name,
        name_en=profile.name_en,
        side=profile.side,
        colour=profile.colour,
        acts_in_danger=profile.acts_in_danger,
        state=state_of(row),
        since=known.get("since"),
        last_seen_at=known.get("last_seen_at"),
        latency_ms=known.get("latency_ms"),
        version=known.get("version"),
        protocol=known.get("protocol"),
        kinds_not_spoken=not_spoken(ours, known.get("kinds")),
        clock_skew_ms=skew,
        clock_skewed=is_skewed(skew),
        desk_open=known.get("desk_open"),
        desk_reason=known.get("desk_reason"),
        desk_since=known.get("desk_since"),
        pending=queue["pending"] if queue else 0,
        dead=queue["dead"] if queue else 0,
        oldest_waiting_at=queue["oldest"] if queue else None,
        last_error=known.get("last_error"),
    )
