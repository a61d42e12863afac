"""What people are told of an order's events, in which words and when not: data that a city edits (data/messaging.json).

A text may hold `{number}`, `{link}`, `{centre}` and `{unit}` and nothing else, so that no personal data can get into an SMS.
"""

import string
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from liandong.catalogue.tables import read_table
from liandong.core.worktime import zone_of

Channel = Literal["in_app", "sms", "email"]
ALLOWED = frozenset({"number", "link", "centre", "unit"})


class MessagingError(ValueError):
    """The table can't be used; the text says which entry and why."""


class Quiet(Struct, frozen=True, forbid_unknown_fields=True):
    """Local times between which nothing but the urgent goes out by these channels; `start` may be later than `end`."""

    start: time
    end: time
    channels: tuple[Channel, ...]


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """`not_from`: not for matters that came by these channels (the data import)."""

    events: tuple[str, ...]
    to: Literal["caller", "unit", "desk"]
    channels: tuple[Channel, ...]
    template: str
    not_from: tuple[str, ...] = ()


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    zh: str
    en: str
    urgent: bool = False


class MessagingPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`callers_in_danger`: false where a phone that rings may give away somebody who hides.

    `retry_seconds`: how long to wait after each failure; after the last one the notification is dead."""

    zone: str
    quiet: Quiet
    callers_in_danger: bool
    retry_seconds: tuple[int, ...]
    rules: tuple[Rule, ...]
    templates: dict[str, Template]

    def __post_init__(self) -> None:
        for name, template in self.templates.items():
            for text in (template.zh, template.en):
                strange = _placeholders(name, text) - ALLOWED
                if strange:
                    raise MessagingError(
                        f"{name}: {sorted(strange)} may not stand in a text; allowed are {sorted(ALLOWED)}"
                    )
        unknown = {rule.template for rule in self.rules} - set(self.templates)
        if unknown:
            raise MessagingError(f"rules name templates that do not exist: {sorted(unknown)}")

    def not_before(self, channel: str, *, urgent: bool, now: datetime) -> datetime:
        """When it may go out: now, or at the end of the quiet hours."""
        quiet, local = self.quiet, now.astimezone(zone_of(self.zone))
        if urgent or channel not in quiet.channels or not _within(local.time(), quiet.start, quiet.end):
            return now
        day = local.date() + timedelta(days=local.time() >= quiet.end)
        return datetime.combine(day, quiet.end, local.tzinfo)

    def render(self, template: str, language: str, values: dict[str, str]) -> str:
        words = self.templates[template]
        return (words.en if language == "en" else words.zh).format(**{name: values.get(name, "") for name in ALLOWED})


def _placeholders(name: str, text: str) -> set[str]:
    try:
        return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
    except ValueError as error:
        raise MessagingError(f"{name}: {error}") from error


def _within(moment: time, start: time, end: time) -> bool:
    return start <= moment < end if start < end else moment >= start or moment < end


def load_messaging(path: Path | None, events: frozenset[str]) -> MessagingPolicy:
    """Reads and checks a table; without a path the one shipped. `events`: all that may happen to an order. Raises TableError."""
    table = read_table(path, "messaging.json")
    policy = table.decode(MessagingPolicy)
    for rule in policy.rules:
        if unknown := sorted(set(rule.events) - events):
            raise table.wrong(
                unknown[0], f"没有“{unknown[0]}”这种事件，这条永远不会发 / no such event: it would never be sent"
            )
        if rule.template not in policy.templates:
            raise table.wrong(rule.template, f"没有模板“{rule.template}” / no such template")
    if any(wait <= 0 for wait in policy.retry_seconds) or not policy.retry_seconds:
        raise table.wrong("retry_seconds", "重试间隔须为正数，至少一个 / waits must be positive, at least one")
    return policy


@cache
def default_messaging() -> MessagingPolicy:
    return read_table(None, "messaging.json").decode(MessagingPolicy)
