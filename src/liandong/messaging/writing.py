"""Who is told what: from an event of the ledger to notifications. Written by the follower `messaging`, in its transaction."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.catalogue.messaging import MessagingPolicy, Rule
from liandong.catalogue.units import default_units
from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.messaging")
DESK = "desk"  # the inbox of this centre's own people
READER = "messaging"
_NAMED = {"oversight"}  # events that name their unit themselves


class Notice(Struct, frozen=True, kw_only=True):
    """One notification to be written. `dedup` makes it one, however often it is tried to be written."""

    dedup: str
    order_id: UUID
    event: str
    template: str
    channel: str
    recipient: str
    unit: str | None
    language: str
    urgent: bool
    params: dict[str, str]
    invite: UUID | None = None


class Writer:
    """`channels`: those that have a gateway; `in_app` needs none."""

    def __init__(
        self, policy: MessagingPolicy, clock: Clock, channels: frozenset[str], centre: tuple[str, str]
    ) -> None:
        self.policy = policy
        self.channels = channels
        self.centre = centre
        self._clock = clock
        self._rules: dict[str, list[Rule]] = {}
        for rule in policy.rules:
            for event in rule.events:
                self._rules.setdefault(event, []).append(rule)

    async def handle(self, connection: asyncpg.Connection, events: Sequence[Any]) -> None:
        asked = [(event, rule) for event in events for rule in self._rules.get(event["kind"], ()) if _fits(rule, event)]
        units = sorted({unit for event, _ in asked if (unit := unit_told(event))})
        book = await connection.fetch(SQL.contacts_of, units) if units else []
        for event, rule in asked:
            for notice in self._notices(event, rule, book):
                await self.write(connection, notice)

    async def write(self, connection: asyncpg.Connection, notice: Notice) -> None:
        """In-app ones are there at once; the others wait for the sender, and for the end of the quiet hours."""
        now = self._clock.now()
        status = "sent" if notice.channel == "in_app" else "pending"
        when = self.policy.not_before(notice.channel, urgent=notice.urgent, now=now)
        said = msgspec.json.encode(notice.params).decode()
        values = (notice.event, notice.template, notice.channel, notice.recipient, notice.unit, notice.language)
        await connection.execute(
            SQL.add,
            new_id(),
            notice.dedup,
            notice.order_id,
            *values,
            notice.urgent,
            said,
            notice.invite,
            now,
            when,
            status,
        )

    def to_caller(self, event: Any, template: str, *, invite: UUID | None = None) -> Notice | None:
        """By SMS, to a mobile number, of a matter that is no drill, not confidential and, by the policy, not in danger; else None."""
        caller = _caller(event)
        phone = mobile_of(caller)
        if "sms" not in self.channels or phone is None or event["exercise"] != "actual" or event["confidential"]:
            return None
        if event["danger"] and not self.policy.callers_in_danger:
            return None
        language = "en" if caller.get("foreign_language") else "zh"
        return self._notice(event, template, "sms", phone, unit=None, language=language, invite=invite)

    def _notices(self, event: Any, rule: Rule, book: Sequence[Any]) -> list[Notice]:
        if rule.to == "caller":
            found = (
                [self.to_caller(event, rule.template)] if "sms" in rule.channels and event["origin"] == "caller" else []
            )
            return [one for one in found if one is not None]
        unit = DESK if rule.to == "desk" else unit_told(event)
        if unit is None:
            return []
        inbox = [("in_app", unit)] if "in_app" in rule.channels else []
        out = [(r["channel"], r["address"]) for r in book if r["unit"] == unit and r["channel"] in rule.channels]
        # A drill stays in the house.
        out = [(channel, to) for channel, to in out if channel in self.channels and event["exercise"] == "actual"]
        return [
            self._notice(event, rule.template, channel, to, unit=unit, language="zh") for channel, to in inbox + out
        ]

    def _notice(
        self,
        event: Any,
        template: str,
        channel: str,
        to: str,
        *,
        unit: str | None,
        language: str,
        invite: UUID | None = None,
    ) -> Notice:
        known = default_units().get(unit_told(event) or "")
        params = {
            "number": event["number"] or "",
            "centre": self.centre[language == "en"],
            "unit": known.short if known else "",
        }
        return Notice(
            dedup=f"{event['order_id']}:{event['seq']}:{template}:{channel}:{to}",
            order_id=event["order_id"],
            event=event["kind"],
            template=template,
            channel=channel,
            recipient=to,
            unit=unit,
            language=language,
            urgent=self.policy.templates[template].urgent or event["danger"] or event["urgent"],
            params=params,
            invite=invite,
        )


def unit_told(event: Any) -> str | None:
    """The unit that the event is about: the one it names, else the order's, else the one that had it last."""
    if event["kind"].partition(".")[0] in _NAMED:
        named = msgspec.json.decode(event["body"]).get("oversight", {}).get("unit")
        if named:
            return str(named)
    return event["unit"] or event["last_unit"]


def mobile_of(caller: dict[str, Any]) -> str | None:
    """The number that an SMS may go to: 11 digits that begin with 1, the number to contact first."""
    for name in ("contact_phone", "phone"):
        digits = "".join(c for c in caller.get(name) or "" if c.isdigit()).removeprefix("86")
        if len(digits) == 11 and digits[0] == "1":
            return digits
    return None


def _caller(event: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(event["caller"])
    return found


def _fits(rule: Rule, event: Any) -> bool:
    return event["channel"] not in rule.not_from
