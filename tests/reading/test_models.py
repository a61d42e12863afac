"""Models: learnt, kept, promoted, rolled back, and refused when their files were changed."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from liandong.models.figures import calibration_error, figures
from liandong.models.files import FileFault, labelled
from liandong.models.store import in_force, load, promote, roll_back
from liandong.models.training import train_model
from liandong.reading.evaluating import evaluate_classes, evaluate_danger
from liandong.reading.reader import FullReader

SAID = {
    "供热": ["暖气", "不热", "供热站", "温度", "锅炉", "采暖费"],
    "道路": ["路面", "坑洼", "井盖", "路灯", "红绿灯", "停车"],
    "噪声": ["噪音", "扰民", "施工", "半夜", "广场舞", "喇叭"],
}
DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Sixty short letters of three classes, each of words of its own and some of everybody's."""
    draw, folder = random.Random(7), tmp_path_factory.mktemp("letters")
    lines = ["标题,内容,类别,区"]
    for name, words in SAID.items():
        for number in range(20):
            said = "，".join(draw.sample(words, 3))
            lines.append(f"反映{said},小区里{draw.choice(words)}的问题请处理,{name},{'东区' if number % 2 else '西区'}")
    file = folder / "letters.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def train(written, folder, name="matters"):
    return train_model(written, ["标题", "内容"], "类别", name, folder, district="区")


def test_what_was_learnt_is_read_with_its_probability_and_its_words(written, tmp_path):
    card, _ = train(written, tmp_path)
    assert card.figures.accuracy > 0.9
    assert set(card.figures.districts) == {"东区", "西区"}
    classifier, _ = load(tmp_path, "matters")
    reading = FullReader(classifier).read("家里暖气不热，锅炉坏了", "12345")
    assert reading.class_ == "供热"
    assert len(reading.classes) == 3
    assert sum(guess.probability for guess in reading.classes) == pytest.approx(1, abs=0.001)
    assert {span.text for span in reading.spans if span.says == "供热"} & {"暖气", "不热", "锅炉"}
    assert reading.model == "matters/1"


def test_a_text_of_nothing_known_gets_no_class(written, tmp_path):
    train(written, tmp_path)
    classifier, _ = load(tmp_path, "matters")
    assert FullReader(classifier).read("ζζζ", "12345").class_ == ""


def test_a_later_version_waits_for_a_person_and_is_rolled_back_in_one_step(written, tmp_path):
    train(written, tmp_path)
    _, words = train(written, tmp_path)
    assert "promote matters 2" in words
    assert in_force(tmp_path, "matters").version == "1"
    promote(tmp_path, "matters", "2")
    assert load(tmp_path, "matters")[1].version == "2"
    roll_back(tmp_path, "matters")
    assert load(tmp_path, "matters")[1].version == "1"
    with pytest.raises(FileFault):
        roll_back(tmp_path, "matters")


def test_a_model_whose_files_were_changed_is_not_read(written, tmp_path):
    train(written, tmp_path)
    words = tmp_path / "matters" / "1" / "words.json"
    words.write_text(words.read_text(encoding="utf-8").replace("暖", "冷"), encoding="utf-8")
    with pytest.raises(FileFault, match="说明卡不符"):
        load(tmp_path, "matters")


def test_faults_of_a_file_are_said_in_words(written, tmp_path):
    with pytest.raises(FileFault, match="没有这一列：正文"):
        labelled(written, ["正文"], "类别")
    with pytest.raises(FileFault, match="模型名"):
        train(written, tmp_path, "../away")
    with pytest.raises(FileFault, match="先运行 liandong train"):
        load(tmp_path, "none")


def test_figures_by_hand():
    shares = np.array([[0.9, 0.1, 0], [0.6, 0.4, 0], [0.2, 0.7, 0.1], [0.3, 0.3, 0.4]])
    got = figures([0, 1, 1, 0], shares, ["a", "b", "c"])
    assert (got.accuracy, got.top_two, got.top_three) == (0.5, 1.0, 1.0)
    assert calibration_error(np.array([True, False]), np.array([0.8, 0.8])) == pytest.approx(0.3)


def test_graded_messages_give_a_curve_that_rises_with_the_alarms(tmp_path):
    lines = (
        ["text,grade"] + [f"今天想从楼上跳下去第{n}次,9" for n in range(12)] + [f"天气真好第{n}天,1" for n in range(12)]
    )
    file = tmp_path / "graded.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    got = evaluate_danger(file, ["text"], "grade", 7)
    assert (got.messages, got.urgent) == (24, 12)
    recalls = [point[1] for point in got.curve]
    assert recalls == sorted(recalls, reverse=True)
    assert got.learned[1] >= 0.9


@pytest.mark.skipif(not DATA.is_dir(), reason="the messages of ../shared/data are not here")
def test_real_messages_are_read_far_better_than_by_chance(tmp_path):
    got = evaluate_classes(DATA / "messages_labelled_raw.csv", ["留言主题", "留言详情"], "一级标签", "", tmp_path)
    assert got.accuracy >= 0.85
    assert got.top_three >= 0.975


def test_the_commands_train_promote_roll_back_read_and_evaluate(written, tmp_path):
    from typer.testing import CliRunner

    from liandong.cli.app import app

    press, place = CliRunner(), ["--models", str(tmp_path)]
    columns = ["--text", "标题,内容", "--label", "类别"]
    for _ in range(2):
        trained = press.invoke(app, ["train", str(written), *columns, "--model", "matters", *place])
        assert trained.exit_code == 0, trained.output
    assert "accuracy" in trained.output
    assert press.invoke(app, ["models", "promote", "matters", "2", *place]).exit_code == 0
    assert press.invoke(app, ["models", "rollback", "matters", *place]).exit_code == 0
    assert press.invoke(app, ["models", "rollback", "matters", *place]).exit_code == 2
    line = '{"id": 1, "centre": "12345", "text": "暖气不热，锅炉坏了"}\nbroken\n'
    read = press.invoke(app, ["read", "--model", "matters", *place], input=line)
    answers = [json.loads(one) for one in read.stdout.splitlines()]
    assert answers[0]["class"] == "供热"
    assert set(answers[0]["classes"][0]) == {"name", "probability"}
    assert answers[1]["error"]["code"] == "not_json"
    measured = press.invoke(app, ["evaluate", str(written), *columns, "--model", "matters", "--json", *place])
    assert json.loads(measured.stdout)["accuracy"] > 0.9
    assert press.invoke(app, ["read", "--model", "none", *place]).exit_code == 2
