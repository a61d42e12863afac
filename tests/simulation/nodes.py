"""A centre: what is durable (its Disk) and what a crash takes away (everything else: whatever was being carried out).

Commands, Sender and Receiver are the product's own. They run as coroutines that stop at named points, so that a crash, or
somebody faster, can come between any two of load, decide, commit, send, receipt.
"""

import types
from collections.abc import Callable, Coroutine, Generator
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.lanes import OutcomeUnknown
from liandong.exchange.contracts import Envelope
from liandong.exchange.receive import Receiver
from liandong.exchange.sealing import Opened
from liandong.exchange.send import Sender, Unreachable
from liandong.orders.commands import Commands
from liandong.orders.decide import Decision
from liandong.orders.model import Snapshot
from liandong.orders.store import Request, Written
from liandong.policy import CityPolicy
from liandong.routing.model import Facts, Scope

from .disk import Change, Disk, Statements
from .network import Network, Parcel, Wire
from .outside import SimulatedClock, point

Then = Callable[[Any, BaseException | None], None]
"""Hears how something ended: (result, problem)."""
_envelope = msgspec.json.Decoder(Envelope)
_encode = msgspec.json.Encoder().encode


class Stopped(Struct):
    """A coroutine that stands at a point: nobody knows yet how it ends."""

    coroutine: Coroutine[Any, Any, Any]
    then: Then


@types.coroutine
def answer_to(parcel: Parcel) -> Generator[Parcel, Any, Any]:
    """The receipts, whenever the network brings them; or Unreachable."""
    return (yield parcel)


class Memory:
    """Stands where the product has its Store."""

    def __init__(self, disk: Disk) -> None:
        self.disk = disk

    async def load(self, order_id: UUID) -> Snapshot | None:
        await point()
        return self.disk.load(order_id)

    async def commit(self, decision: Decision, request: Request | None = None) -> Written | None:
        await point()
        if self.disk.stumbles and not self.disk.stumbles[0]:
            self.disk.stumbles.pop(0)
            raise OutcomeUnknown("the connection broke before the commit")
        written = self.disk.write(decision, request)
        if self.disk.stumbles:
            self.disk.stumbles.pop(0)
            raise OutcomeUnknown("the connection broke after the commit")
        await point()
        return written


class PlainSeal:
    """Envelopes as they are: who may speak is tested elsewhere, what is said is tested here."""

    def seal(self, envelope: Envelope) -> str:
        return _encode(envelope).decode()

    def open(self, sealed: str) -> Opened:
        payload = sealed.encode()
        return Opened(_envelope.decode(payload), sha256(payload).hexdigest(), sealed)


class DutifulReader:
    """Finds nothing in a text; a person says what is in it."""

    def read(self, text: str, centre: str) -> Facts:
        return Facts(centre, Scope.OWN)


class Node:
    """One centre. `up` False: nobody answers, nothing moves, the disk keeps what it has."""

    def __init__(self, policy: CityPolicy, *, clock: SimulatedClock, network: Network, journal: list[Change]) -> None:
        self.code = policy.centre
        self.policy = policy
        self.disk = Disk(self.code, journal)
        self._clock = clock
        self._network = network
        self.start()

    def start(self) -> None:
        """From the disk alone."""
        self.up = True
        self.stopped: list[Stopped] = []
        self.waiting: dict[str, tuple[Stopped, Parcel]] = {}  # senders that wait for receipts, by peer
        self.sending: set[str] = set()  # one batch at a time to a peer
        statements: Any = Statements(self.disk)
        store: Any = Memory(self.disk)
        reader: Any = DutifulReader()
        seal: Any = PlainSeal()
        self.commands = Commands(policy=self.policy, store=store, pool=statements, reader=reader, clock=self._clock)
        self._receiver = Receiver(pool=statements, commands=self.commands, opener=seal, clock=self._clock, notices={})
        self._senders: dict[str, Sender] = {}
        self._statements, self._seal = statements, seal

    def crash(self) -> None:
        """Everything but the disk is gone."""
        for stopped in (*self.stopped, *(sender for sender, _ in self.waiting.values())):
            stopped.coroutine.close()
        self.up = False
        self.stopped, self.waiting = [], {}

    def restart(self) -> None:
        self.disk.restart()
        self.start()

    def run(self, coroutine: Coroutine[Any, Any, Any], then: Then, pause: int = 0) -> None:
        """To its end, or to its `pause`-th point, where it stays in `stopped`. `then` hears how it ended."""
        self._drive(Stopped(coroutine, then), None, None, pause)

    def go_on(self, place: int, pause: int = 0) -> None:
        self._drive(self.stopped.pop(min(place, len(self.stopped) - 1)), None, None, pause)

    def send(self, peer: str, then: Then) -> None:
        """The sender to this peer takes what is pending to the wire and waits."""
        sender = self._senders.get(peer)
        if sender is None:
            sender = self._senders[peer] = Sender(
                centre=self.code, peer=peer, pool=self._statements, sealer=self._seal,
                post=_poster(self._network, (self.code, peer)), clock=self._clock,
            )  # fmt: skip
        self.sending.add(peer)

        def sent(result: Any, error: BaseException | None) -> None:
            self.sending.discard(peer)
            then(result, error)

        self.run(sender.send_pending(), sent)

    def hear(self, peer: str, receipts: list[Any] | None, pause: int = 0) -> None:
        """What the sender waited for: receipts, or None when there will be none."""
        stopped, _ = self.waiting.pop(peer)
        self._drive(stopped, receipts, Unreachable("no answer in time") if receipts is None else None, pause)

    def waits_for(self, parcel: Parcel) -> bool:
        waiting = self.waiting.get(parcel.wire[1])
        return waiting is not None and waiting[1] is parcel

    def receive(self, parcel: Parcel, then: Then, pause: int = 0) -> None:
        self.run(self._receiver.receive(parcel.sealed, parcel.wire[0]), then, pause)

    def _drive(self, run: Stopped, value: Any, error: BaseException | None, pause: int) -> None:
        try:
            while True:
                reached = run.coroutine.throw(error) if error is not None else run.coroutine.send(value)
                value = error = None
                if reached is not None:
                    self.waiting[reached.wire[1]] = (run, reached)
                    return
                pause -= 1
                if pause == 0:
                    self.stopped.append(run)
                    return
        except StopIteration as end:
            result, failure = end.value, None
        except Exception as problem:
            result, failure = None, problem
        run.then(result, failure)
        failure = error = None  # they hold this frame: let go of, both are gone when they are over


def _poster(network: Network, wire: Wire) -> Any:
    async def post(sealed: list[str]) -> Any:
        if not network.passes(*wire):
            raise Unreachable("cut")
        parcel = Parcel(wire, sealed)
        network.put(parcel)
        return await answer_to(parcel)

    return post


def expected(problem: BaseException | None) -> bool:
    """What a person or a sender is told in good order."""
    return problem is None or isinstance(problem, AppError | Unreachable | OutcomeUnknown)
