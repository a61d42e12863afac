"""Runs the checks one after the other and writes down what came of each."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime

import httpx

from liandong import __version__
from liandong.conformance import business, closing, danger, transport
from liandong.conformance.listener import Listener
from liandong.conformance.model import CHECKS, Check, Failed, NotReached, Outcome, Report, Result
from liandong.conformance.session import Session, Us
from liandong.core.clock import Clock
from liandong.exchange.sealing import Opener, PeerKey, Sealer

MODULES = (transport, business, danger, closing)  # importing them fills CHECKS; they run in this order
STEPS = 60  # of one check, kept for the report


def chosen(names: Iterable[str]) -> list[Check]:
    """All, or those named. Raises ValueError for a name that there is not."""
    order = [module.__name__ for module in MODULES]
    checks = sorted(CHECKS, key=lambda check: order.index(check.run.__module__))
    wanted = set(names)
    unknown = wanted - {check.name for check in checks}
    if unknown:
        raise ValueError(f"没有这些检查（no such checks）：{'、'.join(sorted(unknown))}")
    return [check for check in checks if not wanted or check.name in wanted]


def listener_of(us: Us, keys: dict[str, PeerKey], clock: Clock) -> Listener:
    return Listener(us.centre, opener=Opener(us.centre, keys), sealer=Sealer(us.key, us.kid), clock=clock)


async def run_checks(
    us: Us,
    url: str,
    *,
    listener: Listener,
    clock: Clock,
    checks: list[Check],
    within: float,
    desk: bool,
    tell: Callable[[Result], None] = lambda result: None,
) -> Report:
    """The listener is listening already. Never raises for what the other side does."""
    started, began = clock.now(), time.monotonic()
    results: list[Result] = []
    async with httpx.AsyncClient(timeout=httpx.Timeout(25, connect=5), trust_env=False) as client:
        session = Session(us, url, client, listener=listener, clock=clock, within=within, desk=desk)
        for one in checks:
            results.append(await _run(one, session))
            tell(results[-1])
        await session.tidy()
    return _report(us, url, results, started=started, seconds=time.monotonic() - began)


async def _run(one: Check, session: Session) -> Result:
    session.steps = []
    outcome, text = Outcome.PASSED, ""
    try:
        await one.run(session)
    except NotReached as error:
        outcome, text = Outcome.NOT_REACHED, str(error)
    except Failed as error:
        outcome, text = Outcome.FAILED, str(error)
    except (KeyError, TypeError, ValueError, AttributeError) as error:  # an answer of a form that nobody thought of
        outcome, text = Outcome.FAILED, f"应答不合规范（an answer of another form）：{type(error).__name__} {error}"
    steps = [] if outcome == Outcome.PASSED else session.steps[:STEPS]
    return Result(one.name, one.clause, one.zh, one.en, outcome, text, steps)


def _report(us: Us, url: str, results: list[Result], *, started: datetime, seconds: float) -> Report:
    return Report(url, us.peer, us.centre, __version__, started, round(seconds, 1), results)
