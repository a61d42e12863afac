"""The import: what reaches the store, what is counted, and that nothing arrives twice."""

import json
import tracemalloc

import pytest
from rich.console import Console

from liandong.imports import BadRow, MessageFileError, Report, import_messages, open_messages

HEADER = "编号,内容,时间\n"


class Store:
    """Keeps rows by key, as the database does; refuses a key twice in one statement."""

    def __init__(self):
        self.rows = {}
        self.batches = []

    async def __call__(self, rows):
        keys = [row.key for row in rows]
        assert len(set(keys)) == len(keys), "a key twice in one statement"
        self.batches.append(len(rows))
        fresh = [key not in self.rows for key in keys]
        for row in rows:
            self.rows.setdefault(row.key, row)
        return fresh


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def messages(tmp_path):
    def write(*lines):
        path = tmp_path / "messages.csv"
        path.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return open_messages(path)

    return write


def lines(count):
    return [f"{number},内容{number}," for number in range(count)]


async def test_rows_arrive_in_batches_and_in_order(store, messages):
    report = await import_messages(messages(*lines(1234)), store)
    assert store.batches == [500, 500, 234]
    assert [row.source_id for row in store.rows.values()] == [str(number) for number in range(1234)]
    assert report.counts() == {"read": 1234, "good": 1234, "bad": 0, "already": 0, "imported": 1234, "refused": False}


async def test_a_file_imported_again_adds_nothing(store, messages):
    await import_messages(messages(*lines(700)), store)
    report = await import_messages(messages(*lines(701)), store)
    assert (report.imported, report.already) == (1, 700)


async def test_a_row_twice_in_the_file_is_imported_once(store, messages):
    twice = [*lines(3), *lines(3), *lines(600), "1, 内容1 ,"]
    report = await import_messages(messages(*twice), store)
    assert (report.good, report.imported, report.already) == (607, 600, 7)
    assert [row.line for row in store.rows.values()][:3] == [2, 3, 4]


async def test_good_rows_are_imported_and_bad_ones_are_reported(store, messages):
    report = await import_messages(messages("1,甲,", "2,乙,昨天", "3,,", "4,丁,"), store)
    assert [row.source_id for row in store.rows.values()] == ["1", "4"]
    assert [(row.line, row.field) for row in report.bad_rows] == [(3, "at"), (4, "content")]
    assert (report.read, report.good, report.bad, report.imported) == (4, 2, 2, 2)


async def test_all_or_nothing_writes_nothing_when_the_last_row_is_bad(store, messages):
    report = await import_messages(messages(*lines(1200), "x,乙,昨天"), store, all_or_nothing=True)
    assert not store.batches
    assert (report.refused, report.read, report.good, report.bad, report.imported) == (True, 1201, 1200, 1, 0)


async def test_all_or_nothing_writes_all_when_every_row_is_good(store, messages):
    report = await import_messages(messages(*lines(1200)), store, all_or_nothing=True)
    assert (report.refused, report.read, report.imported) == (False, 1200, 1200)


async def test_a_fault_of_the_store_is_not_hidden_and_the_import_can_be_repeated(store, messages):
    async def failing(rows):
        if len(store.batches) == 1:
            raise ConnectionError
        return await store(rows)

    with pytest.raises(ConnectionError):
        await import_messages(messages(*lines(800)), failing)
    report = await import_messages(messages(*lines(800)), store)
    assert (report.already, report.imported, len(store.rows)) == (500, 300, 800)


async def test_a_store_that_answers_for_too_few_rows_is_noticed(messages):
    async def careless(rows):
        return [True]

    with pytest.raises(ValueError, match="1 of 2 rows"):
        await import_messages(messages(*lines(2)), careless)


async def test_all_bad_rows_go_to_the_report_file_and_a_thousand_are_kept(store, messages, tmp_path):
    path = tmp_path / "report.jsonl"
    with Report(path) as report:
        await import_messages(messages("0,好,", *(f"{number},乙,昨天" for number in range(1500))), store, report=report)
    assert (report.bad, len(report.bad_rows)) == (1500, 1000)
    written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(written) == 1500
    assert written[0] == {"line": 3, "field": "at", "text": written[0]["text"], "excerpt": "0,乙,昨天"}


def test_the_report_shows_counts_and_bad_rows_without_obeying_their_markup():
    report = Report()
    for number in range(30):
        report.add_bad(BadRow(number + 2, "content", "空的 / empty", "[bold red]1[/],[link=x]"))
    report.refused = True
    console = Console(width=160, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(report.render())
    shown = capture.get()
    assert "[bold red]1[/]" in shown
    assert "10 个错误行" in shown
    assert "nothing was imported" in shown


async def test_a_large_file_takes_no_more_memory_than_a_small_one(messages, tmp_path):
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        file.writelines(f"{number},{'很长的内容' * 60},2024/2/9 8:00\n" for number in range(30_000))

    async def sink(rows):
        return [True] * len(rows)

    await import_messages(messages(*lines(1000)), sink)
    file = open_messages(path)
    tracemalloc.start()
    report = await import_messages(file, sink)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.imported == 30_000
    assert path.stat().st_size > 25_000_000
    assert peak < 6_000_000


async def test_an_empty_file_is_refused_before_anything_is_read(messages):
    with pytest.raises(MessageFileError):
        messages()
