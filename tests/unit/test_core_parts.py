"""Small parts of the core: named queries, ids, the table of errors, the ledger's hash."""

import hashlib
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from liandong.core import sqlfiles
from liandong.core.errors import PROBLEMS, AppError, problem
from liandong.core.ids import new_id
from liandong.core.ledger import event_hash


@pytest.fixture
def sql_file(monkeypatch):
    def make(text):
        class Folder:
            def joinpath(self, _):
                return self

            def read_text(self, encoding):
                return text

        monkeypatch.setattr(sqlfiles, "files", lambda _: Folder())
        sqlfiles.load_sql.cache_clear()
        return sqlfiles.load_sql("toy")

    yield make
    monkeypatch.undo()
    sqlfiles.load_sql.cache_clear()


def test_named_queries_become_attributes(sql_file):
    queries = sql_file("-- A file.\n\n-- name: one\n-- What it does.\nSELECT 1;\n\n-- name: two\nSELECT 2\n")
    assert queries.one.endswith("SELECT 1")
    assert queries.two == "SELECT 2"


def test_a_name_given_twice_is_refused(sql_file):
    with pytest.raises(ValueError, match="given twice"):
        sql_file("-- name: one\nSELECT 1\n-- name: one\nSELECT 2\n")


def test_sql_before_the_first_name_is_refused(sql_file):
    with pytest.raises(ValueError, match="before the first"):
        sql_file("SELECT 0;\n-- name: one\nSELECT 1\n")


def test_ids_are_version_7_and_sort_by_time():
    ids = [new_id(ms) for ms in (1, 2, 1_741_053_600_000, 2**48 - 1)]
    assert ids == sorted(ids)
    assert {one.version for one in ids} == {7}
    assert {one.variant for one in ids} == {"specified in RFC 4122"}


def test_ids_of_one_moment_differ():
    assert len({new_id(5) for _ in range(10_000)}) == 10_000


def test_every_problem_says_in_both_languages_what_to_do():
    for code, known in PROBLEMS.items():
        assert 400 <= known.status < 600, code
        assert known.title, code
        assert known.title_en.isascii(), code


def test_an_error_becomes_rfc_9457():
    body = problem(AppError("stale_version", version=7))
    assert body["type"] == "urn:liandong:problem:stale_version"
    assert (body["status"], body["version"]) == (409, 7)
    assert body["detail"] == PROBLEMS["stale_version"].title


def test_an_unknown_code_can_not_pass_unseen():
    with pytest.raises(KeyError):
        problem(AppError("no_such_code"))


ROW = {
    "order_id": UUID(int=1),
    "seq": 2,
    "kind": "order.closed",
    "status": "closed",
    "id": UUID(int=3),
    "at": datetime(2025, 3, 4, 2, 0, 0, 123456, tzinfo=UTC),
    "actor": "王",
    "role": "desk",
    "number": None,
    "body": '{"a":1}',
}


def test_the_hash_of_an_event_has_exactly_the_documented_form():
    text = (
        "00000000-0000-0000-0000-000000000001\n2\norder.closed\nclosed\n00000000-0000-0000-0000-000000000003\n"
        '1741053600123456\n王\ndesk\n\n{"a":1}'
    )
    assert event_hash(b"before", ROW) == hashlib.sha256(b"before" + text.encode()).digest()


@pytest.mark.parametrize("name", ROW)
def test_the_hash_covers_every_part_of_an_event(name):
    other = {
        "order_id": UUID(int=9), "seq": 9, "id": UUID(int=9), "at": ROW["at"] + timedelta(microseconds=1), "number": "n"
    }.get(name, "other")  # fmt: skip
    assert event_hash(b"", ROW | {name: other}) != event_hash(b"", ROW)
    assert event_hash(b"x", ROW) != event_hash(b"", ROW)


def test_the_hash_keeps_every_microsecond_of_any_year():
    chance = random.Random(7)
    print("seed 7")
    seen = set()
    for _ in range(1000):
        at = datetime(1900, 1, 1, tzinfo=UTC) + timedelta(microseconds=chance.randrange(10**16))
        seen.add(event_hash(b"", ROW | {"at": at}))
    assert len(seen) == 1000
