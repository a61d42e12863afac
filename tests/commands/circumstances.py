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
from liandong.linkage.model import (
    Basis,
    Binding,
    Hop,
    Joined,
    Position,
    SettledBy,
    Supervision,
    SupervisionStatus,
    ThreeWayCall,
    Transfer,
)
from liandong.orders.actions import Due, EvaluateByCaller, SettleAttachment, person_actions
from liandong.orders.context import Actor, Asked, Incoming
from liandong.orders.lifecycle import LIFECYCLES, POLICE, WORK
from liandong.orders.model import Dispatch, Kind, Order, Snapshot, Timer
from liandong.orders.reassess import Reassess
from liandong.oversight.model import Oversight, OversightStatus, Round
from liandong.routing.model import Facts, Scope
from world import unit_of

NOW = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)
PEER_OF = {Kind.WORK_ORDER: "110", Kind.POLICE_ORDER: "12345"}
CENTRE_OF = {Kind.WORK_ORDER: "12345", Kind.POLICE_ORDER: "110"}
OUT_ID, IN_ID, STRANGE_ID = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
THIRD_ID = UUID(int=0x12)
CALL_ID, ASKED_ID, OURS_ID = UUID(int=0xD), UUID(int=0xE), UUID(int=0xF)
THIRD = "gas"
MASTER_ID = UUID(int=0x10)
# Attachments that every order here has: uploaded and whole; from the peer, being looked at and kept; ours, not told to anybody.
WHOLE_FILE, SCANNED_FILE, SHARED_FILE, OWN_FILE = (UUID(int=0xD0 + n) for n in range(4))

ENGAGED = WORK.engaged | POLICE.engaged
IDLE = (WORK.idle | POLICE.idle) - {"fed_back"}

# status, part, urgent; what else is so is read off the name
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
    "negotiating": ("negotiating", False, False),
    "negotiating, ruled theirs": ("negotiating", False, False),
    "keeping": ("keeping", False, False),
    "offered, with a call": ("offered", False, False),
    "accepted, asked back": ("accepted", False, False),
}
INCOMING = {
    "nothing": None,
    "offered": ("offered", False, False),
    "a part offered": ("offered", True, False),
    "accepted": ("accepted", False, False),
    "accepted, asked back": ("accepted", False, False),
    "negotiating": ("negotiating", False, False),
}
# Who took the call first, how often the matter was given back, and what else stands in the order.
FIRST = ("us", "the peer", "a third centre")
EXTRAS = (
    "nothing",
    "bounced",
    "claimed before",
    "supervised",
    "members",
    "merged into a resolved one",
    "merged into a void one",
    "shared with a third centre",
    "its result told to a third centre",
    "overseen",
    "overseen, replied",
)


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
    third: bool = False
    extra: str = "nothing"


def situations() -> Iterator[Situation]:
    """Plain ones first; what is rare one at a time."""
    yes_no = (False, True)
    plain = dict.fromkeys(
        (
            *itertools.product(OUTGOING, ("nothing", "accepted")),
            *itertools.product(("nothing", "offered"), INCOMING),
        )
    )
    for (going_out, coming_in), engaged, danger, responsible in itertools.product(plain, yes_no, yes_no, (True, False)):
        yield Situation(responsible, danger, going_out, coming_in, engaged, False, False, False, False)
    for (going_out, coming_in), engaged, responsible in itertools.product(plain, yes_no, (True, False)):
        given = (responsible, False, going_out, coming_in, engaged)
        for from_peer, evaluated in ((True, False), (False, True), (True, True)):
            yield Situation(*given, from_peer, evaluated, False, False)
        for paused, last in ((True, False), (False, True)):
            yield Situation(*given, False, False, paused, last)
        yield Situation(*given, True, False, False, False, third=True)
        for extra in EXTRAS[1:]:
            yield Situation(*given, False, False, False, False, extra=extra)


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
        first_receiver=THIRD if situation.third else PEER_OF[kind] if situation.from_peer else CENTRE_OF[kind],
        path=_path(kind, status, situation),
        bounces=2 if situation.extra == "bounced" else 0,
        claim=1 if situation.extra == "claimed before" else 0,
        supervisions=_supervisions(kind) if situation.extra == "supervised" else [],
        origin="peer" if situation.from_peer else "caller",
        channel="phone",
        urgent=situation.danger,
        danger=situation.danger,
        unit=unit_of(CENTRE_OF[kind]),
        content="原话",
        facts=Facts(CENTRE_OF[kind], Scope.OWN, danger=situation.danger),
        created_at=EARLIER,
        accepted_at=EARLIER if accepted else None,
        dispatched_at=EARLIER if situation.engaged else None,
        evaluated_at=EARLIER if situation.evaluated else None,
        call_backs=2 if situation.last_attempt else 0,
        closing="handled",
        fed_back=situation.extra.startswith("its result told"),
        updated_at=EARLIER,
    )
    transfers = [
        _transfer(order, "out", OUT_ID, OUTGOING[situation.going_out], situation.going_out),
        _transfer(order, "in", IN_ID, INCOMING[situation.coming_in], situation.coming_in),
    ]
    if "third centre" in situation.extra:
        shared = _transfer(order, "in", THIRD_ID, ("accepted", False, False), "accepted")
        transfers.append(msgspec.structs.replace(shared, peer=THIRD))
    timers = [_timer(order, name, situation.paused) for name in clocks_of(kind)]
    dispatches = [Dispatch(order_id=order_id, no=1, unit=order.unit or "", dispatched_at=EARLIER)]
    return Snapshot(
        order,
        timers,
        dispatches if situation.engaged else [],
        [t for t in transfers if t is not None],
        [new_id()] if situation.extra == "members" else None,
        _attachments(order),
        _oversights(order, situation),
    )


def _path(kind: Kind, status: str, situation: Situation) -> list[Hop]:
    """Where the whole went, if it went."""
    given = OUTGOING[situation.going_out]
    went = given is not None and given[:2] == ("accepted", False) and status not in ENGAGED | IDLE
    return [Hop(code, "", EARLIER) for code in (CENTRE_OF[kind], *([PEER_OF[kind]] if went else []))]


def related_to(snapshot: Snapshot, situation: Situation) -> Snapshot:
    """Another order of the same centre, in which the merged ones have their master."""
    status = {
        "merged into a resolved one": "closed",
        "merged into a void one": "cancelled",
    }.get(situation.extra, "accepted" if snapshot.order.kind == Kind.WORK_ORDER else "received")
    change = {
        "id": MASTER_ID,
        "matter_id": UUID(int=0x11),
        "number": "120000-x-20250304-000009",
        "status": status,
        "accepted_at": EARLIER,
    }
    return Snapshot(msgspec.structs.replace(snapshot.order, **change, responsible=True, answer="主办结果"))


def _supervisions(kind: Kind) -> list[Supervision]:
    given = {"peer": PEER_OF[kind], "text": "为何超时", "opened_at": EARLIER, "due_at": NOW}
    return [
        Supervision(id=ASKED_ID, direction="in", status=SupervisionStatus.OPEN, **given),
        Supervision(id=OURS_ID, direction="out", status=SupervisionStatus.REPLIED, reply="已督促", **given),
    ]


def _oversights(order: Order, situation: Situation) -> list[Oversight]:
    """A formal supervision of the lowest authority; its unit has to reply, or has replied."""
    if not situation.extra.startswith("overseen"):
        return []
    replied = situation.extra.endswith("replied")
    said = {"reply": "已整改", "replied_at": EARLIER, "replied_by": "unit"} if replied else {}
    return [
        Oversight(
            order_id=order.id,
            no=1,
            number=f"{order.id}-DB01",
            authority="centre",
            rank=1,
            status=OversightStatus.REPLIED if replied else OversightStatus.OPEN,
            unit=order.unit,
            text="为何超期",
            opened_at=EARLIER,
            opened_by="supervisor",
            due_at=NOW,
            rounds=[Round(asked_at=EARLIER, due_at=NOW, text="为何超期", **said)],
            checks=[],
        )
    ]


def ways_to_ask(kind: Kind, action: str) -> list[Any]:
    """The data with which an action may be asked for: an action's Struct, or a message's body."""
    if action == "due":
        return [Due(version=1, clock=clock) for clock in clocks_of(kind)]
    if action == "evaluate_by_caller":
        said = {"version": 1, "solved": True, "invite": CALL_ID}
        return [EvaluateByCaller(satisfaction=5, round=round_, **said) for round_ in (1, 2)]
    if action == "reassess":
        return [Reassess(version=1, facts=Facts(CENTRE_OF[kind], Scope.OTHER))]
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


def asked(
    kind: Kind,
    action: str,
    data: Any,
    actor: Actor,
    policy: Any,
    *,
    matter_id: UUID | None = None,
    related: Snapshot | None = None,
) -> Asked:
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
    return Asked(action, data, actor, policy, NOW, incoming, related)


def actor_with(role: str, kind: Kind) -> Actor:
    unit = unit_of(CENTRE_OF[kind]) if role == "unit" else None
    home = PEER_OF[kind] if role == "liaison" else None
    return Actor(id=f"peer:{PEER_OF[kind]}" if role == "peer" else role, roles=frozenset({role}), unit=unit, home=home)


def _fields_of(kind: Kind, action: str) -> list[dict[str, Any]]:
    unit, peer = unit_of(CENTRE_OF[kind]), PEER_OF[kind]
    ground = {"basis_kind": "catalogue", "basis": "P0101"}
    positions = [{"owner": owner} | ground for owner in (CENTRE_OF[kind], peer, THIRD, "nowhere")]
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
            {"to": to, "urgent": urgent, "part": part}
            for to in (peer, THIRD)
            for part in (False, True)
            for urgent in (False, True)
        ]
        + [{"to": CENTRE_OF[kind]}, {"to": "nowhere"}],
        "return_transfer": [{"reason": "other", "basis": "x"}, {"reason": "no such reason", "basis": "x"}],
        "withdraw_transfer": [{"reason": "x"}],
        "raise_danger": [{"text": "x"}, {"text": "x", "address": "南京路1号", "wgs84": {"lon": 117.2, "lat": 39.1}}],
        "accept_transfer": [{}, {"duplicate_of": MASTER_ID}],
        "recall_transfer": [{"reason": "x"}],
        "refuse_recall": [{"reason": "x"}],
        "negotiate": [
            said | more for said in positions for more in ({}, {"to": peer}, {"to": THIRD}, {"to": "nowhere"})
        ],
        "take_position": positions,
        "arbitrate": positions,
        "open_three_way_call": [{"to": peer}, {"to": THIRD}, {"to": "nowhere"}],
        "end_three_way_call": [{"outcome": "unclear"}, {"outcome": "receiver"}],
        "split": [
            {"unit": unit, "to": peer},
            {"unit": unit, "to": THIRD},
            {"unit": "no such unit", "to": peer},
            {"unit": unit, "to": "nowhere"},
        ],
        "urge": [{"text": "x"}],
        "supervise": [{"text": "x"}],
        "reply_supervision": [{"text": "x"}],
        "reject_reply": [{"text": "x"}],
        "open_oversight": [
            {"authority": authority, "text": "x", "joint": joint} | more
            for authority in ("centre", "district", "city", "no such")
            for joint in (False, True)
            for more in ({}, {"unit": unit}, {"unit": "no such unit"})
        ],
        "reply_oversight": [{"text": "x"}],
        "reject_oversight": [{"text": "x"}],
        "withdraw_oversight": [{"reason": "x"}],
        "check_on_site": [{"place": "现场", "found": "已修复"}],
        "merge": [{"into": MASTER_ID}],
        "unmerge": [{"reason": "x"}],
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
        "note_kept": lambda i: contracts.TransferKept(transfer_id=i, settled_by="deadline", at=NOW),
        "note_recall": lambda i: contracts.RecallRequested(transfer_id=i, reason="x"),
        "note_recall_refused": lambda i: contracts.RecallRefused(transfer_id=i, reason="x"),
        "note_negotiation": lambda i: contracts.NegotiationOpened(transfer_id=i, at=NOW),
        "note_call": lambda i: contracts.CallOpened(transfer_id=i, call_id=CALL_ID, at=NOW),
        "note_call_joined": lambda i: contracts.CallJoined(transfer_id=i, call_id=CALL_ID, at=NOW),
        "note_call_ended": lambda i: contracts.CallEnded(transfer_id=i, call_id=CALL_ID, at=NOW, outcome="unclear"),
        "note_joint_end": lambda i: contracts.JointEnded(transfer_id=i, at=NOW),
    }
    if action == "note_position":
        said = itertools.product((OUT_ID, IN_ID), ("12345", "110"), (True, False))
        return [_heard(i, owner, ruling) for i, owner, ruling in said]
    if action in {"note_supervision_reply", "note_supervision_judged"}:
        return [
            _of_supervision(action, i, accepted) for i in (OURS_ID, ASKED_ID, STRANGE_ID) for accepted in (True, False)
        ]
    if action in of_transfer:
        return [of_transfer[action](one) for one in ids]
    if action == "take_offer":
        flags = itertools.product((1, 2), (False, True), (False, True), (False, True))
        plain = [_offer(urgent, part, round_, danger) for round_, part, danger, urgent in flags if danger or not urgent]
        return [*plain, *(_offer(False, False, 1, False, binding) for binding in Binding)]
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
        "note_claim": contracts.DangerClaimed(transfer_id=new_id(), number="n", at=NOW, text="x", claim=1),
        "note_urging": contracts.OrderUrged(at=NOW, text="x"),
        "note_supervision": contracts.SupervisionOpened(supervision_id=new_id(), at=NOW, due_at=NOW, text="x"),
        "note_merged": contracts.MatterMerged(at=NOW, number="n", into_number="m"),
        "note_unmerged": contracts.MatterUnmerged(at=NOW, number="n"),
    }
    return [plain[action]]


def _heard(transfer_id: UUID, owner: str, ruling: bool) -> contracts.PositionTaken:
    return contracts.PositionTaken(
        transfer_id=transfer_id, owner=owner, basis_kind="law", basis="x", at=NOW, ruling=ruling
    )


def _of_supervision(action: str, supervision_id: UUID, accepted: bool) -> Any:
    if action == "note_supervision_reply":
        return contracts.SupervisionReplied(supervision_id=supervision_id, at=NOW, text="x")
    return contracts.SupervisionJudged(supervision_id=supervision_id, at=NOW, accepted=accepted)


def _offer(
    urgent: bool, part: bool, round_: int, danger: bool, binding: Binding | None = None
) -> contracts.TransferOffered:
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
        binding=binding,
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
    order: Order, direction: str, transfer_id: UUID, state: tuple[str, bool, bool] | None, said: str
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
        peer_result={"answer": "好"} if "answered" in said else None,
        negotiated_at=EARLIER if status == "negotiating" else None,
        settled_by=SettledBy.DEADLINE if status == "keeping" else None,
        positions=(_ruling(order),) if "ruled" in said else (),
        recall="弄错了" if "asked back" in said else None,
        calls=(_call(order),) if "call" in said else (),
    )


def _ruling(order: Order) -> Position:
    us, peer = CENTRE_OF[order.kind], PEER_OF[order.kind]
    return Position(centre=us, owner=peer, basis_kind=Basis.LAW, basis="x", at=EARLIER, ruling=True)


def _call(order: Order) -> ThreeWayCall:
    us = CENTRE_OF[order.kind]
    return ThreeWayCall(id=CALL_ID, opened_by=us, opened_at=EARLIER, joined=(Joined(centre=us, at=EARLIER),))


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
