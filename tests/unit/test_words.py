"""No screen shows a bare code: whatever a table, a log or a rule calls a thing has a Chinese and an English word."""

import json
import re
from pathlib import Path

import liandong
from liandong.catalogue.units import rows_of
from liandong.console.words import words
from liandong.linkage.model import TransferStatus
from liandong.orders.lifecycle import LIFECYCLES

SOURCE = Path(liandong.__file__).parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sources(folder: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((SOURCE / folder).glob("*.py")))


def test_every_code_has_a_word_in_each_language():
    for table, codes in words().items():
        if table == "final":
            continue
        for code, (zh, en, *_) in codes.items():
            assert zh.strip(), (table, code)
            assert en.strip(), (table, code)
            assert CHINESE.search(zh) or table == "centres", (table, code, zh)
            assert not CHINESE.search(en), (table, code, en)
            assert "_" not in zh + en, (table, code)


def test_every_event_and_clock_of_the_lifecycles_is_named():
    said = words()
    for table in LIFECYCLES.values():
        for row in table.rows:
            assert row.event in said["events"]
            assert row.action in said["actions"]
            for clock in (*row.starts, *row.stops):
                assert clock in said["clocks"], clock
    assert {"ladder", "suspension"} <= said["clocks"].keys()


def test_what_is_written_to_a_log_or_found_is_named():
    said = words()
    logged = set(re.findall(r"\.log\(\s*[^()]*?\"([a-z_]+(?:\.[a-z_]+)?)\"", sources("people"))) - {"account"}
    assert "signed_in" in logged
    assert logged <= said["accounts"].keys()
    faults = set(re.findall(r"Fault\(\w+(?:\.\w+)?, \"(\w+)\"", sources("roots")))
    assert "root_changed" in faults
    assert faults <= said["differences"].keys()
    flagged = set(re.findall(r"^ {8}(?:found\[)?\"(\w+)\"(?:\]|:)", sources("detectors"), re.MULTILINE))
    placeholders = set(re.findall(r"\{(\w+)\}", (SOURCE / "audit/data/findings.json").read_text(encoding="utf-8")))
    assert "since" in placeholders
    assert placeholders <= said["facts"].keys()
    assert flagged - {"length", "figures", "contact", "ground", "files"} <= said["facts"].keys() | {"no_evidence"}


def test_kinds_of_units_and_standings_of_transfers_are_named():
    said = words()
    assert {row["kind"] for row in rows_of("units.csv")} <= said["unit_kinds"].keys()
    assert set(map(str, TransferStatus)) == said["transfers"].keys()


def test_every_field_that_a_form_asks_for_has_a_name_and_every_choice_a_word():
    console = SOURCE.parents[1] / "console" / "src"
    form = (console / "ui" / "form.tsx").read_text(encoding="utf-8")
    hidden = set(re.findall(r'"(\w+)"', re.search(r"HIDDEN = new Set\(\[(.*?)\]\)", form)[1]))
    named = set(re.findall(r'[\s{,]"?([a-z_]+(?:\.[a-z_]+)?)"?: "', (console / "ui" / "fields.ts").read_text("utf-8")))
    for action, fields in json.loads((console / "api/generated/actions.json").read_text("utf-8")).items():
        for field, shape in fields.items():
            if field in hidden:
                continue
            assert field in named, (action, field)
            listed = re.fullmatch(r"\^\(([a-z_|]+)\)\$", shape.get("pattern", ""))
            for choice in shape.get("choices") or (listed[1].split("|") if listed else []):
                assert f"{field}.{choice}" in named, (action, field, choice)
