"""Rows of the exchange database as the worker reads them, with the national names of their columns."""

from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from liandong.orders.context import Actor


class Side(Struct, frozen=True):
    """A system that joins by SQL. `unit`: it is a unit's system and sees this unit's orders. `callers`: it is shown who called."""

    code: str
    name: str
    role: str
    roles: list[str]
    callers: bool
    unit: str | None = None

    @property
    def actor(self) -> Actor:
        """Who stands in the ledger for what it wrote."""
        return Actor(id=f"side:{self.code}", roles=frozenset(self.roles), unit=self.unit)


class HandedIn(Struct, frozen=True):
    """One row of `exchange_db.handed_in`."""

    id: int
    side: str
    jjdbh: str
    bjnr: str
    sfbm: bool
    jjbz: bool
    jqlyfs: str | None = None
    sqlx: str | None = None
    lbdm: str | None = None
    jqdjdm: str | None = None
    xzqhdm: str | None = None
    bjsj: datetime | None = None
    jjsj: datetime | None = None
    jjwcsj: datetime | None = None
    jjlyh: str | None = None
    bjdh: str | None = None
    bjrmc: str | None = None
    bjrxbdm: str | None = None
    lxdh: str | None = None
    bjdhyhm: str | None = None
    bjdhyhdz: str | None = None
    bjdz: str | None = None
    jqdz: str | None = None
    jd84: float | None = None
    wd84: float | None = None
    jdgcj: float | None = None
    wdgcj: float | None = None
    bjbt: str | None = None
    bkryqksm: int | None = None
    ssryqksm: int | None = None
    swryqksm: int | None = None
    ylbz: str | None = None
    zjzx: str | None = None

    @property
    def own_number(self) -> str:
        return self.jjdbh


class Reply(Struct, frozen=True):
    """One row of `exchange_db.replies`."""

    id: int
    side: str
    xxbh: str
    gdbh: str
    xxlx: str
    nr: str | None = None
    cbdw: str | None = None
    thyy: str | None = None
    thyj: str | None = None
    sflx: bool | None = None
    sfjj: bool | None = None
    myd: str | None = None
    lbdm: str | None = None
    sjdz: str | None = None
    sjsj: datetime | None = None
    ssrs: int | None = None
    swrs: int | None = None
    zjzx: str | None = None
    jjbz: bool | None = None

    @property
    def own_number(self) -> str:
        return self.xxbh


class Step(Struct, frozen=True, forbid_unknown_fields=True, rename={"with_": "with"}):
    """An action with its fields from columns. `with`: only where this column is filled."""

    action: str
    fields: dict[str, str]
    with_: str | None = None


@cache
def message_steps() -> dict[str, dict[str, list[Step]]]:
    """What each kind of message does: by `asked` (a peer's offer waits), the kind of order, or `any`."""
    text = files("liandong.middle").joinpath("data/messages.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, list[Step]]])


class Result(Struct, frozen=True):
    """What became of a row. `code` empty: carried out."""

    id: int
    number: str | None = None
    code: str = ""
    text: str = ""
    own_number: str = ""
    side: str = ""


def plain(value: Any) -> Any:
    return msgspec.to_builtins(value)
