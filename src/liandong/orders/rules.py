"""Guards of the order's own life: pure sentences about a snapshot and what is asked."""

from liandong.core.lifecycle import Guard
from liandong.linkage.danger_rules import police_have_it
from liandong.orders.context import DANGER_CLOCK, Asked
from liandong.orders.model import Snapshot

HELPING = frozenset({"raise_danger", "attach"})  # what a co-handler may do beside its share
MAX_CALL_BACKS = 3  # domain §4: three attempts on different half-days


def responsible(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.order.responsible else "本中心目前不是该诉求的责任方，请联系责任中心"


def own_unit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A unit's key only reaches orders dispatched to that unit; people of the centre reach all."""
    if asked is None or asked.actor.unit is None or asked.actor.unit == snapshot.order.unit:
        return None
    if asked.action in HELPING and snapshot.is_unit_of(asked.actor.unit):
        return None
    return "该工单没有派给您的单位"


def no_danger_waiting(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Danger is 110's first (plan 二(三)1): a hotline may not answer, guide away or dispatch it before 110 has it."""
    order = snapshot.order
    if not order.danger or order.sends_forces:
        return None
    return None if police_have_it(snapshot, asked) else "存在危险，须先转110（紧急），再作其他处理"


def unit_known(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None or asked.policy.knows_unit(asked.data.unit):
        return None
    return f"没有机构代码为“{asked.data.unit}”的承办单位，请从单位目录中选择"


def reason_typed(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Returns are typed (domain §2)."""
    if asked is None or asked.policy.knows_reason(asked.data.reason):
        return None
    return f"退回原因“{asked.data.reason}”不在目录中，如 not_our_duty、wrong_district、incomplete、duplicate、already_closed、other"


def evaluated_by_peer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The first receiver's call-back may arrive before we close."""
    return None if snapshot.order.evaluated_at else "尚未评价"


def calls_back_itself(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whoever took the call first calls back (plan 二(三)1: the first receiver's duty)."""
    order = snapshot.order
    return f"由首接中心{order.first_receiver}回访，结果会自动传来" if order.came_from_peer else None


def reached_or_last_attempt(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None or asked.data.reached or snapshot.order.call_backs + 1 >= MAX_CALL_BACKS:
        return None
    return "未接通，未满三次"


def amends_danger(snapshot: Snapshot, asked: Asked | None) -> str | None:
    facts = asked.data.facts if asked is not None else None
    says = facts is not None and facts.danger and snapshot.order.facts is not None
    return None if says and not snapshot.order.danger else "没有更正为险情"


def danger_unsent(snapshot: Snapshot, asked: Asked | None) -> str | None:
    order = snapshot.order
    waits = asked is not None and asked.data.clock == DANGER_CLOCK and (order.urgent or order.danger)
    return None if waits else "没有等待转出的险情"


def evaluation_lapsed(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.clock == "evaluation" else "不是评价时限"


def clock_runs(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return _clock_is("running", "没有正在走的这个时限", snapshot, asked)


def clock_may_rest(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None or asked.policy.may_pause(asked.data.clock):
        return None
    return "该时限关系安全或中心间衔接，不能暂停"


def clock_paused(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return _clock_is("paused", "没有已暂停的这个时限", snapshot, asked)


def _clock_is(status: str, refusal: str, snapshot: Snapshot, asked: Asked | None) -> str | None:
    found = any(t.status == status and (asked is None or t.name == asked.data.clock) for t in snapshot.timers or ())
    return None if found else refusal


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        responsible,
        own_unit,
        no_danger_waiting,
        unit_known,
        reason_typed,
        evaluated_by_peer,
        calls_back_itself,
        reached_or_last_attempt,
        amends_danger,
        danger_unsent,
        evaluation_lapsed,
        clock_runs,
        clock_may_rest,
        clock_paused,
    )
}
