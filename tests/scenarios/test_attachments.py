"""Files follow a matter: what a caller or a unit sends to one centre is there at the other, whole, checked and once."""

import asyncio
import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from files import EICAR, Files, ScriptedScanner, content, photo, stream, upload
from liandong.attachments.admission import Admission, Limits
from liandong.attachments.pushing import PIECE_MOST
from liandong.attachments.uploads import Declared
from liandong.core.errors import AppError
from liandong.exchange.attachment_messages import AttachmentChunk
from liandong.exchange.contracts import Envelope
from liandong.exchange.sealing import Sealer, new_key
from liandong.exchange.send import Unreachable
from world import PEOPLE, person


@pytest.fixture
def files(world):
    return Files(world)


async def shared(world, content_="小区有人偷电动车"):
    """A matter that 12345 has handed to 110."""
    order = await world.centre("12345").takes(content_)
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await world.settle()
    return order, theirs


def only(handle):
    (file,) = handle.snapshot.attachments
    return file


async def copies(order):
    rows = await order.centre.pool.fetch("SELECT peer, status, sent, last_error FROM attachment_copies")
    return [(row["peer"], row["status"]) for row in rows]


async def test_a_photo_added_before_the_transfer_is_at_the_police_desk_when_it_is_asked(world, files):
    order = await world.centre("12345").takes("小区有人偷电动车")
    data = photo()
    taken = datetime(2025, 3, 4, 1, 30, tzinfo=UTC)
    added = await upload(order, data, "监控截图.jpg", taken_at=taken.isoformat(), place="南京路1号")
    assert added.status == "unscanned"
    assert await copies(order) == []
    await order.transfer("110")
    await files.settle()
    theirs = await order.at("110")
    assert theirs.status == "offered"
    file = only(theirs)
    assert (file.id, file.name, file.taken_at, file.place, file.origin) == (
        added.id, "监控截图.jpg", taken, "南京路1号", "12345",
    )  # fmt: skip
    assert file.status == "unscanned"
    assert await content(theirs, file.id) == data
    assert await copies(order) == [("110", "delivered")]
    assert (await theirs.events())[-2:] == ["attachment.announced", "attachment.received"]


async def test_a_photo_added_while_both_share_the_matter_goes_to_the_other_in_either_direction(world, files):
    order, theirs = await shared(world)
    from_desk, from_scene = photo(300_000), photo(2_500_000)
    await upload(order, from_desk, "来电人.jpg")
    await upload(theirs, from_scene, "现场.jpg", actor=person("dispatcher"))
    await files.settle()
    for handle in (order, theirs):
        found = {a.name: await content(handle, a.id) for a in handle.snapshot.attachments}
        assert found == {"来电人.jpg": from_desk, "现场.jpg": from_scene}
    assert (await order.events()).count("attachment.added") == 1


async def test_a_photo_that_the_asked_centre_had_comes_back_with_its_acceptance(world, files):
    order = await world.centre("110").takes("两家因漏水争吵")
    await order.transfer("12345")
    await world.settle()
    hotline = await order.at("12345")
    await hotline.return_transfer(reason="incomplete", basis="目录")
    await world.settle()
    await upload(order, photo(), "漏水.jpg")
    assert await copies(order) == []  # nobody shares it now
    await order.transfer("12345")
    await hotline.look()
    await files.settle()
    assert [a.name for a in hotline.snapshot.attachments] == ["漏水.jpg"]
    await hotline.accept_transfer()
    await files.settle()
    assert [a.name for a in order.snapshot.attachments] == ["漏水.jpg"]  # not sent back to where it came from
    assert await copies(hotline) == []


async def test_a_file_arrives_once_though_every_message_comes_twice_and_answers_get_lost(world, files):
    order, theirs = await shared(world)
    world.link("12345", "110").duplicate()
    files.links["12345", "110"].lose_answers = 2
    data = photo(3_000_000)
    await upload(order, data)
    await files.settle()
    assert await content(theirs, only(theirs).id) == data
    assert (await theirs.events()).count("attachment.announced") == 1
    assert (await theirs.events()).count("attachment.received") == 1


async def test_after_a_cut_link_only_what_is_missing_is_sent(world, files):
    order, theirs = await shared(world)
    link = files.links["12345", "110"]
    link.cut_after = 3
    data = photo(8 * PIECE_MOST)
    await upload(order, data)
    await files.settle()
    assert (only(theirs).status, only(theirs).received) == ("receiving", 3 * PIECE_MOST)
    assert order.snapshot.attachments[0].copies[0].sent == 3 * PIECE_MOST
    link.cut_after = None
    await world.fast_forward(minutes=1)
    await files.settle()
    assert await content(theirs, only(theirs).id) == data
    assert sum(link.pieces) == len(data)  # not a byte twice


async def test_a_narrow_link_gets_smaller_pieces(world, files):
    order, theirs = await shared(world)
    link = files.links["12345", "110"]
    put = link.put

    async def narrow(attachment_id, sealed, data):
        if len(data) > 200_000:
            raise Unreachable("timed out")
        return await put(attachment_id, sealed, data)

    pusher = next(p for p in files.pushers if p.peer == "110")
    pusher._put = narrow
    data = photo(900_000)
    await upload(order, data)
    for _ in range(8):
        await files.settle()
        await world.fast_forward(minutes=1)
    assert await content(theirs, only(theirs).id) == data


async def test_an_urgent_matter_s_file_goes_before_a_big_one_of_another(world, files):
    big, _ = await shared(world)
    await upload(big, photo(40 * PIECE_MOST), "录像.jpg")
    pusher = next(p for p in files.pushers if p.peer == "110")
    await world.settle()
    assert await pusher.push_next()  # a slice of the big one is on its way
    await world.fast_forward(minutes=1)
    gas = await world.centre("12345").takes("家里煤气味很大，头晕")
    await gas.transfer("110", urgent=True)
    await world.settle()
    await upload(gas, photo(), "煤气表.jpg")
    await world.settle()
    assert await pusher.push_next()
    theirs = await gas.at("110")
    assert only(theirs).received == only(theirs).size
    assert (await copies(big))[0] != ("110", "delivered")


# the scanner


async def test_an_infected_upload_never_becomes_part_of_the_matter_and_the_ledger_says_so(world, files):
    order, theirs = await shared(world)
    order.centre.node.settling.scanner = ScriptedScanner("infected")
    with pytest.raises(AppError, match="Eicar-Test"):
        await upload(order, EICAR, "说明.txt")
    await order.look()
    assert (only(order).status, only(order).added_at) == ("infected", None)
    assert "attachment.infected" in await order.events()
    await files.settle()
    assert theirs.snapshot.attachments is None
    assert await content(order, only(order).id) == EICAR  # kept in quarantine


async def test_what_the_receiver_s_scanner_finds_is_locked_away_on_both_sides(world, files):
    order, theirs = await shared(world)
    theirs.centre.node.settling.scanner = ScriptedScanner("infected")
    await upload(order, EICAR, "说明.txt")
    assert only(order).status == "unscanned"
    await files.settle()
    assert (only(theirs).status, only(theirs).reason) == ("infected", "Eicar-Test")
    assert only(order).status == "infected"
    assert "110查出" in only(order).reason
    assert await copies(order) == [("110", "withheld")]
    assert (await order.events())[-1] == "attachment.infected"


async def test_while_the_scanner_is_away_a_file_waits_and_is_added_when_it_is_back(world, files):
    order, theirs = await shared(world)
    scanner = ScriptedScanner("away", "away", "clean")
    order.centre.node.settling.scanner = scanner
    waiting = await upload(order, photo())
    assert (waiting.status, waiting.added_at) == ("scanning", None)
    assert "查毒" in waiting.reason
    await files.settle()
    assert theirs.snapshot.attachments is None
    await world.fast_forward(minutes=5)
    await files.settle()
    await world.fast_forward(minutes=5)
    await files.settle()
    assert (only(order).status, only(order).reason) == ("clean", None)
    assert only(theirs).status == "unscanned"  # 110 has no scanner and says so, whatever 12345 found
    assert scanner.asked == 3
    assert (await order.ledger())[-1]["actor"] == "desk"  # in the name of who uploaded it


async def test_a_scanner_that_is_away_at_the_receiver_keeps_the_sender_asking(world, files):
    order, theirs = await shared(world)
    theirs.centre.node.settling.scanner = ScriptedScanner("away", "clean")
    await upload(order, photo())
    await files.settle()
    assert only(theirs).status == "scanning"
    assert await copies(order) == [("110", "pending")]
    await world.fast_forward(minutes=15)
    await files.settle()
    await world.fast_forward(minutes=15)
    await files.settle()
    assert only(theirs).status == "clean"
    assert await copies(order) == [("110", "delivered")]


# limits and lies


async def test_what_is_too_large_for_the_peer_is_refused_there_and_the_sender_learns_why(world, files):
    order, theirs = await shared(world)
    theirs.centre.node.policy.admission = Admission(Limits(max_file=1000))
    await upload(order, photo(5000))
    await files.settle()
    assert only(theirs).status == "refused"
    assert await copies(order) == [("110", "refused")]
    assert "attachment.refused_by_peer" in await order.events()
    assert only(order).status == "unscanned"  # ours is as it was
    assert files.links["12345", "110"].pieces == []


class Liar:
    """12345's key in wrong hands: it may seal what it likes."""

    def __init__(self, world):
        self._world = world
        self.sealer = world.centre("12345").node.sealer
        self.receiver = world.centre("110").node.receiver
        self.taker = world.centre("110").node.taker

    def sealed(self, kind, body, matter_id, *, seq=1, sealer=None, **more):
        envelope = Envelope(
            id=uuid4(), kind=kind, matter_id=matter_id, seq=seq, sent_at=self._world.clock.now(), body=body,
            **({"sender": "12345", "receiver": "110"} | more),
        )  # fmt: skip
        return (sealer or self.sealer).seal(envelope)

    async def announces(self, matter_id, seq, **more):
        body = {
            "attachment_id": str(uuid4()), "name": "a.jpg", "media_type": "image/jpeg", "size": 20, "sha256": "0" * 64,
            "added_at": "2025-03-04T02:00:00Z",
        } | more  # fmt: skip
        receipts = await self.receiver.receive(
            [self.sealed("attachment.added.v1", body, matter_id, seq=seq)], "10.0.0.9"
        )
        return UUID(body["attachment_id"]), receipts[0]

    async def sends(self, attachment_id, matter_id, data, *, offset=0, length=None, sha256=None, **more):
        chunk = AttachmentChunk(
            attachment_id=attachment_id,
            offset=offset,
            length=len(data) if length is None else length,
            sha256=sha256 or hashlib.sha256(data).hexdigest(),
        )
        sealed = self.sealed("attachment.chunk.v1", msgspec.to_builtins(chunk), matter_id, **more)
        return await self.taker.take(attachment_id, sealed, data, "10.0.0.9")


@pytest.fixture
def liar(world):
    return Liar(world)


async def next_seq(theirs):
    sql = "SELECT max(seq) + 1 FROM inbox WHERE matter_id = $1"
    return await theirs.centre.pool.fetchval(sql, theirs.matter_id)


async def traces(world):
    return [row["code"] for row in await world.centre("110").rejections()]


async def test_a_file_with_another_hash_than_announced_is_not_kept(world, files, liar):
    _, theirs = await shared(world)
    file_id, receipt = await liar.announces(theirs.matter_id, await next_seq(theirs))
    assert receipt.status == "handled"
    data = photo(20)
    answer = await liar.sends(file_id, theirs.matter_id, data)
    assert answer.status == "checking"
    await files.settle()
    assert only(theirs).status == "refused"
    assert "校验值" in only(theirs).reason
    assert await content(theirs, file_id) == b""
    assert "attachment.refused" in await theirs.events()
    assert (await liar.sends(file_id, theirs.matter_id, data)).status == "refused"


async def test_more_bytes_than_declared_and_wrong_pieces_change_nothing_and_leave_a_trace(world, liar):
    _, theirs = await shared(world)
    file_id, _ = await liar.announces(theirs.matter_id, await next_seq(theirs))
    data = photo(30)
    wrong = [
        await liar.sends(file_id, theirs.matter_id, data),
        await liar.sends(file_id, theirs.matter_id, data[:10], offset=15),
        await liar.sends(file_id, theirs.matter_id, data[:10], length=9),
        await liar.sends(file_id, theirs.matter_id, data[:10], sha256="1" * 64),
    ]
    assert [(a.status, a.code) for a in wrong] == [
        ("wrong", "attachment_too_large"), ("wrong", "attachment_too_large"), ("wrong", "chunk_wrong"), ("wrong", "chunk_wrong"),
    ]  # fmt: skip
    assert await traces(world) == [a.code for a in wrong]
    beyond = await liar.sends(file_id, theirs.matter_id, data[:5], offset=10)  # a gap: told where to go on
    assert (beyond.status, beyond.received) == ("receiving", 0)
    await theirs.look()
    assert (only(theirs).status, only(theirs).received) == ("receiving", 0)


async def test_nobody_else_s_seal_moves_a_byte(world, liar):
    _, theirs = await shared(world)
    file_id, _ = await liar.announces(theirs.matter_id, await next_seq(theirs))
    data = photo(20)
    for more, code in (
        ({"sealer": Sealer(new_key(), "12345-1")}, "signature_invalid"),
        ({"sealer": Sealer(new_key(), "999-1"), "sender": "999"}, "sender_unknown"),
        ({"receiver": "119"}, "receiver_wrong"),
    ):
        with pytest.raises(AppError, match=code):
            await liar.sends(file_id, theirs.matter_id, data, **more)
    sealed = liar.sealed("attachment.added.v1", {}, theirs.matter_id)
    with pytest.raises(AppError, match="message_malformed"):
        await liar.taker.take(file_id, sealed, data, "10.0.0.9")
    assert await traces(world) == ["signature_invalid", "sender_unknown", "receiver_wrong", "message_malformed"]
    await theirs.look()
    assert only(theirs).received == 0


async def test_bytes_of_a_file_never_announced_or_of_another_matter_are_not_taken(world, liar):
    _, theirs = await shared(world)
    _, other = await shared(world, "楼下有人聚众赌博")
    file_id, _ = await liar.announces(theirs.matter_id, await next_seq(theirs))
    data = photo(20)
    foreign = await liar.sends(file_id, other.matter_id, data)
    unknown = await liar.sends(uuid4(), theirs.matter_id, data)
    assert (foreign.status, unknown.status) == ("unknown", "unknown")
    assert await traces(world) == ["unknown_matter", "unknown_matter"]
    await other.look()
    await theirs.look()
    assert other.snapshot.attachments is None
    assert only(theirs).received == 0


async def test_our_own_file_can_t_be_filled_or_renamed_by_a_peer(world, files, liar):
    _, theirs = await shared(world)
    data = photo(20)
    mine = await upload(theirs, data, "民警拍摄.jpg")
    await files.settle()
    known, receipt = await liar.announces(
        theirs.matter_id, await next_seq(theirs), attachment_id=str(mine.id), name="别的.jpg", size=99
    )
    assert (known, receipt.status) == (mine.id, "handled")
    assert (await liar.sends(mine.id, theirs.matter_id, b"x")).status == "stored"
    assert await traces(world) == ["unknown_matter"]
    await theirs.look()
    assert (only(theirs).name, only(theirs).size, only(theirs).origin) == ("民警拍摄.jpg", 20, "own")
    assert (await theirs.events())[-1] == "attachment.refused"
    assert await content(theirs, mine.id) == data


async def test_an_announcement_in_another_matter_does_not_touch_a_file_with_the_same_id(world, liar):
    _, theirs = await shared(world)
    _, other = await shared(world, "楼下有人聚众赌博")
    file_id, _ = await liar.announces(theirs.matter_id, await next_seq(theirs))
    await liar.announces(other.matter_id, await next_seq(other), attachment_id=str(file_id), name="换掉.jpg")
    await theirs.look()
    assert only(theirs).name == "a.jpg"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00.jpg", "a\n", "照片\u202egpj.exe", "", "x" * 201])
async def test_a_name_that_is_no_file_name_is_refused_with_its_message(world, liar, name):
    _, theirs = await shared(world)
    _, receipt = await liar.announces(theirs.matter_id, await next_seq(theirs), name=name)
    assert (receipt.status, receipt.code) == ("refused", "message_malformed")
    await theirs.look()
    assert theirs.snapshot.attachments is None


async def test_who_never_had_a_matter_says_nothing_about_its_files(open_world):
    world = await open_world("12345", "110", "119")
    order, _ = await shared(world)
    file = await upload(order, photo())
    stranger = world.centre("119").node.sealer
    for kind, body in (
        ("attachment.settled.v1", {"attachment_id": str(file.id), "status": "infected", "at": "2025-03-04T02:00:00Z"}),
        ("attachment.added.v1", {"attachment_id": str(uuid4()), "name": "a.jpg", "media_type": "image/jpeg", "size": 1,
                                 "sha256": "0" * 64, "added_at": "2025-03-04T02:00:00Z"}),
    ):  # fmt: skip
        envelope = Envelope(
            id=uuid4(), kind=kind, sender="119", receiver="12345", matter_id=order.matter_id,
            seq=1 if "settled" in kind else 2, sent_at=world.clock.now(), body=body,
        )  # fmt: skip
        receipt = (await world.centre("12345").node.receiver.receive([stranger.seal(envelope)], "10.0.0.9"))[0]
        assert (receipt.status, receipt.code) == ("refused", "guard_refused")
    await order.look()
    assert only(order).status == "unscanned"


async def test_a_matter_handed_on_to_a_third_centre_takes_its_files_along(open_world):
    world = await open_world("12345", "110", "119")
    files = Files(world)
    order, police = await shared(world)
    data = photo(1_500_000)
    await upload(order, data, "来电人.jpg")
    await files.settle()
    await police.transfer("119", part=True, note="请消防到场")
    await files.settle()
    fire = await police.at("119")
    assert (only(fire).origin, only(fire).name) == ("110", "来电人.jpg")
    assert await content(fire, only(fire).id) == data


async def test_a_file_that_is_still_on_its_way_here_is_handed_on_when_it_is_whole(open_world):
    world = await open_world("12345", "110", "119")
    files = Files(world)
    order, police = await shared(world)
    files.links["12345", "110"].whole = False
    data = photo(100_000)
    await upload(order, data)
    await world.settle()
    await police.look()
    await police.transfer("119", part=True, note="请消防到场")
    await files.settle()
    fire = await police.at("119")
    assert (only(fire).status, only(fire).received) == ("receiving", 0)
    files.links["12345", "110"].whole = True
    await world.fast_forward(minutes=1)
    await files.settle()
    assert await content(fire, only(fire).id) == data


async def test_a_file_reaches_a_third_centre_through_the_one_that_both_share_the_matter_with(open_world):
    world = await open_world("12345", "110", "119")
    files = Files(world)
    order, police = await shared(world)
    await police.transfer("119", part=True, note="请消防到场")
    await world.settle()
    data = photo(100_000)
    await upload(order, data)
    await files.settle()
    fire = await police.at("119")
    assert await content(fire, only(fire).id) == data
    fire.centre.node.settling.scanner = ScriptedScanner("infected")
    second = await upload(order, EICAR, "说明.txt")
    await files.settle()
    for handle in (order, police, fire):
        found = {a.id: a.status for a in handle.snapshot.attachments}
        assert found[second.id] == "infected", handle.centre.code
        assert len(found) == 2
        assert "attachment.repeated" not in await handle.events()  # nobody is told what it told us


async def test_of_two_clients_that_send_the_same_bytes_at_once_the_later_is_told_where_it_stands(world):
    order = await world.centre("12345").takes("路灯坏了")
    uploads, data = order.centre.node.uploads, photo(700_000)
    declared = Declared(name="a.jpg", size=len(data), sha256=hashlib.sha256(data).hexdigest())
    file, _ = await uploads.begin(await uploads.find(str(order.id), PEOPLE), declared, PEOPLE, key="k")
    await uploads.take(file, 0, stream(data[:300_000]))
    with pytest.raises(AppError, match="offset_wrong") as refused:  # it had looked before the first one wrote
        await uploads.take(file, 0, stream(photo(300_000)))
    assert refused.value.extra["received"] == 300_000
    both = asyncio.gather(
        *(uploads.take(file, 300_000, stream(data[300_000:])) for _ in range(3)), return_exceptions=True
    )
    outcomes = await both
    assert all(one == len(data) or getattr(one, "code", "") == "offset_wrong" for one in outcomes), outcomes
    assert await content(order, file.id) == data


async def test_an_upload_that_nobody_finishes_is_forgotten_after_a_day(world):
    order = await world.centre("12345").takes("路灯坏了")
    uploads = order.centre.node.uploads
    declared = Declared(name="a.jpg", size=100, sha256="0" * 64)
    await uploads.begin(await uploads.find(str(order.id), PEOPLE), declared, PEOPLE, key="k")
    await world.fast_forward(hours=23)
    assert await order.centre.node.settling.forget_unfinished() == 0
    await world.fast_forward(hours=2)
    assert await order.centre.node.settling.forget_unfinished() == 1
    await order.look()
    assert order.snapshot.attachments is None


async def test_an_order_that_was_taken_from_the_unit_meanwhile_refuses_the_unit_s_file(world):
    order = await world.centre("12345").takes("路灯坏了")
    unit = order.centre.unit
    await order.dispatch(unit=unit)
    worker = person("unit", unit=unit)
    order.centre.node.settling.scanner = ScriptedScanner("away", "clean")
    await upload(order, photo(), actor=worker)
    await order.give_back(reason="not_our_duty", basis="目录")
    await world.fast_forward(minutes=5)
    await order.centre.node.settling.settle_waiting()
    await order.look()
    assert (only(order).status, only(order).added_at) == ("refused", None)
    assert "没有派给" in only(order).reason
