"""What lies between two nodes in a story: the sender's post goes straight to the other node's receiver, unless the link is in trouble."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from liandong.core.clock import Clock
from liandong.exchange.receive import Receipt
from liandong.exchange.send import Unreachable

Take = Callable[[list[str]], Awaitable[list[Receipt]]]


class Link:
    """One direction between two centres. `posted` is every batch that was tried, `taken` every one that arrived."""

    def __init__(self, clock: Clock, take: Take) -> None:
        self._clock = clock
        self._take = take
        self._whole = True
        self._open_at: datetime | None = None
        self._copies = 1
        self._receipts_get_lost = 0
        self.posted: list[list[str]] = []
        self.taken: list[list[str]] = []

    def cut(self) -> None:
        self._whole = False

    def mend(self) -> None:
        self._whole = True
        self._open_at = None

    @property
    def is_whole(self) -> bool:
        return self._whole and (self._open_at is None or self._clock.now() >= self._open_at)

    def delay(self, **duration: float) -> None:
        """Nothing passes for this long."""
        self._open_at = self._clock.now() + timedelta(**duration)

    def duplicate(self, copies: int = 2) -> None:
        """Every batch arrives this many times."""
        self._copies = copies

    def lose_receipts(self, times: int = 1) -> None:
        """The next batches arrive, but their sender is not told."""
        self._receipts_get_lost = times

    async def post(self, sealed: list[str]) -> list[Receipt]:
        self.posted.append(sealed)
        if not self.is_whole:
            raise Unreachable("the link is cut")
        receipts = []
        for _ in range(self._copies):
            self.taken.append(sealed)
            receipts = await self._take(sealed)
        if self._receipts_get_lost:
            self._receipts_get_lost -= 1
            raise Unreachable("the receipt got lost")
        return receipts
