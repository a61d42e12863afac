"""The base of all messages between centres; the kinds are in `contracts.py` and in the files that it gathers."""

from typing import Annotated

from msgspec import Meta, Struct

Centre = Annotated[str, Meta(pattern=r"^[0-9a-z_]{2,20}$")]


class Body(Struct, frozen=True, omit_defaults=True):
    """Base of all bodies; fields that a newer peer adds are passed over."""
