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
from liandong.catalogue.units import default_units
from liandong.core.ids import new_id
from liandong.dispatching.model import Assignment, JointSigning, Share
from liandong.exchange import attachment_messages, contracts
from liandong.handling.model import (
    Draft,
    Extension,
    Handling,
    OrderReturn,
    Suspension,
    Watch,
)
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
from liandong.orders.actions import Due, EvaluateByCaller, HandOver, SettleAttachment, person_actions
from liandong.orders.context import Actor, Asked, Incoming
from liandong.orders.lifecycle import LIFECYCLES, POLICE, WORK
from liandong.orders.model import Dispatch, Kind, Order, Snapshot, Timer
from liandong.orders.reassess import Reassess
from liandong.oversight.model import Oversight, OversightStatus, Round
from liandong.policing.model import Delay, Lowering, Policing, Support, SupportState
from liandong.repeats.model import RepeatReview
from liandong.routing.model import Facts, Scope
from liandong.units.reading import shipped_directory
from world import unit_of

OTHER_UNIT = {
    kind: next(u.org_code for u in default_units().values() if u.org_code != unit_of(centre))
    for kind, centre in ((Kind.WORK_ORDER, "12345"), (Kind.POLICE_ORDER, "110"))
}
NOW = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=1)
DAY = timedelta(days=1)
PEER_OF = {Kind.WORK_ORDER: "110", Kind.POLICE_ORDER: "12345"}
CENTRE_OF = {Kind.WORK_ORDER: "12345", Kind.POLICE_ORDER: "110"}
OUT_ID, IN_ID, STRANGE_ID = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)
THIRD_ID = UUID(int=0x12)
CALL_ID, ASKED_ID, OURS_ID = UUID(int=0xD), UUID(int=0xE), UUID(int=0xF)
THIRD = "gas"
MASTER_ID = UUID(int=0x10)
# Attachments that every order here has: uploaded and whole; from the peer, being looked at and kept; ours, not told to anybody.
WHOLE_FILE, SCANNED_FILE, SHARED_FILE, OWN_FILE = (UUID(int=0xD0 + n) for n in range(4))

# Units of the sample: two departments that help, two districts, a department that was merged into another in 2018.
CO_HANDLERS = ("11120000YB0000200H", "11120000YB0000219E")
ANOTHER_UNIT, THIRD_UNIT = "11120102YB0000024N", "11120000YB0000251R"
STATION = next(unit.org_code for unit in shipped_directory().units if unit.kind == "street")
ENDED_UNIT = next(unit.org_code for unit in shipped_directory().units if unit.short == "市市容园林委")

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
    "late, to be explained",
    "late, explained, with support on the way",
    "has co-handlers",
    "a co-handler has signed",
    "several co-handlers",
    "several co-handlers have signed",
    "all co-handlers have answered",
    "circulated",
    "its unit has ended",
    "came back three times",
    "its place is known",
    "overseen",
    "overseen, replied",
)

# What was asked of a unit or by it and is not decided yet; each alone, since it stands in no relation to other centres.
HANDLED = (
    "a return waits",
    "a return was refused",
    "more time was asked",
    "suspended",
    "a draft waits",
    "warn due",
    "urge due",
    "supervise due",
    "overseen, supervise due",
    "account due",
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


def handled_situations() -> Iterator[Situation]:
    for extra in HANDLED:
        yield Situation(True, False, "nothing", "nothing", True, False, False, False, False, extra=extra)


@cache
def clocks_of(kind: Kind) -> tuple[str, ...]:
    rows = LIFECYCLES[kind].rows
    return tuple(sorted({clock for row in rows for clock in (*row.starts, *row.stops)} | {"evaluation", "ladder"}))


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
        class_intake="190501" if situation.extra == "its place is known" else None,  # 邻里纠纷, to the community
        division_code="120101001004" if situation.extra == "its place is known" else None,
        assignment=_assignment(situation),
        facts=Facts(CENTRE_OF[kind], Scope.OWN, danger=situation.danger),
        created_at=EARLIER,
        accepted_at=EARLIER if accepted else None,
        dispatched_at=EARLIER if situation.engaged else None,
        evaluated_at=EARLIER if situation.evaluated else None,
        call_backs=2 if situation.last_attempt else 0,
        closing="handled",
        handling=handling_of(kind, situation.extra),
        fed_back=situation.extra.startswith("its result told"),
        **_policed(kind, situation.extra),
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
    sent_to = ENDED_UNIT if situation.extra == "its unit has ended" else order.unit or ""
    dispatches = [Dispatch(order_id=order_id, no=1, unit=sent_to, dispatched_at=EARLIER)]
    came_back = {"returned_at": EARLIER, "return_reason": "other"}
    earlier = [msgspec.structs.replace(dispatches[0], no=no, **came_back) for no in (1, 2, 3)]
    return Snapshot(
        order,
        timers,
        dispatches if situation.engaged else earlier if situation.extra == "came back three times" else [],
        [t for t in transfers if t is not None],
        [new_id()] if situation.extra == "members" else None,
        _attachments(order),
        _oversights(order, situation),
    )


def _policed(kind: Kind, extra: str) -> dict[str, Any]:
    """A graded order with a unit that came late; and one on which everything waits for somebody else."""
    if not extra.startswith("late"):
        return {}
    delay = Delay(due_at=EARLIER, arrived_at=NOW)
    called = {"called_by": "somebody", "called_at": EARLIER}
    if extra.endswith("to be explained"):
        asked = Support(no=1, state=SupportState.ASKED, **called)
        return {"level": 3, "policing": Policing(delay=delay, supports=[asked])}
    explained = {"cause": "traffic", "explained_by": "somebody", "explained_at": EARLIER}
    sent = Support(no=1, state=SupportState.SENT, unit=unit_of(CENTRE_OF[kind]), **called)
    policing = Policing(
        delay=msgspec.structs.replace(delay, **explained),
        lowering=Lowering(level=4, reason="x", asked_by="somebody", asked_at=EARLIER),
        supports=[sent, *(Support(no=no, state=SupportState.ASKED, **called) for no in (2, 3))],
    )
    return {"level": 3, "policing": policing, "repeat_review": RepeatReview(since=EARLIER)}


def handling_of(kind: Kind, extra: str) -> Handling:
    """One thing at a time that was asked and not yet decided."""
    by = {"asked_by": "somebody", "asked_at": EARLIER}
    a_return = OrderReturn(
        no=1,
        round=1,
        dispatch_no=1,
        unit=unit_of(CENTRE_OF[kind]),
        reason="not_our_duty",
        basis="x",
        due_at=NOW,
        status="asked",
        **by,
    )
    rungs = ("warn due", "urge due", "supervise due", "account due")
    if (rung := extra.removeprefix("overseen, ")) in rungs:
        watch = Watch(started_at=EARLIER - 60 * DAY, due_at=EARLIER - 20 * DAY, done=rungs.index(rung), lapsed=True)
        return Handling(ladders={"answer": watch})
    refused = msgspec.structs.replace(a_return, status="refused", reviewed_by="another", reviewed_at=EARLIER)
    more_time = Extension(round=1, clock="answer", days=5, reason="x", evidence="x", **by)
    rests = Suspension(ground="seasonal_works", reason="x", evidence="x", until=NOW + DAY, by="x", at=EARLIER)
    return {
        "a return waits": Handling(returns=[a_return]),
        "a return was refused": Handling(returns=[refused]),
        "more time was asked": Handling(extensions=[more_time]),
        "suspended": Handling(suspensions=[rests]),
        "a draft waits": Handling(drafts=[Draft(round=1, text="好", by="somebody", at=EARLIER)]),
    }.get(extra, Handling())


def _assignment(situation: Situation) -> Assignment | None:
    status = {
        "has co-handlers": ["dispatched"],
        "a co-handler has signed": ["signed"],
        "several co-handlers": ["dispatched", "dispatched"],
        "several co-handlers have signed": ["signed", "signed"],
        "all co-handlers have answered": ["answered"],
        "circulated": ["answered"],
    }.get(situation.extra)
    if status is None:
        return None
    due = {"dispatched_at": EARLIER, "sign_due_at": EARLIER, "answer_due_at": EARLIER}
    shares = [Share(no=1, unit=unit, status=s, **due) for unit, s in zip(CO_HANDLERS, status, strict=False)]
    joint = JointSigning(no=1, draft="好", opened_at=EARLIER) if situation.extra == "circulated" else None
    return Assignment(shares=shares, joint=joint)


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
        "repeats": 1 if situation.extra == "members" else 0,
        "policing": None,
        "repeat_review": None,
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
    if action == "hand_over":
        return [HandOver(version=1)]
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
        "dispatch": [
            {"unit": unit},
            {"unit": unit, "co_handlers": list(CO_HANDLERS)},
            {"unit": "no such unit"},
            {"unit": ENDED_UNIT},
        ],
        "to_station": [{}, {"unit": STATION}],
        "designate": [{"unit": unit, "reason": "x", "basis": "x"}],
        "redispatch": [{"unit": ANOTHER_UNIT, "reason": "x"}, {"unit": unit, "reason": "x"}],
        "recall_dispatch": [{"reason": "x"}],
        "add_co_handlers": [{"co_handlers": [THIRD_UNIT]}, {"co_handlers": ["no such unit"]}],
        "sign_share": [{"unit": CO_HANDLERS[0]}, {"unit": "no such unit"}],
        "answer_share": [{"answer": "好", "unit": CO_HANDLERS[0]}],
        "circulate": [{"draft": "好"}],
        "countersign": [{"agrees": True, "unit": CO_HANDLERS[0]}],
        "answer": [{"answer": "好"}, {"answer": "好", "without_shares": "等不及"}],
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
        "answer_questions": [
            {"answers": {"weapons": "none"}},
            {"answers": {"weapons": "gun"}},
            {"answers": {"no such": "x"}},
        ],
        "raise_level": [{"level": 2}, {"level": 5}],
        "ask_lower_level": [{"level": 4, "reason": "x"}],
        "refuse_lower_level": [{"reason": "x"}],
        "call_support": [{"text": "x"}],
        "send_support": [
            {"unit": OTHER_UNIT[kind]},
            {"unit": OTHER_UNIT[kind], "no": 9},
            {"unit": unit},
            {"unit": "no such unit"},
        ],
        "report_support": [{"no": no, "state": state} for no in (1, 9) for state in ("arrived", "ended", "asked")],
        "explain_delay": [{"cause": "traffic"}, {"cause": "no such cause"}],
        "review_delay": [{"accepted": True}, {"accepted": False}],
        "hand_to_case": [{"case_number": "A1"}],
        "link_repeat": [{}, {"of": MASTER_ID}],
        "review_repeat": [{"text": "x"}],
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
        "refuse_return": [{"text": "x"}],
        "object_to_return": [{"text": "x"}],
        "find_malicious_return": [{"return_no": no, "evidence": "x", "basis": "x"} for no in (1, 9)],
        "ask_extension": [{"days": 5, "reason": "x", "evidence": "x"}],
        "refuse_extension": [{"text": "x"}],
        "recompute_clocks": [{"reason": "x"}],
        "record_step": [
            {"what": "x"},
            {"what": "x", "happened_at": NOW + DAY},
            {"what": "x", "attachments": [STRANGE_ID]},
        ],
        "record_contact": [{"reached": True}, {"reached": True, "happened_at": NOW + DAY}],
        "draft_answer": [{"answer": "好"}],
        "review_answer": [{"approved": True}, {"approved": False}],
        "redo": [{"reason": "x"}],
        "suspend": [
            {"ground": ground, "reason": "x", "evidence": "x", "until": until}
            for ground in ("seasonal_works", "waiting_for_caller")
            for until in (NOW + DAY, EARLIER, NOW + 999 * DAY)
        ],
        "end_suspension": [{"reason": "x"}],
        "withdraw_matter": [{"reason": "x"}],
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
    if action == "pause_clock":
        why = {"reason": "x", "evidence": "x"}
        return [fields | why | {"ground": ground} for fields in given for ground in ("waiting_for_caller", "no such")]
    return given


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
