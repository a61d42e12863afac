"""Events of the ledger become rows for the side that they are for, with the order as it is when the row is written."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import asyncpg
import msgspec

from liandong.middle.codes import Codes
from liandong.middle.model import Side
from liandong.orders.hiding import Hidden
from liandong.orders.lifecycle import LIFECYCLES
from liandong.orders.model import Call, Caller, Order, Point, Snapshot
from liandong.orders.store import Store
from liandong.orders.view import Masked

SAID = ("answer", "result", "script", "text", "words", "reason", "note", "what")
THREE_LEVELS = {5: "5", 4: "5", 3: "3", 2: "1", 1: "1"}


class Teller:
    def __init__(self, side: Side, codes: Codes, store: Store, sql: SimpleNamespace) -> None:
        self._side = side
        self._codes = codes
        self._store = store
        self._sql = sql

    async def handle(self, connection: asyncpg.Connection, events: Sequence[Any]) -> None:
        """What the side itself caused is no news to it, but the number that it was given is."""
        unit, own = self._side.unit, self._side.actor.id
        wanted = [e for e in events if e["actor"] != own and (unit is None or unit in (e["unit"], e["last_unit"]))]
        ids = list(dict.fromkeys(e["order_id"] for e in wanted))
        loaded = await asyncio.gather(*(self._store.load(order_id) for order_id in ids))
        snapshots = {s.order.id: s for s in loaded if s is not None}
        numbers = [s.order.number for s in snapshots.values() if s.order.number]
        own_numbers = await connection.fetch(self._sql.own_numbers, self._side.code, numbers) if numbers else []
        theirs = {row["gdbh"]: row["jjdbh"] for row in own_numbers}
        rows = [self._row(e, snapshots[e["order_id"]], theirs) for e in wanted if e["order_id"] in snapshots]
        if rows:
            await connection.execute(self._sql.tell, msgspec.json.encode(rows).decode())

    def _row(self, event: Any, snapshot: Snapshot, theirs: dict[str, str]) -> dict[str, Any]:
        hidden = Hidden.of(snapshot, self._side.actor)
        order, codes = self._shown(snapshot, hidden), self._codes
        asked = msgspec.json.decode(event["body"]).get("asked") or {}
        said = next((asked[name] for name in SAID if isinstance(asked, dict) and asked.get(name)), None)
        status = event["status"]
        names = LIFECYCLES[order.kind].statuses
        level = None if order.satisfaction is None else THREE_LEVELS[order.satisfaction]
        return {
            "side": self._side.code,
            "sjbh": event["position"],
            "sjlx": event["kind"],
            "fssj": event["at"],
            "nr": hidden.text(str(said)) if said else None,
            "gdbh": order.number,
            "ssbh": order.matter_id,
            "jjdbh": theirs.get(order.number or ""),
            "gdzt": status,
            "gdztmc": names[status][0] if status in names else status,
            "lylx": codes.into_theirs("lylx", order.first_receiver),
            "qrbz": snapshot.open_transfer("in") is not None,
            "cbdw": codes.into_theirs("cbdw", order.unit),
            "jqlyfs": codes.into_theirs("jqlyfs", order.channel.value),
            "sqlx": codes.into_theirs("sqlx", order.type.value if order.type else None),
            "lbdm": codes.into_theirs("lbdm", order.class_intake),
            "hdlbdm": codes.into_theirs("lbdm", order.class_confirmed),
            "jqdjdm": None if order.level is None else str(order.level),
            "xzqhdm": codes.into_theirs("xzqhdm", order.division_code),
            "jjbz": order.urgent,
            "xqbz": order.danger,
            "sfbm": order.confidential,
            "ylbz": codes.into_theirs("ylbz", order.exercise.value),
            "bjsj": order.call.reached_at,
            "jjsj": order.call.answered_at,
            "jjwcsj": order.call.ended_at,
            "jjlyh": order.call.recording_no or None,
            **self._caller(snapshot),
            "jqdz": order.incident.address or None,
            **_place("84", order.incident.wgs84),
            **_place("gcj", order.incident.gcj02),
            "bjbt": order.title or None,
            "bjnr": order.content,
            "bkryqksm": order.incident.trapped,
            "ssryqksm": order.incident.injured,
            "swryqksm": order.incident.dead,
            "cljg": order.answer or (order.feedback.result if order.feedback else None),
            "sfjj": order.solved,
            "myd": codes.into_theirs("myd", level),
        }

    def _shown(self, snapshot: Snapshot, hidden: Hidden) -> Order:
        """The order without what this side may not read in it; its caller's columns are filled apart."""
        if not hidden.words:
            return snapshot.order
        return hidden.struct(msgspec.structs.replace(snapshot.order, caller=Caller(), call=Call()))

    def _caller(self, snapshot: Snapshot) -> dict[str, Any]:
        """Whole to a side that was given the right, masked to others; a confidential caller does not exist for a unit."""
        masked = Masked.of(snapshot, self._side.actor)
        whole = self._side.callers and not masked.confidential
        caller: Caller = snapshot.order.caller if whole else masked.caller(snapshot.order.caller)
        return {
            "bjdh": caller.phone or None,
            "bjrmc": caller.name or None,
            "bjrxbdm": self._codes.into_theirs("bjrxbdm", caller.sex.value),
            "lxdh": caller.contact_phone or None,
            "bjdz": caller.address or None,
        }


def _place(system: str, point: Point | None) -> dict[str, float | None]:
    return {f"jd{system}": point.lon if point else None, f"wd{system}": point.lat if point else None}
