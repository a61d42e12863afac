"""The rows of attachments, the same in both lifecycles: a file may come at any time, also after the order was closed."""

from liandong.core.lifecycle import Transition

DESK = frozenset({"call_taker", "dispatcher", "supervisor"})
PEER = frozenset({"peer"})
CLOCK = frozenset({"clock"})
NOT_OURS = frozenset({"declined", "withdrawn"})


def attachment_rows(every: frozenset[str]) -> tuple[Transition, ...]:
    """`every`: all statuses of the lifecycle. Nothing is attached by our people to a matter that we only were asked to take."""
    return (
        Transition(
            action="attach",
            sources=every - NOT_OURS,
            roles=DESK | {"unit"},
            event="attachment.added",
            label="添加附件",
            label_en="Attach",
            guards=("own_unit", "attachment_whole"),
            sends=("attachment.added.v1",),
        ),
        Transition(
            action="note_attachment",
            sources=every,
            roles=PEER,
            event="attachment.repeated",
            label="对方附件（已登记）",
            label_en="Attachment from the peer, known already",
            guards=("attachment_shared", "attachment_known"),
        ),
        Transition(
            action="note_attachment",
            sources=every,
            roles=PEER,
            event="attachment.refused",
            label="对方附件，不予接收",
            label_en="Attachment from the peer, refused",
            guards=("attachment_shared", "attachment_objected"),
            sends=("attachment.settled.v1",),
        ),
        Transition(
            action="note_attachment",
            sources=every,
            roles=PEER,
            event="attachment.announced",
            label="对方附件",
            label_en="Attachment from the peer",
            guards=("attachment_shared",),
        ),
        Transition(
            action="settle_attachment",
            sources=every,
            roles=CLOCK,
            event="attachment.infected",
            label="附件含病毒，已隔离",
            label_en="Attachment infected, in quarantine",
            guards=("attachment_in_scan", "found_infected"),
            sends=("attachment.settled.v1",),
        ),
        Transition(
            action="settle_attachment",
            sources=every,
            roles=CLOCK,
            event="attachment.refused",
            label="附件不符，未予保存",
            label_en="Attachment not as declared, not kept",
            guards=("attachment_in_scan", "found_wrong"),
            sends=("attachment.settled.v1",),
        ),
        Transition(
            action="settle_attachment",
            sources=every,
            roles=CLOCK,
            event="attachment.received",
            label="对方附件已收齐",
            label_en="Attachment from the peer is here",
            guards=("attachment_in_scan",),
        ),
        Transition(
            action="note_attachment_settled",
            sources=every,
            roles=PEER,
            event="attachment.infected",
            label="对方查出附件含病毒，已隔离",
            label_en="Infected, says the peer: in quarantine",
            guards=("attachment_told", "said_infected"),
        ),
        Transition(
            action="note_attachment_settled",
            sources=every,
            roles=PEER,
            event="attachment.refused_by_peer",
            label="对方未接收附件",
            label_en="Attachment refused by the peer",
            guards=("attachment_told",),
        ),
    )
