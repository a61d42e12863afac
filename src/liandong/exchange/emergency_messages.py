"""How centres keep one picture of an emergency: every line of its log goes to every peer, and each centre folds the same lines.

Lines are told apart by their id and put in order by `lamport`, `centre` and `no`, never by anybody's clock; so they may arrive in any
order, twice, or by another centre that passes them on (`told`: who was sent the line already).
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from liandong.exchange.body import Body, Centre
from liandong.orders.model import Line, Moment

Digest = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")]
LineNo = Annotated[int, Meta(ge=1, le=1_000_000)]
CallerKey = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class EmergencyLogged(Body, frozen=True):
    """One line of an emergency's log, as the centre that wrote it keeps it.

    `lamport`: greater than that of every line its writer knew. `content`: a JSON text, kept and hashed as it is. `previous`: the digest of
    the same centre's line before in this emergency; `digest`: over all of this.
    """

    emergency_id: UUID
    id: UUID
    centre: Centre
    no: LineNo
    lamport: Annotated[int, Meta(ge=1, le=1_000_000_000_000)]
    at: Moment
    by: Line
    event: Annotated[str, Meta(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=80)]
    content: Annotated[str, Meta(min_length=2, max_length=200_000)]
    digest: CallerKey
    previous: Digest = ""
    told: list[Centre] = []


class KeptCaller(Struct, frozen=True, omit_defaults=True):
    """`key`: a slow digest of the number: who has the number can compare it, and nobody reads a number from it at a glance."""

    key: CallerKey
    at: Moment
    called_back: bool = False


class CallersKept(Body, frozen=True):
    """Whom the sender's desks have taken down in mass-call mode: nobody is asked twice, and the first who took a caller calls back."""

    emergency_id: UUID
    callers: Annotated[list[KeptCaller], Meta(max_length=1000)]
