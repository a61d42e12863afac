"""Assessment and detectors from the shell, as an office uses them."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from liandong.assessment.periods import ZONE
from liandong.assessment.reading import catch_up
from liandong.cli.app import app


@pytest.fixture
async def hotline(open_world):
    """The shell's clock is the real one; its orders are forty days old."""
    world = await open_world("12345", "110", start=datetime.now(UTC) - timedelta(days=40))
    return world.centre("12345")


@pytest.fixture
async def shell(hotline, tmp_path):
    settings, path = hotline.node.settings, tmp_path / "12345.toml"
    key = settings.path(settings.key_file)
    text = f'centre = "12345"\ndsn = "{settings.dsn}"\nkey_file = "{key}"\nkid = "{settings.kid}"\n'
    path.write_text(text, encoding="utf-8")

    async def run(*words, ok=True):
        def invoke():
            return CliRunner().invoke(app, [*words, "-s", str(path)], env={"COLUMNS": "220"})

        result = await asyncio.to_thread(invoke)
        assert (result.exit_code == 0) is ok, (result.output, result.exception)
        return result.output

    return run


def day_of(centre):
    """The local day of the orders: a period that is over."""
    return f"{centre.node.clock.now().astimezone(ZONE):%Y-%m-%d}"


async def test_figures_the_orders_behind_them_and_the_report_are_had_from_the_shell(hotline, shell, tmp_path):
    order = await hotline.takes("公积金怎么查")
    await order.answer_directly(answer="见网站")
    day = day_of(hotline)
    assert re.search(r"answered_directly\s*│\s*1\s*│\s*1\s*│\s*1", await shell("assess", "figures", "-p", day))
    assert order.order.number in await shell("assess", "orders", "answered_directly", "-p", day, "--part", "numerator")
    for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        file = tmp_path / f"report.{form}"
        await shell("report", "-p", day, "--out", str(file))
        assert file.read_bytes().startswith(begins)
    assert "pdf" in await shell("report", "-p", day, "--out", "x.doc", ok=False)
    assert "2026-10" in await shell("assess", "figures", "-p", "october", ok=False)


async def test_a_period_is_frozen_checked_and_opened_from_the_shell(hotline, shell):
    await (await hotline.takes("公积金怎么查")).answer_directly(answer="见网站")
    day = day_of(hotline)
    assert "已封存" in await shell("assess", "freeze", "-p", day)
    assert "unchanged" in await shell("assess", "check", "-p", day)
    await hotline.pool.execute("ALTER TABLE frozen_orders DISABLE TRIGGER USER")
    await hotline.pool.execute("UPDATE frozen_orders SET closing = 'guided'")
    assert "CHANGED" in await shell("assess", "check", "-p", day, ok=False)
    assert "已重开" in await shell("assess", "reopen", "-p", day, "--reason", "数据有误须更正")
    assert "没有封存" in await shell("assess", "check", "-p", day, ok=False)


async def test_somebody_at_the_shell_cannot_approve_what_they_asked_for(hotline, shell):
    order = await hotline.takes("合同纠纷")
    asked = await shell(
        "assess", "exclude", order.order.number, "--reason", "legal_channel", "--evidence", "法院已受理，见通知书"
    )
    exclusion = re.search(r"[0-9a-f-]{36}", asked)[0]
    assert "另一人" in await shell("assess", "decide", exclusion, "--approve", ok=False)
    assert "requested" in await shell("assess", "exclusions")


async def test_detectors_run_list_and_decide_from_the_shell(hotline, shell):
    await hotline.takes("楼下有人持刀砍人，有人受伤", facts={"danger": False})
    await shell("detectors", "run")
    await catch_up(hotline.node.assessor)
    assert "新疑点 0" in await shell("detectors", "run", "-p", day_of(hotline))
    listed = await shell("detectors", "list", "--status", "open")
    assert "wrong_grade" in listed
    flag = re.search(r"[0-9a-f-]{36}", listed)[0]
    assert "dismissed" in await shell("detectors", "decide", flag, "--dismiss", "--reason", "剧本台词")
    assert "wrong_grade" not in await shell("detectors", "list", "--status", "open")
    assert "1" in await shell("assess", "rebuild")


def test_labels_show_what_the_rules_of_texts_are_worth(tmp_path):
    (tmp_path / "messages_with_replies.csv").write_text(
        "留言编号,留言主题,留言详情,答复意见\n"
        "1,路灯坏了,建设路路灯坏了三天,您好，3月4日已到现场核实，建设路路灯线路老化，根据照明管理规定已于3月5日更换，电话告知了您。\n"
        "2,油烟扰民,餐馆油烟大请环保局查处,您好，您反映的问题已收悉。\n",
        encoding="utf-8",
    )
    labels = tmp_path / "labels.csv"
    labels.write_text("留言编号,好坏\n1,1\n2,0\n", encoding="utf-8")
    shown = CliRunner().invoke(app, ["detectors", "evaluate", str(labels)], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert "no_evidence：2 行，差 1，提示 1，其中确差 1" in shown.output
    assert "P 1.000，召回率 R 1.000，平衡准确率 B 1.000；全提示 / always yes：P 0.500" in shown.output
    missing = CliRunner().invoke(app, ["detectors", "evaluate", str(tmp_path / "none.csv")])
    assert missing.exit_code == 2
