"""Files in a story: sample content, uploads, and the way of their bytes between two nodes of a world."""

import hashlib
import os
from typing import Any
from uuid import UUID, uuid4

import msgspec

from liandong.attachments import store
from liandong.attachments.model import Attachment
from liandong.attachments.pushing import Pusher
from liandong.attachments.scan import Finding, ScannerAway
from liandong.attachments.taking import Answer
from liandong.attachments.uploads import Declared
from liandong.exchange.send import Unreachable
from liandong.orders.context import Actor
from world import PEOPLE, OrderHandle, World

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
# The scanners' common test text, put together only here so that no file on a disk holds it.
EICAR = "".join(["X5O!P%@AP[4", "\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!", "$H+H*"]).encode()


def photo(size: int = 5_000) -> bytes:
    """Nobody's photo: a JPEG's beginning and noise."""
    return JPEG + os.urandom(max(size - len(JPEG), 0))


async def stream(data: bytes, piece: int = 100_000) -> Any:
    for start in range(0, len(data), piece):
        yield data[start : start + piece]


async def upload(
    order: OrderHandle, data: bytes, name: str = "现场.jpg", *, actor: Actor = PEOPLE, **more: Any
) -> Attachment:
    """From the declaration to `complete`."""
    uploads = order.centre.node.uploads
    declared = msgspec.convert(
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} | more, Declared
    )
    file, _ = await uploads.begin(await uploads.find(str(order.id), actor), declared, actor, key=uuid4().hex)
    await uploads.take(file, 0, stream(data))
    snapshot = await uploads.complete(file)
    await order.look()
    return next(a for a in snapshot.attachments if a.id == file.id)


async def content(order: OrderHandle, attachment_id: UUID) -> bytes:
    """The bytes as this centre has them."""
    return b"".join([piece async for piece in store.read(order.centre.pool, order.id, attachment_id)])


class FileLink:
    """One direction for bytes. `damage` may change what arrives; `pieces` are the sizes that did."""

    def __init__(self, take: Any) -> None:
        self._take = take
        self.whole = True
        self.cut_after: int | None = None
        self.lose_answers = 0
        self.damage: Any = None
        self.pieces: list[int] = []

    async def put(self, attachment_id: UUID, sealed: str, data: bytes) -> Answer:
        if not self.whole or (self.cut_after is not None and data and len(self.pieces) >= self.cut_after):
            raise Unreachable("the link is cut")
        if self.damage and data:
            data = self.damage(data)
        answer = await self._take(attachment_id, sealed, data, "10.0.0.7")
        if data:
            self.pieces.append(len(data))
            if self.lose_answers:
                self.lose_answers -= 1
                raise Unreachable("the answer got lost")
        return answer


class Files:
    """The bytes of a world's attachments, moved when the story says so."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.links: dict[tuple[str, str], FileLink] = {}
        self.pushers: list[Pusher] = []
        for here in world.centres:
            for there in world.centres:
                if here is not there:
                    link = FileLink(there.node.taker.take)
                    self.links[here.code, there.code] = link
                    self.pushers.append(here.node.pusher(there.code, link.put))

    async def settle(self, rounds: int = 40) -> None:
        """Messages, checks and bytes go until nothing moves; waits of a second or two between tries are waited for."""
        for _ in range(rounds):
            await self._world.settle()
            moved = sum([await centre.node.settling.settle_waiting() for centre in self._world.centres])
            for pusher in self.pushers:
                moved += await self._push(pusher)
            if not moved and not await self._world.fast_forward(seconds=2) and not await self._owed():
                break
        await self._world.settle()

    async def _push(self, pusher: Pusher) -> int:
        try:
            return int(await pusher.push_next())
        except Unreachable:
            return 0

    async def _owed(self) -> bool:
        """Is a copy due now that a moment ago had to wait?"""
        sql = "SELECT 1 FROM attachment_copies WHERE status = 'pending' AND next_attempt_at <= $1"
        return any([await c.pool.fetchval(sql, self._world.clock.now()) for c in self._world.centres])


class ScriptedScanner:
    """Says what the story wants, one finding after the other; the last one for ever."""

    def __init__(self, *findings: str) -> None:
        self._findings = list(findings)
        self.asked = 0

    async def scan(self, read: Any) -> Finding:
        self.asked += 1
        said = self._findings[0] if len(self._findings) == 1 else self._findings.pop(0)
        if said == "away":
            raise ScannerAway("the scanner is away")
        return Finding(said, "Eicar-Test" if said == "infected" else "")
