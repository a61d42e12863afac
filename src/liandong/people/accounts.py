"""Accounts of people: who they are, what they may do, and the changes to it. Every change leaves a row in `account_log`.

Three administrators are separate (GB/T 22239): `admin` makes accounts and asks for rights, `security` grants them, `auditor` reads what
happened; whoever is one of them is nothing else. Nobody changes the rights of their own account.
"""

import re
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from liandong.catalogue.units import rows_of
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.orders.context import Actor
from liandong.people.keys import ROLES
from liandong.people.passwords import Passwords, faults
from liandong.people.policy import PeoplePolicy

SQL = load_sql("liandong.people")
ADMINISTRATORS = frozenset({"admin", "security", "auditor"})
OF_A_DISTRICT = frozenset({"dispatcher", "supervisor", "leader"})
DISTRICTS = frozenset({"district", "street"})
NAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,39}$")


class Rights(Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`: bound to one unit's orders. `home`: the centre that a liaison comes from. `division`: bound to a district or a street."""

    roles: list[str]
    unit: str | None = None
    home: str | None = None
    division: str | None = None


class AccountView(Struct, frozen=True):
    """`asked`: rights that wait for the security administrator. `totp`: whether there is a second factor."""

    name: str
    display_name: str
    roles: list[str]
    unit: str | None
    home: str | None
    division: str | None
    asked: Rights | None
    must_change: bool
    locked_until: datetime | None
    totp: bool
    oidc_subject: str | None
    disabled_at: datetime | None
    created_at: datetime
    created_by: str
    password_changed_at: datetime | None


class Accounts:
    def __init__(self, pool: asyncpg.Pool, clock: Clock, policy: PeoplePolicy) -> None:
        self._pool = pool
        self._clock = clock
        self.policy = policy
        self.passwords = Passwords(policy.password)

    async def shown(self, name: str | None = None) -> list[AccountView]:
        """All of them, or the one of that name."""
        return [_view(row) for row in await self._pool.fetch(SQL.shown_accounts, name)]

    async def find(self, name: str) -> asyncpg.Record:
        """Raises AppError not_found."""
        row = await self._pool.fetchrow(SQL.account, name)
        if row is None:
            raise AppError("not_found", f"没有账号“{name}”（no such account）")
        return row

    async def add(
        self,
        name: str,
        display_name: str,
        rights: Rights,
        *,
        password: str | None,
        by: str,
        granted: bool,
        must_change: bool = True,
        oidc_subject: str | None = None,
    ) -> None:
        """`granted`: by hand at the machine; else the rights wait for the security administrator.

        Raises AppError: field_invalid, roles_incompatible, password_weak, account_exists.
        """
        if not NAME.match(name):
            raise AppError("field_invalid", "账号由 2 至 40 个小写字母、数字、点、下划线、横线组成，以字母或数字开头")
        if granted or rights.roles:
            check(rights)
        hashed = await self._new_password(password, (name, display_name)) if password is not None else None
        given = rights if granted else Rights([])
        asked = None if granted or not rights.roles else msgspec.json.encode(rights).decode()
        who = (given.roles, given.unit, given.home, asked, hashed, self._clock.now(), must_change, oidc_subject, by)
        try:
            added = await self._pool.fetchval(SQL.add_account, name, display_name, *who, given.division)
        except asyncpg.UniqueViolationError as error:
            raise AppError("account_exists", "这个 OIDC 标识已属于另一个账号") from error
        if added is None:
            raise AppError("account_exists", f"已有账号“{name}”（there is one of that name）")
        await self.log(by, name, "account.added", {"rights": msgspec.to_builtins(rights), "granted": granted})

    async def change_rights(self, name: str, rights: Rights, actor: Actor) -> None:
        """The security administrator grants; the system administrator asks."""
        row = await self.find(name)
        if name == actor.id:
            raise AppError("second_person_needed", "不能更改自己账号的权限（not one's own rights）")
        if rights.roles:
            check(rights)
        plain = msgspec.to_builtins(rights)
        if "security" in actor.roles:
            await self._pool.execute(SQL.set_rights, name, rights.roles, rights.unit, rights.home, rights.division)
            await self.log(actor.id, name, "rights.granted", {"before": row["roles"], "rights": plain})
        else:
            await self._pool.execute(SQL.ask_rights, name, msgspec.json.encode(rights).decode())
            await self.log(actor.id, name, "rights.asked", {"rights": plain})

    async def set_disabled(self, name: str, disabled: bool, actor: str) -> None:
        await self.find(name)
        if name == actor:
            raise AppError("second_person_needed", "不能停用自己的账号（not one's own account）")
        await self._pool.execute(SQL.set_disabled, name, self._clock.now() if disabled else None)
        await self.log(actor, name, "account.disabled" if disabled else "account.enabled")

    async def describe(self, name: str, display_name: str | None, oidc_subject: str | None, actor: str) -> None:
        await self.find(name)
        try:
            await self._pool.execute(SQL.set_display, name, display_name, oidc_subject)
        except asyncpg.UniqueViolationError as error:
            raise AppError("account_exists", "这个 OIDC 标识已属于另一个账号") from error
        await self.log(actor, name, "account.described", {"display_name": display_name, "oidc_subject": oidc_subject})

    async def reset(self, name: str, password: str, actor: str, *, at_machine: bool, must_change: bool = True) -> None:
        """A new password that must be changed at once. An administrator's account is reset at the machine alone: whoever could reset it
        from afar would be that administrator as well."""
        row = await self.find(name)
        if not at_machine and ADMINISTRATORS & set(row["roles"]):
            raise AppError(
                "not_permitted", "三员账号的密码只能在服务器上重置：liandong accounts reset（at the machine）"
            )
        hashed = await self._new_password(password, (name, row["display_name"]))
        await self._keep_password(row, hashed, must_change=must_change)
        await self._pool.execute(SQL.remove_totp, name)
        await self.log(actor, name, "password.reset")

    async def end_sessions(self, name: str, by: str) -> None:
        """In the database; the processes notice within seconds (people/sessions.py)."""
        await self._pool.fetch(SQL.end_sessions, name, self._clock.now(), by, None)
        await self.log(by, name, "sessions.ended")

    async def change_password(self, name: str, old: str, new: str, address: str) -> None:
        """One's own. Raises AppError: wrong_credentials, password_weak (with `faults`), locked_out."""
        row = await self.begin_attempt(name)
        if not await self.passwords.fits(row["password"], old):
            await self.log(name, name, "password.refused", address=address)
            raise AppError("wrong_credentials", "原密码不正确（the present password is not right）")
        await self._pool.execute(SQL.end_attempt, name)
        hashed = await self._new_password(new, (name, row["display_name"]))
        kept = self.policy.password.history
        for earlier in (row["password"], *row["history"][:kept]):
            if await self.passwords.fits(earlier, new):
                raise AppError(
                    "password_weak", f"不得与最近 {kept} 次用过的密码相同（used before）", faults=["history"]
                )
        await self._keep_password(row, hashed, must_change=False)
        await self.log(name, name, "password.changed", address=address)

    async def begin_attempt(self, name: str) -> asyncpg.Record:
        """Counts a try before it is looked at. Raises AppError: not_found, locked_out (`retry_after` in seconds)."""
        rules, now = self.policy.lockout, self._clock.now()
        values = (rules.after, rules.first_seconds, rules.factor, rules.max_seconds)
        counted = await self._pool.fetchval(SQL.begin_attempt, name, now, *values)
        row = await self.find(name)
        if counted is None:
            wait = max(1, round((row["locked_until"] - now) / timedelta(seconds=1)))
            raise AppError(
                "locked_out",
                f"请 {wait} 秒后再试，或请系统管理员重置密码（try again in {wait} s, or have the administrator reset it）",
                retry_after=wait,
            )
        return row

    async def log(
        self, actor: str, account: str, kind: str, body: dict[str, Any] | None = None, address: str = ""
    ) -> None:
        text = msgspec.json.encode(body or {}).decode()
        await self._pool.execute(SQL.log_account, self._clock.now(), actor, account, kind, text, address)

    async def _new_password(self, password: str, names: tuple[str, ...]) -> str:
        found = faults(password, self.policy.password, names=names)
        if found:
            raise AppError("password_weak", "；".join(found), faults=found)
        return await self.passwords.hashed(password)

    async def _keep_password(self, row: asyncpg.Record, hashed: str, *, must_change: bool) -> None:
        kept = max(self.policy.password.history, 1)
        await self._pool.execute(SQL.keep_password, row["name"], hashed, self._clock.now(), must_change, kept)


def check(rights: Rights) -> None:
    """Raises AppError roles_incompatible, field_invalid."""
    roles = set(rights.roles)
    if not roles or roles - ROLES:
        raise AppError("field_invalid", f"角色应为：{'、'.join(sorted(ROLES))}")
    if roles & ADMINISTRATORS and len(roles) > 1:
        raise AppError("roles_incompatible", "系统管理员、安全管理员、审计员三员分立，且不得兼任其他角色")
    if "unit" in roles and not rights.unit:
        raise AppError("roles_incompatible", "承办单位的账号须注明单位（unit）")
    if ("liaison" in roles) != (rights.home is not None) or ("liaison" in roles and len(roles) > 1):
        raise AppError("roles_incompatible", "专席只有专席一个角色，并须注明所属中心（home）")
    if rights.division is not None:
        _check_division(rights)


def _check_division(rights: Rights) -> None:
    if not set(rights.roles) <= OF_A_DISTRICT or rights.unit or rights.home:
        raise AppError(
            "roles_incompatible",
            "区域账号只能是派单员、班长、领导，不能同时注明单位或来处（a district's account is a dispatcher, supervisor or leader, of no unit）",
        )
    if not any(row["code"] == rights.division for row in rows_of("divisions.csv") if row["level"] in DISTRICTS):
        raise AppError(
            "field_invalid",
            f"没有区或街道“{rights.division}”，请给出 6 位或 9 位区划代码（give a district's or street's code, GB/T 2260）",
        )


def _view(row: asyncpg.Record) -> AccountView:
    fields = {name: row[name] for name in AccountView.__struct_fields__}
    return AccountView(**fields | {"asked": row["asked"] and msgspec.json.decode(row["asked"], type=Rights)})
