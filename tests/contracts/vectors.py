"""Whole conversations between centres in one process, written down as test vectors for other implementations (docs/protocol/vectors/).

`LIANDONG_WRITE_VECTORS=1 pytest tests/contracts/test_vectors.py` writes what is missing. A file that is there is never overwritten.
"""

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liandong.exchange.sealing import public_text
from world import OrderHandle, World, person

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "vectors"
LAW = {"basis_kind": "law", "basis": "国办发〔2022〕12号"}


def fixed_key(code: str) -> Ed25519PrivateKey:
    """For vectors only: the seed is the SHA-256 of the centre's code."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(code.encode()).digest())


def payload_of(sealed: str) -> dict[str, Any]:
    part = sealed.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Recorder:
    """Writes down what goes over every link of a world, in the order in which it arrives."""

    def __init__(self, world: World) -> None:
        self.said: list[dict[str, Any]] = []
        for (here, there), link in world._links.items():
            link._take = self._recorded(link._take, here, there)

    def _recorded(self, take: Any, here: str, there: str) -> Any:
        async def taken(sealed: list[str]) -> Any:
            receipts = await take(sealed)
            for text, receipt in zip(sealed, receipts, strict=True):
                payload = payload_of(text)
                plain = {"from": here, "to": there, "kind": payload["kind"], "seq": payload["seq"]}
                self.said.append(plain | {"payload": payload, "sealed": text, "receipt": msgspec.to_builtins(receipt)})
            return receipts

        return taken


async def _offered(world: World, here: str, there: str, text: str = "路灯坏了") -> OrderHandle:
    order = await world.centre(here).takes(text)
    await order.transfer(there)
    await world.settle()
    return order


async def _accepted(world: World, here: str, there: str) -> OrderHandle:
    order = await _offered(world, here, there)
    await (await order.at(there)).accept_transfer()
    await world.settle()
    return order


async def transfer(world: World) -> None:
    order = await _accepted(world, "12345", "110")
    peer = await order.at("110")
    await peer.work()
    await world.settle()
    await order.finish()
    await world.settle()
    await peer.close()


async def danger(world: World) -> None:
    order = await world.centre("12345").takes("家里煤气味很大，有人晕倒了")
    await order.transfer("110", urgent=True)
    await world.settle()


async def _talk(world: World) -> tuple[OrderHandle, OrderHandle]:
    order = await _offered(world, "12345", "110")
    peer = await order.at("110")
    await peer.negotiate(owner="12345", **LAW)
    await world.settle()
    await order.take_position(owner="110", **LAW)
    await world.settle()
    return order, peer


async def negotiation_agreement(world: World) -> None:
    _, peer = await _talk(world)
    await peer.accept_transfer()
    await world.settle()


async def negotiation_ruling(world: World) -> None:
    order, _ = await _talk(world)
    await order.act("arbitrate", actor=person("leader"), owner="12345", **LAW)
    await world.settle()


async def negotiation_deadline(world: World) -> None:
    await _talk(world)
    await world.fast_forward(days=3)


async def call(world: World) -> None:
    order = await world.centre("12345").takes("路灯坏了")
    await order.open_three_way_call(to="110")
    await world.settle()
    peer = await order.at("110")
    await peer.join_three_way_call(recording_no="J-1")
    await world.settle()
    await order.end_three_way_call(outcome="receiver", text="属于110")
    await world.settle()
    await peer.look()
    await peer.accept_transfer()
    await world.settle()


async def chain(world: World) -> None:
    order = await _accepted(world, "12345", "110")
    police = await order.at("110")
    await police.transfer("gas")
    await world.settle()
    await (await order.at("gas")).accept_transfer()
    await world.settle()
    await order.raise_danger(text="有人晕倒了")
    await world.settle()


async def recall(world: World) -> None:
    order = await _accepted(world, "12345", "110")
    await order.recall_transfer(reason="转错了")
    await world.settle()
    await (await order.at("110")).agree_recall()
    await world.settle()


async def joint(world: World) -> None:
    order = await world.centre("110").takes("路灯坏了")
    await order.transfer("12345", part=True)
    await world.settle()
    peer = await order.at("12345")
    await peer.accept_transfer()
    await world.settle()
    await peer.work()
    await world.settle()
    await order.end_joint_handling(text="双方部分均已办结")
    await world.settle()


Story = Callable[[World], Awaitable[None]]
# name → centres, story
STORIES: dict[str, tuple[tuple[str, ...], Story]] = {
    "transfer": (("12345", "110"), transfer),
    "danger": (("12345", "110"), danger),
    "negotiation_agreement": (("12345", "110"), negotiation_agreement),
    "negotiation_ruling": (("12345", "110"), negotiation_ruling),
    "negotiation_deadline": (("12345", "110"), negotiation_deadline),
    "call": (("12345", "110"), call),
    "chain": (("12345", "110", "gas"), chain),
    "recall": (("12345", "110"), recall),
    "joint": (("12345", "110"), joint),
}


def written(name: str, centres: tuple[str, ...], said: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "about": f"A conversation: {name}. Each message as it was sealed, with its payload for reading and the receipt it got. Never use these keys.",
        "keys": {code: {"kid": f"{code}-1", "public_key_base64": public_text(fixed_key(code))} for code in centres},
        "messages": said,
    }


def store(path: Path, vector: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(json.dumps(vector, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
