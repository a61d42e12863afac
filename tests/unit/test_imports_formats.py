"""Workbooks and JSON lines, and the ways in which times are written."""

import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.imports import BadRow, MessageFileError, Row, open_messages
from liandong.imports.moments import BEIJING, read_moment


def workbook(path, *rows, sheets=1):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for number in range(1, sheets):
        book.create_sheet(f"另一页{number}")
    book.save(path)
    return path


def read(path, mapping=None):
    rows = list(open_messages(path, mapping))
    return [row for row in rows if isinstance(row, Row)], [row for row in rows if isinstance(row, BadRow)]


def test_the_same_message_has_the_same_key_in_every_format(tmp_path):
    csv, jsonl = tmp_path / "m.csv", tmp_path / "m.jsonl"
    csv.write_text("编号,电话,内容,时间\n7,13812345678,没有热水,2019/2/28 11:25:05\n", encoding="gb18030")
    jsonl.write_text(
        '{"工单号": 7, "phone": "13812345678", "content": "没有热水", "at": "2019-02-28T11:25:05+08:00"}\n'
    )
    xlsx = workbook(
        tmp_path / "m.xlsx",
        ["留言编号", "电话", "留言详情", "留言时间"],
        [7, 13812345678, "没有热水", datetime(2019, 2, 28, 11, 25, 5)],  # noqa: DTZ001
    )
    files = [open_messages(path) for path in (csv, jsonl, xlsx)]
    assert [file.kind for file in files] == ["csv", "jsonl", "xlsx"]
    assert len({next(iter(file)).key for file in files}) == 1


def test_a_workbook_is_read_with_its_row_numbers_and_without_its_blank_rows(tmp_path):
    path = workbook(
        tmp_path / "m.xlsx", ["某市导出"], ["编号", "内容", "备注"], [1.0, "甲"], [], [2, "乙", None], sheets=2
    )
    rows, bad = read(path)
    assert [(row.line, row.source_id, row.content) for row in rows] == [(3, "1", "甲"), (5, "2", "乙")]
    assert not bad


def test_a_formula_without_a_stored_value_is_reported_and_never_evaluated(tmp_path):
    rows, bad = read(workbook(tmp_path / "m.xlsx", ["编号", "内容"], [1, "=1+1"], [2, "好"]))
    assert [row.source_id for row in rows] == ["2"]
    assert bad[0].line == 2
    assert "B2" in bad[0].text


def test_a_formula_with_a_stored_value_counts_as_the_value(tmp_path):
    path = workbook(tmp_path / "m.xlsx", ["编号", "内容"], [1, "=1+1"])
    rewrite(path, b"<v></v>", b"<v>42</v>", b"<v />", b"<v>42</v>")
    [row], bad = read(path)
    assert row.content == "42"
    assert not bad


def rewrite(path, *pairs):
    with zipfile.ZipFile(path) as package:
        members = {name: package.read(name) for name in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for name, data in members.items():
            for old, new in zip(pairs[::2], pairs[1::2], strict=True):
                data = data.replace(old, new) if "worksheets" in name else data
            package.writestr(name, data)


def test_an_error_value_in_a_cell_is_reported(tmp_path):
    _, bad = read(workbook(tmp_path / "m.xlsx", ["编号", "内容"], [1, "#REF!"]))
    assert "B2" in bad[0].text
    assert "#REF!" in bad[0].text


@pytest.mark.parametrize("cells", [[], [["编号", "内容"]], [["编号", "备注"], [1, "x"]]])
def test_a_workbook_without_messages_is_refused(tmp_path, cells):
    with pytest.raises(MessageFileError) as error:
        open_messages(workbook(tmp_path / "m.xlsx", *cells))
    assert error.value.code in ("empty", "missing_columns")


def test_what_only_looks_like_a_workbook_is_refused(tmp_path):
    path = tmp_path / "m.xlsx"
    path.write_bytes(b"PK\x03\x04 and then nothing of the kind")
    with pytest.raises(MessageFileError) as error:
        open_messages(path)
    assert error.value.code == "broken_workbook"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("hello.txt", "hello")
    with pytest.raises(MessageFileError) as error:
        open_messages(path)
    assert error.value.code == "broken_workbook"


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("keep", [0, 40, 400])
def test_a_damaged_workbook_is_refused(tmp_path, name, keep):
    path = workbook(tmp_path / "m.xlsx", ["编号", "内容"], *([number, "文" * 50] for number in range(50)))
    with zipfile.ZipFile(path) as package:
        members = {member: package.read(member) for member in package.namelist()}
    members[name] = members[name][:keep]
    with zipfile.ZipFile(path, "w") as package:
        for member, data in members.items():
            package.writestr(member, data)
    with pytest.raises(MessageFileError) as error:
        list(open_messages(path))
    assert error.value.code == "broken_workbook"


def test_control_characters_escaped_in_a_workbook_are_read_as_such(tmp_path):
    rows, bad = read(workbook(tmp_path / "m.xlsx", ["编号", "内容"], [1, "一_x000D_\n二"], [2, "空_x0000_字符"]))
    assert rows[0].content == "一\r\n二"
    assert "NUL" in bad[0].text


def jsonl(tmp_path, *lines):
    path = tmp_path / "m.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_json_lines_may_have_their_keys_in_any_order_and_lack_some(tmp_path):
    rows, bad = read(jsonl(tmp_path, '{"内容": "甲", "id": 1}', "", '{"phone": null, "text": "乙", "more": [1]}'))
    assert [(row.line, row.content, row.source_id) for row in rows] == [(1, "甲", "1"), (3, "乙", "")]
    assert not bad


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("{", ""),
        ("[1]", ""),
        ('"text"', ""),
        ('{"content": {"a": 1}}', "content"),
        ('{"content": "x", "at": true}', "at"),
        ('{"content": ""}', "content"),
        ('{"title": null}', "content"),
        ('{"content": "a\\u0000b"}', "content"),
        ('{"content": "\\ud800"}', ""),
        ('{"content": NaN}', ""),
        ('{"content": ' + "[" * 5000, ""),
    ],
)
def test_a_broken_line_is_reported_and_the_others_are_read(tmp_path, line, field):
    rows, bad = read(jsonl(tmp_path, '{"content": "前"}', line, '{"content": "后"}'))
    assert [row.content for row in rows] == ["前", "后"]
    assert [(row.line, row.field) for row in bad] == [(2, field)]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["{", "["], "not_jsonl"),
        (['{"a": 1}'], "missing_columns"),
        (["", "\t"], "empty"),
        (["[", '{"a":1}', "]"], "missing_columns"),
    ],
)
def test_json_that_holds_no_messages_is_refused(tmp_path, lines, code):
    with pytest.raises(MessageFileError) as error:
        open_messages(jsonl(tmp_path, *lines))
    assert error.value.code == code


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2019/2/28 11:25:05", "2019-02-28T11:25:05+08:00"),
        ("2019-02-28 11:25", "2019-02-28T11:25:00+08:00"),
        ("2019.2.28", "2019-02-28T00:00:00+08:00"),
        ("2019年2月28日", "2019-02-28T00:00:00+08:00"),
        ("2019年2月28日 9时5分", "2019-02-28T09:05:00+08:00"),
        ("2019年2月28日9时5分7秒", "2019-02-28T09:05:07+08:00"),
        ("2019年2月28日9点", "2019-02-28T09:00:00+08:00"),
        ("2019/2/28 下午 3:25", "2019-02-28T15:25:00+08:00"),
        ("2019/2/28 上午10:25", "2019-02-28T10:25:00+08:00"),
        ("2019/2/28 下午12:05", "2019-02-28T12:05:00+08:00"),
        ("2019/2/28 中午11:50", "2019-02-28T11:50:00+08:00"),
        ("2019-02-28T11:25:05.123", "2019-02-28T11:25:05.123000+08:00"),
        ("2019-02-28T11:25:05Z", "2019-02-28T11:25:05+00:00"),
        ("2019-02-28T11:25:05+09:00", "2019-02-28T11:25:05+09:00"),
        ("20190228", "2019-02-28T00:00:00+08:00"),
        ("20190228112505", "2019-02-28T11:25:05+08:00"),
        ("２０１９/２/２８ 11：25", "2019-02-28T11:25:00+08:00"),
        ("43524", "2019-02-28T00:00:00+08:00"),
        ("43524.47575231482", "2019-02-28T11:25:05+08:00"),
        (43524.47575231482, "2019-02-28T11:25:05+08:00"),
        (43524, "2019-02-28T00:00:00+08:00"),
    ],
)
def test_a_time_is_read_however_it_is_written(written, moment):
    assert read_moment(written).isoformat() == moment


@pytest.mark.parametrize(
    "written", ["2019/13/1", "2019/2/29", "昨天", "11:25", "13812345678", 5, 1e9, "2019/2/28 25:00", "28/2/2019"]
)
def test_what_is_no_time_is_refused(written):
    with pytest.raises(ValueError):
        read_moment(written)


@pytest.mark.parametrize("written", [None, "", "  "])
def test_no_time_is_no_error(written):
    assert read_moment(written) is None


@given(st.datetimes(datetime(1955, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_a_moment_survives_its_serial_number_to_the_second(moment):
    moment = moment.replace(microsecond=0)
    days = (moment - datetime(1899, 12, 30)).total_seconds() / 86400  # noqa: DTZ001
    assert read_moment(days) == moment.replace(tzinfo=BEIJING)


@given(st.text(max_size=30))
def test_no_text_makes_reading_a_time_fail_otherwise_than_as_documented(text):
    try:
        moment = read_moment(text)
    except ValueError:
        return
    assert moment is None or moment.tzinfo
