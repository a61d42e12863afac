"""Every situation an order may be in, as far as the guards can tell situations apart; and every way to ask for an action.

The lifecycle tests search here for a situation that leads to a given row, so a row that nothing leads to is found as well.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.attachments.model import Attachment
from liandong.core.ids import new_id
from liandong.exchange import attachment_messages, contracts
from liandong.linkage.model import Transfer
from liandong.orders.actions import Due, SettleAttachment, person_actions
from liandong.orders.context import Actor, Asked, Incoming
from liandong.orders.lifecycle import LIFECYCLES
from liandong.orders.model import Dispatch, Kind, Order, Snapshot, Timer
from world import unit_of

NOW = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)
PEER_OF = {Kind.WORK_ORDER: "110", Kind.POLICE_ORDER: "12345"}
CENTRE_OF = {Kind.WORK_ORDER: "12345", Kind.POLICE_ORDER: "110"}
OUT_ID, IN_ID, STRANGE_ID = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
# Attachments that every order here has: uploaded and whole; from the peer, being looked at and kept; ours, not told to anybody.
WHOLE_FILE, SCANNED_FILE, SHARED_FILE, OWN_FILE = (UUID(int=0xD0 + n) for n in range(4))

# status, part, urgent
OUTGOING = {
    "nothing": None,
    "offered": ("offered", False, False),
    "a part offered": ("offered", True, False),
    "offered urgently": ("offered", False, True),
    "withdrawing": ("withdrawing", False, False),
    "accepted": ("accepted", False, False),
    "accepted and answered": ("accepted", False, False),
    "accepted urgently": ("accepted", False, True),
    "a part accepted": ("accepted", True, False),
    "a part answered": ("accepted", True, False),
}
INCOMING = {
    "nothing": None,
    "offered": ("offered", False, False),
    "a part offered": ("offered", True, False),
    "accepted": ("accepted", False, False),
}


class Situation(Struct, frozen=True):
    """What the guards look at."""

    responsible: bool
    danger: bool
    going_out: str
    coming_in: str
    engaged: bool
    from_peer: bool
    evaluated: bool
    paused: bool
    last_attempt: bool


def situations() -> Iterator[Situation]:
    """All of them, plain ones first."""
    yes_no = (False, True)
    for paused, last, evaluated, from_peer, engaged in itertools.product(yes_no, repeat=5):
        for coming_in, going_out, danger in itertools.product(INCOMING, OUTGOING, yes_no):
            for responsible in (True, False):
                yield Situation(responsible, danger, going_out, coming_in, engaged, from_peer, evaluated, paused, last)


@cache
def clocks_of(kind: Kind) -> tuple[str, ...]:
    rows = LIFECYCLES[kind].rows
    return tuple(sorted({clock for row in rows for clock in (*row.starts, *row.stops)} | {"evaluation"}))


def snapshot_of(kind: Kind, status: str, situation: Situation, *, order_id: UUID | None = None) -> Snapshot:
    order_id = order_id or new_id()
    accepted = status != "offered" or situation.responsible
    order = Order(
        id=order_id,
        matter_id=new_id(),
        number="120000-x-20250304-000001" if accepted else None,
        kind=kind,
        status=status,
        version=1,
        responsible=situation.responsible,
        first_receiver=PEER_OF[kind] if situation.from_peer else CENTRE_OF[kind],
        origin="peer" if situation.from_peer else "caller",
        channel="phone",
        danger=situation.danger,
        unit=unit_of(CENTRE_OF[kind]),
        content="原话",
        created_at=EARLIER,
        accepted_at=EARLIER if accepted else None,
        dispatched_at=EARLIER if situation.engaged else None,
        evaluated_at=EARLIER if situation.evaluated else None,
        call_backs=2 if situation.last_attempt else 0,
        closing="handled",
        updated_at=EARLIER,
    )
    transfers = [
        _transfer(order, "out", OUT_ID, OUTGOING[situation.going_out], answered="answered" in situation.going_out),
        _transfer(order, "in", IN_ID, INCOMING[situation.coming_in]),
    ]
    timers = [_timer(order, name, situation.paused) for name in clocks_of(kind)]
    dispatches = [Dispatch(order_id=order_id, no=1, unit=order.unit or "", dispatched_at=EARLIER)]
    engaged = dispatches if situation.engaged else []
    return Snapshot(order, timers, engaged, [t for t in transfers if t is not None], _attachments(order))


def ways_to_ask(kind: Kind, action: str) -> list[Any]:
    """The data with which an action may be asked for: an action's Struct, or a message's body."""
    if action == "due":
        return [Due(version=1, clock=clock) for clock in clocks_of(kind)]
    if action == "settle_attachment":
        return [
            SettleAttachment(version=1, attachment=SCANNED_FILE, status=status)
            for status in ("clean", "unscanned", "infected", "refused")
        ]
    if action in person_actions():
        return [
            msgspec.convert({"action": action, "version": 1} | fields, person_actions()[action])
            for fields in _fields_of(kind, action)
        ]
    return _messages(action)


def asked(kind: Kind, action: str, data: Any, actor: Actor, policy: Any, *, matter_id: UUID | None = None) -> Asked:
    incoming = None
    if "peer" in actor.roles:
        incoming = Incoming(
            sender=PEER_OF[kind],
            message_id=new_id(),
            matter_id=matter_id or new_id(),
            seq=1,
            kind=contracts.KIND_OF[type(data)],
            digest="00" * 32,
        )
    return Asked(action, data, actor, policy, NOW, incoming)


def actor_with(role: str, kind: Kind) -> Actor:
    unit = unit_of(CENTRE_OF[kind]) if role == "unit" else None
    return Actor(id=f"peer:{PEER_OF[kind]}" if role == "peer" else role, roles=frozenset({role}), unit=unit)


def _fields_of(kind: Kind, action: str) -> list[dict[str, Any]]:
    unit, peer = unit_of(CENTRE_OF[kind]), PEER_OF[kind]
    variants: dict[str, list[dict[str, Any]]] = {
        "answer_directly": [{"answer": "好"}],
        "dispatch": [{"unit": unit}, {"unit": "no such unit"}],
        "answer": [{"answer": "好"}],
        "return_order": [{"reason": "not_our_duty", "basis": "x"}, {"reason": "no such reason", "basis": "x"}],
        "grade": [{"level": 2}],
        "feed_back": [{"result": "好"}],
        "call_back": [{"reached": True}, {"reached": False}],
        "evaluate": [{"satisfaction": 4}],
        "reopen": [{"reason": "x"}],
        "cancel": [{"reason": "x"}],
        "amend": [{"title": "x"}, {"facts": {"danger": True}}, {"facts": {"danger": False}}],
        "supplement": [{"text": "x"}],
        "attach": [{"attachment": str(one)} for one in (WHOLE_FILE, SCANNED_FILE, STRANGE_ID)],
        "pause_clock": [{"clock": "answer"}, {"clock": "callback"}, {"clock": "no such clock"}],
        "resume_clock": [{"clock": "answer"}, {"clock": "callback"}, {"clock": "no such clock"}],
        "offer_transfer": [
            {"to": peer, "urgent": urgent, "part": part} for part in (False, True) for urgent in (False, True)
        ]
        + [{"to": CENTRE_OF[kind]}, {"to": "nowhere"}],
        "return_transfer": [{"reason": "other", "basis": "x"}, {"reason": "no such reason", "basis": "x"}],
        "withdraw_transfer": [{"reason": "x"}],
        "raise_danger": [{"text": "x"}],
    }
    given = variants.get(action, [{}])
    return [fields | {"reason": "x"} for fields in given] if action == "pause_clock" else given


def _messages(action: str) -> list[Any]:
    ids = (OUT_ID, IN_ID, STRANGE_ID)
    of_transfer = {
        "note_accepted": lambda i: contracts.TransferAccepted(transfer_id=i, number="n", accepted_at=NOW),
        "note_returned": lambda i: contracts.TransferReturned(transfer_id=i, reason="other", basis="x"),
        "note_withdrawal": lambda i: contracts.WithdrawalRequested(transfer_id=i, reason="x"),
        "note_withdrawn": lambda i: contracts.TransferWithdrawn(transfer_id=i),
    }
    if action in of_transfer:
        return [of_transfer[action](one) for one in ids]
    if action == "take_offer":
        flags = itertools.product((1, 2), (False, True), (False, True), (False, True))
        return [_offer(urgent, part, round_, danger) for round_, part, danger, urgent in flags if danger or not urgent]
    if action == "note_attachment":
        return [_file(one, size) for one in (STRANGE_ID, SHARED_FILE) for size in (1, 2**39)]
    if action == "note_attachment_settled":
        return [
            attachment_messages.AttachmentSettled(attachment_id=one, status=status, at=NOW)
            for one in (SHARED_FILE, STRANGE_ID)
            for status in ("infected", "refused")
        ]
    plain = {
        "note_progress": contracts.OrderProgressed(number="n", status="s", at=NOW),
        "note_answer": contracts.OrderAnswered(number="n", status="s", at=NOW, answer="好"),
        "note_evaluation": contracts.OrderEvaluated(number="n", at=NOW, satisfaction=5),
        "note_supplement": contracts.MatterSupplemented(at=NOW, text="x"),
        "note_danger": contracts.DangerRaised(at=NOW, text="x"),
    }
    return [plain[action]]


def _offer(urgent: bool, part: bool, round_: int, danger: bool) -> contracts.TransferOffered:
    return contracts.TransferOffered(
        transfer_id=new_id(),
        urgent=urgent,
        danger=danger,
        part=part,
        first_receiver="12345",
        sender_number="n",
        round=round_,
        content="原话",
        created_at=EARLIER,
    )


def _file(attachment_id: UUID, size: int) -> attachment_messages.AttachmentAdded:
    return attachment_messages.AttachmentAdded(
        attachment_id=attachment_id, name="现场.jpg", media_type="image/jpeg", size=size, sha256="0" * 64, added_at=NOW
    )


def _attachments(order: Order) -> list[Attachment]:
    def one(attachment_id: UUID, status: str, **more: Any) -> Attachment:
        return Attachment(
            id=attachment_id,
            order_id=order.id,
            name="现场.jpg",
            media_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            added_by="test",
            status=status,
            received=1,
            created_at=EARLIER,
            **more,
        )

    peer = PEER_OF[order.kind]
    return [
        one(WHOLE_FILE, "clean"),
        one(SCANNED_FILE, "scanning", origin=peer, added_at=EARLIER),
        one(SHARED_FILE, "clean", origin=peer, added_at=EARLIER),
        one(OWN_FILE, "clean", added_at=EARLIER),
    ]


def _transfer(
    order: Order, direction: str, transfer_id: UUID, state: tuple[str, bool, bool] | None, *, answered: bool = False
) -> Transfer | None:
    if state is None:
        return None
    status, part, urgent = state
    return Transfer(
        id=transfer_id,
        order_id=order.id,
        direction=direction,
        peer=PEER_OF[order.kind],
        part=part,
        urgent=urgent,
        status=status,
        offered_at=EARLIER,
        peer_result={"answer": "好"} if answered else None,
    )


def _timer(order: Order, name: str, paused: bool) -> Timer:
    left = {"measure": "wall", "microseconds": 60_000_000}
    return Timer(
        order_id=order.id,
        name=name,
        status="paused" if paused else "running",
        due_at=NOW,
        started_at=EARLIER,
        policy_version="test",
        remaining=left if paused else None,
        reason="x" if paused else None,
    )
