"""`liandong catalogue` as two centres' people use it, against real databases."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from typer.testing import CliRunner

from liandong.cli.app import app
from liandong.policy import ZONE
from lists import turn
from world import World

TODAY = datetime.now(UTC).astimezone(ZONE).date()


class Terminal:
    """The command line of one centre; commands run in a thread, since they have an event loop of their own."""

    def __init__(self, folder, centre):
        self.settings = str(folder / f"{centre}.toml")

    async def run(self, *words, code=0):
        found = await asyncio.to_thread(
            CliRunner().invoke, app, ["catalogue", words[0], "-s", self.settings, *words[1:]]
        )
        told = found.output + getattr(found, "stderr", "")
        assert found.exit_code == code, told
        return told


async def later(city):
    """The commands have the system's clock: the world's catches up with it."""
    city.clock.advance(datetime.now(UTC) - city.clock.now() + timedelta(seconds=1))
    await turn(city)


@pytest.fixture
async def city(databases, tmp_path):
    async with World.open(databases, tmp_path / "city", ("12345", "110"), start=datetime.now(UTC)) as world:
        for centre in world.centres:
            settings = centre.node.settings
            peer = next(iter(settings.peers))
            keys = "".join(f'{kid} = "{key}"\n' for kid, key in settings.peers[peer].public_keys.items())
            (tmp_path / "city" / f"{centre.code}.toml").write_text(
                f'centre = "{centre.code}"\ndsn = "{settings.dsn}"\nkey_file = "{centre.code}.key"\nkid = "{centre.code}-1"\n'
                f'[peers.{peer}]\nurl = "http://{peer}.invalid"\n[peers.{peer}.public_keys]\n{keys}',
                encoding="utf-8",
            )
        yield world


async def test_from_the_exported_workbook_to_a_list_in_force_at_both_centres(city, tmp_path):
    ours, theirs = (Terminal(tmp_path / "city", code) for code in ("12345", "110"))
    path = tmp_path / "list.xlsx"
    assert "169 个事项" in await ours.run("export", str(path))
    book = openpyxl.load_workbook(path)
    book["12345→110"]["D2"] = "严重暴力犯罪"
    book.save(path)
    told = await ours.run("import", str(path), "--title", "七月版")
    version = told.split("草稿 ")[1].split()[0]
    changes = json.loads(await ours.run("diff", "in-force", version[:13], "--json"))
    assert [(one["code"], one["fields"][0]["after"]) for one in changes] == [("P0101", "严重暴力犯罪")]
    assert "修改 1" in await ours.run("diff", "in-force", version[:13], "--xlsx", str(tmp_path / "diff.xlsx"))
    assert (tmp_path / "diff.xlsx").stat().st_size > 1000
    yesterday = TODAY - timedelta(days=1)
    assert "已过" in await ours.run("propose", version, "--from", str(yesterday), code=2)
    assert "待答复" in await ours.run("propose", version, "--from", str(TODAY))
    await later(city)
    assert "对方提出" in await theirs.run("list")
    assert "摘要不符" in await theirs.run("agree", version, "--digest", "ab" * 32, code=2)
    assert "双方已同意" in await theirs.run("agree", version)
    await later(city)
    for terminal in (ours, theirs):
        assert "七月版" in await terminal.run("in-force")
        assert "严重暴力犯罪" in await terminal.run("show", "in-force")
        assert "catalogue.came_into_force" in (await terminal.run("show", version)).replace("\n", "")


async def test_a_hole_is_refused_on_the_terminal_with_its_cell_and_leaves_no_draft(city, tmp_path):
    ours = Terminal(tmp_path / "city", "12345")
    path = tmp_path / "list.xlsx"
    await ours.run("export", str(path), "--version", "shipped")
    book = openpyxl.load_workbook(path)
    book["110→12345"]["E9"] = " "
    book.save(path)
    told = (await ours.run("import", str(path), code=1)).replace("\n", "")
    assert "第 9 行 E（举例） 列：不能为空" in told
    assert "一项也没有收下" in told
    assert await city.centre("12345").node.agreements.versions(limit=5) == []


async def test_a_version_that_is_not_there_and_a_peer_that_is_not_known_are_said_in_one_sentence(city, tmp_path):
    ours = Terminal(tmp_path / "city", "12345")
    assert "没有版本" in await ours.run("show", "0123", code=2)
    assert "没有版本" in await ours.run("withdraw", "nonsense", code=2)
    assert "没有配置对接中心" in await ours.run("export", str(tmp_path / "x.xlsx"), "--peer", "119", code=2)
