"""What people and deadlines may do now, centre by centre."""

from collections.abc import Iterator

from . import rules
from .reading import Reading
from .state import POLICE, Centre, History, Offer, Turn, in_danger, parts, whole

Step = tuple[str, Turn]


class Protocol(Reading):
    """The whole protocol: what people do and what messages do.

    `Setting.allowed` names what is explored besides offering, accepting and returning: withdraw, negotiate, open (as a negotiation),
    rule, recall, part, dispatch, answer.
    """

    def steps(self, x: Centre) -> Iterator[Step]:
        """A step whose name starts with `deadline` needs nobody."""
        yield from self.offering(x)
        for ask in x.asks:
            yield from self.asked(x, ask)
        for offer in x.offers:
            yield from self.asking(x, offer)
        yield from self.recalling(x)
        yield from self.jointly(x)
        yield from self.facing_danger(x)
        yield from self.finishing(x)

    # Offers

    def offering(self, x: Centre) -> Iterator[Step]:
        allowed = self.setting.allowed
        for to in self.setting.centres.replace(x.code, ""):
            if x.number >= self.setting.offers or (self.setting.targets and x.code + to not in self.setting.targets):
                continue
            if self.free(x) and rules.may_offer_whole(x.history, x.code, to=to, first=self.first):
                if not rules.opens_as_negotiation(x.history, to):
                    yield f"offers to {to}", self.make_offer(x, to, how="offer")
                if "open" in allowed or rules.opens_as_negotiation(x.history, to):
                    yield f"opens a negotiation with {to}", self.make_offer(x, to, how="negotiation")
            if "part" in allowed and self.may_offer_part(x, to):
                yield f"offers a part to {to}", self.make_offer(x, to, how="offer", part=True)

    def free(self, x: Centre) -> bool:
        return rules.free_to_offer(x)

    def may_offer_part(self, x: Centre, to: str) -> bool:
        taken = any(o.peer == to for o in x.offers) or any(p.peer == to for p in x.given)
        return (
            x.responsible
            and not x.done
            and not whole(x.offers)
            and not taken
            and (x.code == POLICE or not in_danger(x))
        )

    def make_offer(self, x: Centre, to: str, *, how: str, part: bool = False) -> Turn:
        turn = Turn(x)
        offer = Offer((x.number + 1, x.code), to, how, part, x.history, x.claim)
        turn.set(number=x.number + 1, offers=(*x.offers, offer))
        turn.tell(to, "offer", id=offer.id, how=how, part=part, history=x.history)
        return turn

    def asked(self, x: Centre, ask: Offer) -> Iterator[Step]:
        yield f"accepts {ask.id}", self.answer(x, ask, how="accept")
        if ask.how == "offer":
            yield f"returns {ask.id}", self.answer(x, ask, how="plain")
            if "negotiate" in self.setting.allowed:
                turn = Turn(x)
                turn.swap("asks", ask, how="negotiation")
                turn.tell(ask.peer, "negotiate", id=ask.id)
                yield f"asks to negotiate {ask.id}", turn
        elif "rule" in self.setting.allowed:
            yield f"has a ruling on {ask.id} that names {ask.peer}", self.answer(x, ask, how="ruling")
        if ask.how == "negotiation" and x.code == self.first and self.asked_one_has_a_deadline():
            yield f"deadline: first receiver takes {ask.id}", self.answer(x, ask, how="accept")

    def asked_one_has_a_deadline(self) -> bool:
        return True

    def answer(self, x: Centre, ask: Offer, *, how: str) -> Turn:
        turn = Turn(x)
        if how == "accept":
            self.take(turn, ask)
        else:
            turn.drop("asks", ask)
            turn.tell(ask.peer, "returned", id=ask.id, how=how)
        return turn

    def asking(self, x: Centre, offer: Offer) -> Iterator[Step]:
        allowed = self.setting.allowed
        if "withdraw" in allowed and offer.how == "offer":  # in a negotiation the holder keeps
            yield f"withdraws {offer.id}", self.ask_to_close(x, offer, how="withdrawing")
        if offer.how == "offer":
            turn = Turn(x)
            turn.swap("offers", offer, how="negotiation")
            turn.tell(offer.peer, "negotiate", id=offer.id)
            yield f"deadline: {offer.id} becomes a negotiation", turn
        if offer.how != "negotiation":
            return
        third = self.first not in (x.code, offer.peer)
        mine = self.first == x.code or (third and offer.part)
        yield f"{'deadline or agreement: ' if mine else ''}keeps {offer.id}", self.ask_to_close(x, offer, how="keeping")
        if third and not offer.part:
            step = self.ask_to_close(x, offer, how="handing_back")
            yield f"deadline: closes {offer.id} and hands back to the first receiver", step
        if "rule" in allowed:
            turn = Turn(x)
            turn.swap("offers", offer, how="ruled")
            turn.tell(offer.peer, "ruled", id=offer.id)
            yield f"has a ruling on {offer.id} that names {offer.peer}", turn

    def ask_to_close(self, x: Centre, offer: Offer, *, how: str) -> Turn:
        turn = Turn(x)
        turn.swap("offers", offer, how=how)
        turn.tell(offer.peer, "close", id=offer.id, how=how)
        return turn

    # Recall

    def recalling(self, x: Centre) -> Iterator[Step]:
        if "recall" not in self.setting.allowed:
            return
        if x.recallable and not x.responsible and not x.recalling and not in_danger(x):
            turn = Turn(x)
            turn.set(recalling=True)
            turn.tell(x.recallable, "recall")
            yield f"recalls the matter from {x.recallable}", turn
        if x.recalled:
            turn = Turn(x)
            self.refuse_recall(turn)
            yield "deadline or decision: refuses the recall", turn
        if x.recalled and self.may_agree(x):
            turn = Turn(x)
            turn.set(recalled="")
            self.agree(turn, x.recalled)
            yield "agrees to the recall", turn

    def may_agree(self, x: Centre) -> bool:
        return x.responsible and not x.done and not x.offers and not in_danger(x)

    def agree(self, turn: Turn, to: str) -> None:
        self.bind(turn, to)

    # Joint handling

    def jointly(self, x: Centre) -> Iterator[Step]:
        for part in x.working:
            if not part.answered:
                turn = Turn(x)
                turn.swap("working", part, answered=True)
                turn.tell(part.peer, "part_answered", id=part.id)
                yield f"answers its part {part.id}", turn
        for part in x.given:
            if part.answered:
                turn = Turn(x)
                turn.drop("given", part)
                turn.tell(part.peer, "joint_ended", id=part.id)
                yield f"ends the joint handling {part.id}", turn

    # Danger

    def facing_danger(self, x: Centre) -> Iterator[Step]:
        shares = x.code == self.first or x.knows
        if shares and x.code in self.setting.sightings and x.code not in x.seen:
            turn = Turn(x)
            if x.code == POLICE:
                self.danger_at_police(turn, x.code)
            else:
                self.danger_at_hotline(turn, x.code, told="")
            yield "sees danger", turn
        if x.code == POLICE and x.responsible and in_danger(x) and "dispatch" in self.setting.allowed:
            turn = Turn(x)
            turn.set(covered=x.seen)
            yield "dispatches", turn
            if "part" in self.setting.allowed and x.number < self.setting.offers and self.may_offer_part(x, "H"):
                yield "dispatches and offers a part to H", self.make_offer(turn.x, "H", how="offer", part=True)

    # The end of a round

    def finishing(self, x: Centre) -> Iterator[Step]:
        if "answer" not in self.setting.allowed:
            return
        if x.responsible and not x.done and not x.offers and not x.given and not in_danger(x):
            turn = Turn(x)
            self.refuse_recall(turn)
            turn.set(responsible=x.code == self.first, done=x.code == self.first)
            for other in x.knows:
                turn.tell(other, "answered")
            yield "gives the result", turn
        if x.done and x.code == self.first and x.round < self.setting.rounds:
            turn = Turn(x)
            turn.set(done=False, round=x.round + 1, history=History(x.code), asks=parts(x.asks))
            yield "reopens", turn
