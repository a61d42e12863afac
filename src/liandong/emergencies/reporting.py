"""Situation reports: made from the log at intervals or when somebody asks, kept as they were made."""

import asyncio
import hashlib
from uuid import UUID

from liandong.catalogue.centres import default_centres
from liandong.emergencies import lines as on
from liandong.emergencies.callers import Callers, Counts
from liandong.emergencies.model import Emergency
from liandong.emergencies.run_cards import UNIT
from liandong.emergencies.service import Emergencies
from liandong.emergencies.sitrep import Sitrep, pdf_of
from liandong.emergencies.store import SQL, lines_of
from liandong.emergencies.timeline import timeline
from liandong.orders.context import Actor


async def make_report(emergencies: Emergencies, callers: Callers, emergency_id: UUID, actor: Actor) -> int:
    """Returns its number. Raises AppError: not_found, not_permitted."""
    now = emergencies.clock.now()
    state = await emergencies.one(emergency_id)
    if "clock" not in actor.roles:
        emergencies.check(state, "report", actor)
    no = state.reports + 1
    report = await sitrep_of(emergencies, callers, state, no)
    made = await asyncio.to_thread(pdf_of, report)
    digest = hashlib.sha256(made).hexdigest()
    async with emergencies.pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL.lock)
        await connection.execute(SQL.keep_report, state.id, no, now, actor.id, digest, made)
        next_at = emergencies.due("emergency_sitrep", state.level or 4, now)
        line = on.ReportMade(no=no, digest=digest, next_at=next_at)
        await emergencies.append(connection, state.id, [line], actor.id, state.exercise, now)
    return no


async def sitrep_of(emergencies: Emergencies, callers: Callers, state: Emergency, no: int) -> Sitrep:
    lines = await lines_of(emergencies.pool, [state.id, *state.members])
    counts: Counts = await callers.counts(state)
    level = emergencies.table.level(state.level or 4)
    subtype = emergencies.table.subtype(state.subtype)
    return Sitrep(
        no=no,
        made_at=emergencies.clock.now(),
        centre=emergencies.policy.profile.name,
        state=state,
        level=f"{level.roman}级（{level.zh}，{level.colour}色）",
        kind=f"{emergencies.table.kinds[state.kind][0]}·{subtype.zh if subtype else state.subtype}",
        counts=counts,
        moments=timeline(lines, state),
        names=_names(emergencies, state),
    )


def _names(emergencies: Emergencies, state: Emergency) -> dict[str, str]:
    """Of centres, and of the units that a task calls."""
    names = {code: centre.name for code, centre in default_centres().items()}
    for task in state.tasks:
        if task.to.startswith(UNIT):
            unit = emergencies.policy.directory.last_known(task.to.removeprefix(UNIT))
            names[task.to] = unit.short if unit else task.to
    return names
