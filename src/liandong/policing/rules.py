"""Guards of the police side: pure sentences about a snapshot and what is asked."""

from stdnum.cn import ric

from liandong.core.lifecycle import Guard
from liandong.orders.context import Asked
from liandong.orders.model import Order, Snapshot
from liandong.policing.model import NOTHING, SUPPORT_MOVES, Delay, Policing, Support, SupportState
from liandong.policing.questions import read, unfit


def policing_of(order: Order) -> Policing:
    return order.policing or NOTHING


def answers_fit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is None else unfit(asked.policy.policing.questions, asked.data.answers)


def answers_show_danger(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Danger that nobody knew of yet; answers never take it away."""
    shows = asked is not None and read(asked.policy.policing.questions, asked.data.answers).danger
    return None if shows and not snapshot.order.danger else "回答没有显示新的危险"


def not_lowered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A level once given is lowered only by two people."""
    level = snapshot.order.level
    if asked is None or level is None or asked.data.level <= level:
        return None
    return f"现为{level}级，降级须申请并由另一人批准（ask_lower_level）"


def graver(snapshot: Snapshot, asked: Asked | None) -> str | None:
    level = snapshot.order.level
    if level == 1:
        return "已是最高级别"
    if asked is None or level is None or asked.data.level < level:
        return None
    return f"现为{level}级，提级应为更小的数字；降级请用 ask_lower_level"


def milder(snapshot: Snapshot, asked: Asked | None) -> str | None:
    level = snapshot.order.level
    if level is None or level == 5:
        return "尚未定级，请直接定级" if level is None else "已是最低级别"
    if asked is None or asked.data.level > level:
        return None
    return f"现为{level}级，不是降级"


def lowering_waits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if policing_of(snapshot.order).lowering else "没有等待批准的降级申请"


def no_lowering_waits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return "已有降级申请等待批准" if policing_of(snapshot.order).lowering else None


def by_another_than_asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Four eyes."""
    lowering = policing_of(snapshot.order).lowering
    own = asked is not None and lowering is not None and lowering.asked_by == asked.actor.id
    return "降级须由申请人以外的人批准" if own else None


def not_set_out(snapshot: Snapshot, asked: Asked | None) -> str | None:
    sent = snapshot.dispatch
    return None if sent is not None and sent.set_out_at is None else "已经出发，或没有派警"


def own_or_supporting_unit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The unit that was sent first, or one beside it."""
    if asked is None or asked.actor.unit is None or asked.actor.unit == snapshot.order.unit:
        return None
    there = asked.actor.unit in policing_of(snapshot.order).supporting
    return None if there else "该警单没有派给您的单位"


def unit_not_there(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None:
        return None
    there = {snapshot.order.unit, *policing_of(snapshot.order).supporting}
    return "该单位已在本警单中，请另选单位" if asked.data.unit in there else None


def call_waits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Where a call is named, it has to be one that waits; where none is named, there need be none."""
    if asked is None or asked.data.no is None:
        return None
    one = policing_of(snapshot.order).support(asked.data.no)
    return None if one is not None and one.state == SupportState.ASKED else f"没有等待派出的第{asked.data.no}号增援请求"


def last_call_answered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Nobody else waits for support once this one is sent."""
    return None if len(policing_of(snapshot.order).waiting) == 1 else "还有增援请求在等待，或没有请求"


def support_moves(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Forward only, and by the unit itself or the desk."""
    policing = policing_of(snapshot.order)
    if asked is None:
        return None if any(not one.over for one in policing.supports) else "没有增援"
    one = policing.support(asked.data.no)
    if one is None:
        return f"没有第{asked.data.no}号增援"
    if asked.actor.unit not in {None, one.unit or snapshot.order.unit}:
        return "这一增援没有派给您的单位"
    return _moves(one, asked.data.state)


def ends_last_call(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The call for support is taken back, and nobody else waits for some."""
    waiting = policing_of(snapshot.order).waiting
    ends = (
        asked is not None and asked.data.state == SupportState.ENDED and [one.no for one in waiting] == [asked.data.no]
    )
    return None if ends else "没有撤回最后一个增援请求"


def resident_ids_fit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A resident's number has its check digit (GB 11643): one that does not is a slip of the pen. Other documents are not checked."""
    people = asked.data.people if asked is not None else []
    wrong = [one.name or "未具名" for one in people if len(one.id_number) == 18 and not ric.is_valid(one.id_number)]
    return f"{'、'.join(wrong)}的公民身份号码校验不通过，请核对；不清楚时请留空" if wrong else None


def delay_explained(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A late arrival is explained before the order is closed; nothing that helps anybody waits for it."""
    delay = _delay(snapshot)
    return None if delay is None or delay.is_explained else "到场超时，请出警单位先说明原因（explain_delay）"


def delay_to_explain(snapshot: Snapshot, asked: Asked | None) -> str | None:
    delay = _delay(snapshot)
    return "没有需要说明的到场超时" if delay is None or delay.is_explained else None


def cause_typed(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None or asked.data.cause in asked.policy.policing.delay_causes:
        return None
    causes = "、".join(f"{code}（{zh}）" for code, zh in asked.policy.policing.delay_causes.items())
    return f"超时原因“{asked.data.cause}”不在目录中，请选择：{causes}"


def delay_to_review(snapshot: Snapshot, asked: Asked | None) -> str | None:
    delay = _delay(snapshot)
    waits = delay is not None and delay.is_explained and delay.accepted is None
    return None if waits else "没有等待审核的超时说明"


def by_another_than_explained(snapshot: Snapshot, asked: Asked | None) -> str | None:
    delay = _delay(snapshot)
    own = asked is not None and delay is not None and delay.explained_by == asked.actor.id
    return "超时说明须由说明人以外的人审核" if own else None


def no_case_yet(snapshot: Snapshot, asked: Asked | None) -> str | None:
    case = policing_of(snapshot.order).case
    return f"已转案件办理，案件编号{case.number}" if case else None


def _delay(snapshot: Snapshot) -> Delay | None:
    return policing_of(snapshot.order).delay


def _moves(one: Support, state: SupportState) -> str | None:
    if state in SUPPORT_MOVES[one.state]:
        return None
    return f"第{one.no}号增援现为 {one.state}，不能改为 {state}"


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        answers_fit,
        answers_show_danger,
        not_lowered,
        graver,
        milder,
        lowering_waits,
        no_lowering_waits,
        by_another_than_asked,
        not_set_out,
        own_or_supporting_unit,
        unit_not_there,
        call_waits,
        last_call_answered,
        support_moves,
        ends_last_call,
        resident_ids_fit,
        delay_explained,
        delay_to_explain,
        cause_typed,
        delay_to_review,
        by_another_than_explained,
        no_case_yet,
    )
}
