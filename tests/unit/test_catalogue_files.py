"""A transfer list goes out to a workbook and comes back the same; a wrong cell is named, and then nothing is taken."""

import io
from datetime import date

import msgspec
import openpyxl
import pytest

from liandong.agreements.checks import all_faults, check_item
from liandong.catalogue.content import content_of_pair, digest_of, new_content, read_content, write_content
from liandong.catalogue.diff import diff
from liandong.catalogue.files import read_file
from liandong.catalogue.transfer import default_catalogue
from liandong.catalogue.workbook import write_diff, write_workbook
from liandong.catalogue.workbook_faults import WorkbookError
from liandong.catalogue.workbook_reading import read_workbook
from lists import shipped, with_saucers

HERE, BACK = "12345→110", "110→12345"


def edited(change, content=None):
    """The bytes of the exported workbook after `change(book)`."""
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(content or shipped(), "试行版")))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def faults_of(data):
    with pytest.raises(WorkbookError) as error:
        read_workbook(data, check_item)
    return error.value.faults


def column(sheet, field):
    return next(cell.column_letter for cell in sheet[1] if cell.value.endswith(f"\n{field}"))


def test_a_list_comes_back_the_same_to_the_digest():
    content = with_saucers()
    odd = msgspec.structs.replace(
        content.items[0], keywords="=1+2 +加号 'x", title="=HYPERLINK(1)", effective_to=date(2030, 12, 31)
    )
    content = new_content(content.centres, content.categories, [odd, *content.items[1:]])
    read = read_workbook(write_workbook(content, "试行版"), lambda item: ())
    assert read.content == content
    assert digest_of(write_content(read.content)) == digest_of(write_content(content)) == read.base
    assert read.title == "试行版"


def test_a_workbook_is_made_for_people():
    book = openpyxl.load_workbook(io.BytesIO(write_workbook(shipped())))
    assert book.sheetnames == ["说明 README", HERE, BACK]
    assert (book[HERE].max_row, book[BACK].max_row) == (65, 106)
    for name in (HERE, BACK):
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert all(sheet.column_dimensions[cell.column_letter].width > 5 for cell in sheet[1])
        lists = {str(rule.sqref).split("2:")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
        assert lists[column(sheet, "way")] == '"语音,数据,三方通话"'


def test_a_hole_is_named_by_sheet_row_and_column_and_nothing_is_taken():
    def hole(book):
        sheet = book[BACK]
        sheet[f"{column(sheet, 'title')}7"] = None

    [fault] = faults_of(edited(hole))
    assert (fault.sheet, fault.row, fault.column) == (BACK, 7, "D（事项）")
    assert "第 7 行 D（事项） 列：不能为空" in str(fault)
    assert "row 7" in str(fault)
    assert "must not be empty" in str(fault)


WRONG = {
    "way": ("电报", "应为 语音、数据、三方通话 之一"),
    "urgent": ("也许", "应为 是 或 否"),
    "time_limit_s": ("很快", "应为秒数"),
    "effective_from": ("明天", "应为日期"),
    "effective_to": (date(1999, 1, 1), "早于生效日期"),
    "keywords": ("甲+乙>丙", "写法有误"),
    "defeated_by": ("dreams", "没有语境 dreams"),
    "basis": ("#REF!", "是错误值 #REF!"),
    "category_title": ("别的名称", "不一致"),
    "code": ("Q0102", "应以类别代码 P01 开头"),
    "title": ("标题\x07", "控制字符"),
}


@pytest.mark.parametrize("field", WRONG)
def test_each_wrong_cell_is_named_with_what_to_write_instead(field):
    value, told = WRONG[field]

    def spoil(book):
        sheet = book[HERE]
        sheet[f"{column(sheet, field)}3"] = value

    if field == "title":
        content = shipped()
        item = msgspec.structs.replace(content.items[0], title=value)
        assert any(
            told in fault.zh
            for fault in all_faults(new_content(content.centres, content.categories, [item]), content.centres, ())
        )
        return
    [fault] = faults_of(edited(spoil))
    assert (fault.sheet, fault.row) == (HERE, 3)
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook(shipped())))[HERE]
    assert fault.column.startswith(column(sheet, field))
    assert told in fault.zh


def test_every_fault_of_a_file_is_told_at_once():
    def spoil(book):
        for row in (2, 3, 9):
            book[HERE][f"{column(book[HERE], 'basis')}{row}"] = None
        book[BACK][f"{column(book[BACK], 'way')}5"] = "x"

    assert [(fault.sheet, fault.row) for fault in faults_of(edited(spoil))] == [
        (HERE, 2),
        (HERE, 3),
        (HERE, 9),
        (BACK, 5),
    ]


def test_a_code_that_stands_twice_is_named():
    def twice(book):
        sheet = book[HERE]
        sheet["C3"] = sheet["C2"].value

    assert "用了 2 次" in faults_of(edited(twice))[0].zh


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04broken", b"a,b\n1,2", write_diff([])], ids=["empty", "broken", "text", "another workbook"]
)
def test_what_is_no_list_is_refused_in_words(data):
    assert faults_of(data)[0].zh


def test_a_missing_column_and_a_missing_sheet_are_named():
    def without(book):
        book[HERE].delete_cols(6)

    assert "缺少列“转接方式”" in faults_of(edited(without))[0].zh

    def no_sheets(book):
        del book[HERE], book[BACK]

    assert "甲→乙" in faults_of(edited(no_sheets))[0].zh


def test_columns_in_another_order_and_spare_columns_do_no_harm():
    def mixed(book):
        for name in (HERE, BACK):
            book[name].insert_cols(1, 2)
            book[name]["A1"] = "备注"
            book[name]["A2"] = "随便写"

    assert read_workbook(edited(mixed), check_item).content == shipped()


def test_the_list_of_other_centres_is_refused():
    with pytest.raises(WorkbookError, match="12345"):
        read_file(write_workbook(shipped()), ".xlsx", ("12345", "119"), check_item)


def test_a_toml_file_is_read_as_well():
    from importlib.resources import files

    text = files("liandong.catalogue").joinpath("data/transfer_list.toml").read_bytes()
    assert read_file(text, ".toml", ("110", "12345"), check_item).content == shipped()
    with pytest.raises(WorkbookError, match="P0101"):
        read_file(text.replace(b"P0102", b"P0101"), ".toml", ("110", "12345"), check_item)


def test_the_difference_names_what_was_added_removed_and_changed():
    before = shipped()
    changed = msgspec.structs.replace(before.items[5], title="新名称", time_limit_s=60)
    items = [item for item in with_saucers().items if item.code not in (before.items[0].code, changed.code)]
    changes = diff(before, new_content(before.centres, before.categories, [*items, changed]))
    assert {(one.kind, one.code) for one in changes} == {
        ("removed", before.items[0].code),
        ("changed", changed.code),
        ("added", "P0213"),
    }
    [one] = [one for one in changes if one.kind == "changed"]
    assert [(field.field, field.after) for field in one.fields] == [("title", "新名称"), ("time_limit_s", 60)]
    assert diff(before, before) == []
    rows = list(openpyxl.load_workbook(io.BytesIO(write_diff(changes))).active.iter_rows(values_only=True))
    assert len(rows) == 1 + 1 + 2 + 1


def test_the_digest_does_not_depend_on_the_order_of_a_file():
    content = shipped()
    turned = new_content(content.centres[::-1], content.categories[::-1], content.items[::-1])
    assert write_content(turned) == write_content(content)


def test_a_field_that_is_not_known_here_is_not_agreed_to():
    text = write_content(shipped()).replace('"items":[{', '"items":[{"handled_by":"x",', 1)
    with pytest.raises(msgspec.ValidationError, match="handled_by"):
        read_content(text)


def test_the_shipped_list_has_no_faults():
    assert all_faults(content_of_pair(default_catalogue(), "12345", "110"), ("110", "12345"), ()) == []
