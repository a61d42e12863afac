"""Accounts of partners: made and revoked by an administrator; each request is let in by key, network, expiry, quota, scope and signature."""

import hashlib
import secrets
from datetime import datetime
from ipaddress import ip_address, ip_network

import asyncpg
import msgspec

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.partners.model import SCOPES, Credentials, Partner, Signed
from liandong.partners.signing import TOLERANCE, is_signed, new_secret

SQL = load_sql("liandong.partners")


async def add_partner(
    pool: asyncpg.Pool,
    clock: Clock,
    *,
    code: str,
    name: str,
    scopes: list[str],
    unit: str | None = None,
    per_minute: int = 600,
    per_day: int = 100_000,
    networks: list[str] | None = None,
    hosts: list[str] | None = None,
    expires_at: datetime | None = None,
    signed: bool = False,
) -> Credentials:
    """Raises ValueError for an unknown scope, a wrong network, or a code that is taken."""
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise ValueError(f"unknown scopes {sorted(unknown)}; known are {sorted(SCOPES)}")
    for network in networks or ():
        ip_network(network)
    given = Credentials(key=f"lp_{secrets.token_urlsafe(24)}", secret=new_secret() if signed else None)
    values = (scopes, unit, per_minute, per_day, networks or [], hosts or [], clock.now(), expires_at)
    try:
        await pool.execute(SQL.add_partner, code, name, _digest(given.key), given.secret, *values)
    except asyncpg.UniqueViolationError as error:
        raise ValueError(f"there is a partner {code} already") from error
    return given


async def let_in(
    pool: asyncpg.Pool, clock: Clock, *, key: str, address: str, scope: str, signed: Signed | None = None
) -> Partner:
    """Whose request this is. Raises AppError: not_signed_in, not_permitted, signature_invalid, quota_exceeded."""
    now = clock.now()
    row = await pool.fetchrow(SQL.partner_by_digest, _digest(key)) if key else None
    partner = msgspec.convert(dict(row), Partner) if row else None
    if partner is None or partner.revoked_at or (partner.expires_at and partner.expires_at <= now):
        raise AppError("not_signed_in", "密钥无效或已到期，请联系本中心（key unknown or expired）")
    if partner.networks and not _within(address, partner.networks):
        raise AppError("not_permitted", f"不允许从 {address} 访问（this address is not allowed）")
    if partner.secret is not None:
        await _check_signature(pool, partner, signed, now)
    used = await pool.fetchrow(SQL.count_use, partner.code, now.replace(second=0, microsecond=0), now.date())
    if used["this_minute"] > partner.per_minute or used["this_day"] > partner.per_day:
        raise AppError("quota_exceeded", f"每分钟 {partner.per_minute} 次、每天 {partner.per_day} 次")
    if scope not in partner.scopes:
        raise AppError("not_permitted", f"账号没有“{SCOPES[scope][0]}”的权限（scope {scope}）")
    return partner


async def _check_signature(pool: asyncpg.Pool, partner: Partner, signed: Signed | None, now: datetime) -> None:
    assert partner.secret is not None
    if signed is None or not signed.id or len(signed.id) > 200:
        raise AppError("signature_invalid", "此账号的请求须签名：webhook-id、webhook-timestamp、webhook-signature")
    if not is_signed(partner.secret, signed.id, signed.timestamp, signed.signature, signed.payload, now):
        raise AppError("signature_invalid", "签名不符，或时间相差超过五分钟（wrong signature or time）")
    if await pool.fetchval(SQL.keep_signature, partner.code, signed.id, now) is None:
        raise AppError("signature_invalid", "这一请求已经收到过；重试时请换 webhook-id 重新签名（replayed）")
    if now.second == 0:  # now and then is enough: the table only grows by signed requests
        await pool.execute(SQL.forget_signatures, now - 2 * TOLERANCE)


def _within(address: str, networks: list[str]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
