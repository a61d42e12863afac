"""Verdicts held to calls whose wording nobody had seen: what is right, what danger is missed, and that nothing sure hides one."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from liandong.models.files import FileFault
from liandong.models.store import load
from liandong.models.training import train_model
from liandong.reading.danger import danger_model_of
from liandong.reading.judging import calls_of, evaluate_ownership, judged
from liandong.reading.reader import FullReader
from liandong.routing import fit

WRITTEN = Path(__file__).parents[1] / "unit" / "data"
HELD_OUT = WRITTEN / "routing_held_out.jsonl"
DATA = Path(__file__).parents[3] / "shared" / "data"


def letters(most):
    """Real letters, which people handed in as ordinary matters of the government's side."""
    import csv

    with (DATA / "messages_labelled_raw.csv").open(encoding="utf-8-sig", newline="") as file:
        return [f"{row['留言主题']}。{row['留言详情']}" for row in list(csv.DictReader(file))[:most]]


def test_calls_of_unseen_wording_are_judged_right_and_hardly_a_danger_is_missed():
    got = evaluate_ownership(HELD_OUT, FullReader())
    assert (got.messages, got.urgent) == (100, 44)
    assert got.right >= 0.9
    assert got.recall >= 0.97
    assert got.false_alarms <= 0.06
    recalls = [point[1] for point in got.curve]
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[0] == 1.0


@pytest.mark.parametrize("name", ["routing_challenge", "routing_held_out", "routing_practice_a", "routing_practice_b"])
def test_no_sure_verdict_hides_a_danger(name):
    got = evaluate_ownership(WRITTEN / f"{name}.jsonl", FullReader())
    assert got.sure >= 0.2
    assert got.sure_right >= 0.95
    assert got.sure_dangerous == 0


def test_a_sure_verdict_that_hides_a_danger_is_counted():
    calls = calls_of(HELD_OUT)[:1]
    reading = FullReader().read(calls[0].text, calls[0].centre)
    calm = replace(reading, sure=True, verdict=replace(reading.verdict, urgent=False))
    assert judged(calls, [calm]).sure_dangerous == 1
    assert judged(calls, [calm]).missed == [calls[0].number]


@pytest.mark.skipif(not DATA.is_dir(), reason="the messages of ../shared/data are not here")
def test_among_real_letters_and_written_calls_together_danger_is_heard_at_few_false_alarms():
    reader, calls = FullReader(), calls_of(HELD_OUT) + calls_of(WRITTEN / "routing_challenge.jsonl")
    readings = [reader.read(call.text, call.centre) for call in calls]
    alarms = sum(reader.read(text, "12345").verdict.urgent for text in letters(600))
    harmless = 600 + sum(not call.urgent for call in calls)
    heard = judged(calls, readings)
    assert (alarms + len(heard.alarmed)) / harmless <= 0.05
    assert heard.recall >= 0.93


@pytest.fixture(scope="module")
def danger_models(tmp_path_factory):
    """Learnt from graded lines: who hoards pills is graded 9; nothing in the shipped words says so."""
    folder = tmp_path_factory.mktemp("models")
    grave = [f"他攒了{n}片药藏在枕头{where}" for n in range(2, 12) for where in ("下", "套里")]
    calm = [f"社区第{n}次通知{what}体检" for n in range(2, 12) for what in ("老人", "职工")]
    file = folder / "graded.csv"
    file.write_text(
        "\n".join(["text,grade", *(f"{text},9" for text in grave), *(f"{text},1" for text in calm)]), encoding="utf-8"
    )
    train_model(file, ["text"], "grade", "risk", folder, urgent_from=7)
    train_model(file, ["text"], "grade", "grades", folder)
    return folder


def test_a_danger_model_raises_what_no_word_says_and_shows_its_words(danger_models):
    text = "孩子攒了好多片药藏在枕头下"
    reader = FullReader(danger_model=danger_model_of(*load(danger_models, "risk")))
    assert FullReader().read(text, "12345").urgency == "ordinary"
    raised = reader.read(text, "12345")
    assert (raised.urgency, raised.verdict.decision, raised.sure) == ("urgent", "transfer_urgent", False)
    assert raised.danger >= load(danger_models, "risk")[1].urgent_at
    assert any(span.says == "learned.danger" and span.text in text for span in raised.spans)


def test_a_silent_danger_model_lowers_nothing(danger_models):
    reader = FullReader(danger_model=danger_model_of(*load(danger_models, "risk")))
    for text in ("社区第3次通知老人体检，有人要跳楼", "楼道着火了", "社区通知老人体检"):
        alone, together = FullReader().read(text, "12345"), reader.read(text, "12345")
        assert together.urgency == alone.urgency
        assert together.danger >= alone.danger


def test_a_model_of_classes_is_no_danger_model(danger_models):
    with pytest.raises(FileFault, match="urgent-from"):
        danger_model_of(*load(danger_models, "grades"))


def test_the_command_prints_the_figures_and_says_what_it_cannot_read(danger_models, tmp_path):
    from typer.testing import CliRunner

    from liandong.cli.app import app

    press = CliRunner()
    told = press.invoke(app, ["evaluate", str(HELD_OUT), "--ownership"])
    assert told.exit_code == 0, told.output
    assert "hiding a danger 0" in told.output
    measured = press.invoke(app, ["evaluate", str(HELD_OUT), "--ownership", "--json"])
    assert json.loads(measured.stdout)["messages"] == 100
    line = json.dumps({"id": 1, "centre": "12345", "text": "孩子攒了好多片药藏在枕头下"}, ensure_ascii=False)
    read = press.invoke(app, ["read", "--danger", "risk", "--models", str(danger_models)], input=line)
    answer = json.loads(read.stdout)
    assert (answer["urgency"], answer["ownership"]["sure"]) == ("urgent", False)
    broken = tmp_path / "calls.jsonl"
    broken.write_text('{"id": 1, "centre": "12345", "text": "路灯坏了"}\n', encoding="utf-8")
    refused = press.invoke(app, ["evaluate", str(broken), "--ownership"])
    assert refused.exit_code == 2
    assert "decision" in refused.output
    assert press.invoke(app, ["evaluate", str(HELD_OUT)]).exit_code == 2


def test_the_mean_of_two_weights_files_halves_what_only_one_has():
    def file(bias, weights):
        return {"version": "1", "window": 160, "scales": {"danger": {"bias": bias, "weights": weights}}}

    got = fit.mean(file(-1.0, {"火": 100, "烟": 50}), file(-2.0, {"火": 60}))
    assert got["scales"]["danger"] == {"bias": -1.5, "weights": {"火": 80, "烟": 25}}
