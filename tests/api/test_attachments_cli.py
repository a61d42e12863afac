"""`liandong attachments` as a person at the node uses it."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from files import photo
from liandong.cli.app import app
from liandong.exchange.sealing import new_key, write_private
from world import World


@pytest.fixture
async def order(open_world):
    world: World = await open_world("12345")
    return await world.centre("12345").takes("路灯坏了")


@pytest.fixture
def settings(order, tmp_path):
    path = tmp_path / "12345.toml"
    write_private(new_key(), tmp_path / "12345.key")
    dsn = order.centre.node.settings.dsn
    path.write_text(f'centre = "12345"\ndsn = "{dsn}"\nkey_file = "12345.key"\nkid = "12345-1"\n', encoding="utf-8")
    return path


def liandong(*words):
    """In a thread of its own: the command runs a loop itself."""
    with ThreadPoolExecutor(1) as pool:
        given = ["attachments", *map(str, words)]
        return pool.submit(CliRunner().invoke, app, given, env={"COLUMNS": "200"}).result()


async def test_a_file_is_added_listed_and_got_again(order, settings, tmp_path):
    data = photo(600_000)
    source = tmp_path / "现场.jpg"
    source.write_bytes(data)
    added = liandong("add", "-s", settings, order.order.number, source, "--place", "南京路1号")
    assert added.exit_code == 0, added.output
    assert "未查毒" in added.output
    again = liandong("add", "-s", settings, order.order.number, source, "--place", "南京路1号")
    assert again.exit_code == 0, again.output
    listed = liandong("list", "-s", settings, order.order.number)
    assert listed.output.count("现场.jpg") == 1
    file_id = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", added.output)[0]
    got = liandong("get", "-s", settings, order.order.number, file_id, "--to", tmp_path / "got.jpg")
    assert got.exit_code == 0, got.output
    assert (tmp_path / "got.jpg").read_bytes() == data
    twice = liandong("get", "-s", settings, order.order.number, file_id, "--to", tmp_path / "got.jpg")
    assert twice.exit_code == 2
    views = await order.centre.pool.fetch("SELECT actor FROM views")
    assert len(views) == 1
    assert views[0]["actor"].startswith("cli:")


async def test_what_is_wrong_is_said_in_a_sentence(order, settings, tmp_path):
    program = tmp_path / "a.exe"
    program.write_bytes(b"MZ")
    refused = liandong("add", "-s", settings, order.order.number, program)
    assert refused.exit_code == 2
    assert "不接受这种文件" in refused.output
    unknown = liandong("list", "-s", settings, "no-such-number")
    assert unknown.exit_code == 2
    assert "没有" in unknown.output
