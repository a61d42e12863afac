"""The police side and repeats from the shell."""

import asyncio
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from liandong.cli.app import app

CALM = {"danger": False, "scope": "own"}


@pytest.fixture
async def police(open_world):
    return (await open_world("110", "12345", start=datetime.now(UTC))).centre("110")


@pytest.fixture
async def shell(police, tmp_path):
    settings = police.node.settings
    path = tmp_path / "110.toml"
    lines = f'centre = "110"\ndsn = "{settings.dsn}"\nkey_file = "{settings.path(settings.key_file)}"\nkid = "{settings.kid}"'
    path.write_text(lines + "\n", encoding="utf-8")

    async def run(*words, ok=True):
        def invoke():
            return CliRunner().invoke(app, [*words, "-s", str(path)], env={"COLUMNS": "240"})

        result = await asyncio.to_thread(invoke)
        assert (result.exit_code == 0) is ok, (result.output, result.exception)
        return result.output

    return run


async def test_questions_are_asked_and_units_proposed(police, shell):
    order = await police.takes("有人来闹事", facts=CALM)
    assert "what" in await shell("orders", "ask", order.order.number)
    said = await shell("orders", "ask", order.order.number, "what=violence", "injured:=1")
    assert "险情" in said
    assert "weapons" in said
    shown = await shell("orders", "units", order.order.number, "--limit", "3")
    assert "没有在办警情" in shown
    assert "banana" not in await shell("orders", "ask", order.order.number, "weapons=banana", ok=False)


async def test_a_thread_is_shown(police, shell):
    order = await police.takes("门口有人摆摊", facts=CALM)
    await order.answer_directly(answer="已告知城管")
    shown = await shell("orders", "thread", order.order.number)
    assert "门口有人摆摊" in shown
    assert "已告知城管" in shown
