"""Small wrong variants, some of them first ideas that the exploration refused. Each must be caught, or the promises prove nothing."""

from .handovers import Passing
from .people import Protocol
from .reading import find
from .state import POLICE, Message, Turn, in_danger, joined, whole


class WhoOffersLetsGoAtOnce(Protocol):
    def make_offer(self, x, to, *, how, part=False):
        turn = super().make_offer(x, to, how=how, part=part)
        turn.set(responsible=part)
        return turn


class RecallAgreedByLettingGo(Protocol):
    def agree(self, turn: Turn, to: str) -> None:
        self.bind(turn, to)
        turn.set(responsible=False, offers=())


class AStaleOfferIsAcceptedAgain(Protocol):
    """What is offered to a centre that has the matter is accepted a second time, and any acceptance counts."""

    def whole_at_responsible(self, turn, ask):
        turn.tell(ask.peer, "accepted", id=ask.id)

    def accepted(self, turn, sender, *, message):
        super().accepted(turn, sender, message=message)
        turn.set(responsible=False, follows=sender, offers=())


class KeptClosesAtOnce(Protocol):
    """`kept` needs no confirmation; an acceptance that crosses it wins whenever it comes."""

    def ask_to_close(self, x, offer, *, how):
        turn = super().ask_to_close(x, offer, how=how)
        if how == "keeping":
            turn.drop("offers", offer)
        return turn

    def accepted(self, turn, sender, *, message):
        super().accepted(turn, sender, message=message)
        if not in_danger(turn.x):
            turn.set(responsible=False, follows=turn.x.follows or sender)


class KeepingBeatsAnAcceptance(Protocol):
    def ask_to_close(self, x, offer, *, how):
        turn = super().ask_to_close(x, offer, how=how)
        if how == "keeping":
            turn.drop("offers", offer)
        return turn


class HandsBackWithoutConsent(Protocol):
    """At the deadline of a chain the question is closed and the matter handed back in one step."""

    def ask_to_close(self, x, offer, *, how):
        turn = super().ask_to_close(x, offer, how=how)
        if how == "handing_back":
            turn.drop("offers", offer)
            self.bind(turn, self.first)
        return turn

    def accepted(self, turn, sender, *, message):
        super().accepted(turn, sender, message=message)
        turn.set(responsible=False, follows=turn.x.follows or sender)


class ClaimsAreNotToldOn(Protocol):
    """Only whom the police desk knows learns of a claim."""

    def follow_claim(self, turn: Turn, sender: str, *, message: Message) -> None:
        super().follow_claim(turn, sender, message=message)
        turn.out.clear()


class ClaimsHaveNoNumber(Protocol):
    """Whoever hears of a claim follows, also when the police desk has handed the matter on meanwhile."""

    def claimed(self, turn, sender, *, message):
        turn.set(responsible=False, follows=POLICE)


class AnOfferFromBeforeAClaimIsTaken(Protocol):
    def offer(self, turn, sender, *, message):
        super().offer(turn, sender, message=message._replace(claim=max(message.claim, turn.x.claim)))


class ThePartBecomesTheWhole(Protocol):
    """Who takes the whole ends its part by itself."""

    def take(self, turn, ask):
        if not ask.part:
            turn.set(working=tuple(p for p in turn.x.working if p.peer != ask.peer))
        super().take(turn, ask)

    def accepted(self, turn, sender, *, message):
        offer = find(turn.x.offers, message.id)
        super().accepted(turn, sender, message=message)
        if offer and not offer.part:
            turn.set(given=tuple(p for p in turn.x.given if p.peer != sender))


class ThePoliceCallBackInsteadOfClaiming(Protocol):
    """In danger the police desk asks its offer back; an acceptance that crosses wins."""

    def danger_at_police(self, turn: Turn, seen: str) -> None:
        x = turn.x
        if not (x.responsible and whole(x.offers)):
            return super().danger_at_police(turn, seen)
        turn.set(seen=joined(x.seen, seen))
        for offer in whole(x.offers):
            turn.swap("offers", offer, how="withdrawing")
            turn.tell(offer.peer, "close", id=offer.id, how="withdrawing")


class OnlyTheFirstUrgentOfferIsAnswered(Protocol):
    """The police desk answers whom it takes the matter from, and nobody else."""

    def danger_at_police(self, turn: Turn, seen: str) -> None:
        super().danger_at_police(turn, seen)
        turn.out.clear()

    def urgent(self, turn, sender, *, message):
        if not set(message.seen) <= set(turn.x.seen):
            super().urgent(turn, sender, message=message)


class DangerWaitsForTheNegotiation(Protocol):
    def danger_at_hotline(self, turn: Turn, seen: str, *, told: str) -> None:
        if turn.x.offers or turn.x.asks:
            return turn.set(seen=joined(turn.x.seen, seen))
        super().danger_at_hotline(turn, seen, told=told)


class ThePoliceGiveDangerAway(Protocol):
    def free(self, x):
        return x.responsible and not x.done and not x.offers and (x.code == POLICE or not in_danger(x))


class ThePoliceKeepTheirOfferOpenInDanger(Protocol):
    def danger_at_police(self, turn: Turn, seen: str) -> None:
        if turn.x.responsible:
            return turn.set(seen=joined(turn.x.seen, seen))
        super().danger_at_police(turn, seen)


class AWithdrawalIsNeverAnswered(Protocol):
    def close(self, turn, sender, *, message):
        super().close(turn, sender, message=message)
        turn.out.clear()


class TheAskedOneHasNoDeadline(Protocol):
    def asked_one_has_a_deadline(self) -> bool:
        return False


class AReturnThatCrossedARulingIsForgotten(Protocol):
    """The ruling names the asked one, and the sender waits for it."""

    def returned(self, turn, sender, *, message):
        offer = find(turn.x.offers, message.id)
        if not (offer and offer.how == "ruled"):
            super().returned(turn, sender, message=message)


class AResultFromBeforeAClaimCounts(Protocol):
    """A result is taken whatever has happened since."""

    def answered(self, turn, sender, *, message):
        super().answered(turn, sender, message=message._replace(claim=turn.x.claim))
        if turn.x.code == self.first and not turn.x.done:
            turn.set(responsible=True, done=True)


class TheResultGoesToWhomItCameFrom(Protocol):
    def known_from(self, x, history):
        return x.knows


class AResultNeverOvertakesAnAcceptance(Protocol):
    """A first receiver that still holds itself responsible passes a result over."""

    def answered(self, turn, sender, *, message):
        if not turn.x.responsible:
            super().answered(turn, sender, message=message)


class WhoeverHadItMayRecall(Protocol):
    """Two recalls meet at one centre, and the second hides the first."""

    def may_recall(self, x, sender):
        return True


class ADeadlineStartsAgain(Protocol):
    """What is asked back is offered again by a clock, and asked back again."""

    def asking(self, x, offer):
        yield from super().asking(x, offer)
        turn = Turn(x)
        turn.swap("offers", offer, how="binding" if offer.how == "keeping" else "keeping")
        yield "deadline: starts again", turn


class WhatWasTakenBackMayBeTakenBackAgain(Passing):
    """Any hand-over may be recalled, also the one that a recall was."""

    def may_recall(self, place):
        return len(place.history.trail) > 1


class ASettledNegotiationIsForgotten(Passing):
    def may_offer(self, place, to):
        history = place.history._replace(settled=())
        return super().may_offer(place._replace(history=history), to)
