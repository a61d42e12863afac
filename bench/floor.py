"""The floor: pgbench runs the product's own commit statement with a create exactly as the product writes it. Nothing can be faster here."""

import asyncio
import re
from pathlib import Path
from uuid import UUID

import msgspec

from bench import desk
from liandong.core import db
from liandong.core.clock import SystemClock
from liandong.node import policy_of
from liandong.orders.actions import Intake
from liandong.orders.context import Actor, Asked
from liandong.orders.decide import decide_intake
from liandong.orders.shapes import statement_for
from liandong.orders.store import Change, Request, change_of, digest_of
from liandong.postgres import binary
from liandong.routing.reader import default_reader
from liandong.settings import load_settings

SETTINGS = {**db.COMMIT_SETTINGS, "jit": "off", "timezone": "UTC"}


def script(settings: Path, *, own_scope: bool = False) -> str:
    """pgbench's script: one create a transaction, every id and key fresh. `own_scope`: a number counter for each client."""
    change = _create(settings)
    given = msgspec.json.decode(change.json)
    places = {
        given["id"]: "uuidv7()::text",
        given["fields"]["matter_id"]: "uuidv7()::text",
        given["event"]["event_id"]: "uuidv7()::text",
        given["request"]["key"]: "gen_random_uuid()::text",
    }
    if own_scope:
        places[given["number_scope"]] = f"('{given['number_scope']}' || :client_id::text)"
    text = '[{"n":0,' + change.json.decode()[1:] + "]"
    expression = f"$json${_without_variables(text)}$json$"
    for place, fresh in places.items():
        expression = f"replace({expression}, '{place}', {fresh})"
    return statement_for([change.parts]).replace("$1::jsonb", f"({expression})::jsonb").rstrip().rstrip(";") + ";\n"


async def measure(dsn: str, settings: Path, *, clients: int, seconds: float, own_scope: bool = False) -> float:
    """Commits a second. `settings`: those of the node whose creates are imitated."""
    path = settings.with_name("floor.sql")
    path.write_text(script(settings, own_scope=own_scope), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        str(binary("pgbench")),
        *("--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(clients, 2)}"),
        *(f"--time={max(1, round(seconds))}", f"--file={path}", dsn),
        env={"PGOPTIONS": " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), seconds + 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    found = re.search(rb"^tps = ([0-9.]+)", out, re.MULTILINE)
    if process.returncode != 0 or not found:
        raise RuntimeError(f"pgbench: {err.decode(errors='replace')[-600:]}")
    return float(found[1])


def _create(settings: Path) -> Change:
    """What the product sends to the commit statement for a caller's matter."""
    intake = msgspec.json.decode(desk.intakes("12345")[0], type=Intake)
    policy, now = policy_of(load_settings(settings)), SystemClock().now()
    asked = Asked("intake", intake, Actor("bench#1", frozenset({"call_taker"})), policy, now)
    decision = decide_intake(intake, default_reader().read(intake.content, "12345"), asked)
    key = str(UUID(int=0))
    return change_of(decision, Request(actor="bench#1", key=key, digest=digest_of(b""), at=now))


def _without_variables(text: str) -> str:
    """`:word` would be a variable of pgbench; a space after the colon changes nothing in JSON."""
    return re.sub(r":(?=[^\s\d:\"])", ": ", text)
