"""What every message's body has in common."""

from msgspec import Struct


class Body(Struct, frozen=True, omit_defaults=True):
    """Base of all bodies; fields that a newer peer adds are passed over."""
