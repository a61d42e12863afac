"""The steps of a version, as data: nothing counts before both centres have agreed to the very same content and its day has come.

The receiver's agreement settles it: a proposer only asks to take its proposal back, and an agreement on its way wins.
"""

from typing import Any

from liandong.agreements.model import Asked, Standing
from liandong.core.lifecycle import Guard, Lifecycle, Transition

PEOPLE = frozenset({"admin", "supervisor"})
READERS = PEOPLE | {"auditor"}
PEER = frozenset({"peer"})
CLOCK = frozenset({"clock"})

STATUSES = {
    "draft": ("草稿", "draft"),
    "proposed": ("待答复", "proposed"),
    "withdrawing": ("撤回中", "being withdrawn"),
    "agreed": ("双方已同意", "agreed"),
    "declined": ("未同意", "declined"),
    "withdrawn": ("已撤回", "withdrawn"),
    "in_force": ("执行中", "in force"),
    "superseded": ("已被取代", "superseded"),
}
FINAL = frozenset({"declined", "withdrawn", "superseded"})
ON_TABLE = frozenset({"proposed", "withdrawing"})
SETTLED = frozenset(STATUSES) - ON_TABLE - {"draft"}

# A second click, or the same notice by another way: the step was taken, nothing happens again.
ALREADY = {
    "propose": frozenset({"proposed", "agreed", "in_force"}),
    "agree": frozenset({"agreed", "in_force"}),
    "decline": frozenset({"declined"}),
    "withdraw": frozenset({"withdrawing", "withdrawn"}),
    "note_agreed": frozenset({"agreed", "in_force", "superseded"}),
    "note_declined": frozenset({"declined"}),
}


def sound(standing: Standing, asked: Asked | None) -> str | None:
    return f"内容有误，不能生效：{'；'.join(standing.faults[:5])}" if standing.faults else None


def built_on_newest(standing: Standing, asked: Asked | None) -> str | None:
    """Nobody undoes, unseen, what was agreed since: a version starts from the newest agreed one."""
    version, head = standing.version, standing.head
    if head.digest is None or version.base == head.digest:
        return None
    return f"底稿不是双方最近同意的第 {head.no} 版，请先比较差异，再从该版重新拟定"


def next_number(standing: Standing, asked: Asked | None) -> str | None:
    if standing.version.no == standing.head.no + 1:
        return None
    return f"提议的是第 {standing.version.no} 版，本中心与对方已同意到第 {standing.head.no} 版"


def nothing_of_ours_waits(standing: Standing, asked: Asked | None) -> str | None:
    """With one proposal of ours on the table nothing else may be agreed, so two that cross are never both agreed."""
    return "本中心有一份提议在等对方答复，请先撤回它" if standing.ours_on_table else None


def day_to_come(standing: Standing, asked: Asked | None) -> str | None:
    if asked is None:
        return None
    if asked.effective_from is None:
        return "请给出生效日期"
    return None if asked.effective_from >= asked.today else f"生效日期 {asked.effective_from} 已过"


def same_content(standing: Standing, asked: Asked | None) -> str | None:
    """Whoever agrees says to what: the digest that was on the screen."""
    version = standing.version
    if asked is None or asked.digest == version.digest:
        return None
    return f"摘要不符：版本内容的摘要是 {version.digest[:12]}…，请查看后再答复"


def same_day(standing: Standing, asked: Asked | None) -> str | None:
    day = standing.version.effective_from
    return None if asked is None or asked.effective_from == day else f"生效日期不符：应为 {day}"


def ours(standing: Standing, asked: Asked | None) -> str | None:
    return None if standing.version.is_ours else "这是对方提出的版本"


def theirs(standing: Standing, asked: Asked | None) -> str | None:
    return "这是本中心提出的版本，由对方答复" if standing.version.is_ours else None


def confirmation(standing: Standing, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.confirmed else "对方没有确认撤回"


def request(standing: Standing, asked: Asked | None) -> str | None:
    return "这是撤回的确认" if asked is not None and asked.confirmed else None


def its_day_has_come(standing: Standing, asked: Asked | None) -> str | None:
    day = standing.version.effective_from
    return None if asked is not None and day is not None and day <= asked.today else "生效日期未到"


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        sound, built_on_newest, next_number, nothing_of_ours_waits, day_to_come, same_content, same_day, ours, theirs,
        confirmation, request, its_day_has_come,
    )
}  # fmt: skip


def _row(
    action: str,
    sources: str,
    target: str | None,
    roles: frozenset[str],
    event: str,
    label: str,
    label_en: str,
    **more: Any,
) -> Transition:
    return Transition(
        action=action, sources=frozenset(sources.split()), target=target, roles=roles, event=event, label=label, label_en=label_en, **more
    )  # fmt: skip


ROWS = (
    _row("propose", "draft", "proposed", PEOPLE, "catalogue.proposed", "提请对方同意", "Propose",
         guards=("ours", "same_content", "day_to_come", "nothing_of_ours_waits", "built_on_newest", "sound"), sends=("catalogue.proposed.v1",)),
    _row("agree", "proposed", "agreed", PEOPLE, "catalogue.agreed", "同意", "Agree",
         guards=("theirs", "same_content", "nothing_of_ours_waits", "next_number", "built_on_newest", "sound"), sends=("catalogue.agreed.v1",)),
    _row("decline", "proposed", "declined", PEOPLE, "catalogue.declined", "不同意", "Decline",
         guards=("theirs", "same_content"), sends=("catalogue.declined.v1",)),
    _row("withdraw", "draft", "withdrawn", PEOPLE, "catalogue.draft_dropped", "撤销草稿", "Drop the draft"),
    _row("withdraw", "proposed", "withdrawing", PEOPLE, "catalogue.withdrawal_requested", "撤回提议", "Withdraw",
         guards=("ours",), sends=("catalogue.withdrawn.v1",)),
    _row("note_agreed", "proposed withdrawing", "agreed", PEER, "catalogue.agreed_by_peer", "对方同意", "Agreed by the peer",
         guards=("ours", "same_content", "same_day")),
    _row("note_declined", "proposed withdrawing", "declined", PEER, "catalogue.declined_by_peer", "对方不同意", "Declined by the peer",
         guards=("ours", "same_content")),
    _row("note_withdrawn", "proposed", "withdrawn", PEER, "catalogue.withdrawn_by_peer", "对方撤回", "Withdrawn by the peer",
         guards=("theirs", "request"), sends=("catalogue.withdrawn.v1",)),
    _row("note_withdrawn", "withdrawing", "withdrawn", PEER, "catalogue.withdrawal_confirmed", "撤回得到确认", "Withdrawal confirmed",
         guards=("ours", "confirmation")),
    _row("note_withdrawn", " ".join(sorted(SETTLED)), None, PEER, "catalogue.withdrawal_too_late", "对方撤回（已有结果）", "Withdrawal came too late"),
    _row("come_into_force", "agreed", "in_force", CLOCK, "catalogue.came_into_force", "生效", "Came into force", guards=("its_day_has_come",)),
    _row("supersede", "agreed in_force", "superseded", CLOCK, "catalogue.superseded", "被取代", "Superseded"),
)  # fmt: skip

LIFECYCLE: Lifecycle[Standing] = Lifecycle(
    "catalogue_version", statuses=STATUSES, initial={"draft", "proposed"}, final=FINAL, rows=ROWS, guards=GUARDS
)
