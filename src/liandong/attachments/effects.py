"""What the actions of attachments do: pure functions from a context to an effect."""

from typing import Any

import msgspec

from liandong.attachments.model import BAD, WHOLE, Attachment, AttachmentStatus
from liandong.attachments.rules import objection
from liandong.core.ids import new_id
from liandong.exchange.attachment_messages import AttachmentAdded, AttachmentSettled
from liandong.orders.context import Context, Effect, Outgoing
from liandong.orders.effects import EffectOf
from liandong.orders.model import Snapshot


def attachment_notices(snapshot: Snapshot, peer: str) -> list[Outgoing]:
    """Announces to a peer every file of the matter that it does not know yet; the bytes follow by themselves."""
    files = [a for a in snapshot.attachments or () if a.added_at and a.status not in BAD and not a.is_told(peer)]
    return [_announcement(snapshot, file, peer) for file in files]


def attach(ctx: Context) -> Effect:
    snapshot = ctx.snapshot
    file = snapshot.attachment(ctx.asked.data.attachment)
    assert file is not None
    added = msgspec.structs.replace(file, added_at=ctx.asked.now)
    asked = {t.peer for t in snapshot.transfers or () if t.is_open}
    peers = sorted(asked | set(snapshot.followers))
    return Effect(
        attachments=[added],
        messages=[_announcement(snapshot, added, peer) for peer in peers],
        body={"attachment": _said_of(added)},
    )


def note_attachment(ctx: Context) -> Effect:
    """A file that a peer announces: noted, its bytes awaited; or refused, and the peer is told why."""
    said: AttachmentAdded = ctx.asked.data
    sender = ctx.asked.incoming.sender if ctx.asked.incoming else ""
    known = ctx.snapshot.attachment(said.attachment_id)
    if known is not None:
        return Effect(body={"attachment": _said_of(known)})
    against = objection(ctx.snapshot, ctx.asked)
    file = Attachment(
        id=said.attachment_id,
        order_id=ctx.snapshot.order.id,
        name=said.name,
        media_type=said.media_type,
        size=said.size,
        sha256=said.sha256,
        taken_at=said.taken_at,
        place=said.place,
        added_by=f"peer:{sender}",
        added_at=ctx.asked.now,
        confidential=said.confidential,
        origin=sender,
        status=AttachmentStatus.REFUSED if against else AttachmentStatus.RECEIVING,
        reason=against.text if against else None,
        created_at=ctx.asked.now,
    )
    messages = [_settled(ctx, file, sender)] if against else []
    return Effect(attachments=[file], messages=messages, body={"attachment": _said_of(file)})


def settle_attachment(ctx: Context) -> Effect:
    """A whole file was looked at. Where it is not kept, everybody who has it or was told of it learns so."""
    data = ctx.asked.data
    file = ctx.snapshot.attachment(data.attachment)
    assert file is not None
    bad = data.status in BAD
    reason = (data.text or data.status) if bad else None
    settled = msgspec.structs.replace(file, status=AttachmentStatus(data.status), reason=reason)
    told = {copy.peer for copy in file.copies or ()} | (set() if file.is_own else {file.origin})
    messages = [_settled(ctx, settled, peer) for peer in sorted(told)] if bad else []
    return Effect(attachments=[settled], messages=messages, body={"attachment": _said_of(settled)})


def note_attachment_settled(ctx: Context) -> Effect:
    said: AttachmentSettled = ctx.asked.data
    file = ctx.snapshot.attachment(said.attachment_id)
    assert file is not None
    if ctx.row.event != "attachment.infected":
        return Effect(body={"attachment": _said_of(file)})
    sender = ctx.asked.incoming.sender if ctx.asked.incoming else ""
    reason = f"{sender}查出：{said.text}" if said.text else f"{sender}查出病毒"
    infected = msgspec.structs.replace(file, status=AttachmentStatus.INFECTED, reason=reason)
    return Effect(attachments=[infected], body={"attachment": _said_of(infected)})


def _announcement(snapshot: Snapshot, file: Attachment, peer: str) -> Outgoing:
    body = AttachmentAdded(
        attachment_id=file.id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        added_at=file.added_at or file.created_at,
        confidential=file.confidential,
        taken_at=file.taken_at,
        place=file.place,
        scan=file.status if file.status in WHOLE else AttachmentStatus.UNSCANNED,
    )
    return Outgoing(id=new_id(), peer=peer, body=body, urgent=snapshot.order.urgent)


def _settled(ctx: Context, file: Attachment, peer: str) -> Outgoing:
    body = AttachmentSettled(attachment_id=file.id, status=file.status, at=ctx.asked.now, text=file.reason or "")
    return Outgoing(id=new_id(), peer=peer, body=body)


def _said_of(file: Attachment) -> dict[str, Any]:
    """What the ledger keeps of a file: enough to prove later which one it was."""
    said = {name: getattr(file, name) for name in ("id", "name", "media_type", "size", "sha256", "status")}
    return said | {"origin": file.origin, "confidential": file.confidential}


EFFECTS: dict[str, EffectOf] = {
    "attach": attach,
    "note_attachment": note_attachment,
    "settle_attachment": settle_attachment,
    "note_attachment_settled": note_attachment_settled,
}
