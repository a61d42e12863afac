"""Guards of attachments: pure sentences about a snapshot and what is asked."""

from liandong.attachments.admission import Objection
from liandong.attachments.model import BAD, WHOLE, AttachmentStatus
from liandong.core.lifecycle import Guard
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot


def attachment_whole(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Only what was uploaded to this order, whole and not found bad, becomes part of it; and only once."""
    if asked is None:
        return None
    file = snapshot.attachment(asked.data.attachment)
    if file is None:
        return "没有这个附件，请先上传"
    if file.added_at is not None:
        return "这个附件已经添加"
    return None if file.status in WHOLE else "附件尚未传完、尚未查毒或未获接收"


def attachment_shared(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Who speaks has, had or was offered this matter; a stranger to it can attach nothing."""
    sender = _speaker(asked)
    shares = sender in snapshot.followers or any(t.peer == sender for t in snapshot.transfers or ())
    return None if shares else f"{sender}与本中心没有共同办理这个诉求"


def attachment_known(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The same file once more: from the same centre, or by another way."""
    known = snapshot.attachment(asked.data.attachment_id) if asked else None
    same = known is not None and asked is not None and known.is_same_as(asked.data.sha256, asked.data.size)
    return None if same else "没有登记过"


def attachment_objected(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and objection(snapshot, asked) is not None else "可以接收"


def attachment_in_scan(snapshot: Snapshot, asked: Asked | None) -> str | None:
    file = snapshot.attachment(asked.data.attachment) if asked else None
    return None if file is not None and file.status == AttachmentStatus.SCANNING else "附件不在查验中"


def found_infected(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.status == AttachmentStatus.INFECTED else "没有查出病毒"


def found_wrong(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.status == AttachmentStatus.REFUSED else "与申报相符"


def attachment_told(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Only a centre that has the file can say something about it."""
    file = snapshot.attachment(asked.data.attachment_id) if asked else None
    return None if file is not None and file.is_told(_speaker(asked)) else "对方没有这个附件"


def said_infected(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whoever finds a virus is believed: better a file too few than one that does harm."""
    file = snapshot.attachment(asked.data.attachment_id) if asked else None
    infected = asked is not None and asked.data.status == AttachmentStatus.INFECTED
    return None if infected and file is not None and file.status not in BAD else "没有查出病毒"


def objection(snapshot: Snapshot, asked: Asked) -> Objection | None:
    """What speaks against the file that a peer announces. An id names one file for ever."""
    said = asked.data
    known = snapshot.attachment(said.attachment_id)
    if known is not None and not known.is_same_as(said.sha256, said.size):
        return Objection("message_reused", "这个附件编号已用于另一个文件")
    return asked.policy.admission.objection(
        name=said.name, media_type=said.media_type, size=said.size, others=snapshot.attachments or ()
    )


def _speaker(asked: Asked | None) -> str:
    return asked.incoming.sender if asked is not None and asked.incoming else ""


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        attachment_whole,
        attachment_shared,
        attachment_known,
        attachment_objected,
        attachment_in_scan,
        found_infected,
        found_wrong,
        attachment_told,
        said_infected,
    )
}
