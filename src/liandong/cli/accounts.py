"""Accounts at the machine itself: the first administrators are made here, and theirs are the only passwords that are reset here alone."""

import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from liandong.cli.common import SettingsOption, fail, load, out, run

accounts = typer.Typer(help="账号 / accounts of people", no_args_is_help=True)
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="从标准输入读取密码 / read the password from standard input")
]


@accounts.command("add")
def add(
    settings: SettingsOption,
    name: Annotated[str, typer.Argument(help="账号，小写字母和数字 / the account's name")],
    display: Annotated[str, typer.Option(help="姓名 / the person's name")],
    role: Annotated[list[str], typer.Option(help="角色，可多次 / role, repeatable")],
    unit: Annotated[str | None, typer.Option(help="承办单位的机构代码 / the unit's org code")] = None,
    home: Annotated[str | None, typer.Option(help="专席来自哪个中心 / the centre that a liaison comes from")] = None,
    division: Annotated[
        str | None, typer.Option(help="只看这个区或街道的事项：6 位或 9 位区划代码 / bound to a district or a street")
    ] = None,
    password_stdin: PasswordStdin = False,
) -> None:
    """新建账号，首次登录须修改密码 / Make an account; its password has to be changed at the first sign-in."""
    from liandong.people.accounts import Rights

    loaded, password = load(settings), _password(password_stdin)

    async def make(people: Any) -> None:
        if home is not None and home not in loaded.peers:
            fail(f"没有配置对接中心“{home}”（no such peer）")
        if unit is not None:
            from liandong.catalogue.units import default_units

            if unit not in default_units():
                out.print(f"[yellow]注意[/] 随附的单位目录中没有“{unit}”（not in the shipped directory）")
        await people.add(name, display, Rights(role, unit, home, division), password=password, by=_who(), granted=True)

    run(_with_accounts(loaded, make))
    out.print(f"已建立账号 {name} / made", highlight=False)


@accounts.command("list")
def list_accounts(settings: SettingsOption) -> None:
    """列出账号 / List the accounts."""
    from rich.table import Table

    table = Table("账号", "姓名", "角色", "单位、来自或区域", "状态", "待授权")
    for one in run(_with_accounts(load(settings), lambda people: people.shown())):
        state = "停用 / disabled" if one.disabled_at else "锁定 / locked" if one.locked_until else ""
        asked = " ".join(one.asked.roles) if one.asked else ""
        table.add_row(
            one.name, one.display_name, " ".join(one.roles), one.unit or one.home or one.division or "", state, asked
        )
    out.print(table)


@accounts.command("reset")
def reset(settings: SettingsOption, name: str, password_stdin: PasswordStdin = False) -> None:
    """重置密码并解除锁定和动态验证码，结束其会话 / A new password; no lock, no second factor, all sessions end."""
    password = _password(password_stdin)

    async def change(people: Any) -> None:
        await people.reset(name, password, _who(), at_machine=True)
        await people.end_sessions(name, _who())

    run(_with_accounts(load(settings), change))
    out.print("已重置，首次登录须修改 / reset; it has to be changed at the next sign-in")


@accounts.command("disable")
def disable(settings: SettingsOption, name: str) -> None:
    """停用账号并结束其会话 / Disable an account and end its sessions."""

    async def change(people: Any) -> None:
        await people.set_disabled(name, True, _who())
        await people.end_sessions(name, _who())

    run(_with_accounts(load(settings), change))
    out.print("已停用，几秒内在各进程生效 / disabled, in force everywhere within seconds")


async def _with_accounts(settings: Any, work: Callable[[Any], Awaitable[Any]]) -> Any:
    from liandong.core import db
    from liandong.core.clock import SystemClock
    from liandong.people.accounts import Accounts
    from liandong.people.policy import load_people

    given = settings.people.policy_file
    pool = await db.create_pool(settings.dsn, size=2)
    try:
        policy = load_people(settings.path(given) if given else None)
        return await work(Accounts(pool, SystemClock(), policy))
    finally:
        await pool.close()


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("密码 / password", hide_input=True, confirmation_prompt=True))


def _who() -> str:
    import getpass

    return f"cli:{getpass.getuser()}"


def register(app: typer.Typer) -> None:
    app.add_typer(accounts, name="accounts")
