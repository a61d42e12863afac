"""The console's files as a node hands them out, and what it proposes while somebody types."""

from pathlib import Path

from liandong.console.reading import type_of, where_of
from liandong.console.serving import EACH_TIME, FOREVER, answer, read_file


def built(folder: Path) -> Path:
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<p>联动</p>")
    script = folder / "assets" / "index-abc.js"
    script.write_text("plain")
    script.with_name("index-abc.js.br").write_bytes(b"brotli")
    script.with_name("index-abc.js.gz").write_bytes(b"gzip")
    return folder


def test_the_best_packed_form_that_the_browser_takes_is_sent(tmp_path):
    file = read_file(built(tmp_path), "assets/index-abc.js")
    assert file is not None
    for accepted, encoding, body in (
        ("gzip, deflate, br", "br", b"brotli"),
        ("gzip;q=0.5", "gzip", b"gzip"),
        ("br;q=0, gzip", "gzip", b"gzip"),
        ("", None, b"plain"),
    ):
        given = answer(file, accepted, "")
        assert (given.headers.get("content-encoding"), given.content) == (encoding, body), accepted
        assert given.headers["vary"] == "accept-encoding"


def test_what_carries_its_digest_is_kept_for_ever_and_the_page_is_asked_for_each_time(tmp_path):
    folder = built(tmp_path)
    script, page = read_file(folder, "assets/index-abc.js"), read_file(folder, "index.html")
    assert script is not None
    assert page is not None
    assert (script.caching, page.caching) == (FOREVER, EACH_TIME)
    again = answer(page, "", page.etag)
    assert (again.status_code, again.content) == (304, b"")
    assert "script-src 'self'" in again.headers["content-security-policy"]


def test_nothing_outside_the_folder_is_handed_out(tmp_path):
    folder = tmp_path / "static"
    folder.mkdir()
    built(folder)
    (tmp_path / "secret.txt").write_text("x")
    for name in ("../secret.txt", "/etc/hostname", "assets/../../secret.txt", "assets", "assets/index-abc.js.br"):
        assert read_file(folder, name) is None, name


def test_the_type_is_proposed_by_its_words():
    for text, kind in (
        ("举报有人偷排污水", "report"),
        ("请问社保卡怎么补办", "consultation"),
        ("夜里噪音扰民", "complaint"),
        ("路灯坏了", "help"),
        ("感谢社区民警", "praise"),
    ):
        assert type_of(text) == kind, text


def test_the_place_is_the_finest_division_with_the_words_after_it():
    found = where_of("你好，南开区长虹街道黄河道12号院外，夜里很吵")
    assert found.division == "长虹街道"
    assert found.division_code is not None
    assert found.division_code.startswith("120104")
    assert found.address == "南开区长虹街道黄河道12号院外"
    assert where_of("和平区的政策咨询").address == ""
    assert where_of("没有说在哪里").division_code is None
