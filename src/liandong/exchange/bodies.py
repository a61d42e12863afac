"""The base of all message bodies, apart from the kinds themselves, so that each capability can have its own file of kinds."""

from msgspec import Struct


class Body(Struct, frozen=True, omit_defaults=True):
    """Base of all bodies; fields that a newer peer adds are passed over."""
