"""What a message does at its receiver, rule by rule."""

from . import rules
from .state import POLICE, Centre, History, Message, Offer, Part, Setting, Turn, in_danger, joined, parts, whole


class Reading:
    """The receiving half of the protocol. A wrong variant overrides a method (planted.py)."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.first = setting.first

    def read(self, x: Centre, sender: str, *, message: Message) -> Turn:
        turn = Turn(x)
        turn.set(knows=joined(x.knows, sender))
        self.learn(turn, sender, message=message)
        getattr(self, message.kind)(turn, sender, message=message)
        return turn

    # What every message tells besides its own meaning

    def learn(self, turn: Turn, sender: str, *, message: Message) -> None:
        x = turn.x
        if message.round > x.round:
            turn.set(round=message.round)
        if message.claim > x.claim:
            self.follow_claim(turn, sender, message=message)
        if x.code == POLICE:
            return
        turn.set(covered=joined(turn.x.covered, message.known), seen=joined(turn.x.seen, message.known))

    def follow_claim(self, turn: Turn, sender: str, *, message: Message) -> None:
        """The police desk has claimed the matter: whoever was responsible follows, what was open is overtaken; parts go on."""
        x = turn.x
        told = joined(message.knows, sender + POLICE + x.code)
        turn.set(
            responsible=False, done=False, follows=POLICE, recallable="", recalling=False, recalled="", claim=message.claim,
            offers=parts(x.offers), asks=parts(x.asks) + tuple(a for a in whole(x.asks) if a.claim >= message.claim),
            covered=joined(x.covered, message.known), seen=joined(x.seen, message.known),
        )  # fmt: skip
        for other in x.knows:
            if other not in told:
                turn.tell(other, "claimed", knows=joined(told, x.knows))

    # Offers

    def offer(self, turn: Turn, sender: str, *, message: Message) -> None:
        x = turn.x
        ask = Offer(message.id, sender, message.how, message.part, message.history, message.claim)
        turn.set(knows=self.known_from(x, message.history))
        if message.claim < x.claim or message.round < x.round:
            return turn.tell(sender, "returned", id=ask.id, how="stale")
        if ask.part:
            return self.offer_of_part(turn, ask)
        if x.responsible:  # my own acceptance or claim is on its way and settles this offer too
            return self.whole_at_responsible(turn, ask)
        if in_danger(x):  # the police desk may not know yet; the word is on its way there
            turn.tell(sender, "returned", id=ask.id, how="danger")
            return turn.set(recalling=False)
        turn.set(asks=(*x.asks, ask))
        if ask.how == "binding":
            self.take(turn, ask)

    def known_from(self, x: Centre, history: History) -> str:
        """Claims and results go to all who ever had the matter, not only to the one that it came from."""
        return joined(x.knows, history.trail.replace(x.code, ""))

    def offer_of_part(self, turn: Turn, ask: Offer) -> None:
        if turn.x.responsible:
            return turn.tell(ask.peer, "returned", id=ask.id, how="duplicate")
        turn.set(asks=(*turn.x.asks, ask))

    def whole_at_responsible(self, turn: Turn, ask: Offer) -> None:
        turn.tell(ask.peer, "returned", id=ask.id, how="duplicate")

    def take(self, turn: Turn, ask: Offer) -> None:
        """Responsible from this moment on."""
        turn.drop("asks", ask)
        if ask.part:
            turn.set(working=(*turn.x.working, Part(ask.id, ask.peer)))
        else:
            turn.set(
                responsible=True, follows="", recallable="", recalling=False, history=rules.taken(ask, turn.x.code)
            )
        turn.tell(ask.peer, "accepted", id=ask.id)

    def accepted(self, turn: Turn, sender: str, *, message: Message) -> None:
        """Counts as long as the question is open here; only an answer, consent or a claim has closed it otherwise."""
        offer = find(turn.x.offers, message.id)
        if offer is None:
            return
        turn.drop("offers", offer)
        if offer.part:
            return turn.set(given=(*turn.x.given, Part(offer.id, sender)))
        turn.set(responsible=False, follows=sender, recallable=sender if offer.how in rules.RECALLABLE else "")
        self.refuse_recall(turn)

    def returned(self, turn: Turn, sender: str, *, message: Message) -> None:
        offer = find(turn.x.offers, message.id)
        if offer is None:
            return
        turn.drop("offers", offer)
        if message.how == "ruling" or offer.how in ("keeping", "handing_back"):
            self.settle(turn, offer)
        if offer.how == "ruled" and message.how == "plain":  # it crossed the ruling, and the ruling stands
            self.bind(turn, offer.peer)
        if offer.how == "handing_back":
            self.bind(turn, self.first)

    def settle(self, turn: Turn, offer: Offer) -> None:
        if not offer.part:
            turn.set(history=rules.with_settled(turn.x.history, rules.pair(turn.x.code, offer.peer)))

    def bind(self, turn: Turn, to: str) -> None:
        """An offer that is taken at once: recall agreed, back to the first receiver, a ruling."""
        x = turn.x
        if not x.responsible or in_danger(x) or whole(x.offers):
            return
        offer = Offer((x.number + 1, x.code), to, "binding", False, x.history, x.claim)
        turn.set(number=x.number + 1, offers=(*x.offers, offer))
        turn.tell(to, "offer", id=offer.id, how="binding", history=x.history)

    # Negotiation and closing by consent

    def negotiate(self, turn: Turn, sender: str, *, message: Message) -> None:
        offer, ask = find(turn.x.offers, message.id), find(turn.x.asks, message.id)
        if offer and offer.how == "offer":
            turn.swap("offers", offer, how="negotiation")
        if ask:
            turn.swap("asks", ask, how="negotiation")

    def ruled(self, turn: Turn, sender: str, *, message: Message) -> None:
        ask = find(turn.x.asks, message.id)
        if ask:
            self.take(turn, ask._replace(how="ruled"))

    def close(self, turn: Turn, sender: str, *, message: Message) -> None:
        """Withdrawn or kept by the sender: closed if it was not answered before; else that answer is on its way and decides."""
        ask = find(turn.x.asks, message.id)
        if ask:
            turn.drop("asks", ask)
            turn.tell(sender, "closed", id=ask.id)

    def closed(self, turn: Turn, sender: str, *, message: Message) -> None:
        offer = find(turn.x.offers, message.id)
        if offer is None:
            return
        turn.drop("offers", offer)
        if offer.how != "withdrawing":
            self.settle(turn, offer)
        if offer.how == "handing_back":
            self.bind(turn, self.first)

    # Recall of a mistaken transfer

    def recall(self, turn: Turn, sender: str, *, message: Message) -> None:
        x = turn.x
        if x.responsible and not x.done and not in_danger(x) and self.may_recall(x, sender):
            turn.set(recalled=sender)
        else:
            turn.tell(sender, "recall_refused")

    def may_recall(self, x: Centre, sender: str) -> bool:
        """Only the one that the matter came from: an older hand-over is not undone past the one that followed it."""
        return rules.came_from(x.history) == sender

    def refuse_recall(self, turn: Turn) -> None:
        if turn.x.recalled:
            turn.tell(turn.x.recalled, "recall_refused")
            turn.set(recalled="")

    def recall_refused(self, turn: Turn, sender: str, *, message: Message) -> None:
        turn.set(recalling=False)

    # Danger

    def urgent(self, turn: Turn, sender: str, *, message: Message) -> None:
        """At the police desk only. Always answered, whoever has the matter: the sender must know that the police know."""
        x = turn.x
        if not set(message.seen) <= set(x.seen):
            turn.set(knows=joined(x.knows, (message.knows + message.history.trail).replace(POLICE, "")))
            if not x.responsible and len(message.history.trail) > len(x.history.trail):
                turn.set(history=message.history)
            self.danger_at_police(turn, message.seen)
        if not any(to == sender and sent.kind == "claimed" for to, sent in turn.out):
            turn.tell(sender, "claimed", knows=turn.x.knows)

    def danger_at_police(self, turn: Turn, seen: str) -> None:
        x = turn.x
        turn.set(seen=joined(x.seen, seen))
        self.refuse_recall(turn)
        if x.responsible and not x.done and not whole(x.offers):
            return
        history = x.history if x.responsible else rules.moved(x.history, POLICE)._replace(bounces=x.history.bounces)
        turn.set(
            responsible=True, done=False, follows="", recallable="", recalling=False, claim=x.claim + 1, history=history,
            offers=parts(x.offers), asks=parts(x.asks),
        )  # fmt: skip
        for other in x.knows:
            turn.tell(other, "claimed", knows=turn.x.knows)

    def claimed(self, turn: Turn, sender: str, *, message: Message) -> None:
        """All of it is in what every message tells (learn)."""

    def danger(self, turn: Turn, sender: str, *, message: Message) -> None:
        self.danger_at_hotline(turn, message.seen, told=sender)

    def danger_at_hotline(self, turn: Turn, seen: str, *, told: str) -> None:
        """Whoever knows tells the police desk itself, and everybody else: no link that is cut may stand between danger and 110."""
        x = turn.x
        if set(seen) <= set(x.seen):
            return
        turn.set(seen=joined(x.seen, seen), asks=parts(x.asks))
        for ask in whole(x.asks):
            turn.tell(ask.peer, "returned", id=ask.id, how="danger")
        self.refuse_recall(turn)
        for other in x.knows:
            if other not in told + POLICE:
                turn.tell(other, "danger", seen=turn.x.seen)
        turn.tell(POLICE, "urgent", seen=turn.x.seen, history=x.history, knows=x.knows)

    # Joint handling and results

    def part_answered(self, turn: Turn, sender: str, *, message: Message) -> None:
        part = find(turn.x.given, message.id)
        if part:
            turn.swap("given", part, answered=True)

    def joint_ended(self, turn: Turn, sender: str, *, message: Message) -> None:
        part = find(turn.x.working, message.id)
        if part:
            turn.drop("working", part)

    def answered(self, turn: Turn, sender: str, *, message: Message) -> None:
        """The result. What remains (the caller, the call-back) is the first receiver's."""
        x = turn.x
        turn.set(recallable="", recalling=False)
        if x.code != self.first or message.claim != x.claim:
            return
        overtook = bool(whole(x.offers)) and message.round == x.round  # it overtook the word that my offer was accepted
        if overtook or not x.responsible:
            turn.set(responsible=True, done=True, follows="", offers=parts(x.offers))


def find(items, id_):
    return next((item for item in items if item.id == id_), None)
