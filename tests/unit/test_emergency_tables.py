"""The tables of emergencies: levels by rule, run cards refused with a hole, the same emergency twice, bursts against the written set."""

from uuid import UUID

import msgspec
import pytest
from bench.bursts import measure
from typer.testing import CliRunner

from liandong.catalogue.centres import default_centres
from liandong.catalogue.units import default_units
from liandong.cli.app import app
from liandong.emergencies.bursts import default_bursts
from liandong.emergencies.lifecycle import EVENT_WORDS, LIFECYCLE
from liandong.emergencies.lines import EVENTS
from liandong.emergencies.model import Casualties, Emergency, Place
from liandong.emergencies.policy import default_emergencies, grade, load_emergencies
from liandong.emergencies.run_cards import load_run_cards, shipped_run_cards
from liandong.emergencies.same import why_same
from liandong.orders.model import Point
from world import A_TUESDAY

POLICY = default_emergencies()
CENTRES = frozenset(default_centres())


def knows_unit(code):
    return code in default_units()


@pytest.mark.parametrize(
    "counts, level, word",
    [
        ({}, 4, "未达到"),
        ({"dead": 2}, 4, "未达到"),
        ({"dead": 3}, 3, "死亡3人"),
        ({"injured": 50}, 2, "受伤50人"),
        ({"dead": 30, "injured": 3}, 1, "死亡30人"),
        ({"trapped": 10}, 3, "被困10人"),
    ],
)
def test_the_level_is_the_rules_and_says_which(counts, level, word):
    found, why = grade(Casualties(**counts), POLICY)
    assert (found, word in why) == (level, True)


def test_a_table_of_levels_that_does_not_rise_is_refused(tmp_path):
    raw = msgspec.to_builtins(POLICY)
    raw["levels"][0]["rules"][0]["at_least"] = 5  # level I from fewer dead than level II
    path = tmp_path / "emergencies.json"
    path.write_bytes(msgspec.json.encode(raw))
    with pytest.raises(ValueError, match="没有随等级升高而增大"):
        load_emergencies(path)


def broken(change):
    raw = msgspec.to_builtins(shipped_run_cards())
    change(raw["cards"])
    return raw


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda cards: cards.pop(0), "类型 gas（燃气泄漏爆炸） 没有处置卡|没有处置卡"),
        (lambda cards: cards[0]["calls"][0].update(substitutes=[]), "没有替补"),
        (lambda cards: cards[0]["calls"][0].update(substitutes=["119"]), "替补就是它自己"),
        (lambda cards: cards[0]["calls"][0].update(to="unit:nobody"), "不在中心和单位目录中"),
        (lambda cards: cards[0]["calls"][0].update(divisions=["120104"]), "其他区没有人"),
        (lambda cards: cards[0]["calls"][0].update(levels=[3, 4]), "更高的 2 级却不叫"),
        (lambda cards: [call.update(levels=[1, 2]) for call in cards[0]["calls"]], "3 级没有叫任何人"),
        (lambda cards: cards[0].update(ask=[]), "ask|length"),
    ],
)
def test_a_run_card_with_a_hole_is_refused_when_it_is_loaded(tmp_path, change, words):
    path = tmp_path / "run_cards.json"
    path.write_bytes(msgspec.json.encode(broken(change)))
    with pytest.raises(ValueError, match=words):
        load_run_cards(path, POLICY, CENTRES, knows_unit)


def test_the_shipped_cards_have_no_hole_and_a_district_may_have_its_own_call(tmp_path):
    assert len(load_run_cards(None, POLICY, CENTRES, knows_unit).cards) == len(POLICY.subtypes)

    def own(cards):
        cards[0]["calls"].append(cards[0]["calls"][0] | {"divisions": ["120116"], "to": "110", "substitutes": ["119"]})

    path = tmp_path / "run_cards.json"
    path.write_bytes(msgspec.json.encode(broken(own)))
    card = load_run_cards(path, POLICY, CENTRES, knows_unit).card("gas")
    there = {call.key: call.to for call in card.calls_for(4, "120116001")}
    elsewhere = {call.key: call.to for call in card.calls_for(4, "120104")}
    assert (there["rescue"], elsewhere["rescue"]) == ("110", "119")


def emergency(n, **more):
    fields = {"subtype": "gas", "declared_at": A_TUESDAY, "place": Place("阳光花园3号楼")} | more
    return Emergency(id=UUID(int=n), **fields)


@pytest.mark.parametrize(
    "more, same",
    [
        ({"place": Place("南开区阳光花园")}, True),
        ({"place": Place("水上公园")}, False),
        ({"subtype": "fire"}, False),
        ({"exercise": "exercise"}, False),
        ({"place": Place("别处", "", Point(117.201, 39.1))}, True),
        ({"place": Place("阳光花园", "", Point(117.3, 39.1))}, False),
    ],
)
def test_what_is_the_same_emergency(more, same):
    point = Point(117.2, 39.1) if more.get("place") and more["place"].point else None
    one = emergency(1, place=Place("阳光花园3号楼", "", point))
    assert (why_same(one, emergency(2, **more), POLICY) is not None) == same


def test_the_lifecycle_is_sound_and_every_line_has_its_words():
    assert LIFECYCLE.problems() == []
    assert set(EVENTS) <= set(EVENT_WORDS)


def test_bursts_are_grouped_in_the_half_of_the_written_set_that_the_rule_was_not_made_with():
    found = measure("held_out")
    assert found.scenes == 20
    assert found.precision >= 0.9, found.told
    assert found.recall >= 0.9, found.told
    assert found.missed == 0
    assert found.false <= 2, "false alarms of eight quiet days"
    deaf = msgspec.structs.replace(
        default_bursts(),
        families=[msgspec.structs.replace(one, least=99, wide_least=99) for one in default_bursts().families],
    )
    assert measure("held_out", deaf).recall < 0.5, "the measure would see a rule that groups nothing"


def test_the_shell_names_the_holes_of_a_file_of_run_cards(tmp_path):
    path = tmp_path / "run_cards.json"
    path.write_bytes(msgspec.json.encode(broken(lambda cards: cards.pop(0))))
    told = CliRunner().invoke(app, ["emergencies", "check-cards", str(path)])
    assert told.exit_code != 0
    assert "燃气泄漏爆炸" in told.output + told.stderr
    path.write_bytes(msgspec.json.encode(shipped_run_cards()))
    assert CliRunner().invoke(app, ["emergencies", "check-cards", str(path)]).exit_code == 0
