"""The composition root: the one place where a node's parts are put together."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import asyncpg
import httpx

from liandong.catalogue.arrangement import load_arrangement
from liandong.catalogue.calendar import state_council_calendar
from liandong.catalogue.clocks import load_clocks
from liandong.core import db
from liandong.core.clock import Clock, SystemClock
from liandong.core.timers import keep_firing
from liandong.exchange.notices import Handlers
from liandong.exchange.receive import Receiver
from liandong.exchange.sealing import Opener, PeerKey, Sealer, read_private, read_public
from liandong.exchange.send import HttpPost, Peer, Post, Sender, keep_sending
from liandong.orders.commands import Commands
from liandong.orders.store import Store
from liandong.people.keys import KeyRing
from liandong.policy import CityPolicy
from liandong.precedents.jobs import keep_proposing
from liandong.precedents.store import with_precedents
from liandong.routing.reader import default_reader
from liandong.settings import Settings

log = logging.getLogger(__name__)


class Node:
    """One centre's parts, wired. Use `open_node`."""

    def __init__(self, settings: Settings, *, pool: asyncpg.Pool, store: Store, clock: Clock) -> None:
        self.settings = settings
        self.pool = pool
        self.store = store
        self.clock = clock
        self.policy = policy_of(settings)
        self.reader = default_reader()
        self.keys = KeyRing(pool)
        self.commands = Commands(
            policy=self.policy,
            store=store,
            pool=pool,
            reader=self.reader,
            clock=clock,
            cite=partial(with_precedents, pool),
        )
        self.opener = Opener(settings.centre, peer_keys(settings))
        self.sealer = Sealer(read_private(settings.path(settings.key_file)), settings.kid)
        self.receiver = Receiver(
            pool=pool, commands=self.commands, opener=self.opener, clock=clock, notices=notice_handlers()
        )

    def sender(self, peer: str, post: Post) -> Sender:
        return Sender(
            centre=self.settings.centre, peer=peer, pool=self.pool, sealer=self.sealer, post=post, clock=self.clock
        )


@contextlib.asynccontextmanager
async def open_node(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Node]:
    pool = await db.create_pool(settings.dsn, size=settings.pool_size, name=f"liandong {settings.centre}")
    store = Store(settings.dsn, lanes=settings.commit_lanes)
    try:
        await store.start()
        yield Node(settings, pool=pool, store=store, clock=clock or SystemClock())
    finally:
        await store.stop()
        await pool.close()


async def work(node: Node) -> None:
    """The worker: timers, and a sender for each peer. Runs until cancelled."""
    wakes = {peer: asyncio.Event() for peer in node.settings.peers}
    async with (
        httpx.AsyncClient(timeout=httpx.Timeout(20, connect=3), trust_env=False) as client,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(keep_firing(node.pool, node.clock, node.commands.fire))
        tasks.create_task(keep_proposing(node.pool, node.clock, node.policy.linkage.propose_after))
        tasks.create_task(_listen(node.settings.dsn, wakes))
        for code, peer in node.settings.peers.items():
            sender = node.sender(code, HttpPost(client, Peer(code, peer.url)))
            tasks.create_task(keep_sending(sender, node.settings.dsn, wakes[code]))


async def _listen(dsn: str, wakes: dict[str, asyncio.Event]) -> None:
    """A notice only wakes the senders earlier; looking every second is what they rely on."""

    def wake(*_: object) -> None:
        for event in wakes.values():
            event.set()

    closed = asyncio.Event()
    while True:
        try:
            closed.clear()
            connection = await db.connect(dsn, name="liandong listen")
            connection.add_termination_listener(lambda *_: closed.set())
            await connection.add_listener("outbox", wake)
            await closed.wait()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("listener: %s", error)
        await asyncio.sleep(1)


def notice_handlers() -> Handlers:
    """What each kind of notice does (exchange.notices); capabilities are added here."""
    return {}


def policy_of(settings: Settings) -> CityPolicy:
    calendar = state_council_calendar()
    if settings.calendar_file:
        calendar = calendar.with_arrangement(load_arrangement(settings.path(settings.calendar_file)))
    clocks = load_clocks(settings.path(settings.clocks_file)) if settings.clocks_file else load_clocks()
    arbitration = frozenset(code for code, peer in settings.peers.items() if peer.arbitration)
    return CityPolicy(settings.centre, tuple(settings.peers), clocks=clocks, calendar=calendar, arbitration=arbitration)


def peer_keys(settings: Settings) -> dict[str, PeerKey]:
    return {
        kid: PeerKey(code, read_public(text))
        for code, peer in settings.peers.items()
        for kid, text in peer.public_keys.items()
    }


def settings_path(folder: Path, centre: str) -> Path:
    return folder / f"{centre}.toml"
