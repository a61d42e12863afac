"""Testing another implementation: `liandong conformance URL`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from liandong.cli.common import err, fail, out

MARKS = {
    "passed": "[green]通过 passed[/]",
    "failed": "[bold red]不符 failed[/]",
    "not_reached": "[yellow]未及 not reached[/]",
}


def conformance(
    url: Annotated[str, typer.Argument(help="对方的地址，如 http://10.0.0.5:8000 / the other side's address")],
    centre: Annotated[str, typer.Option(help="对方中心的代码 / the other centre's code")],
    as_: Annotated[str, typer.Option("--as", help="以哪个中心的身份测试 / the centre to pretend to be")],
    key: Annotated[Path, typer.Option(help="该身份的私钥，没有则新建 / its private key, made if it is not there")],
    peer_key: Annotated[list[str], typer.Option(help="对方公钥，编号=Base64，可多次 / its public key, kid=base64, repeatable")] = [],  # noqa: B006
    kid: Annotated[str, typer.Option(help="本方密钥编号 / our key's id")] = "",
    listen: Annotated[str, typer.Option(help="在哪里听对方的消息 host:port / where to listen for its messages")] = "127.0.0.1:8701",
    within: Annotated[float, typer.Option(help="等对方席位多少秒 / seconds to wait for its desk")] = 30,
    desk: Annotated[bool, typer.Option("--desk/--no-desk", help="对方有人（或自动）答复 / somebody, or something, answers there")] = True,
    only: Annotated[list[str], typer.Option(help="只做这些检查 / only these checks")] = [],  # noqa: B006
    police: Annotated[str, typer.Option(help="哪个中心是公安 / which centre is the police desk")] = "110",
    settings_only: Annotated[bool, typer.Option("--show", help="只显示对方要登记的设置 / only show what the other side must be told")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="报告写到文件 / write the report as JSON")] = None,
) -> None:  # fmt: skip
    """测试另一个系统是否符合交换协议（docs/protocol.md）；全部通过退出码为 0，有不符为 1，有未及为 3 / Tell where another system departs from the protocol."""
    import msgspec

    from liandong.conformance.run import chosen

    try:
        checks = chosen(only)
        us = _us(centre, as_, key, kid, police)
        keys = _keys(centre, peer_key)
    except (OSError, ValueError) as error:
        fail(str(error))
    _tell_settings(us, listen)
    if settings_only:
        return
    if not keys:
        fail("请给出对方的公钥 --peer-key 编号=Base64（the other side's public key is needed）")
    report = _run(us, url, keys, checks=checks, listen=listen, within=within, desk=desk)
    out.print(_table(report))
    _tell_failures(report)
    if json_file is not None:
        json_file.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    raise typer.Exit(report.exit_code)


def _us(centre: str, as_: str, key: Path, kid: str, police: str) -> Any:
    from liandong.catalogue.centres import default_centres
    from liandong.conformance.session import Us
    from liandong.exchange.sealing import new_key, read_private, write_private

    if centre == as_:
        raise ValueError("--centre 与 --as 不能相同（the two centres must differ）")
    if not key.exists():
        write_private(new_key(), key)
    known = default_centres().get(centre)
    return Us(
        centre=as_,
        peer=centre,
        kid=kid or f"{as_}-1",
        key=read_private(key),
        here_police=as_ == police,
        there_police=centre == police,
        there_acts=centre == police or (known is not None and known.acts_in_danger),
    )


def _keys(centre: str, given: list[str]) -> dict[str, Any]:
    from liandong.exchange.sealing import PeerKey, read_public

    pairs = [text.partition("=") for text in given]
    if any(not text for _, _, text in pairs):
        raise ValueError("--peer-key 的格式是 编号=Base64（kid=base64）")
    return {name: PeerKey(centre, read_public(text)) for name, _, text in pairs}


def _tell_settings(us: Any, listen: str) -> None:
    from liandong.exchange.sealing import public_text

    err.print("对方须登记本方为对接中心 / the other side must know us as a peer:", highlight=False)
    err.print(
        f'\n[peers.{us.centre}]\nurl = "http://{listen}"\n[peers.{us.centre}.public_keys]\n{us.kid} = "{public_text(us.key)}"\n',
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _run(us: Any, url: str, keys: Any, **given: Any) -> Any:
    from liandong.conformance.listener import listening
    from liandong.conformance.run import listener_of, run_checks
    from liandong.core.clock import SystemClock

    clock = SystemClock()
    listener = listener_of(us, keys, clock)
    host, _, port = given.pop("listen").rpartition(":")

    async def run_all() -> Any:
        async with listening(listener, host, int(port)):
            return await run_checks(us, url, listener=listener, clock=clock, tell=_tell, **given)

    try:
        return asyncio.run(run_all())
    except OSError as error:
        fail(f"不能在 {host}:{port} 监听（can't listen there）：{error}")


def _tell(result: Any) -> None:
    err.print(f"{result.outcome:12} {result.name}", highlight=False)


def _table(report: Any) -> Any:
    from rich.table import Table

    table = Table("", "检查 / check", "章节 / clause", "内容 / what", title=f"{report.url}（{report.centre}）")
    for one in report.results:
        table.add_row(MARKS[one.outcome], one.name, f"protocol.md {one.clause}", f"{one.zh}\n{one.en}")
    return table


def _tell_failures(report: Any) -> None:
    for one in report.results:
        if one.text:
            sys.stdout.write(f"{one.name}（{one.clause}）：{one.text}\n")
    counts = {str(outcome): report.count(outcome) for outcome in ("passed", "failed", "not_reached")}
    out.print(
        f"{counts['passed']} 通过 passed，{counts['failed']} 不符 failed，{counts['not_reached']} 未及 not reached；{report.seconds} s",
        highlight=False,
    )


def register(app: typer.Typer) -> None:
    app.command()(conformance)
