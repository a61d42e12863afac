"""Processes die while a file is on its way; it goes on from where it was. A large file never lies whole in anybody's memory."""

import asyncio
import hashlib
import random
import re
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from town import CENTRES, PATIENCE, Town, until

from files import JPEG

pytestmark = pytest.mark.processes

MIB = 1024 * 1024
LARGE = 100 * MIB
MOST_MEMORY = 48 * MIB  # by which a process may grow over what it needs for a small file


@pytest.fixture
async def town(databases, tmp_path):
    names = {centre: await databases.create() for centre in CENTRES}
    town = Town(tmp_path / "town", {centre: databases.dsn(name) for centre, name in names.items()})
    await town.prepare()
    try:
        yield town
    finally:
        town.stop()
        await databases.drop(*names.values())


def photo(size):
    return JPEG + random.Random(size).randbytes(size - len(JPEG))


async def start(town, *parts, **failpoints):
    for name in parts:
        centre, part = name.split()
        town.start(centre, part, failpoints.get(f"{part}_{centre}", ""))
    for name in parts:
        if name.endswith("serve"):
            await town.up(name.split()[0])


async def offered(town):
    order = (await town.insist("POST", "12345", "/api/v1/orders", {"content": "小区有人偷电动车"}, uuid4().hex)).json()
    body = {"action": "offer_transfer", "version": order["version"], "to": "110"}
    answer = await town.insist("POST", "12345", f"/api/v1/orders/{order['id']}/actions", body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def begin(town, order, data, name="现场.jpg"):
    body = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return (
        await town.insist(
            "POST", "12345", f"/api/v1/orders/{order['id']}/attachments", body, hashlib.md5(data).hexdigest()
        )
    ).json()


def address(file):
    return f"/api/v1/orders/{file['order_id']}/attachments/{file['id']}"


async def upload(town, file, data):
    """As a real client does: ask how far it is, go on from there, never give up."""

    async def whole():
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            url = f"http://127.0.0.1:{town.ports['12345']}{address(file)}"
            headers = {"authorization": f"Bearer {town.tokens['12345']}"}
            at = int((await client.head(url, headers=headers)).headers["upload-offset"])
            if at < len(data):

                async def rest():
                    for start in range(at, len(data), 64 * 1024):
                        yield data[start : start + 64 * 1024]

                await client.put(f"{url}/bytes?offset={at}", content=rest(), headers=headers)
                return False
            return True

    await until(whole, "the upload is whole")


async def complete(town, file):
    async def added():
        answer = await town.ask("POST", "12345", f"{address(file)}/complete")
        return answer.status_code == 200

    await until(added, "the file is added")


async def arrived(town, data, centre="110"):
    async def there():
        rows = await town.rows(centre, "SELECT status FROM attachments")
        return [row["status"] for row in rows] == ["unscanned"]

    await until(there, "the file is checked and kept at the other side", patience=PATIENCE * 3)
    rows = await town.rows(centre, "SELECT bytes FROM attachment_chunks ORDER BY start")
    assert b"".join(row["bytes"] for row in rows) == data
    events = await town.rows(centre, "SELECT kind FROM events WHERE kind LIKE 'attachment.%' ORDER BY seq")
    assert [row["kind"] for row in events] == ["attachment.announced", "attachment.received"]
    assert await town.rows(centre, "SELECT code FROM rejections") == []

    async def settled():
        rows = await town.rows("12345", "SELECT status FROM attachment_copies")
        return [row["status"] for row in rows] == ["delivered"]

    await until(settled, "the sender knows it")
    for one in CENTRES:
        town.verify(one)


@pytest.mark.parametrize("failpoint", ["attachment.push_begun", "attachment.chunk_sent"])
async def test_the_sender_dies_half_way_and_its_successor_sends_the_rest(town, failpoint):
    await start(town, "12345 serve", "110 serve", "110 work")
    data = photo(6 * MIB)
    order = await offered(town)
    file = await begin(town, order, data)
    await upload(town, file, data)
    await complete(town, file)
    await town.died_at_its_failpoint(town.start("12345", "work", failpoint))
    before = await town.rows("110", "SELECT received FROM attachments")
    if failpoint == "attachment.chunk_sent":
        assert 0 < before[0]["received"] < len(data)
    town.start("12345", "work")
    await arrived(town, data)


async def test_the_receiver_dies_half_way_and_keeps_what_it_had(town):
    await start(town, "12345 serve", "110 work")
    dying = town.start("110", "serve", "attachment.chunk_stored")
    await town.up("110")
    data = photo(6 * MIB)
    order = await offered(town)
    file = await begin(town, order, data)
    await upload(town, file, data)
    await complete(town, file)
    town.start("12345", "work")
    await town.died_at_its_failpoint(dying)
    assert (await town.rows("110", "SELECT received FROM attachments"))[0]["received"] == MIB
    town.start("110", "serve")
    await arrived(town, data)


async def test_the_api_dies_while_a_file_is_uploaded_and_again_when_it_is_whole(town):
    data = photo(2 * MIB)
    dying = town.start("12345", "serve", "attachment.piece_written")
    await start(town, "110 serve", "110 work", "12345 work")
    await town.up("12345")
    order = await offered(town)
    file = await begin(town, order, data)
    client = asyncio.create_task(upload(town, file, data))
    await town.died_at_its_failpoint(dying)
    dying = town.start("12345", "serve", "attachment.checked")
    await client
    with pytest.raises(httpx.HTTPError):
        await town.ask("POST", "12345", f"{address(file)}/complete")
    await town.died_at_its_failpoint(dying)
    town.start("12345", "serve")
    await town.up("12345")
    await complete(town, file)
    await arrived(town, data)


async def test_a_file_that_was_being_looked_at_is_added_by_the_worker(town):
    dying = town.start("12345", "serve", "attachment.judged")
    await start(town, "110 serve", "110 work")
    await town.up("12345")
    data = photo(MIB)
    file = await begin(town, await offered(town), data)
    await upload(town, file, data)
    with pytest.raises(httpx.HTTPError):
        await town.ask("POST", "12345", f"{address(file)}/complete")
    await town.died_at_its_failpoint(dying)
    town.start("12345", "work")
    await town.rows("12345", "UPDATE attachments SET next_attempt_at = now()")  # a minute or two have passed
    await arrived(town, data)


def peak(process):
    """The most memory that a process ever had, in bytes."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text())[1]) * 1024


async def test_a_hundred_megabytes_pass_through_every_process_without_lying_in_its_memory(town):
    every = [f"{centre} {part}" for centre in CENTRES for part in ("serve", "work")]
    await start(town, *every)
    small, large = photo(MIB), photo(LARGE)
    order = await offered(town)
    file = await begin(town, order, small, "小.jpg")
    await upload(town, file, small)
    await complete(town, file)
    await _all_delivered(town, 1)
    assert await _download(town, file) == hashlib.sha256(small).hexdigest()
    before = {name: peak(town.processes[name]) for name in every}
    file = await begin(town, order, large, "录像.jpg")
    started = time.monotonic()
    await upload(town, file, large)
    uploaded = time.monotonic()
    await complete(town, file)
    completed = time.monotonic()
    await offered(town)
    sent = time.monotonic()
    await town.all_delivered()
    messages_took = time.monotonic() - sent
    await _all_delivered(town, 2)
    delivered = time.monotonic()
    assert await _download(town, file) == hashlib.sha256(large).hexdigest()
    grown = {name: peak(town.processes[name]) - before[name] for name in every}
    took = (uploaded - started, completed - uploaded, delivered - completed, time.monotonic() - delivered)
    print(
        f"upload, check, other side, download: {[round(t, 1) for t in took]} s; message meanwhile {messages_took:.2f} s"
    )
    print({name: f"{size / MIB:.0f} MiB" for name, size in grown.items()})
    assert max(grown.values()) < MOST_MEMORY, grown
    assert messages_took < delivered - sent  # messages do not wait for the bytes


async def _all_delivered(town, count):
    async def done():
        rows = await town.rows("12345", "SELECT 1 FROM attachment_copies WHERE status = 'delivered'")
        return len(rows) == count

    await until(done, "the bytes are at the other side", patience=PATIENCE * 3)


async def _download(town, file):
    digest = hashlib.sha256()
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        url = f"http://127.0.0.1:{town.ports['12345']}{address(file)}/bytes"
        headers = {"authorization": f"Bearer {town.tokens['12345']}"}
        async with client.stream("GET", url, headers=headers) as answer:
            assert answer.status_code == 200
            async for piece in answer.aiter_bytes():
                digest.update(piece)
    return digest.hexdigest()
