"""What is said to a peer whose version is older than ours: an older message that asks the same, or nothing (docs/protocol.md, 11)."""

from collections.abc import Callable, Container
from uuid import UUID

import msgspec

from liandong.core.ids import new_id
from liandong.core.lifecycle import Guard
from liandong.exchange.contracts import (
    KIND_OF,
    Body,
    DangerClaimed,
    DangerRaised,
    TransferAccepted,
    TransferKept,
    WithdrawalRequested,
)
from liandong.linkage.model import TransferStatus
from liandong.linkage.rules import latest_given
from liandong.orders.context import Asked, Outgoing, Policy
from liandong.orders.model import Snapshot

Instead = Callable[[Body, Container[UUID]], list[Body]]


def spoken(
    messages: list[Outgoing], policy: Policy, *, asked_by_peers: Container[UUID]
) -> tuple[list[Outgoing], list[dict[str, str]]]:
    """The messages as each peer understands them, and which were not said as they were meant, for the ledger.

    `asked_by_peers`: the offers of peers that we know, so that a claim can answer them as an acceptance.
    """
    said: list[Outgoing] = []
    otherwise: list[dict[str, str]] = []
    for message in messages:
        kind = KIND_OF[type(message.body)]
        instead = INSTEAD.get(kind)
        if instead is None or policy.speaks(message.peer, kind):
            said.append(message)
            continue
        otherwise.append({"peer": message.peer, "kind": kind})
        for place, body in enumerate(instead(message.body, asked_by_peers)):
            fresh = message.id if place == 0 else new_id()
            said.append(msgspec.structs.replace(message, id=fresh, body=body))
    return said, otherwise


def _nothing(body: Body, asked_by_peers: Container[UUID]) -> list[Body]:
    return []


def _withdrawal(body: Body, asked_by_peers: Container[UUID]) -> list[Body]:
    """The same question: the offer is closed when the peer confirms, unless it has accepted."""
    assert isinstance(body, TransferKept)
    return [WithdrawalRequested(transfer_id=body.transfer_id, reason=body.text[:300] or "协商确定由转出方承办")]


def _danger_and_acceptance(body: Body, asked_by_peers: Container[UUID]) -> list[Body]:
    """The peer hears of the danger, and its own question is answered by an acceptance. What it holds it hands over urgently itself."""
    assert isinstance(body, DangerClaimed)
    accepted = TransferAccepted(transfer_id=body.transfer_id, number=body.number, accepted_at=body.at, claim=body.claim)
    answer: list[Body] = [accepted] if body.transfer_id in asked_by_peers else []
    return [*answer, DangerRaised(at=body.at, text=body.text)]


# Every kind that is newer than the first version. What is not here is said to everybody.
INSTEAD: dict[str, Instead] = {
    "transfer.kept.v1": _withdrawal,
    "danger.claimed.v1": _danger_and_acceptance,
    "transfer.recall_requested.v1": _nothing,
    "transfer.recall_refused.v1": _nothing,
    "negotiation.opened.v1": _nothing,
    "negotiation.position_taken.v1": _nothing,
    "call.opened.v1": _nothing,
    "call.joined.v1": _nothing,
    "call.ended.v1": _nothing,
    "joint.ended.v1": _nothing,
    "order.urged.v1": _nothing,
    "supervision.opened.v1": _nothing,
    "supervision.replied.v1": _nothing,
    "supervision.judged.v1": _nothing,
    "matter.merged.v1": _nothing,
    "matter.unmerged.v1": _nothing,
    "attachment.added.v1": _nothing,
    "attachment.settled.v1": _nothing,
}


def peer_negotiates(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A talk that the other side never hears of would bind us alone: the offer stays to be accepted or returned."""
    waiting = next((t.peer for t in snapshot.transfers or () if t.status == TransferStatus.OFFERED), None)
    return _speaks(asked, getattr(asked.data, "to", None) or waiting if asked else None, "negotiation.opened.v1")


def peer_joins_calls(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return _speaks(asked, getattr(asked.data, "to", None) if asked else None, "call.opened.v1")


def peer_gives_back(snapshot: Snapshot, asked: Asked | None) -> str | None:
    given = latest_given(snapshot)
    return _speaks(asked, given.peer if given else None, "transfer.recall_requested.v1")


def _speaks(asked: Asked | None, peer: str | None, kind: str) -> str | None:
    if asked is None or peer is None or asked.policy.speaks(peer, kind):
        return None
    return f"{peer}的版本还不支持，请电话联系（its version can't do this yet, telephone instead）"


GUARDS: dict[str, Guard] = {rule.__name__: rule for rule in (peer_negotiates, peer_joins_calls, peer_gives_back)}
