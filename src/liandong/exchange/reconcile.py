"""Compares both sides' view of the matters they share, and says in words what differs. Pure; exchange/healing.py does the asking.

What is still on its way is no difference: a message that waits in an outbox explains itself.
"""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from liandong.exchange.views import VIEWS_ASKED, MatterView, ViewsAsked, shared_matters
from liandong.orders.model import RESOLVED

ON_THE_WAY = "on_the_way"
KINDS = {
    "on_the_way": "消息还在路上，自己会好 / on its way, heals by itself",
    "restored": "一方恢复过较早的备份，丢失了自己发过的消息 / one side was restored from an older backup",
    "stuck": "有死信 / a dead letter",
    "missing": "一方没有这个诉求 / one side does not have the matter",
    "lost": "一方缺少已送达的消息，自动重发 / one side lacks what was delivered; sent again by itself",
    "result": "一方有结果，另一方没有 / one side has a result that the other lacks",
    "closed": "一方已结束，另一方还在办 / one side has ended, the other goes on",
    "no_owner": "无人负责 / nobody is responsible",
    "two_owners": "双方都认为自己负责 / both are responsible",
    "transfer": "转交的状态不同 / the transfer stands otherwise",
}
SERIOUS = tuple(kind for kind in KINDS if kind != ON_THE_WAY)


class Difference(Struct, frozen=True):
    """`kind`: one of KINDS. `we_lack_after`, `they_lack_after`: the last number that side has, where later ones can be sent again."""

    matter_id: UUID
    kind: str
    text: str
    we_lack_after: int | None = None
    they_lack_after: int | None = None


def compare(ours: Iterable[MatterView], theirs: Iterable[MatterView]) -> list[Difference]:
    """Differences by matter. Joint handling (a part handed over) may have two owners, each of its part."""
    other = {view.matter_id: view for view in theirs}
    found = []
    for view in ours:
        difference = _compare_one(view, other.get(view.matter_id))
        if difference is not None:
            found.append(difference)
    return found


def only_theirs(theirs: MatterView) -> Difference:
    """A matter that the peer shares with us, it says, and that we do not have."""
    if theirs.pending and theirs.received == 0:
        return Difference(theirs.matter_id, ON_THE_WAY, "对方的转交尚未送到")
    # What is not begun by an offer would only be refused.
    lacking = 0 if theirs.direction == "out" and theirs.sent and not theirs.dead else None
    return Difference(theirs.matter_id, "missing", "本方没有这个诉求，对方有", we_lack_after=lacking)


def _compare_one(ours: MatterView, theirs: MatterView | None) -> Difference | None:
    if theirs is None:
        return _only_ours(ours)
    return _numbers(ours, theirs) or _business(ours, theirs)


def _only_ours(ours: MatterView) -> Difference:
    if ours.dead:
        return _stuck(ours)
    if ours.pending and ours.received == 0:
        return Difference(ours.matter_id, ON_THE_WAY, "对方尚未收到")
    lacking = 0 if ours.direction == "out" and ours.sent and not ours.pending else None
    once = f"，但曾就它发来{ours.received}条消息：对方恢复过较早的备份，或删除了它" if ours.received else ""
    return Difference(ours.matter_id, "missing", f"对方没有这个诉求{once}", they_lack_after=lacking)


def _stuck(view: MatterView) -> Difference:
    return Difference(view.matter_id, "stuck", "有消息成为死信，请查明原因后重发（liandong outbox resend）")


def _numbers(ours: MatterView, theirs: MatterView) -> Difference | None:
    """What the counts of messages say. Who has received more than the other has sent proves that the other has forgotten."""
    counts = f"我方已发{ours.sent}条、对方已收{theirs.received}条；对方已发{theirs.sent}条、我方已收{ours.received}条"
    we_lack = ours.received if theirs.sent > ours.received and not theirs.pending and not theirs.dead else None
    they_lack = theirs.received if ours.sent > theirs.received and not ours.pending and not ours.dead else None

    def differs(kind: str, text: str) -> Difference:
        return Difference(ours.matter_id, kind, text, we_lack_after=we_lack, they_lack_after=they_lack)

    if ours.received > theirs.sent:
        return differs("restored", f"对方恢复过较早的备份，丢失了自己发过的消息，新消息会被拒收，请双方商定。{counts}")
    if theirs.received > ours.sent:
        return differs("restored", f"本方恢复过较早的备份，丢失了自己发过的消息，新消息会被拒收，请双方商定。{counts}")
    if ours.dead or theirs.dead:
        return _stuck(ours)
    if ours.sent != theirs.received or theirs.sent != ours.received:
        return differs(ON_THE_WAY if ours.pending or theirs.pending else "lost", counts)
    if ours.gaps or theirs.gaps:
        side = "我方" if ours.gaps else "对方"
        return differs("lost", f"{side}的收件记录中间缺了{ours.gaps or theirs.gaps}条，无法自动补齐，请人工核实")
    return None


def _business(ours: MatterView, theirs: MatterView) -> Difference | None:
    """What the two orders say, once both have had every message of the other."""

    def differs(kind: str, text: str) -> Difference:
        return Difference(ours.matter_id, kind, text)

    if not (ours.open or theirs.open):
        return None
    same = ours.transfer_id == theirs.transfer_id
    if same and ours.transfer_status == theirs.transfer_status == "accepted" and ours.round == theirs.round:
        for mine, other, who in ((ours, theirs, "我方"), (theirs, ours, "对方")):
            if _has_result_for(mine, other):
                return differs("result", f"{who}已有结果（{mine.status}），另一方没有收到（{other.status}）")
            if not mine.open and other.status not in RESOLVED:
                return differs("closed", f"{who}已结束（{mine.status}），另一方还在办（{other.status}）")
    if ours.status in RESOLVED or theirs.status in RESOLVED:
        return None
    if not (ours.responsible or theirs.responsible):
        return differs("no_owner", "双方都不认为自己负责，请立即由首接中心受理")
    if ours.responsible and theirs.responsible and not (ours.part or theirs.part):
        return differs("two_owners", "双方都认为自己负责，且不是共同处置")
    if same and ours.transfer_status != theirs.transfer_status:
        return differs("transfer", f"转交状态不同：我方{ours.transfer_status}，对方{theirs.transfer_status}")
    return None


def _has_result_for(one: MatterView, other: MatterView) -> bool:
    """Whoever took the matter over has its result, and the other neither has one nor has noted this one."""
    handles = one.direction == "in" and one.status in RESOLVED
    return handles and other.peer_result is False and other.status not in RESOLVED


__all__ = [
    "KINDS",
    "SERIOUS",
    "VIEWS_ASKED",
    "Difference",
    "MatterView",
    "ViewsAsked",
    "compare",
    "only_theirs",
    "shared_matters",
]
