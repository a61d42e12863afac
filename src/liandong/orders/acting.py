"""What every action has: its name, the version that was seen, and the kinds of words that fields hold."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

Words = Annotated[str, Meta(min_length=1, max_length=10_000)]
ShortWords = Annotated[str, Meta(min_length=1, max_length=300)]
UnitCode = Annotated[str, Meta(min_length=1, max_length=64)]
UnitCodes = Annotated[list[UnitCode], Meta(max_length=50)]
Satisfaction = Annotated[int, Meta(ge=1, le=5)]
Tag = Annotated[str, Meta(min_length=1, max_length=40)]
Tags = Annotated[list[Tag], Meta(max_length=30)]
Files = Annotated[list[UUID], Meta(max_length=50)]


class Action(Struct, frozen=True, forbid_unknown_fields=True, tag_field="action", omit_defaults=True):
    """Base of all actions. `version`: the version of the order that the person was looking at."""

    version: Annotated[int, Meta(ge=1)]

    @property
    def name(self) -> str:
        return action_name(type(self))


def action_name(kind: type[Action]) -> str:
    return str(kind.__struct_config__.tag)


def required_fields(kind: type[Action]) -> list[str]:
    return [f.encode_name for f in msgspec.structs.fields(kind) if f.required and f.name != "version"]
