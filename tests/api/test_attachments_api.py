"""Uploading, resuming and downloading files over HTTP; every refusal says what, why and what now."""

import hashlib
import os
import stat
import sys
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from apis import problem
from files import EICAR, photo
from liandong.attachments.scan import Scanner
from liandong.attachments.settings import AttachmentSettings
from liandong.attachments.store import PIECE


def declared(data, name="现场.jpg", **more):
    return {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} | more


async def begin(api, order, body, who="desk", key=None):
    return await api.post(f"/api/v1/orders/{order['id']}/attachments", body, who, idempotency_key=key or uuid4().hex)


async def put(api, file, data, who="desk", *, offset=None, **headers):
    path = f"{address(file)}/bytes" + ("" if offset is None else f"?offset={offset}")
    given = api.headers(who, content_type="application/octet-stream", **headers)
    return await api.client.put(path, content=data, headers=given)


async def complete(api, file, who="desk"):
    return await api.post(f"{address(file)}/complete", None, who)


async def get(api, file, who="desk", **headers):
    return await api.client.get(f"{address(file)}/bytes", headers=api.headers(who, **headers))


async def added(api, order, data, who="desk", **more):
    file = (await begin(api, order, declared(data, **more), who)).json()
    assert (await put(api, file, data, who)).status_code == 200
    answer = await complete(api, file, who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def address(file):
    return f"/api/v1/orders/{file['order_id']}/attachments/{file['id']}"


async def test_a_file_is_uploaded_in_pieces_and_is_part_of_the_order(api):
    order, data = await api.takes(), photo(PIECE * 2 + 77)
    answer = await begin(api, order, declared(data, place="南京路1号"))
    assert answer.status_code == 201
    file = answer.json()
    assert answer.headers["location"] == address(file)
    half = PIECE + 5
    first = await put(api, file, data[:half], content_range=f"bytes 0-{half - 1}/{len(data)}")
    assert (first.status_code, first.json()["received"]) == (200, half)
    seen = await api.client.head(address(file), headers=api.headers())
    assert (seen.headers["upload-offset"], seen.headers["upload-length"]) == (str(half), str(len(data)))
    assert (await put(api, file, data[half:], offset=half)).json()["received"] == len(data)
    done = await complete(api, file)
    assert (done.status_code, done.json()["status"]) == (200, "unscanned")
    shown = (await api.get(f"/api/v1/orders/{order['id']}")).json()
    assert [a["name"] for a in shown["attachments"]] == ["现场.jpg"]
    event = (await api.get(f"/api/v1/orders/{order['id']}/events")).json()[-1]
    assert event["kind"] == "attachment.added"
    said = event["body"]["attachment"]
    assert (said["id"], said["name"], said["size"], said["sha256"]) == (
        file["id"], "现场.jpg", len(data), hashlib.sha256(data).hexdigest(),
    )  # fmt: skip
    assert (await get(api, file)).content == data


async def test_the_same_key_begins_one_upload_and_another_body_is_refused(api):
    order, data = await api.takes(), photo()
    first = await begin(api, order, declared(data), key="k1")
    again = await begin(api, order, declared(data), key="k1")
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert again.headers["idempotent-replayed"] == "true"
    assert problem(await begin(api, order, declared(photo()), key="k1"))["code"] == "idempotency_key_reused"
    missing = await api.post(f"/api/v1/orders/{order['id']}/attachments", declared(data))
    assert problem(missing)["code"] == "idempotency_key_missing"


async def test_a_wrong_offset_says_where_to_go_on_and_nothing_is_lost(api):
    order, data = await api.takes(), photo(1000)
    file = (await begin(api, order, declared(data))).json()
    await put(api, file, data[:400])
    for wrong in (0, 399, 401):
        refused = problem(await put(api, file, data[wrong : wrong + 10], offset=wrong))
        assert (refused["code"], refused["received"]) == ("offset_wrong", 400)
    assert problem(await put(api, file, b"x", content_range="bytes 5-5/99"))["code"] == "field_invalid"
    assert problem(await put(api, file, b"x", offset="abc"))["code"] == "field_invalid"
    assert (await put(api, file, data[400:], offset=400)).json()["received"] == 1000
    assert (await complete(api, file)).status_code == 200
    assert (await get(api, file)).content == data


async def test_more_bytes_than_declared_are_refused_and_what_was_there_stays(api):
    order, data = await api.takes(), photo(1000)
    file = (await begin(api, order, declared(data))).json()
    assert problem(await put(api, file, data + b"x"))["code"] == "attachment_too_large"

    async def without_a_length():
        yield data[:900]
        yield data[900:] + b"x"

    refused = problem(await put(api, file, without_a_length()))
    assert refused["code"] == "attachment_too_large"
    now = (await api.get(address(file))).json()["received"]
    assert now <= 1000
    assert (await put(api, file, data[now:], offset=now)).status_code == 200
    assert (await complete(api, file)).status_code == 200


async def test_a_wrong_hash_is_refused_and_the_same_upload_may_start_over(api):
    order, data = await api.takes(), photo(600)
    file = (await begin(api, order, declared(data))).json()
    assert problem(await complete(api, file))["code"] == "upload_incomplete"
    await put(api, file, photo(600))
    refused = problem(await complete(api, file))
    assert (refused["code"], refused["received"]) == ("hash_wrong", 0)
    assert (await put(api, file, data)).status_code == 200
    assert (await complete(api, file)).json()["added_at"]
    assert (await get(api, file)).content == data


@pytest.mark.parametrize(
    "name, more, code",
    [
        ("程序.exe", {}, "media_type_refused"),
        ("页面.html", {"media_type": "text/html"}, "media_type_refused"),
        ("照片.exe", {"media_type": "image/jpeg"}, "media_type_refused"),
        ("没有扩展名", {}, "media_type_refused"),
        ("../../a.jpg", {}, "field_invalid"),
        ("a\u202egpj.jpg", {}, "field_invalid"),
        ("a.jpg", {"size": 0}, "field_invalid"),
        ("a.jpg", {"sha256": "xyz"}, "field_invalid"),
        ("a.jpg", {"size": 101 * 1024 * 1024}, "attachment_too_large"),
    ],
)
async def test_what_is_not_accepted_is_refused_before_a_byte_is_sent(api, name, more, code):
    order = await api.takes()
    assert problem(await begin(api, order, declared(photo(), name) | more))["code"] == code


async def test_a_program_that_calls_itself_a_photo_is_found_by_its_content(api):
    order = await api.takes()
    data = b"MZ\x90\x00" + os.urandom(10_000)
    file = (await begin(api, order, declared(data))).json()
    assert problem(await put(api, file, data))["code"] == "media_type_refused"  # by its first bytes
    small = b"MZ\x90\x00" + os.urandom(100)
    file = (await begin(api, order, declared(small))).json()
    await put(api, file, small)
    assert problem(await complete(api, file))["code"] == "media_type_refused"
    assert (await api.get(address(file))).json()["status"] == "refused"
    assert "attachment.added" not in [e["kind"] for e in (await api.get(f"/api/v1/orders/{order['id']}/events")).json()]


async def test_the_limits_of_an_order_hold(api):
    from liandong.attachments.admission import Admission, Limits

    api.centre.node.uploads._admission = Admission(Limits(max_file=1000, max_order=1500, max_count=2))
    order = await api.takes()
    assert (await begin(api, order, declared(photo(900)))).status_code == 201
    assert problem(await begin(api, order, declared(photo(700))))["code"] == "attachment_too_large"
    assert (await begin(api, order, declared(photo(500)))).status_code == 201
    assert "最多 2 个" in problem(await begin(api, order, declared(photo(10))))["detail"]


async def test_a_download_by_range(api):
    data = photo(PIECE * 3 + 10)
    file = await added(api, await api.takes(), data)
    for asked, start, end in (
        ("bytes=0-9", 0, 10),
        (f"bytes={PIECE - 3}-{PIECE + 3}", PIECE - 3, PIECE + 4),
        (f"bytes={PIECE}-", PIECE, len(data)),
        ("bytes=-7", len(data) - 7, len(data)),
        (f"bytes=5-{len(data) * 2}", 5, len(data)),
    ):
        answer = await get(api, file, range=asked)
        assert answer.status_code == 206, asked
        assert answer.content == data[start:end], asked
        assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(data)}"
    for passed_over in ("bytes=9-3", "lines=1-2", "bytes=0-1,5-6", "bytes=-"):
        assert (await get(api, file, range=passed_over)).status_code == 200
    beyond = await get(api, file, range=f"bytes={len(data)}-")
    assert problem(beyond)["code"] == "range_wrong"
    assert beyond.headers["content-range"] == f"bytes */{len(data)}"
    whole = await get(api, file, range="bytes=0-9", if_range='"other"')
    assert (whole.status_code, len(whole.content)) == (200, len(data))


async def test_a_download_is_something_to_save_and_nothing_to_run(api):
    file = await added(api, await api.takes(), b"<script>alert(1)</script>", name='说明"; x.txt')
    answer = await get(api, file)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["liandong-scan"] == "unscanned"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''%E8%AF%B4%E6%98%8E%22%3B%20x.txt" in disposition
    assert disposition.count('"') == 2
    assert disposition.isascii()


async def test_every_download_is_recorded_and_the_record_stays(api):
    file = await added(api, await api.takes(), photo())
    await get(api, file)
    await get(api, file, "dispatcher", range="bytes=0-1")
    rows = await api.centre.pool.fetch("SELECT actor, fields, order_id FROM views ORDER BY id")
    assert [r["actor"].partition("#")[0] for r in rows] == ["desk", "dispatcher"]
    assert all(r["fields"] == [f"attachment {file['id']}"] and str(r["order_id"]) == file["order_id"] for r in rows)


async def test_a_unit_reaches_the_files_of_its_own_orders_and_none_that_are_confidential(api):
    order = await api.takes(confidential=True)
    hidden = await added(api, order, photo(), name="举报人.jpg")
    shown = await added(api, order, photo(), name="现场.jpg", confidential=False)
    assert (hidden["confidential"], shown["confidential"]) == (True, False)
    for file in (hidden, shown):
        assert problem(await get(api, file, "unit"))["code"] == "not_found"  # not dispatched to it
    latest = (await api.get(f"/api/v1/orders/{order['id']}")).json()
    assert (await api.act(latest, "dispatch", unit=api.centre.unit)).status_code == 200
    assert (await get(api, shown, "unit")).status_code == 200
    assert problem(await get(api, hidden, "unit"))["code"] == "not_found"
    assert problem(await api.get(address(hidden), "unit"))["code"] == "not_found"
    for path in (
        f"/api/v1/orders/{order['id']}",
        f"/api/v1/orders/{order['id']}/events",
        f"/api/v1/orders/{order['id']}/attachments",
    ):
        text = (await api.get(path, "unit")).text
        assert "举报人" not in text, path
        assert hidden["sha256"] not in text, path
    own = await added(api, order, photo(), "unit", name="处置后.jpg")
    assert own["confidential"] is False
    assert (await get(api, own, "unit")).status_code == 200


async def test_who_may_not_act_on_an_order_may_not_upload_to_it(api):
    order, data = await api.takes(), photo()
    assert problem(await begin(api, order, declared(data), "auditor"))["code"] == "not_permitted"
    assert problem(await begin(api, order, declared(data), "unit"))["code"] == "not_found"
    file = (await begin(api, order, declared(data))).json()
    assert problem(await put(api, file, data, "auditor"))["code"] == "not_permitted"
    assert problem(await complete(api, file, "unit"))["code"] == "not_found"
    other = await api.takes("另一件")
    elsewhere = file | {"order_id": other["id"]}
    assert problem(await put(api, elsewhere, data))["code"] == "not_found"


async def test_the_action_attach_can_t_take_what_is_not_whole(api):
    order, data = await api.takes(), photo()
    file = (await begin(api, order, declared(data))).json()
    await put(api, file, data)
    assert problem(await api.act(order, "attach", attachment=file["id"]))["code"] == "guard_refused"
    assert problem(await api.act(order, "attach", attachment=str(uuid4())))["code"] == "guard_refused"
    assert problem(await get(api, file))["code"] == "attachment_not_ready"


# the scanner, as a program


def script(folder: Path, body: str) -> str:
    path = folder / "scan.sh"
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


LOOKS_FOR_EICAR = 'if grep -q "EICAR-STANDARD" "$1"; then echo "$1: Eicar-Test FOUND"; exit 1; fi; exit 0'


def with_scanner(api, *command, **more):
    api.centre.node.settling.scanner = Scanner(AttachmentSettings(scan_command=list(command), **more))


async def test_a_scan_script_finds_the_infected_file_and_lets_the_clean_one_pass(api, tmp_path):
    with_scanner(api, script(tmp_path, LOOKS_FOR_EICAR))
    order = await api.takes()
    clean = await added(api, order, "路灯编号 123".encode(), name="a.txt")
    assert clean["status"] == "clean"
    file = (await begin(api, order, declared(EICAR, "b.txt"))).json()
    await put(api, file, EICAR)
    refused = problem(await complete(api, file))
    assert refused["code"] == "attachment_infected"
    assert "Eicar-Test" in refused["detail"]
    assert str(tmp_path) not in refused["detail"]
    assert problem(await get(api, file))["code"] == "attachment_infected"
    events = [e["kind"] for e in (await api.get(f"/api/v1/orders/{order['id']}/events")).json()]
    assert events[-2:] == ["attachment.added", "attachment.infected"]


@pytest.mark.parametrize("body", ["exit 2", "kill -9 $$", "sleep 30"])
async def test_a_scanner_that_can_t_say_leaves_the_file_waiting(api, tmp_path, body):
    with_scanner(api, script(tmp_path, body), scan_timeout=1)
    data = photo()
    file = (await begin(api, await api.takes(), declared(data))).json()
    await put(api, file, data)
    answer = await complete(api, file)
    assert (answer.status_code, answer.json()["status"]) == (202, "scanning")
    assert problem(await get(api, file))["code"] == "attachment_not_ready"


async def test_a_scanner_that_is_not_there_leaves_the_file_waiting(api, tmp_path):
    with_scanner(api, str(tmp_path / "nobody"))
    data = photo()
    file = (await begin(api, await api.takes(), declared(data))).json()
    await put(api, file, data)
    assert (await complete(api, file)).status_code == 202


async def test_a_centre_may_refuse_to_serve_what_was_not_scanned(api):
    file = await added(api, await api.takes(), photo())
    strict = msgspec.structs.replace(api.centre.node.uploads.settings, serve_unscanned=False)
    api.centre.node.uploads.settings = strict
    assert problem(await get(api, file))["code"] == "attachment_unscanned"
    shown = (await api.get(address(file))).json()
    assert shown["status"] == "unscanned"


def test_the_script_itself_says_what_the_tests_need(tmp_path):
    import subprocess

    path = script(tmp_path, LOOKS_FOR_EICAR)
    infected = tmp_path / "x"
    infected.write_bytes(EICAR)
    assert subprocess.run([path, str(infected)], check=False, capture_output=True).returncode == 1
    assert subprocess.run([path, sys.executable], check=False, capture_output=True).returncode == 0


async def test_an_answer_to_a_peer_without_a_seal_is_a_problem(api):
    answer = await api.client.put(f"/exchange/v1/attachments/{uuid4()}", content=b"x")
    assert problem(answer)["code"] == "message_malformed"
    too_much = await api.client.put(f"/exchange/v1/attachments/{uuid4()}", content=b"x" * (5 * 1024 * 1024))
    assert problem(too_much)["code"] == "too_large"
