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
    file = ctx.snapshot.attachment(ctx.asked.data.attachment)
    assert file is not None
    added = msgspec.structs.replace(file, added_at=ctx.asked.now)
    return Effect(attachments=[added], messages=_told_to_all(ctx, added), body={"attachment": _said_of(added)})


def note_attachment(ctx: Context) -> Effect:
    """A file that a peer announces: noted, its bytes awaited, and told to who else shares the matter; or refused, and the peer learns why."""
    said: AttachmentAdded = ctx.asked.data
    known = ctx.snapshot.attachment(said.attachment_id)
    if ctx.row.event == "attachment.repeated" and known is not None:
        return Effect(body={"attachment": _said_of(known)})
    against = objection(ctx.snapshot, ctx.asked)
    file = _announced(ctx, against.text if against else None)
    body = {"attachment": _said_of(file)}
    if against is None:
        return Effect(attachments=[file], messages=_told_to_all(ctx, file), body=body)
    # an id that names another file here leaves that file as it is
    return Effect(attachments=[] if known else [file], messages=[_settled(ctx, file, file.origin)], body=body)


def settle_attachment(ctx: Context) -> Effect:
    """A whole file was looked at. Where it is not kept, everybody who has it or was told of it learns so."""
    data = ctx.asked.data
    file = ctx.snapshot.attachment(data.attachment)
    assert file is not None
    bad = data.status in BAD
    reason = (data.text or data.status) if bad else None
    settled = msgspec.structs.replace(file, status=AttachmentStatus(data.status), reason=reason)
    messages = [_settled(ctx, settled, peer) for peer in _having(file)] if bad else []
    return Effect(attachments=[settled], messages=messages, body={"attachment": _said_of(settled)})


def note_attachment_settled(ctx: Context) -> Effect:
    """A peer does not keep the file. Where it found a virus, nobody is served it any more, and who has it from us learns so."""
    said: AttachmentSettled = ctx.asked.data
    file = ctx.snapshot.attachment(said.attachment_id)
    assert file is not None
    if ctx.row.event != "attachment.infected":
        return Effect(body={"attachment": _said_of(file)})
    sender = _speaker(ctx)
    reason = f"{sender}查出：{said.text}" if said.text else f"{sender}查出病毒"
    infected = msgspec.structs.replace(file, status=AttachmentStatus.INFECTED, reason=reason)
    messages = [_settled(ctx, infected, peer) for peer in _having(infected) if peer != sender]
    return Effect(attachments=[infected], messages=messages, body={"attachment": _said_of(infected)})


def _announced(ctx: Context, refused: str | None) -> Attachment:
    said: AttachmentAdded = ctx.asked.data
    sender = _speaker(ctx)
    return Attachment(
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
        status=AttachmentStatus.REFUSED if refused else AttachmentStatus.RECEIVING,
        reason=refused,
        created_at=ctx.asked.now,
    )


def _told_to_all(ctx: Context, file: Attachment) -> list[Outgoing]:
    """To every centre that shares the matter or is asked to, and does not know the file yet."""
    snapshot = ctx.snapshot
    peers = {t.peer for t in snapshot.transfers or () if t.is_open} | set(snapshot.followers)
    return [_announcement(snapshot, file, peer) for peer in sorted(peers) if not file.is_told(peer)]


def _having(file: Attachment) -> list[str]:
    """The peers that have the file from us, or that we have it from."""
    return sorted({copy.peer for copy in file.copies or ()} | (set() if file.is_own else {file.origin}))


def _speaker(ctx: Context) -> str:
    return ctx.asked.incoming.sender if ctx.asked.incoming else ""


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
