"""Ready accounts of the demo, one for each role at each centre, with one password that is made anew for each demo folder."""

import json
import secrets
from pathlib import Path

import asyncpg
import msgspec
from msgspec import Struct

from liandong.catalogue.centres import default_centres
from liandong.core.clock import SystemClock
from liandong.people.accounts import Accounts, Rights
from liandong.people.policy import default_people

# Dozens are made while somebody waits for the demo; the first sign-in hashes by the city's parameters (people/signing_in.py).
QUICK = msgspec.structs.replace(default_people().password, time_cost=1, memory_kib=1024)


class DemoAccount(Struct, frozen=True):
    name: str
    display_name: str
    roles: list[str]
    unit: str | None = None
    home: str | None = None
    division: str | None = None


def accounts_of(centre: str, units: list[str], centres: tuple[str, ...]) -> list[DemoAccount]:
    """Who is who at a centre. The liaison comes from the police desk, or from the hotline to it."""
    home = next((c for c in ("110", "12345") if c != centre and c in centres), None)
    short = default_centres()[centre].code
    made = [
        DemoAccount("desk", f"{short} 话务员", ["call_taker"]),
        DemoAccount("dispatcher", f"{short} 派单员", ["call_taker", "dispatcher"]),
        DemoAccount("supervisor", f"{short} 班长", ["dispatcher", "supervisor"]),
        DemoAccount("leader", f"{short} 领导", ["leader"]),
        DemoAccount("auditor", f"{short} 审计员", ["auditor"]),
        DemoAccount("admin", f"{short} 系统管理员", ["admin"]),
        DemoAccount("security", f"{short} 安全管理员", ["security"]),
    ]
    if centre == "12345":
        made.append(DemoAccount("district", "和平区 班长", ["dispatcher", "supervisor", "leader"], division="120101"))
    if home is not None:
        made.append(DemoAccount("liaison", f"{home} 驻 {short} 专席", ["liaison"], home=home))
    made += [
        DemoAccount("unit" if n == 0 else f"unit{n + 1}", f"承办单位 {n + 1}", ["unit"], unit=unit)
        for n, unit in enumerate(units[:2])
    ]
    return made


async def make_accounts(dsn: str, accounts: list[DemoAccount], password: str) -> None:
    """Those that are not there yet. The password stays as it is, so that a screen can be tried at once."""
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
    try:
        people = Accounts(pool, SystemClock(), msgspec.structs.replace(default_people(), password=QUICK))
        there = {one.name for one in await people.shown()}
        for one in accounts:
            if one.name not in there:
                rights = Rights(one.roles, one.unit, one.home, one.division)
                await people.add(
                    one.name, one.display_name, rights, password=password, by="demo", granted=True, must_change=False
                )
    finally:
        await pool.close()


def password_of(folder: Path) -> str:
    """One for the whole demo, kept beside its keys and gone with `demo --reset`."""
    path = folder / "accounts.json"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(json.dumps({"password": f"Demo-{secrets.token_hex(3)}-{secrets.randbelow(9000) + 1000}"}))
    return str(json.loads(path.read_text())["password"])
