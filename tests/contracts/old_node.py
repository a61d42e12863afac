"""A centre of the first message version beside new ones: it reads and writes those ten kinds, with the fields of then, and parks the rest."""

from typing import Any

import msgspec
from old_messages import OLD_MESSAGES

from liandong.exchange.contracts import Envelope
from liandong.exchange.receive import Receipt, Receiver
from liandong.exchange.sealing import Opened, Sealer
from liandong.node import Node
from liandong.peers.model import FIRST_KINDS
from world import Centre, World


class OldReceiver(Receiver):
    async def _one(self, opened: Opened, state: Any) -> Receipt:
        if opened.envelope.kind in OLD_MESSAGES:
            return await super()._one(opened, state)
        early = self._answered_before(opened, state)
        return early or await self._keep(opened, "parked", "", "本中心不认识这种消息，已暂存")

    async def _carry_out(self, opened: Opened, state: Any) -> bool:
        return await super()._carry_out(msgspec.structs.replace(opened, envelope=_as_then(opened.envelope)), state)


class OldSealer:
    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, envelope: Envelope) -> str:
        return self._sealer.seal(_as_then(envelope))


def make_old(world: World, code: str) -> Centre:
    """Before anything is said. The others have heard from its `about` address which kinds it speaks."""
    old = world.centre(code)
    node: Node = old.node
    node.receiver = OldReceiver(
        pool=node.pool, commands=node.commands, opener=node.opener, clock=node.clock, notices={}
    )
    node.sealer = OldSealer(node.sealer)  # type: ignore[assignment]
    for centre in world.centres:
        speak_as_then(centre, None if centre is old else code)
        if centre is not old:
            world._connect(code, centre.code)
            world._connect(centre.code, code)
    return old


def speak_as_then(centre: Centre, peer: str | None) -> None:
    """To this peer, or to everybody, only the first kinds."""
    centre.node.policy._speaks = lambda to, kind: kind in FIRST_KINDS or peer not in {None, to}


def _as_then(envelope: Envelope) -> Envelope:
    assert envelope.kind in OLD_MESSAGES, f"an old node never says {envelope.kind}"
    body = msgspec.convert(envelope.body, OLD_MESSAGES[envelope.kind])
    return msgspec.structs.replace(envelope, body=msgspec.json.decode(msgspec.json.encode(body)))
