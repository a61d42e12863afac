"""What the auditor knows beforehand: the kinds of findings with their words, and how long what may rest. All of it data."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from liandong.core.alarms import Severity
from liandong.policy import ZONE

DEFAULT = "default"
Seconds = Annotated[int, Meta(ge=0, le=10_000_000)]


class AuditError(ValueError):
    """The auditor's table can't be used; the text names the file and the entry."""


class FindingKind(Struct, frozen=True, forbid_unknown_fields=True):
    """`zh` and `en` are sentences with places for the details. `over_when_seen`: a fact of the past, which ends when a person has seen it."""

    kind: Annotated[str, Meta(pattern=r"^[a-z_]+$")]
    severity: Severity
    grace_seconds: Seconds
    zh: str
    en: str
    over_when_seen: bool = False

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.grace_seconds)


class Excused(Struct, frozen=True, forbid_unknown_fields=True):
    """An event that does not start its clock where the matter came from `origin`."""

    clock: str
    event: str
    origin: str
    why: str


class AuditPolicy(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """`most`: findings of one kind in one run. `slice`: open orders looked at in one run, all of them in turn.

    `waiting_events`: kinds of events (LIKE patterns) that no emergency may wait for. `talking_events`: those that excuse an open transfer.
    """

    policy_version: str
    every_seconds: Annotated[int, Meta(ge=1, le=3600)]
    most: Annotated[int, Meta(ge=1, le=10_000)]
    slice: Annotated[int, Meta(ge=1, le=1_000_000)]
    events_a_run: Annotated[int, Meta(ge=1, le=10_000_000)]
    kinds: list[FindingKind]
    patience_seconds: dict[str, Seconds]
    waiting_events: list[str]
    talking_events: list[str]
    excused_clocks: list[Excused]

    @cached_property
    def by_kind(self) -> Mapping[str, FindingKind]:
        return {kind.kind: kind for kind in self.kinds}

    def grace(self, kind: str) -> timedelta:
        return self.by_kind[kind].grace


class Found(Struct, frozen=True):
    """One thing that is not as it should be. `thing` names it among its kind, the same at every run."""

    kind: str
    thing: str
    order_id: UUID | None
    detail: dict[str, Any]


class Looked(Struct, frozen=True):
    """One look over everything: what was found, and the kinds that were looked for whole (without reaching `most`)."""

    at: datetime
    found: list[Found]
    whole: list[str]
    txid: str = "0"
    position: int = 0
    swept: UUID = UUID(int=0)
    touched: int = 0


def load_audit(path: Path | None = None) -> AuditPolicy:
    """Reads and checks the table; without a path the one shipped. Raises AuditError."""
    name = path.name if path else "findings.json"
    try:
        data = path.read_bytes() if path else files("liandong.audit").joinpath("data/findings.json").read_bytes()
        policy = msgspec.json.decode(data, type=AuditPolicy)
    except (OSError, msgspec.DecodeError) as error:
        raise AuditError(f"{name}: {error}") from error
    if DEFAULT not in policy.patience_seconds:
        raise AuditError(f"{name}: patience_seconds needs {DEFAULT!r}")
    missing = set(KINDS) - set(policy.by_kind)
    if missing:
        raise AuditError(f"{name}: no entry for {', '.join(sorted(missing))}")
    return policy


KINDS = (
    "clock_not_fired",
    "clock_without_event",
    "clock_missing",
    "nobody_reminded",
    "transfer_stuck",
    "transfer_lost",
    "message_waits",
    "danger_not_sent",
    "emergency_delayed",
    "message_unseen",
    "worker_silent",
    "no_worker",
    "audit_silent",
    "no_database",
)
OF_ORDERS = frozenset({"clock_without_event", "clock_missing", "nobody_reminded", "emergency_delayed"})
"""Kinds that are looked for among chosen orders: those with new events, those with open findings, and a slice of all open ones."""


def words(kind: FindingKind, detail: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    """The sentence in Chinese and in English. `names`: Chinese words by `kind.status` and `clock.name`. A detail that is missing shows as a dash."""
    given = {name: "—" if value in (None, "") else value for name, value in detail.items()}
    if detail.get("since"):
        given["since"] = f"{datetime.fromisoformat(detail['since']).astimezone(ZONE):%m-%d %H:%M:%S}"
    status = given.get("status", "—")
    chinese = given | {"status": names.get(f"{given.get('of', '')}.{status}", status)}
    if "clock" in given:
        chinese["clock"] = names.get(f"clock.{given['clock']}", given["clock"])
        given["clock"] = str(given["clock"]).replace("_", " ")
    return kind.zh.format_map(_Details(chinese)), kind.en.format_map(_Details(given))


class _Details(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "—"
