"""The golden messages: one example a kind, with fixed ids, times and key. `python tests/contracts/goldens.py` writes what is missing.

A file that is there is never overwritten: a message once published keeps its bytes.
"""

import base64
import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liandong.emergencies.lines import Line, sealed
from liandong.exchange import attachment_messages, contracts
from liandong.exchange import catalogue_messages as catalogue
from liandong.exchange.card_messages import CardPublished, CardWithdrawn
from liandong.exchange.contracts import KIND_OF, Body, Envelope
from liandong.exchange.emergency_messages import CallersKept, EmergencyLogged, KeptCaller
from liandong.exchange.ledger_bodies import Head, Missed
from liandong.exchange.sealing import Sealer
from liandong.orders.model import Call, Caller, Incident, Point
from liandong.roots.tree import Tree, as_hex, day_root

FOLDER = Path(__file__).parent / "golden"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # for these examples only
KID = "12345-golden"
AT = datetime(2025, 3, 4, 2, 0, 0, 123456, tzinfo=UTC)
TRANSFER = UUID("01955ed0-0000-7000-8000-000000000001")
VERSION = UUID("01955ed0-0000-7000-8000-000000000004")
MATTER = UUID("01955ed0-0000-7000-8000-000000000002")
ATTACHMENT = UUID("01955ed0-0000-7000-8000-000000000004")
NUMBER = "120000-12345-20250304-000001"
CALL = UUID("01955ed0-0000-7000-8000-000000000007")
CARD = '{"title":"公积金租房提取","questions":["公积金怎么提取"],"answer":"在应用里申请。","scope":"public","unit":"11120000YB00004891"}'
SUPERVISION = UUID("01955ed0-0000-7000-8000-000000000008")


def emergency_line() -> EmergencyLogged:
    content = '{"id":"01955ed0-0000-7000-8000-000000000009","text":"疏散3号楼周边","to":["110","119"],"due_at":"2025-03-04T02:01:00Z"}'
    line = sealed(
        Line(
            id=ATTACHMENT, emergency_id=VERSION, centre="12345", no=2, lamport=7, at=AT, by="desk", event="broadcast.sent",
            content=content, previous="4d" * 32, digest="",
        )
    )  # fmt: skip
    return EmergencyLogged(
        **{name: getattr(line, name) for name in Line.__struct_fields__}, told=["110", "119", "12345"]
    )


def examples() -> list[Body]:
    return [
        contracts.TransferOffered(
            transfer_id=TRANSFER,
            urgent=False,
            part=False,
            first_receiver="12345",
            sender_number=NUMBER,
            round=1,
            content='小区有人偷电动车 "🚲" \\ /\n第二行',
            created_at=AT,
            title="偷车",
            type="complaint",
            class_intake="020101",
            level=3,
            confidential=True,
            division_code="120101",
            caller=Caller(name="王小明", phone="13800001234", sex="male"),
            incident=Incident(address="南京路1号", wgs84=Point(117.2, 39.125), trapped=0, injured=2),
            call=Call(reached_at=AT, recording_no="R-1"),
            tags=["夜间"],
            items=["P0101"],
            reason="属于治安案件",
            note="请尽快",
        ),
        contracts.TransferAccepted(transfer_id=TRANSFER, number=NUMBER, accepted_at=AT),
        contracts.TransferReturned(
            transfer_id=TRANSFER, reason="not_our_duty", basis="国办发〔2022〕12号", text="属于住建"
        ),
        contracts.WithdrawalRequested(transfer_id=TRANSFER, reason="来电人已找回"),
        contracts.TransferWithdrawn(transfer_id=TRANSFER),
        contracts.OrderProgressed(number=NUMBER, status="dispatched", at=AT, text="已派警"),
        contracts.OrderAnswered(number=NUMBER, status="fed_back", at=AT, answer="已处置", closing="handled"),
        contracts.OrderEvaluated(number=NUMBER, at=AT, solved=True, satisfaction=5, words="满意"),
        contracts.MatterSupplemented(at=AT, text="车是红色的"),
        contracts.DangerRaised(at=AT, text="现在着火了"),
        *ledger_examples(),
        *linkage_examples(),
        CardPublished(
            card_id=VERSION,
            number="12345-K000001",
            version=2,
            digest=hashlib.sha256(CARD.encode()).hexdigest(),
            content=CARD,
            at=AT,
            made_by="王话务",
            approved_by="李班长",
            review_on=date(2026, 3, 1),
        ),
        emergency_line(),
        CallersKept(
            emergency_id=VERSION,
            callers=[KeptCaller(key="5e" * 32, at=AT), KeptCaller(key="6f" * 32, at=AT, called_back=True)],
        ),
        CardWithdrawn(card_id=VERSION, number="12345-K000001", version=2, at=AT, reason="政策停止执行"),
        catalogue.CatalogueProposed(
            version_id=VERSION,
            no=3,
            digest="ab" * 32,
            effective_from=date(2025, 7, 1),
            part=1,
            parts=2,
            content="eNqrVkrOyS9NAQAK7gLt",
            base="cd" * 32,
            title="2025年7月版",
            notes="暖气漏水改为先语音",
            by="王主任#1a2b",
        ),
        catalogue.CatalogueAgreed(
            version_id=VERSION, digest="ab" * 32, effective_from=date(2025, 7, 1), at=AT, by="李科长#3c4d"
        ),
        catalogue.CatalogueDeclined(
            version_id=VERSION, digest="ab" * 32, reason="G0703 应由供热单位先接", by="李科长#3c4d"
        ),
        catalogue.CatalogueWithdrawn(version_id=VERSION, digest="ab" * 32, reason="再议", confirmed=True),
        attachment_messages.AttachmentAdded(
            attachment_id=ATTACHMENT,
            name="现场照片 1.jpg",
            media_type="image/jpeg",
            size=123_456,
            sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            added_at=AT,
            confidential=True,
            taken_at=AT,
            place="南京路1号",
            scan="clean",
        ),
        attachment_messages.AttachmentSettled(attachment_id=ATTACHMENT, status="infected", at=AT, text="Eicar-Test"),
    ]


def linkage_examples() -> list[Body]:
    """What centres say of a matter beyond handing it over: talks, calls, danger, recall, supervision, merging."""
    held = {"transfer_id": TRANSFER, "call_id": CALL, "at": AT}
    position = contracts.PositionTaken(
        transfer_id=TRANSFER,
        owner="110",
        basis_kind="catalogue",
        basis="P0103",
        at=AT,
        text="属于治安案件",
        person="值班长#1a2b",
    )
    return [
        contracts.DangerClaimed(
            transfer_id=TRANSFER, number=NUMBER, at=AT, text="拿出了刀", claim=2, told=["12345", "gas"]
        ),
        contracts.TransferKept(transfer_id=TRANSFER, settled_by="deadline", at=AT, text="协商逾期"),
        contracts.RecallRequested(transfer_id=TRANSFER, reason="转错了"),
        contracts.RecallRefused(transfer_id=TRANSFER, reason="已派警"),
        contracts.NegotiationOpened(transfer_id=TRANSFER, at=AT, reason="三方通话后仍不明确", position=position),
        msgspec.structs.replace(position, owner="12345", basis_kind="law", basis="国办发〔2022〕12号", ruling=True),
        contracts.CallOpened(**held, person="话务员", seat="A03", recording_no="R-7"),
        contracts.CallJoined(**held, person="接警员", seat="P11", recording_no="J-2"),
        contracts.CallEnded(**held, outcome="unclear", text="双方意见不一"),
        contracts.JointEnded(transfer_id=TRANSFER, at=AT, text="双方部分均已办结"),
        contracts.OrderUrged(at=AT, text="来电人再次询问"),
        contracts.SupervisionOpened(supervision_id=SUPERVISION, at=AT, due_at=AT, text="请说明为何超时"),
        contracts.SupervisionReplied(supervision_id=SUPERVISION, at=AT, text="已督促承办单位"),
        contracts.SupervisionJudged(
            supervision_id=SUPERVISION, at=AT, accepted=False, text="请写明办理时间", due_at=AT
        ),
        contracts.MatterMerged(at=AT, number=NUMBER, into_number=NUMBER[:-1] + "2", text="同一事件"),
        contracts.MatterUnmerged(at=AT, number=NUMBER, text="并错了"),
    ]


def ledger_examples() -> list[Body]:
    """One event of MATTER on the sender's first day; its root is the one of docs/protocol/roots.vector.json."""
    day = AT.date()
    tree = Tree()
    tree.add(MATTER, 1, hashlib.sha256(b"event").digest())
    root = day_root("12345", day, count=1, previous=b"", buckets=tree.buckets())
    head = Head(MATTER, 1, hashlib.sha256(b"event").hexdigest())
    return [
        contracts.LedgerSealed(day=day, root=root.hex(), count=1, buckets=as_hex(tree.buckets()), heads=1),
        contracts.LedgerHeads(day=day, page=1, pages=1, heads=[head]),
        contracts.MessagesMissed(matters=[Missed(MATTER, 3)]),
    ]


def envelope_of(body: Body) -> Envelope:
    return Envelope(
        id=UUID("01955ed0-0000-7000-8000-000000000003"),
        kind=KIND_OF[type(body)],
        sender="12345",
        receiver="110",
        matter_id=MATTER,
        seq=1,
        sent_at=AT,
        body=msgspec.json.decode(msgspec.json.encode(body)),
    )


def payload_of(jws: str) -> bytes:
    part = jws.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def write() -> None:
    FOLDER.mkdir(exist_ok=True)
    for body in examples():
        envelope = envelope_of(body)
        path = FOLDER / f"{envelope.kind}.json"
        if not path.exists():
            jws = Sealer(KEY, KID).seal(envelope)
            golden: dict[str, Any] = {"kind": envelope.kind, "payload": json.loads(payload_of(jws)), "jws": jws}
            path.write_text(json.dumps(golden, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
