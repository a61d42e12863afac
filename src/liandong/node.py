"""The composition root: the one place where a node's parts are put together."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import asyncpg
import httpx

from liandong.agreements import receive as agreements_receive
from liandong.agreements.running import RunningCatalogue
from liandong.agreements.service import Agreements
from liandong.agreements.steps import local_day
from liandong.agreements.worker import keep_agreements
from liandong.assessment.freezing import Signer
from liandong.assessment.policy import load_rules
from liandong.assessment.reading import Assessor, keep_assessing
from liandong.attachments.admission import Admission, load_kinds
from liandong.attachments.pushing import HttpPut, Pusher, Put, keep_pushing
from liandong.attachments.settling import Settling, keep_settling
from liandong.attachments.taking import Taker
from liandong.attachments.uploads import Uploads
from liandong.audit.auditor import keep_auditing
from liandong.audit.checks import Auditor
from liandong.audit.model import load_audit
from liandong.audit.workers import keep_beating
from liandong.callbacks.answering import EvaluationPage
from liandong.callbacks.following import Following
from liandong.callbacks.invites import make_link
from liandong.callbacks.reacting import Reactor, keep_calling_back
from liandong.catalogue.arrangement import load_arrangement
from liandong.catalogue.calendar import state_council_calendar
from liandong.catalogue.callbacks import load_callbacks
from liandong.catalogue.centres import default_centres
from liandong.catalogue.clocks import load_clocks
from liandong.catalogue.messaging import load_messaging
from liandong.catalogue.oversight import load_oversight
from liandong.core import db
from liandong.core.clock import Clock, SystemClock
from liandong.core.keeping import kept
from liandong.core.timers import keep_firing
from liandong.detectors.policy import load_detectors
from liandong.detectors.running import Detecting, keep_detecting
from liandong.dispatching.handing_over import keep_handing_over
from liandong.drafting.asking import LargeModel
from liandong.drafting.service import Drafting
from liandong.emergencies.bursting import Bursts
from liandong.emergencies.bursts import default_bursts
from liandong.emergencies.callers import Callers
from liandong.emergencies.policy import load_emergencies
from liandong.emergencies.run_cards import load_run_cards
from liandong.emergencies.service import Emergencies
from liandong.emergencies.taking import KINDS as EMERGENCY_KINDS
from liandong.emergencies.taking import handlers as emergency_handlers
from liandong.emergencies.watching import Watching, keep_emergencies
from liandong.exchange import healing
from liandong.exchange.asking import Asker
from liandong.exchange.notices import Handlers
from liandong.exchange.receive import ACTIONS, Receiver
from liandong.exchange.sealing import Opener, PeerKey, Sealer, read_private, read_public
from liandong.exchange.send import HttpPost, Peer, Post, Sender, keep_sending
from liandong.handling.holes import check
from liandong.handling.policy import load_handling
from liandong.knowledge import sharing as cards_shared
from liandong.knowledge.service import Knowledge
from liandong.knowledge.worker import keep_cards
from liandong.messaging.gateways import gateways_of
from liandong.messaging.sending import Mailer, keep_messaging
from liandong.messaging.writing import Writer
from liandong.middle.pump import Pump, keep_pumping
from liandong.nightly import Nightly, clients, keep_nightly
from liandong.open311.api import Open311
from liandong.open311.model import default_open311, load_open311
from liandong.open311.reading import Reading
from liandong.open311.services import Services
from liandong.orders.commands import Commands
from liandong.orders.lifecycle import ENTRY_CLOCKS, LIFECYCLES
from liandong.orders.store import Store
from liandong.oversight.opening import keep_watching
from liandong.oversight.service import Measures
from liandong.overview.counting import Counting
from liandong.overview.districts import load_districts
from liandong.overview.model import default_overview
from liandong.partners.asking import Door
from liandong.partners.webhooks import Owing, Pushing, http_push, keep_pushing_events
from liandong.peers.api import Colleagues
from liandong.peers.asking import SpokenKinds, keep_asking, profile_of
from liandong.peers.telling import AboutAsker, Teller
from liandong.people import rooms
from liandong.people.glass import keep_watching_glass
from liandong.people.keys import KeyRing
from liandong.people.live import Hub
from liandong.policing.policy import load_policing
from liandong.policing.roads import load_roads
from liandong.policy import ZONE, CityPolicy
from liandong.precedents.jobs import keep_proposing
from liandong.precedents.store import with_precedents
from liandong.repeats.policy import load_repeats
from liandong.repeats.store import EarlierMatters
from liandong.roots import take
from liandong.roots.seal import Sealing
from liandong.settings import Settings
from liandong.suggesting.policy import load_suggesting
from liandong.suggesting.service import Suggesting
from liandong.suggesting.worker import keep_suggesting, keep_training
from liandong.surge.service import Surge
from liandong.surge.worker import keep_surge
from liandong.topics.keeping import keep_topics
from liandong.units.store import RunningDirectory

log = logging.getLogger(__name__)


class Node:
    """One centre's parts, wired. Use `open_node`."""

    def __init__(self, settings: Settings, *, pool: asyncpg.Pool, store: Store, clock: Clock) -> None:
        self.settings = settings
        self.pool = pool
        self.store = store
        self.clock = clock
        self.spoken = SpokenKinds()
        self.policy = policy_of(settings, speaks=self.spoken.speaks)
        self.reader = RunningCatalogue(self.policy)
        self.directory = RunningDirectory(self.policy)
        self.agreements = Agreements(centre=settings.centre, peers=tuple(settings.peers), pool=pool, clock=clock)
        self.keys = KeyRing(pool)
        self.knowledge = Knowledge(pool, clock, self.policy, peers=tuple(settings.peers))
        self.commands = Commands(
            policy=self.policy,
            store=store,
            pool=pool,
            reader=self.reader,
            clock=clock,
            cite=partial(with_precedents, pool),
            earlier=EarlierMatters(pool).find,
            cards=self.knowledge.cite,
        )
        self.surge = Surge(pool, clock, self.knowledge, self.commands, self.reader)
        chosen = settings.path(settings.suggesting_file) if settings.suggesting_file else None
        self.suggesting = Suggesting(pool, clock, self.policy, load_suggesting(chosen))
        self.drafting = Drafting(pool, clock, self.knowledge, large_model_of(settings))
        self._wire_emergencies()
        self.roads = load_roads(settings.path(settings.road_file)) if settings.road_file else None
        self.opener = Opener(settings.centre, peer_keys(settings))
        self.sealer = Sealer(read_private(settings.path(settings.key_file)), settings.kid)
        notices = {**notice_handlers(), **emergency_handlers(self.emergencies)}
        self.receiver = Receiver(pool=pool, commands=self.commands, opener=self.opener, clock=clock, notices=notices)
        self.auditor = auditor_of(settings, self.policy)
        self.audit_policy = self.auditor.audit
        self.colleagues = Colleagues([profile_of(code, default_centres()) for code in settings.peers], understood())
        self.teller = Teller(self.policy.profile, self.sealer, clock, kinds=self.colleagues.kinds, peers=settings.peers)

        self.settling = Settling(
            pool=pool,
            commands=self.commands,
            clock=clock,
            admission=self.policy.admission,
            settings=settings.attachments,
        )
        self.uploads = Uploads(
            pool=pool,
            orders=store,
            settling=self.settling,
            clock=clock,
            admission=self.policy.admission,
            settings=settings.attachments,
        )
        self.taker = Taker(pool=pool, opener=self.opener, clock=clock)
        self._wire_assessment()
        self._wire_oversight()
        self.people = rooms.of(settings, pool, clock, self.keys)
        self.live = Hub(pool)
        self._wire_interfaces()

    def _wire_emergencies(self) -> None:
        """Run cards with a hole stop the start: nobody may learn in an emergency that nobody is called."""
        settings, policy = self.settings, self.policy
        table = load_emergencies(_own(settings, settings.emergencies_file))
        centres = frozenset(default_centres())
        cards = load_run_cards(_own(settings, settings.run_cards_file), table, centres, policy.knows_unit)
        self.emergencies = Emergencies(self.pool, self.clock, policy, table, cards, peers=tuple(settings.peers))
        self.callers = Callers(self.emergencies, self.commands)
        self.bursts = Bursts(self.emergencies, default_bursts())
        self.watching = Watching(self.emergencies, self.callers, self.knowledge, self.bursts)

    def _wire_assessment(self) -> None:
        settings, pool, clock = self.settings, self.pool, self.clock
        folder = settings.path(settings.assessment_folder) if settings.assessment_folder else None
        self.assessor = Assessor(pool, clock, load_rules(folder), settings.centre)
        self.signer = Signer(read_private(settings.path(settings.key_file)), settings.kid)
        self.detecting = Detecting(pool, clock, load_detectors(folder))
        self.counting = Counting(pool, clock, default_overview(), settings.centre)
        self.districts = load_districts(settings.path(settings.map_file) if settings.map_file else None)

    def _wire_interfaces(self) -> None:
        """The open interfaces: partners' accounts, Open311, the exchange database."""
        settings, pool = self.settings, self.pool
        offered = load_open311(settings.path(settings.open311_file)) if settings.open311_file else default_open311()
        self.door = Door(pool, self.clock, settings.messaging)
        self.owing = Owing(self.clock)
        self.pump = Pump(pool, self.commands, self.store, self.clock)
        services = Services(offered, self.policy.kind)
        self.open311 = Open311(
            pool=pool,
            clock=self.clock,
            commands=self.commands,
            door=self.door,
            services=services,
            reading=Reading(pool, services, self.unit_name),
        )

    def unit_name(self, org_code: str) -> str | None:
        unit = self.policy.directory.last_known(org_code)
        return unit.short if unit else None

    def _wire_oversight(self) -> None:
        """What follows from the ledger inside the centre: people are told, callers are asked, rules react."""
        given, profile, callbacks = self.settings.messaging, self.policy.profile, self.policy.callbacks
        gateways = gateways_of(given, Path(self.settings.folder))
        url, names = given.public_url, (profile.name, profile.name_en)
        self.messaging = given
        self.writer = Writer(self.policy.messaging, self.clock, frozenset(gateways), names)
        self.mailer = Mailer(
            self.pool,
            self.clock,
            self.writer.policy,
            gateways,
            lambda invite, now: make_link(self.pool, url or "", invite, now),
        )
        links = url is not None and "sms" in gateways
        self.following = Following(callbacks, self.writer, self.clock, links=links)
        self.reactor = Reactor(self.pool, self.commands, self.store, self.clock, callbacks)
        self.measures = Measures(self.pool, self.clock, self.policy)
        self.evaluation_page = EvaluationPage(
            self.pool, self.commands, self.clock, callbacks, centre=names, proxies=given.trusted_proxies
        )

    def pusher(self, peer: str, put: Put) -> Pusher:
        return Pusher(
            centre=self.settings.centre,
            peer=peer,
            pool=self.pool,
            sealer=self.sealer,
            put=put,
            clock=self.clock,
            rate=self.settings.attachments.rate,
        )

    def sender(self, peer: str, post: Post) -> Sender:
        return Sender(
            centre=self.settings.centre, peer=peer, pool=self.pool, sealer=self.sealer, post=post, clock=self.clock
        )

    def asker(self, peer: str, client: httpx.AsyncClient) -> Asker:
        url = self.settings.peers[peer].url
        return Asker(
            centre=self.settings.centre, peer=peer, url=url, sealer=self.sealer, client=client, clock=self.clock
        )

    @property
    def sealing(self) -> Sealing:
        return Sealing(self.settings.centre, tuple(self.settings.peers), ZONE)

    @property
    def nightly(self) -> Nightly:
        return Nightly(self.pool, self.sealing, self.clock, at=self.settings.nightly_time)


@contextlib.asynccontextmanager
async def open_node(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Node]:
    pool = await db.create_pool(settings.dsn, size=settings.pool_size, name=f"liandong {settings.centre}")
    store = Store(settings.dsn, lanes=settings.commit_lanes)
    try:
        await store.start()
        node = Node(settings, pool=pool, store=store, clock=clock or SystemClock())
        await node.reader.refresh(pool, local_day(node.clock.now()))
        await node.directory.refresh(pool, local_day(node.clock.now()))
        await node.suggesting.models.refresh(pool)
        yield node
    finally:
        await store.stop()
        await pool.close()


async def work(node: Node) -> None:
    """The worker: timers, checks of files, a sender of messages and one of files for each peer, and what is done once a day.

    Runs until cancelled.
    """
    wakes = {peer: asyncio.Event() for peer in node.settings.peers}
    async with (
        httpx.AsyncClient(timeout=httpx.Timeout(20, connect=3), trust_env=False) as client,
        clients() as patient,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(kept(keep_firing, node.pool, node.clock, node.commands.fire))
        tasks.create_task(kept(keep_settling, node.settling))
        tasks.create_task(kept(_listen, node.settings.dsn, wakes))
        tasks.create_task(
            kept(keep_nightly, node.nightly, {peer: node.asker(peer, patient) for peer in node.settings.peers})
        )
        tasks.create_task(kept(keep_beating, node.pool, node.clock))
        tasks.create_task(kept(keep_auditing, node.pool, node.auditor, node.clock))
        tasks.create_task(kept(node.spoken.keep_reading, node.pool))
        tasks.create_task(kept(keep_assessing, node.assessor))
        tasks.create_task(kept(keep_detecting, node.detecting))
        asker = AboutAsker(client, node.opener, node.clock, centre=node.settings.centre)
        for profile in node.colleagues.profiles:
            url = node.settings.peers[profile.code].url
            tasks.create_task(kept(keep_asking, node.pool, asker, node.clock, peer=profile, url=url))
        tasks.create_task(kept(keep_agreements, node.pool, node.clock, running=node.reader, commands=node.commands))
        tasks.create_task(kept(node.directory.keep_current, node.pool, node.clock, local_day))
        tasks.create_task(kept(keep_handing_over, node.pool, node.clock, node.commands, local_day))
        tasks.create_task(kept(keep_proposing, node.pool, node.clock, node.policy.linkage.propose_after))
        tasks.create_task(kept(keep_messaging, node.pool, node.clock, node.writer, node.mailer))
        tasks.create_task(kept(keep_calling_back, node.pool, node.clock, node.following, node.reactor))
        tasks.create_task(kept(keep_watching, node.pool, node.clock))
        tasks.create_task(kept(keep_pumping, node.pump))
        tasks.create_task(kept(keep_cards, node.pool, node.clock, node.knowledge, node.policy))
        tasks.create_task(kept(keep_surge, node.surge))
        tasks.create_task(kept(node.suggesting.models.keep_current, node.pool))
        tasks.create_task(kept(keep_suggesting, node.pool, node.clock, node.commands, node.suggesting))
        tasks.create_task(kept(keep_topics, node.pool, node.clock, node.policy))
        tasks.create_task(kept(keep_training, node.pool, node.clock, node.policy, node.suggesting))
        tasks.create_task(kept(keep_emergencies, node.watching))
        tasks.create_task(kept(keep_watching_glass, node.pool, node.clock))
        pushing = Pushing(node.pool, node.clock, http_push(client))
        tasks.create_task(kept(keep_pushing_events, node.pool, node.clock, node.owing, pushing))
        for code, peer in node.settings.peers.items():
            sender = node.sender(code, HttpPost(client, Peer(code, peer.url)))
            tasks.create_task(kept(keep_sending, sender, node.settings.dsn, wakes[code]))
            pusher = node.pusher(code, HttpPut(client, Peer(code, peer.url)))
            tasks.create_task(kept(keep_pushing, pusher, node.settings.dsn))


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
        except db.TROUBLE as error:
            log.warning("listener: %s", error)
        await asyncio.sleep(1)


def large_model_of(settings: Settings) -> LargeModel | None:
    """Raises OSError where its key can't be read."""
    given = settings.large_model
    if given is None:
        return None
    key = settings.path(given.key_file).read_text(encoding="utf-8").strip() if given.key_file else ""
    return LargeModel(given, key)


def notice_handlers() -> Handlers:
    """What each kind of notice does (exchange.notices); capabilities are added here."""
    return {**take.NOTICES, **healing.NOTICES, **agreements_receive.HANDLERS, **cards_shared.HANDLERS}


def understood() -> list[str]:
    """Every kind of message that this program carries out."""
    return sorted({*ACTIONS, *notice_handlers(), *EMERGENCY_KINDS})


def auditor_of(settings: Settings, policy: CityPolicy) -> Auditor:
    audit = load_audit(settings.path(settings.audit_file) if settings.audit_file else None)
    acting = frozenset(code for code, centre in default_centres().items() if centre.acts_in_danger)
    return Auditor(policy, audit, acting=acting)


def policy_of(settings: Settings, *, speaks: Callable[[str, str], bool] = lambda peer, kind: True) -> CityPolicy:
    calendar = state_council_calendar()
    if settings.calendar_file:
        calendar = calendar.with_arrangement(load_arrangement(settings.path(settings.calendar_file)))
    clocks = load_clocks(settings.path(settings.clocks_file)) if settings.clocks_file else load_clocks()
    handling = load_handling(settings.path(settings.handling_file) if settings.handling_file else None)
    oversight = load_oversight(_own(settings, settings.oversight_file), frozenset(c.name for c in clocks.clocks))
    authorities = frozenset(one.code for one in oversight.authorities)
    check(clocks, handling, clocks_started(), authorities)
    listed = settings.attachments.types_file
    admission = Admission(settings.attachments.limits, load_kinds(settings.path(listed)) if listed else None)
    arbitration = frozenset(code for code, peer in settings.peers.items() if peer.arbitration)
    return CityPolicy(
        settings.centre,
        tuple(settings.peers),
        clocks=clocks,
        calendar=calendar,
        arbitration=arbitration,
        speaks=speaks,
        admission=admission,
        policing=load_policing(settings.path(settings.policing_file) if settings.policing_file else None),
        repeats=load_repeats(settings.path(settings.repeats_file) if settings.repeats_file else None),
        handling=handling,
        oversight=oversight,
        callbacks=load_callbacks(_own(settings, settings.callbacks_file), authorities),
        messaging=load_messaging(_own(settings, settings.messaging_file), events_of_orders()),
    )


def _own(settings: Settings, name: str) -> Path | None:
    return settings.path(name) if name else None


def events_of_orders() -> frozenset[str]:
    """Every event that may happen to an order, its birth among them."""
    rows = {row.event for lifecycle in LIFECYCLES.values() for row in lifecycle.rows}
    return frozenset(rows | {"order.accepted", "transfer.asked", "transfer.taken_urgently"})


def clocks_started() -> set[str]:
    """Every clock that an order may start."""
    rows = {clock for lifecycle in LIFECYCLES.values() for row in lifecycle.rows for clock in row.starts}
    return rows.union(*ENTRY_CLOCKS.values())


def peer_keys(settings: Settings) -> dict[str, PeerKey]:
    return {
        kid: PeerKey(code, read_public(text))
        for code, peer in settings.peers.items()
        for kid, text in peer.public_keys.items()
    }


def settings_path(folder: Path, centre: str) -> Path:
    return folder / f"{centre}.toml"
