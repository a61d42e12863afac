"""Freezing a period: its figures and the hash of the orders behind them, signed with the centre's key. Only a reason opens it again."""

import base64
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from liandong.assessment.counting import Source, figures_of
from liandong.assessment.model import Figures, Frozen, Group, of_row
from liandong.assessment.periods import Period
from liandong.assessment.reading import SQL, Assessor, catch_up
from liandong.core.errors import AppError
from liandong.core.ids import new_id


class Sealed(Struct, frozen=True):
    """What is signed. `orders`, `digest`: how many rows are behind the figures, and one hash over them in order of their ids."""

    centre: str
    period: str
    frozen_at: datetime
    frozen_by: str
    orders: int
    digest: str
    city: Figures
    units: Figures


class Checked(Struct, frozen=True):
    """What a check of a frozen period found: `signature` and `rows` true means that nothing was changed since."""

    period: str
    signature: bool
    rows: bool
    sealed: Sealed


class Signer:
    """JWS compact (RFC 7515) with the centre's Ed25519 key (RFC 8037), as the exchange signs its messages."""

    def __init__(self, key: Ed25519PrivateKey, kid: str) -> None:
        self._key = key
        self._head = _b64(msgspec.json.encode({"alg": "EdDSA", "kid": kid}))

    def sign(self, what: Any) -> str:
        signed = self._head + b"." + _b64(msgspec.json.encode(what))
        return (signed + b"." + _b64(self._key.sign(signed))).decode()

    @property
    def public(self) -> Ed25519PublicKey:
        return self._key.public_key()


async def freeze(assessor: Assessor, signer: Signer, period: Period, *, who: str) -> Frozen:
    """Raises AppError: guard_refused (the period is not over, or frozen already)."""
    now = assessor.clock.now()
    if now < period.ends_at:
        raise AppError("guard_refused", f"{period.zh}尚未结束，不能封存（the period is not over）")
    await catch_up(assessor)
    async with assessor.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
        if await connection.fetchrow(SQL.frozen, period.name):
            raise AppError("guard_refused", f"{period.zh}已经封存（it is frozen already）")
        frozen_id = new_id()
        source = Source(as_of=now)
        city = await figures_of(connection, assessor.rules, period, source, centre=assessor.centre)
        units = await figures_of(connection, assessor.rules, period, source, centre=assessor.centre, by=Group.UNIT)
        await connection.execute(SQL.freeze_orders, frozen_id, period.starts_at, period.ends_at, timeout=600)
        rows = await connection.fetchrow(SQL.digest_of_frozen, frozen_id, timeout=600)
        sealed = Sealed(assessor.centre, period.name, now, who, rows["count"], rows["digest"], city, units)
        given = (frozen_id, period.name, period.starts_at, period.ends_at, now, who, signer.sign(sealed))
        await connection.execute(SQL.freeze, *given)
        return Frozen(frozen_id, period.name, now, who, given[-1])


async def reopen(assessor: Assessor, period: Period, *, who: str, reason: str) -> Frozen:
    """The frozen figures and orders are kept as they were. Raises AppError: field_invalid, not_found."""
    if len(reason.strip()) < 5:
        raise AppError("field_invalid", "重开已封存的周期须写明理由（say why it is opened again）")
    row = await assessor.pool.fetchrow(SQL.reopen, period.name, assessor.clock.now(), who, reason.strip())
    if row is None:
        raise AppError("not_found", f"{period.zh}没有封存（it is not frozen）")
    return of_row(Frozen, row)


async def check_frozen(pool: asyncpg.Pool, period: Period, public: Ed25519PublicKey) -> Checked:
    """Whether the signature is the centre's and the rows are those that were signed. Raises AppError: not_found."""
    async with pool.acquire() as connection:
        row = await connection.fetchrow(SQL.frozen, period.name)
        if row is None:
            raise AppError("not_found", f"{period.zh}没有封存（it is not frozen）")
        rows = await connection.fetchrow(SQL.digest_of_frozen, row["id"], timeout=600)
    head, payload, signature = row["signed"].split(".")
    try:
        public.verify(_unb64(signature), f"{head}.{payload}".encode())
        valid = True
    except InvalidSignature:
        valid = False
    sealed = unsealed(row["signed"])
    same = rows["count"] == sealed.orders and rows["digest"] == sealed.digest
    return Checked(period.name, valid, same, sealed)


def unsealed(signed: str) -> Sealed:
    """What was signed; whether the signature is right is `check_frozen`'s to say."""
    return msgspec.json.decode(_unb64(signed.split(".")[1]), type=Sealed)


async def source_of(
    connection: asyncpg.Connection, period: Period, now: datetime, division: str | None = None
) -> Source:
    """The frozen rows where the period is frozen, else the ones that move."""
    row = await connection.fetchrow(SQL.frozen, period.name)
    if row:
        return Source(as_of=row["frozen_at"], frozen=row["id"], division=division)
    return Source(as_of=now, division=division)


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
