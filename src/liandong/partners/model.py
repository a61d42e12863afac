"""A partner: another system with an account of its own, which says what it may do, how often, from where and until when."""

from datetime import datetime

from msgspec import Struct

from liandong.orders.context import Actor

SCOPES: dict[str, tuple[str, str]] = {
    "requests": ("提交诉求并查看自己提交的", "hand in matters and follow its own"),
    "orders": ("查看全部工单（诉求人信息隐去）", "read all orders, without the caller"),
    "callers": ("查看诉求人信息（脱敏）", "see callers, masked"),
    "events": ("按游标取事件", "pull events by cursor"),
    "webhooks": ("订阅事件推送", "subscribe to events"),
    "alerts": ("提交 CAP 警报", "hand in CAP alerts"),
}


class Partner(Struct, frozen=True):
    """`unit`: sees only this unit's orders. `networks`: CIDR, empty for any. `hosts`: where its webhooks may point to.

    `secret`: set where every request has to be signed.
    """

    code: str
    name: str
    scopes: list[str]
    per_minute: int
    per_day: int
    networks: list[str]
    hosts: list[str]
    unit: str | None = None
    secret: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Who stands in the ledger for what it hands in."""
        return Actor(id=f"partner:{self.code}", roles=frozenset({"call_taker"}), unit=self.unit)


class Credentials(Struct, frozen=True):
    """Both are shown once. Only a digest of the key is kept."""

    key: str
    secret: str | None = None


class Signed(Struct, frozen=True):
    """The signature of a request with what it was made over."""

    id: str
    timestamp: str
    signature: str
    payload: bytes
