"""The part `[attachments]` of a node's settings."""

from typing import Annotated

from msgspec import Meta, Struct

from liandong.attachments.admission import Limits

MIB = 1024 * 1024


class AttachmentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes in bytes, times in seconds.

    `scan_command`: program and arguments; the file's path is added. It ends with 0 for clean, 1 for infected, anything else for
    "ask again later". `scan_socket`: a clamd, as `host:port` or a path. `rate`: bytes a second to each peer, 0 for no limit.
    `types_file`: the city's own list of media types, relative to the settings file.
    """

    max_file: Annotated[int, Meta(ge=1, le=2**40)] = 100 * MIB
    max_order: Annotated[int, Meta(ge=1, le=2**40)] = 500 * MIB
    max_count: Annotated[int, Meta(ge=1, le=1000)] = 50
    types_file: str = ""
    serve_unscanned: bool = True
    scan_command: list[str] = []
    scan_socket: str = ""
    scan_timeout: Annotated[int, Meta(ge=1, le=3600)] = 120
    rate: Annotated[int, Meta(ge=0)] = 0
    unfinished_hours: Annotated[int, Meta(ge=1, le=10_000)] = 24

    @property
    def limits(self) -> Limits:
        return Limits(max_file=self.max_file, max_order=self.max_order, max_count=self.max_count)
