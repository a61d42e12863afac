"""What the centres know of one matter, and what is on its way between them. Pure data.

Centres: H a hotline (12345), P the police desk (110), G a third centre that does not act in danger (gas).
Channels are what the exchange gives: reliable, ordered for each sender and receiver, of any delay. A crash or a cut link is a long delay;
duplicates are removed by the inbox.
"""

from dataclasses import dataclass
from typing import NamedTuple

POLICE = "P"
BOUNCES = 2  # hand-overs back that need no negotiation, each round


class History(NamedTuple):
    """Of one round; it travels with every offer of the whole, so whoever is responsible knows all of it."""

    trail: str  # who was responsible, in order
    bounces: int = 0  # hand-overs to a centre that was responsible before
    settled: tuple[str, ...] = ()  # pairs whose negotiation was settled, each as two sorted letters


class Offer(NamedTuple):
    """As its sender keeps it (`peer`: the asked one) and as the asked one does (`peer`: the sender).

    `how`: offer, negotiation, ruled, binding; and while the sender asks to close it: withdrawing, keeping, handing_back.
    """

    id: tuple[int, str]  # number and issuer, so that offers that cross never share one
    peer: str
    how: str
    part: bool
    history: History
    claim: int


class Part(NamedTuple):
    """Joint handling: at the giver and at the one that works on it."""

    id: tuple[int, str]
    peer: str
    answered: bool = False


class Centre(NamedTuple):
    code: str
    history: History
    responsible: bool = False  # for the matter; who only works on a part is not
    done: bool = False  # the result is there (kept by the first receiver)
    follows: str = ""  # to whom the matter went from here
    offers: tuple[Offer, ...] = ()  # mine, not settled
    asks: tuple[Offer, ...] = ()  # to me, not answered
    given: tuple[Part, ...] = ()
    working: tuple[Part, ...] = ()
    recallable: str = ""  # to whom it went by a plain offer of mine
    recalling: bool = False  # I have asked whom I follow to give the matter back
    recalled: str = ""  # who has asked me
    number: int = 0  # of my own offers
    round: int = 1
    claim: int = 0  # the newest claim of the police desk that I know of
    seen: str = ""  # sightings of danger that I know of, each by the centre that saw it
    covered: str = (
        ""  # of these: at a hotline those known to the police desk, at the police desk those it has dispatched for
    )
    knows: str = ""  # centres that share or shared this matter, or were asked


class Message(NamedTuple):
    """Every message carries the sender's round, the newest claim it knows and the sightings that the police desk knows."""

    kind: str
    id: tuple[int, str] | None
    round: int
    claim: int
    known: str
    how: str = ""
    part: bool = False
    history: History | None = None
    seen: str = ""
    knows: str = ""


class State(NamedTuple):
    centres: tuple[Centre, ...]
    channels: tuple[tuple[Message, ...], ...]  # sender by sender, receiver by receiver; oldest first


@dataclass(frozen=True)
class Setting:
    """What is explored: which centres, who was reached first, and what people may do how often."""

    centres: str
    first: str
    offers: int  # by each centre
    sightings: str = ""  # who may see danger
    rounds: int = 1
    allowed: frozenset[str] = frozenset()  # of people: see people.py
    targets: tuple[str, ...] = ()  # pairs "HP" that may offer; empty: all

    def start(self) -> State:
        idle = [Centre(code, History("")) for code in self.centres]
        mine = History(self.first)
        centres = tuple(x._replace(responsible=True, history=mine) if x.code == self.first else x for x in idle)
        return State(centres, ((),) * len(idle) ** 2)

    def channel(self, sender: str, receiver: str) -> int:
        return self.centres.index(sender) * len(self.centres) + self.centres.index(receiver)


def joined(one: str, other: str) -> str:
    return one if set(other) <= set(one) else "".join(sorted(set(one) | set(other)))


def in_danger(x: Centre) -> bool:
    """A hotline: danger that the police desk may not know of. The police desk: danger that nobody was sent for."""
    return not set(x.seen) <= set(x.covered)


def whole(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    return tuple(o for o in offers if not o.part)


def parts(offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    return tuple(o for o in offers if o.part)


class Turn:
    """One step of one centre: its new state and what it sends. A message says what the centre knew when it was written."""

    def __init__(self, x: Centre) -> None:
        self.x = x
        self.out: list[tuple[str, Message]] = []

    def set(self, **change: object) -> None:
        self.x = self.x._replace(**change)  # type: ignore[arg-type]

    def tell(self, to: str, kind: str, **more: object) -> None:
        x = self.x
        known = x.seen if x.code == POLICE else x.covered
        message = Message(kind, more.pop("id", None), x.round, x.claim, known, **more)  # type: ignore[arg-type]
        self.out.append((to, message))
        if to not in x.knows:
            self.set(knows=joined(x.knows, to))

    def drop(self, name: str, item: Offer | Part) -> None:
        self.set(**{name: tuple(o for o in getattr(self.x, name) if o.id != item.id)})

    def swap(self, name: str, item: Offer | Part, **change: object) -> None:
        new = item._replace(**change)  # type: ignore[arg-type]
        self.set(**{name: tuple(new if o.id == item.id else o for o in getattr(self.x, name))})
