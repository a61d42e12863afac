"""Guards of formal supervision inside a centre."""

from liandong.catalogue.oversight import default_oversight
from liandong.core.lifecycle import Guard
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot
from liandong.oversight.model import Oversight, OversightStatus
from liandong.supervision.rules import no_supervision_open, peer_at_work


def alive(snapshot: Snapshot) -> Oversight | None:
    return next((one for one in snapshot.oversights or () if one.is_alive), None)


def oversight_has_number(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.order.number else "本中心尚未受理，没有工单编号，不能督办"


def unit_to_oversee(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Somebody has to reply: the unit that has the order, or one that is named."""
    if asked is None or snapshot.order.unit:
        return None
    unit = asked.data.unit
    if unit is None:
        return "工单没有承办单位，请在 unit 中写明督办哪个单位"
    return None if asked.policy.knows_unit(unit) else f"没有机构代码为“{unit}”的承办单位，请从单位目录中选择"


def authority_known(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None:
        return None
    policy = asked.policy.oversight
    authority = policy.authority(asked.data.authority)
    if authority is None:
        return f"没有“{asked.data.authority}”这一督办层级，可用：{'、'.join(one.code for one in policy.authorities)}"
    if authority.roles & asked.actor.roles:
        return None
    return f"“{authority.zh}”需要角色：{'、'.join(sorted(authority.roles - {'clock'}))}"


def no_oversight_as_high(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """One at a time; a higher authority takes it over. Before somebody says which authority, it may be a higher one."""
    now = alive(snapshot)
    if now is None:
        return None
    highest = default_oversight().highest  # of a city's own table only a request knows
    authority = asked.policy.oversight.authority(asked.data.authority) if asked is not None else None
    rank = highest if asked is None else authority.rank if authority else 0
    return None if rank > now.rank else f"督办 {now.number} 尚未办结；可由更高层级提级督办"


def asks_jointly(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Both centres supervise: the one at work across is asked the same question by the linkage's supervision."""
    if asked is not None and not asked.data.joint:
        return "没有要求联合督办"
    return peer_at_work(snapshot, asked) or no_supervision_open(snapshot, asked)


def asks_alone(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return (
        "联合督办需要有其他中心正在承办，且上一次跨中心督办已办结" if asked is not None and asked.data.joint else None
    )


def oversight_open(snapshot: Snapshot, asked: Asked | None) -> str | None:
    now = alive(snapshot)
    return None if now and now.status == OversightStatus.OPEN else "没有等待回复的督办"


def oversight_replied(snapshot: Snapshot, asked: Asked | None) -> str | None:
    now = alive(snapshot)
    return None if now and now.status == OversightStatus.REPLIED else "没有等待审核的督办回复"


def under_oversight(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if alive(snapshot) else "该工单没有进行中的督办"


def overseen_unit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A unit's key replies for its own unit only; people of the centre may write down what the unit says."""
    now = alive(snapshot)
    if asked is None or asked.actor.unit is None or now is None or asked.actor.unit == now.unit:
        return None
    return "督办的不是您的单位"


def of_its_authority(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Who may open at this level may judge and withdraw."""
    now = alive(snapshot)
    authority = asked.policy.oversight.authority(now.authority) if now and asked is not None else None
    if asked is None or authority is None or authority.roles & asked.actor.roles:
        return None
    return f"“{authority.zh}”由这些角色审核、撤销：{'、'.join(sorted(authority.roles - {'clock'}))}"


def judged_by_another(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whoever wrote the reply does not judge it."""
    now = alive(snapshot)
    by = now.rounds[-1].replied_by if now else ""
    return "回复由本人填写，须由另一人审核" if asked is not None and by and by == asked.actor.id else None


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        oversight_has_number,
        unit_to_oversee,
        authority_known,
        no_oversight_as_high,
        asks_jointly,
        asks_alone,
        oversight_open,
        oversight_replied,
        under_oversight,
        overseen_unit,
        of_its_authority,
        judged_by_another,
    )
}
