"""CSV files as people send them: encodings, delimiters, headers, quotes, damage."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.imports import BadRow, MessageFileError, Row, open_messages, parse_mapping

HOT_TOPICS = Path("../shared/data/messages_hot_topics.csv")
HEADER = "留言编号,留言用户,留言主题,留言时间,留言详情\n"


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="messages.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


def good(file):
    return [row for row in file if isinstance(row, Row)]


def bad(file):
    return [row for row in file if isinstance(row, BadRow)]


def refusal(path, mapping=None):
    with pytest.raises(MessageFileError) as error:
        open_messages(path, mapping)
    return error.value


@pytest.mark.skipif(not HOT_TOPICS.exists(), reason="the real messages (../shared/data) are not on this machine")
def test_every_row_of_the_real_messages_is_read():
    rows = list(open_messages(HOT_TOPICS))
    assert len(rows) == 4326
    assert all(isinstance(row, Row) and row.at and row.text for row in rows)
    assert len({row.key for row in rows}) == 4326


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found_and_the_message_is_the_same_in_each(write, encoding):
    file = open_messages(write(HEADER + "7,张三,路灯不亮,2019/2/28 11:25:05,䶮镇𠮷路没有灯\n", encoding=encoding))
    [row] = good(file)
    assert file.encoding == encoding
    assert (row.source_id, row.caller_name, row.title, row.content) == ("7", "张三", "路灯不亮", "䶮镇𠮷路没有灯")
    assert row.at.isoformat() == "2019-02-28T11:25:05+08:00"
    assert (
        row.key == good(open_messages(write(HEADER + "7,张三,路灯不亮,2019-02-28T03:25:05Z,䶮镇𠮷路没有灯\n")))[0].key
    )


def test_one_line_with_foreign_bytes_costs_only_its_row(write):
    lines = [
        HEADER.encode(),
        "1,甲,标题,,好的内容\n".encode(),
        "2,乙,标题,,坏的内容\n".encode("gbk"),
        "3,丙,标题,,内容\n".encode(),
    ]
    file = open_messages(write(b"".join(lines)))
    assert [row.source_id for row in good(file)] == ["1", "3"]
    [row] = bad(file)
    assert row.line == 3
    assert "UTF-8" in row.text


def test_a_file_in_no_known_encoding_is_refused_with_the_line(write):
    error = refusal(write(HEADER.encode() + b"\xff\xfe\x80\x81\xff\n" * 9))
    assert error.code == "encoding"
    assert "2" in str(error)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        ("\ufeff \r\n\n", "empty"),
        (HEADER, "empty"),
        (HEADER + "\n,,,,\n", "empty"),
        (HEADER.encode("utf-16"), "encoding"),
        (bytes(2000), "not_text"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old_or_locked_workbook"),
    ],
)
def test_a_file_without_anything_to_import_is_refused(write, content, code):
    assert refusal(write(content)).code == code


def test_an_absent_file_is_refused(tmp_path):
    assert refusal(tmp_path / "absent.csv").code == "unreadable"
    assert refusal(tmp_path).code == "unreadable"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_the_delimiter_is_found(write, delimiter):
    header, line = ["编号", "诉求内容", "联系电话"], ["1", "楼上漏水；没人管|急", "13800000000"]
    if delimiter in "".join(line):
        line[1] = f'"{line[1]}"'
    [row] = good(open_messages(write(f"{delimiter.join(header)}\n{delimiter.join(line)}\n")))
    assert (row.source_id, row.content, row.phone) == ("1", "楼上漏水；没人管|急", "13800000000")


def test_headers_are_recognised_in_other_words_cases_and_widths(write):
    header = "工单号,来电人（必填）, 来电号码 ,标题,诉求内容*,受理时间,事发地址,行政区划代码,诉求类型,来源渠道,受理平台,点赞数\n"
    row = good(
        open_messages(write(header + "G1,李四,022-12345,题,文,2024年2月9日 下午3:05,某街,120101,投诉,电话,１１０,9\n"))
    )[0]
    assert row.source_id == "G1"
    assert (row.caller_name, row.phone, row.address, row.division_code) == ("李四", "022-12345", "某街", "120101")
    assert (row.type, row.channel, row.centre) == ("complaint", "电话", "110")
    assert row.at.isoformat() == "2024-02-09T15:05:00+08:00"
    assert row.text == "题\n文"


def test_a_title_above_the_header_is_passed_over(write):
    [row] = good(open_messages(write("某市热线工单导出,,\n导出时间,2024,\n编号,标题,内容\n1,a,b\n")))
    assert (row.line, row.content) == (4, "b")


def test_an_explicit_mapping_wins_over_the_headers_known(write):
    path = write("编号,内容,正文\n1,甲,乙\n")
    assert good(open_messages(path))[0].content == "甲"
    row = good(open_messages(path, {"content": "正文", "title": "内容"}))[0]
    assert (row.title, row.content) == ("甲", "乙")


def test_a_missing_column_is_refused_with_the_columns_found(write):
    error = refusal(write("编号,正文\n1,甲\n"))
    assert error.code == "missing_columns"
    assert "编号、正文" in str(error)
    assert "--map content=" in str(error)


def test_a_mapping_to_a_column_that_is_not_there_is_refused(write):
    assert "备注" in str(refusal(write("编号,内容\n1,甲\n"), {"title": "备注"}))


@pytest.mark.parametrize("options", [["content"], ["content="], ["colour=内容"], ["title=内容", "content=内容"]])
def test_a_wrong_mapping_option_is_refused(options):
    with pytest.raises(MessageFileError) as error:
        parse_mapping(options)
    assert error.value.code == "mapping"


def test_mapping_options_are_read():
    assert parse_mapping(["content=留言详情", "title = 主题"]) == {"content": "留言详情", "title": "主题"}


def test_a_quoted_cell_may_have_lines_and_doubled_quotes(write):
    rows = good(open_messages(write(HEADER + '1,甲,题,,"第一行\n第二行 ""引号""\n"\n2,乙,题,,完\n')))
    assert [row.line for row in rows] == [2, 5]
    assert rows[0].content == '第一行\n第二行 "引号"'


def test_a_quote_never_closed_costs_one_row_and_swallows_no_other(write):
    lines = [f"{number},甲,题,,内容{number}\n" for number in range(5000)]
    lines[10] = '10,甲,题,,"没有结束\n'
    file = open_messages(write(HEADER + "".join(lines)))
    assert len(good(file)) == 4999
    [row] = bad(file)
    assert (row.line, row.excerpt) == (12, '10,甲,题,,"没有结束')
    assert "引号" in row.text


def test_a_quote_open_at_the_end_of_the_file_is_reported(write):
    file = open_messages(write(HEADER + '1,甲,题,,"没有结束\n2,乙,题,,好\n'))
    assert [row.line for row in bad(file)] == [2]
    assert [row.source_id for row in good(file)] == ["2"]


@pytest.mark.parametrize(
    ("line", "field", "complaint"),
    [
        ("1,甲,题,,内容,多出来的", "", "6 格"),
        ("1,甲,题", "", "3 cells"),
        ("1,甲,,,", "content", "empty"),
        ("1,甲,题,昨天下午,文", "at", "昨天下午"),
        ("1,甲,题,2019/2/30,文", "at", "2019/2/30"),
        ("1,甲,题,0001-01-01,文", "at", "0001-01-01"),
        ("1,甲,题,,文\0文", "content", "NUL"),
        ("1,甲,题,," + "长" * 10_001, "content", "10001"),
        ("1,甲," + "长" * 1_001 + ",,文", "title", "1001"),
        ("1.38E+10,甲,题,,文", "source_id", "1.38E+10"),
        ("1,甲,题,," + "长" * 200_000, "", "CSV"),
        ("1,甲,题,," + "a" * 1_200_000, "", "1000000"),
    ],
)
def test_a_broken_row_is_reported_with_its_place_and_the_others_are_read(write, line, field, complaint):
    file = open_messages(write(HEADER + "0,甲,题,,前\n" + line + "\n2,甲,题,,后\n"))
    assert [row.content for row in good(file)] == ["前", "后"]
    [row] = bad(file)
    assert (row.line, row.field) == (3, field)
    assert complaint in row.text
    assert len(row.excerpt) <= 120


def test_empty_cells_too_many_do_no_harm(write):
    assert len(good(open_messages(write(HEADER + "1,甲,题,,文,,,\n")))) == 1


@pytest.mark.parametrize("text", ["=1+1", "+8613800000000", "-没有热水", "@某人", '=HYPERLINK("http://x","y")', "\t=1"])
def test_what_a_spreadsheet_would_take_for_a_formula_stays_text(write, text):
    quoted = text.replace('"', '""')
    assert good(open_messages(write(f'编号,内容\n1,"{quoted}"\n')))[0].content == text.strip()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_last_not_at_all(write, end):
    file = open_messages(write(end.join(["编号,内容", "1,甲", "", "2,乙"])))
    assert [(row.line, row.content) for row in good(file)] == [(2, "甲"), (4, "乙")]


def test_the_excerpt_carries_nothing_that_a_terminal_would_act_upon(write):
    [row] = bad(open_messages(write(HEADER + "1,甲\x1b[2J\x07,题\n")))
    assert "\x1b" not in row.excerpt
    assert "\x07" not in row.excerpt


def test_the_key_depends_on_who_said_what_and_not_on_the_class(write):
    header = "编号,姓名,内容,类型,时间\n"
    rows = good(
        open_messages(
            write(
                header
                + "1,甲,没有  热水,投诉,2024/2/9 8:00\n1,甲,没有 热水 ,咨询,2024-02-09 08:00:00\n"
                + "2,甲,没有 热水,投诉,2024/2/9 8:00\n1,乙,没有 热水,投诉,2024/2/9 8:00\n1,甲,没有 热水,投诉,2024/2/9 8:01\n"
            )
        )
    )
    keys = [row.key for row in rows]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_a_pass_over_the_file_can_be_repeated_and_tells_how_far_it_is(write):
    file = open_messages(write(HEADER + "1,甲,题,,文\n" * 3))
    assert len(list(file)) == len(list(file)) == 3
    assert file.fraction_read == 1.0


@given(st.binary(max_size=400))
def test_no_content_of_a_file_makes_reading_fail_otherwise_than_as_documented(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("noise") / "noise.csv"
    path.write_bytes(b"\xe5\x86\x85\xe5\xae\xb9,b\n" + content)
    try:
        rows = list(open_messages(path))
    except MessageFileError:
        return
    assert all(isinstance(row, Row | BadRow) for row in rows)
