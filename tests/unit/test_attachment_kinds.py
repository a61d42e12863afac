"""What files are taken: media types by name and content, ranges, names for the browser, and a scanner on a socket."""

import asyncio
import contextlib
import io
import zipfile

import pytest

from files import EICAR, JPEG, photo
from liandong.attachments.admission import HEAD, Admission, KindsError, default_kinds, is_text, load_kinds
from liandong.attachments.scan import Scanner, ScannerAway
from liandong.attachments.serving import Span, disposition, span_of
from liandong.attachments.settings import AttachmentSettings
from liandong.core.errors import AppError

ADMISSION = Admission()


def zipped(first, content="x"):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(first, content)
    return written.getvalue()


@pytest.mark.parametrize(
    "name, head",
    [
        ("a.JPG", JPEG),
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.pdf", b"%PDF-1.7\n"),
        ("a.docx", zipped("[Content_Types].xml")),
        ("a.xlsx", zipped("xl/workbook.xml")),
        ("a.odt", zipped("mimetype", "application/vnd.oasis.opendocument.text")),
        ("a.ofd", zipped("OFD.xml")),
        ("a.doc", bytes.fromhex("d0cf11e0a1b11ae1")),
        ("a.mp3", b"ID3\x04"),
        ("a.wav", b"RIFF\x00\x00\x00\x00WAVEfmt "),
        ("a.amr", b"#!AMR\n"),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42"),
        ("a.avi", b"RIFF\x00\x00\x00\x00AVI LIST"),
        ("a.txt", "路灯坏了\n".encode()),
        ("a.csv", "编号,地址\n".encode("gb18030")),
    ],
)
def test_a_file_is_known_by_its_name_and_its_content(name, head):
    media_type = ADMISSION.media_type_of(name)
    assert media_type is not None
    assert ADMISSION.objection(name=name, media_type=media_type, size=1, others=()) is None
    assert ADMISSION.wrong_content(media_type, head) is None
    assert ADMISSION.wrong_content(media_type, b"MZ\x90\x00\x03\x00\x00\x00") is not None


def test_a_zip_is_no_document_and_a_web_page_is_no_type_at_all():
    docx = ADMISSION.media_type_of("a.docx")
    assert ADMISSION.wrong_content(docx, zipped("virus.exe")) is not None
    assert ADMISSION.media_type_of("a.html") is None
    assert ADMISSION.media_type_of("a.svg") is None
    assert ADMISSION.media_type_of("a.zip") is None


def test_text_may_be_cut_in_the_middle_of_a_character():
    for encoding in ("utf-8", "gb18030"):
        whole = ("路灯" * HEAD).encode(encoding)
        for shift in range(4):
            assert is_text((b"a" * shift + whole)[:HEAD]), (encoding, shift)
    assert not is_text(b"abc\x00def")


def test_every_kind_has_an_extension_and_the_list_can_be_a_city_s_own(tmp_path):
    assert len(default_kinds()) > 20
    assert all(kind.extensions for kind in default_kinds())
    own = tmp_path / "types.json"
    own.write_text(
        '[{"media_type": "image/png", "group": "x", "extensions": ["png"], "signs": [[{"at": 0, "hex": "89"}]]}]'
    )
    assert [kind.media_type for kind in load_kinds(own)] == ["image/png"]
    own.write_text(
        '[{"media_type": "image/png", "group": "x", "extensions": ["png"], "signs": [[{"at": 0, "hex": "8"}]]}]'
    )
    with pytest.raises(KindsError, match="hex"):
        load_kinds(own)


def test_a_span_is_inside_the_file_or_refused():
    assert span_of(None, 10) is None
    assert span_of("bytes=2-3", 10) == Span(2, 2)
    assert span_of("bytes=-3", 10) == Span(7, 3)
    assert span_of("bytes=-30", 10) == Span(0, 10)
    for beyond in ("bytes=10-", "bytes=10-11", "bytes=-0"):
        with pytest.raises(AppError, match="range_wrong"):
            span_of(beyond, 10)


@pytest.mark.parametrize(
    "name, plain",
    [
        ("photo 1.jpg", "photo 1.jpg"),
        ("现场照片.jpg", "file.jpg"),
        ("现场.照片", "file"),
        ('a";\\.jpg', "a___.jpg"),
        ("café.pdf", "cafe.pdf"),
    ],
)
def test_a_name_for_the_browser_is_plain_beside_the_real_one(name, plain):
    header = disposition(name)
    assert header.isascii()
    assert f'filename="{plain}"; ' in header
    from urllib.parse import unquote

    assert unquote(header.partition("UTF-8''")[2]) == name


@contextlib.asynccontextmanager
async def clamd(path, answer=None):
    """As clamd answers INSTREAM; what it was given is in the list."""
    given = []

    async def serve(reader, writer):
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        body = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            body += await reader.readexactly(length)
        given.append(body)
        found = b"stream: Eicar-Test-Signature FOUND\0" if b"EICAR" in body else b"stream: OK\0"
        writer.write(answer or found)
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, path)
    try:
        yield given
    finally:
        server.close()


def reader_of(data):
    async def read():
        for start in range(0, len(data), 1000):
            yield data[start : start + 1000]

    return read


async def test_a_clamd_on_a_socket_is_given_the_bytes_and_believed(tmp_path):
    path = str(tmp_path / "clamd")
    data = photo(3500)
    scanner = Scanner(AttachmentSettings(scan_socket=path, scan_timeout=5))
    async with clamd(path) as given:
        assert (await scanner.scan(reader_of(data))).status == "clean"
        found = await scanner.scan(reader_of(EICAR))
    assert (found.status, found.text) == ("infected", "Eicar-Test-Signature")
    assert given == [data, EICAR]


async def test_a_clamd_that_is_away_or_can_t_say_is_asked_again_later(tmp_path):
    path = str(tmp_path / "clamd")
    scanner = Scanner(AttachmentSettings(scan_socket=path, scan_timeout=5))
    with pytest.raises(ScannerAway):
        await scanner.scan(reader_of(b"x"))
    for answer in (b"INSTREAM size limit exceeded. ERROR\0", b"\0"):
        async with clamd(path, answer):
            with pytest.raises(ScannerAway):
                await scanner.scan(reader_of(b"x"))


async def test_one_scanner_that_finds_something_is_enough(tmp_path):
    path = str(tmp_path / "clamd")
    scanner = Scanner(AttachmentSettings(scan_command=["true"], scan_socket=path, scan_timeout=5))
    async with clamd(path):
        assert (await scanner.scan(reader_of(EICAR))).status == "infected"
        assert (await scanner.scan(reader_of(b"x"))).status == "clean"


async def test_without_a_scanner_a_file_is_unscanned_and_not_clean():
    assert (await Scanner(AttachmentSettings()).scan(reader_of(b"x"))).status == "unscanned"
