"""A node's HTTP application: its routes, the problems handler, health and metrics."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from liandong import __version__
from liandong.agreements import api as agreements_api
from liandong.agreements.steps import local_day
from liandong.assessment import api as assessment_api
from liandong.attachments import api as attachments_api
from liandong.attachments.store import SQL as ATTACHMENT_SQL
from liandong.audit import api as audit_api
from liandong.audit.figures import audit_gauges
from liandong.callbacks import answering as callbacks_page
from liandong.callbacks import api as callbacks_api
from liandong.cap import api as cap_api
from liandong.catalogue.linkage import LinkagePolicy
from liandong.console import reading as console_reading
from liandong.console import serving as console_serving
from liandong.core.db import TROUBLE
from liandong.core.garbage import set_aside
from liandong.core.http import EXCEPTION_HANDLERS, Counted
from liandong.core.places import SQL as PLACES_SQL
from liandong.core.timers import SQL as TIMER_SQL
from liandong.detectors import api as detectors_api
from liandong.discrepancies import api as discrepancies_api
from liandong.dispatching import api as dispatching_api
from liandong.drafting import api as drafting_api
from liandong.duplicates import api as duplicates_api
from liandong.emergencies import api as emergencies_api
from liandong.emergencies import desk_api as emergencies_desk
from liandong.exchange import api as exchange_api
from liandong.exchange.receive import SQL as EXCHANGE_SQL
from liandong.figures import ledger_figures
from liandong.handling import api as handling_api
from liandong.knowledge import api as knowledge_api
from liandong.messaging import api as messaging_api
from liandong.messaging.writing import SQL as MESSAGING_SQL
from liandong.negotiation import api as negotiation_api
from liandong.node import Node, open_node, work
from liandong.open311 import api as open311_api
from liandong.operating import outbox as operating_outbox
from liandong.operating import verifying as operating_verifying
from liandong.orders import api as orders_api
from liandong.orders.context import Actor
from liandong.oversight import api as oversight_api
from liandong.overview import api as overview_api
from liandong.partners import api as partners_api
from liandong.peers import api as peers_api
from liandong.people import accounts_api, exports, glass, oidc_api
from liandong.people import api as people_api
from liandong.people import live as people_live
from liandong.people.headers import SecurityHeaders
from liandong.policing import api as policing_api
from liandong.precedents import api as precedents_api
from liandong.repeats import api as repeats_api
from liandong.schema_page import SchemaPage
from liandong.settings import Settings
from liandong.suggesting import api as suggesting_api
from liandong.surge import api as surge_api
from liandong.topics import api as topics_api

log = logging.getLogger(__name__)


async def admitted(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Before every handler: who asks and whether the table of rights lets them (people/door.py)."""
    node: Node = connection.app.state.node
    await node.people.door.admit(connection)


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    actor: Actor = request.state.actor
    return actor


def provide_desk(request: Request[Any, Any, Any]) -> orders_api.Desk:
    return orders_api.Desk(request.state.actor, request.app.state.node.commands)


def provide_hidden_callers(request: Request[Any, Any, Any]) -> str:
    """What the desk needs to see a caller who is hidden: people.json."""
    node: Node = request.app.state.node
    return node.people.policy.hidden_callers


def provide_linkage(request: Request[Any, Any, Any]) -> LinkagePolicy:
    node: Node = request.app.state.node
    return node.policy.linkage


@get("/health", summary="Is this node able to work?", tags=["operations"])
async def health(request: Request[Any, Any, Any]) -> Response[bytes]:
    node: Node = request.app.state.node
    try:
        await node.pool.fetchval("SELECT 1", timeout=3)
        database = "ok"
    except TROUBLE as error:
        database = f"unreachable: {type(error).__name__}"
    body = {
        "status": "ok" if database == "ok" else "degraded",
        "centre": node.settings.centre,
        "version": __version__,
        "database": database,
    }
    return Response(
        msgspec.json.encode(body), status_code=200 if database == "ok" else 503, media_type="application/json"
    )


@get("/metrics", summary="Figures for Prometheus", tags=["operations"])
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    node: Node = request.app.state.node
    queues = await node.pool.fetch(EXCHANGE_SQL.queue_sizes)
    copies = await node.pool.fetch(ATTACHMENT_SQL.copy_counts)
    now = node.clock.now()
    behind = await node.pool.fetch(PLACES_SQL.behind, now)
    lines = [
        *[line for figure in await ledger_figures(node) for line in _gauge(*figure)],
        *_gauge(
            "liandong_outbox_pending",
            "Messages that wait for a peer",
            {f'peer="{r["peer"]}"': r["pending"] for r in queues},
        ),
        *_gauge(
            "liandong_outbox_oldest_seconds",
            "Age of the oldest waiting message",
            {f'peer="{r["peer"]}"': (now - r["oldest"]).total_seconds() for r in queues},
        ),
        *_gauge("liandong_outbox_dead", "Dead letters", {"": await node.pool.fetchval(EXCHANGE_SQL.dead_count)}),
        *_gauge(
            "liandong_inbox_unhandled",
            "Messages parked or refused",
            {"": await node.pool.fetchval(EXCHANGE_SQL.unhandled_count)},
        ),
        *_gauge(
            "liandong_clocks_late",
            "Clocks past their time that have not fired",
            {"": await node.pool.fetchval(TIMER_SQL.late_count, now)},
        ),
        *_gauge(
            "liandong_attachments_pending",
            "Files that a peer has not got yet",
            {f'peer="{r["peer"]}"': r["pending"] for r in copies},
        ),
        *_gauge(
            "liandong_following_seconds",
            "How far a reader of the ledger is behind",
            {f'name="{r["reader"]}"': r["seconds"] for r in behind},
        ),
        *_gauge(
            "liandong_notifications_dead",
            "Notifications that could not be sent",
            {"": await node.pool.fetchval(MESSAGING_SQL.dead_count)},
        ),
        *_gauge("liandong_commit_group_size", "Mean number of commands in a commit", {"": node.store.group_size}),
        *_gauge("liandong_commands_waiting", "Commands waiting for the database", {"": node.store.waiting}),
        *(line for gauge in await audit_gauges(node.pool, now) for line in _gauge(*gauge)),
    ]
    return Response(generate_latest() + ("\n".join(lines) + "\n").encode(), media_type=CONTENT_TYPE_LATEST)


def _gauge(name: str, text: str, values: dict[str, float]) -> list[str]:
    rows = [f"{name}{{{labels}}} {value}" if labels else f"{name} {value}" for labels, value in values.items()]
    return [f"# HELP {name} {text}", f"# TYPE {name} gauge", *rows]


def create_app(settings: Settings | None, node: Node | None = None, *, with_worker: bool = False) -> Litestar:
    """The application of one node. With a `node` given (tests), its owner opens and closes it.

    `with_worker`: this process also fires the clocks and sends to the peers.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        if node is not None:
            app.state.node = node
            yield
            return
        assert settings is not None
        async with open_node(settings) as opened:
            app.state.node = opened
            background = [
                asyncio.create_task(work(opened) if with_worker else opened.spoken.keep_reading(opened.pool)),
                asyncio.create_task(opened.reader.keep_current(opened.pool, opened.clock)),
                asyncio.create_task(opened.directory.keep_current(opened.pool, opened.clock, local_day)),
                asyncio.create_task(opened.suggesting.models.keep_current(opened.pool)),
            ]
            set_aside()
            yield
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)

    def part(name: str) -> Provide:
        def provide(request: Request[Any, Any, Any]) -> Any:
            return getattr(request.app.state.node, name)

        return Provide(provide, sync_to_thread=False)

    return Litestar(
        route_handlers=[
            *orders_api.HANDLERS,
            *exchange_api.HANDLERS,
            *discrepancies_api.HANDLERS,
            *peers_api.HANDLERS,
            *audit_api.HANDLERS,
            *agreements_api.HANDLERS,
            *attachments_api.HANDLERS,
            *duplicates_api.HANDLERS,
            *precedents_api.HANDLERS,
            *negotiation_api.HANDLERS,
            *policing_api.HANDLERS,
            *repeats_api.HANDLERS,
            *handling_api.HANDLERS,
            *dispatching_api.HANDLERS,
            *oversight_api.HANDLERS,
            *callbacks_api.HANDLERS,
            *callbacks_page.HANDLERS,
            *messaging_api.HANDLERS,
            *assessment_api.HANDLERS,
            *detectors_api.HANDLERS,
            *overview_api.HANDLERS,
            *operating_outbox.HANDLERS,
            *operating_verifying.HANDLERS,
            *console_reading.HANDLERS,
            *console_serving.HANDLERS,
            *people_api.HANDLERS,
            *accounts_api.HANDLERS,
            *people_live.HANDLERS,
            *open311_api.HANDLERS,
            *knowledge_api.HANDLERS,
            *surge_api.HANDLERS,
            *suggesting_api.HANDLERS,
            *topics_api.HANDLERS,
            *drafting_api.HANDLERS,
            *oidc_api.HANDLERS,
            *glass.HANDLERS,
            *exports.HANDLERS,
            *partners_api.HANDLERS,
            *cap_api.HANDLERS,
            *emergencies_api.HANDLERS,
            *emergencies_desk.HANDLERS,
            health,
            metrics,
        ],
        lifespan=[lifespan],
        dependencies={
            "actor": Provide(provide_actor, sync_to_thread=False),
            "desk": Provide(provide_desk, sync_to_thread=False),
            "people": part("people"),
            "live": part("live"),
            "commands": part("commands"),
            "store": part("store"),
            "pool": part("pool"),
            "clock": part("clock"),
            "receiver": part("receiver"),
            "opener": part("opener"),
            "teller": part("teller"),
            "colleagues": part("colleagues"),
            "audit_policy": part("audit_policy"),
            "agreements": part("agreements"),
            "running": part("reader"),
            "policy": part("policy"),
            "uploads": part("uploads"),
            "taker": part("taker"),
            "roads": part("roads"),
            "measures": part("measures"),
            "knowledge": part("knowledge"),
            "surge": part("surge"),
            "suggesting": part("suggesting"),
            "drafting": part("drafting"),
            "messaging": part("messaging"),
            "evaluation_page": part("evaluation_page"),
            "assessor": part("assessor"),
            "signer": part("signer"),
            "detecting": part("detecting"),
            "open311": part("open311"),
            "emergencies": part("emergencies"),
            "callers": part("callers"),
            "bursts": part("bursts"),
            "counting": part("counting"),
            "hidden_callers": Provide(provide_hidden_callers, sync_to_thread=False),
            "door": part("door"),
            "linkage": Provide(provide_linkage, sync_to_thread=False),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        middleware=[SecurityHeaders, Counted],
        guards=[admitted],
        request_max_body_size=1024 * 1024,
        openapi_config=OpenAPIConfig(
            title="Liandong 联动",
            version=__version__,
            path="/schema",
            render_plugins=[SchemaPage()],
            use_handler_docstrings=True,
        ),
        logging_config=None,
    )
