"""Who may hand over what to whom, and what ends a dispute. Shared by the exploration and by the proof that hand-overs end."""

from .state import BOUNCES, Centre, History, Offer, in_danger

RECALLABLE = (
    "offer",
    "withdrawing",
)  # as the sender had it: neither binding nor what a negotiation or a ruling has settled


def may_offer_whole(history: History, me: str, *, to: str, first: str) -> bool:
    """A pair that has settled a negotiation is settled for the round. Who had the matter before gets it again only as the one it
    came from or as the first receiver."""
    if pair(me, to) in history.settled:
        return False
    return to not in history.trail or to == first or to == came_from(history)


def opens_as_negotiation(history: History, to: str) -> bool:
    """Beyond the allowed bounces nobody passes the matter on without talking."""
    return to in history.trail and history.bounces >= BOUNCES


def taken(offer: Offer, me: str) -> History:
    """The history once `me` has taken what was offered."""
    history = moved(offer.history, me)
    return with_settled(history, pair(offer.peer, me)) if offer.how in ("negotiation", "ruled") else history


def moved(history: History, to: str) -> History:
    return history._replace(trail=history.trail + to, bounces=history.bounces + (to in history.trail))


def with_settled(history: History, which: str) -> History:
    return history._replace(settled=tuple(sorted({*history.settled, which})))


def came_from(history: History) -> str:
    """Who handed the matter to the one that has it."""
    return history.trail[-2:-1]


def pair(one: str, other: str) -> str:
    return "".join(sorted((one, other)))


def free_to_offer(x: Centre) -> bool:
    """Nothing of mine is open that could still be taken, and no danger holds the matter here."""
    return x.responsible and not x.done and not x.offers and not in_danger(x)
