"""The table of a version's steps is sound, parcels open to what was packed, and a precedent turns an item round."""

import base64
import zlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from liandong.agreements.checks import all_faults
from liandong.agreements.lifecycle import ALREADY, FINAL, LIFECYCLE, PEOPLE
from liandong.agreements.model import Status, Version
from liandong.agreements.parcels import packed, unpacked
from liandong.agreements.precedents import with_precedent
from liandong.catalogue.content import MAX_CONTENT, digest_of, write_content
from liandong.exchange.contracts import MESSAGES
from liandong.people.keys import ROLES
from lists import JULY, shipped

TEXT = write_content(shipped())
VERSION = Version(
    id=UUID(int=1), peer="110", origin="ours", status=Status.PROPOSED, title="x", notes="", digest=digest_of(TEXT), no=1,
    effective_from=JULY, made_by="x", made_at=datetime(2025, 3, 4, tzinfo=UTC),
)  # fmt: skip


def test_the_table_is_sound():
    assert LIFECYCLE.problems(messages=MESSAGES) == []
    assert set(LIFECYCLE.statuses) == set(Status)
    assert PEOPLE <= ROLES
    actions = {row.action for row in LIFECYCLE.rows}
    assert set(ALREADY) <= actions


def test_what_is_over_stays_over():
    assert all(row.target is None for row in LIFECYCLE.rows if row.sources & FINAL)


def test_nothing_comes_into_force_but_what_was_agreed():
    ways = {source for row in LIFECYCLE.rows if row.target == "in_force" for source in row.sources}
    assert ways == {"agreed"}
    ways = {(source, row.action) for row in LIFECYCLE.rows if row.target == "agreed" for source in row.sources}
    assert ways == {("proposed", "agree"), ("proposed", "note_agreed"), ("withdrawing", "note_agreed")}


def test_a_parcel_opens_to_the_very_text():
    parts = [notice.content for notice in packed(VERSION, TEXT, "x")]
    assert unpacked(parts, VERSION.digest) == TEXT


def _packed(data):
    return [base64.b64encode(zlib.compress(data)).decode()]


@pytest.mark.parametrize(
    "parts, told",
    [
        (["!!!"], "无法解开"),
        ([base64.b64encode(b"no zlib").decode()], "无法解开"),
        ([base64.b64encode(zlib.compress(TEXT.encode())[:-20]).decode()], "不完整"),
        (_packed(b"x" * (MAX_CONTENT + 1)), "超过"),
        (_packed(b"\xff\xfe"), "无法解开"),
        (_packed(TEXT.encode() + b" "), "摘要与内容不符"),
    ],
)
def test_a_parcel_that_is_damaged_too_large_or_another_is_not_opened(parts, told):
    with pytest.raises(ValueError, match=told):
        unpacked(parts, VERSION.digest)


def test_a_content_that_no_notices_can_carry_is_not_sent():
    with pytest.raises(ValueError, match="too large"):
        list(packed(VERSION, "x" * (MAX_CONTENT + 1), "x"))


def test_a_precedent_turns_an_item_round_from_its_day_on():
    before = shipped()
    after = with_precedent(before, ["P0211", "P9999"], "12345", day=JULY, example="  邻居的狗没拴\n吓着孩子 ")
    old, new = after.item("P0211"), after.item("J110-12345-01")
    assert old.effective_to == JULY - timedelta(days=1)
    assert (new.from_, new.to, new.keywords, new.effective_from) == ("110", "12345", old.keywords, JULY)
    assert new.examples[-1] == "邻居的狗没拴 吓着孩子"
    assert all_faults(after, before.centres, ()) == []
    again = with_precedent(after, ["P0211", "P0212"], "12345", day=JULY)
    assert again.item("J110-12345-02").title == before.item("P0212").title
    assert len(again.items) == len(after.items) + 1


def test_a_precedent_for_whom_the_list_names_already_adds_only_its_example():
    after = with_precedent(shipped(), ["P0211"], "110", day=date(2025, 7, 1), example="放狗扑人")
    assert after.item("P0211").examples[-1] == "放狗扑人"
    assert len(after.items) == len(shipped().items)
    with pytest.raises(ValueError, match="119"):
        with_precedent(shipped(), ["P0211"], "119", day=JULY)
