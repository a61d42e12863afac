"""A file becomes part of a matter."""

from uuid import UUID

from liandong.orders.acting import Action


class Attach(Action, frozen=True, tag="attach"):
    """A file that was uploaded whole becomes part of the matter; it goes to whoever shares it."""

    attachment: UUID


class SettleAttachment(Action, frozen=True, tag="settle_attachment"):
    """What became of a file when it was whole: kept (`clean`, `unscanned`), `infected` or `refused`, and why."""

    attachment: UUID
    status: str
    text: str = ""


AttachmentAction = Attach
