"""Guards of danger: who acts first, who has heard of it, who may claim (plan 二(三)1; docs/ownership.md)."""

from liandong.core.lifecycle import Guard
from liandong.linkage.model import TransferStatus
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot


def danger_stays(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The police desk never lets a matter in danger go before it has dispatched."""
    part = asked is None or getattr(asked.data, "part", False)  # for the screen: a part could go
    return "存在危险，派警之前不能转出" if undispatched_danger(snapshot) and not part else None


def danger_stays_whole(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return "存在危险，派警之前不能转出" if undispatched_danger(snapshot) else None


def undispatched_danger(snapshot: Snapshot) -> bool:
    """Danger at a desk that sends forces, with nobody on the way (a dispatch that was returned counts for nothing)."""
    return snapshot.order.sends_forces and snapshot.order.danger and snapshot.dispatch is None


def danger_to_police(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A hotline hands danger to the police desk and to nobody else before that."""
    order = snapshot.order
    if asked is None or not order.danger or order.sends_forces or police_have_it(snapshot, asked):
        return None
    first = asked.policy.police()
    fits = asked.data.to == first if first else asked.policy.takes_danger(asked.data.to)
    return None if fits else "存在危险，须先转110（紧急）"


def no_talk_in_danger(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """No emergency waits for a negotiation (国办发〔2022〕12号)."""
    return "存在危险，不能协商：由110先行处置" if snapshot.order.danger else None


def police_first(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Where danger is known and there is no result, nobody talks on before a centre that acts in it has the matter or was called."""
    order = snapshot.order
    if not order.danger or order.is_resolved or (order.sends_forces and order.accepted_at is not None):
        return None
    if asked is not None and asked.policy.police() is None and not order.sends_forces:
        return None  # nobody to call
    transfers = snapshot.transfers or ()
    if any(t.direction == "out" and t.urgent for t in transfers):
        return None
    takers = {t.peer for t in transfers if t.direction == "in" or t.status == TransferStatus.ACCEPTED}
    takers |= {hop.centre for hop in order.path}
    if any(asked is None or asked.policy.takes_danger(taker) for taker in takers):
        return None  # for the screen any of them might
    if order.sends_forces:
        return "存在危险：请先接收或按“险情”处置，再通话或协商（danger: take it first）"
    return "存在危险：请先按“险情”告知110，再通话或协商（danger: call the police first）"


def police_have_it(snapshot: Snapshot, asked: Asked | None) -> bool:
    """In this round who acts in danger has taken this matter, or it came from the police desk, which claims it when it hears of danger."""
    ours = [t for t in snapshot.transfers or () if t.round == snapshot.order.round and t.is_with_peer]
    came = [t for t in ours if t.direction == "in" and t.status == TransferStatus.ACCEPTED]
    from_police = any(asked is None or t.peer == asked.policy.police() for t in came)
    return from_police or any(t.urgent for t in ours)


def police_called(snapshot: Snapshot) -> bool:
    """In this round the police desk was called, and has the matter or is bound to take it."""
    ours = (t for t in snapshot.transfers or () if t.round == snapshot.order.round and t.direction == "out")
    return any(t.urgent and (t.is_open or t.is_with_peer) for t in ours)


def danger_waits_here(snapshot: Snapshot, asked: Asked) -> bool:
    """This centre answers for a danger, sends nobody out by itself, and has not called the police."""
    order = snapshot.order
    mine = order.responsible and not order.is_resolved and order.danger and not order.sends_forces
    return mine and not police_called(snapshot) and not police_have_it(snapshot, asked)


def danger_unknown_there(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """We know of danger and the police desk did not when it offered: the word of it is on its way there, and it goes back."""
    ours = not snapshot.order.sends_forces and snapshot.order.danger
    return None if ours and asked is not None and not (asked.data.danger or asked.data.part) else "没有对方不知道的险情"


def police_not_yet_called(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whoever knows of danger calls the police itself, once, whoever else was called; a second press only tells."""
    called = _police_desk_knows(snapshot, asked) and not _told_by_one_that_cannot_claim(asked)
    return "110已接手或已紧急转110" if called else None


def _police_desk_knows(snapshot: Snapshot, asked: Asked | None) -> bool:
    """In this round the police desk itself was called, gave us the matter, or has claimed it."""
    police = asked.policy.police() if asked is not None else None
    for t in snapshot.transfers or ():
        if t.round != snapshot.order.round:
            continue
        called = t.urgent and t.direction == "out" and (t.is_open or t.is_with_peer) and police in {None, t.peer}
        came = t.direction == "in" and t.status == TransferStatus.ACCEPTED and t.peer == police
        claimed = t.urgent and t.status == TransferStatus.ACCEPTED and snapshot.order.claim > 0
        if called or came or claimed:
            return True
    return False


def _told_by_one_that_cannot_claim(asked: Asked | None) -> bool:
    """A police desk of the first version takes nothing back by itself: it waits for the urgent offer of whoever has the matter."""
    police = asked.policy.police() if asked is not None else None
    return asked is not None and asked.sender == police and not asked.policy.speaks(police, "danger.claimed.v1")


def told_by_other(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The word of danger comes from a centre that is not the police desk itself."""
    told = asked is not None and asked.sender == asked.policy.police()
    return "110已知险情" if told and not _told_by_one_that_cannot_claim(asked) else None


def acts_first(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The desk that acts first in danger, 110, takes what it only followed."""
    return None if asked is None or asked.policy.acts_first() else "由110先行处置"


def acts_beside(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A desk that sends forces out, but is not the first in danger (119, 120)."""
    return "本中心先行处置" if asked is None or asked.policy.acts_first() else None


def may_claim(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The police desk claims; whoever has the matter too may tell of its claim. Nobody else's word takes a matter out of our hands."""
    if (
        asked is None
        or asked.policy.side(asked.sender) == "police"
        or any(t.peer == asked.sender for t in snapshot.transfers or ())
    ):
        return None
    return "险情接管只能由公安报警台宣布，或由共同承办这件诉求的中心转告（only the police desk, or a centre of this matter, may say so）"


def newer_claim(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.claim > snapshot.order.claim else "该接管已知"


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        danger_stays,
        danger_stays_whole,
        danger_to_police,
        no_talk_in_danger,
        police_first,
        danger_unknown_there,
        police_not_yet_called,
        told_by_other,
        acts_first,
        acts_beside,
        may_claim,
        newer_claim,
    )
}
