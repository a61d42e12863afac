"""A transfer list from a file: a workbook (xlsx) or a TOML file in the shape of data/transfer_list.toml."""

import tomllib

import msgspec

from liandong.catalogue.content import Content, content_of_pair, new_content, pair_of
from liandong.catalogue.soundness import Check, faults
from liandong.catalogue.transfer import load_catalogue
from liandong.catalogue.workbook_faults import CellFault, WorkbookError, WorkbookRead

SUFFIXES = (".xlsx", ".toml")


def read_file(data: bytes, suffix: str, centres: tuple[str, str], check: Check) -> WorkbookRead:
    """The list of these two centres. Raises WorkbookError, also for a TOML file and for a list of other centres."""
    if suffix.lower() == ".xlsx":
        from liandong.catalogue.workbook_reading import read_workbook  # a node at rest needs no spreadsheet library

        read = read_workbook(data, check)
    elif suffix.lower() == ".toml":
        read = WorkbookRead(_from_toml(data, centres, check), base="", title="")
    else:
        raise _refused(f"不支持 {suffix} 文件，请用 {'、'.join(SUFFIXES)}", f"{suffix} is not read: use {SUFFIXES}")
    if read.content.centres != pair_of(*centres):
        there = "、".join(read.content.centres)
        raise _refused(f"这是{there}的清单，不是{'、'.join(centres)}的", f"this is the list of {there}")
    return read


def _from_toml(data: bytes, centres: tuple[str, str], check: Check) -> Content:
    try:
        catalogue = load_catalogue(data.decode())
        content = content_of_pair(catalogue, *centres)
        content = new_content(content.centres, content.categories, content.items)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise _refused(f"无法读取：{error}", f"can't be read: {error}") from error
    except (KeyError, TypeError) as error:
        raise _refused(f"缺少 {error}", f"{error} is missing") from error
    found = faults(content, check)
    if found:
        raise WorkbookError([CellFault(fault.code, 0, fault.field, fault.zh, fault.en) for fault in found])
    return content


def _refused(zh: str, en: str) -> WorkbookError:
    return WorkbookError([CellFault("", 0, "", zh, en)])
