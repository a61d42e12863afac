"""The steps of a card's version, as data: nobody approves what they wrote themselves, and a card in force stays until another takes its place."""

from datetime import date

from msgspec import Struct

from liandong.core.lifecycle import Guard, Lifecycle, row
from liandong.knowledge.model import CardScope, CardVersion

WRITERS = frozenset({"call_taker", "dispatcher", "supervisor", "admin", "unit"})
APPROVERS = frozenset({"supervisor", "leader", "admin"})
CLOCK = frozenset({"clock"})


class CardStep(Struct, frozen=True):
    """One step asked for. `ours`: this centre owns the card; `police`: it is a police centre. `digest`: of what was on the screen."""

    by: str
    unit: str | None
    today: date
    ours: bool
    police: bool
    digest: str = ""
    reason: str = ""


STATUSES = {
    "draft": ("草稿", "draft"),
    "submitted": ("待审核", "submitted"),
    "in_force": ("使用中", "in force"),
    "superseded": ("已被新版取代", "superseded"),
    "withdrawn": ("已撤下", "withdrawn"),
    "expired": ("已过有效期", "expired"),
    "dropped": ("已放弃", "dropped"),
}


def our_card(version: CardVersion, step: CardStep | None) -> str | None:
    """A copy of a peer's card is changed by its owner alone; others give feedback."""
    return None if step is None or step.ours else f"这是{version.owner}的卡片，本中心只有副本，可提交反馈"


def own_unit(version: CardVersion, step: CardStep | None) -> str | None:
    if step is None or step.unit is None or step.unit == version.content.unit:
        return None
    return "卡片不属于您的单位"


def another_person(version: CardVersion, step: CardStep | None) -> str | None:
    return "须由编写人以外的人审核" if step is not None and step.by == version.made_by else None


def what_was_seen(version: CardVersion, step: CardStep | None) -> str | None:
    """Whoever approves says what: the digest that was on the screen."""
    return None if step is None or step.digest == version.digest else "内容已不是您看到的那一份，请重新查看后再审核"


def still_valid(version: CardVersion, step: CardStep | None) -> str | None:
    until = version.content.valid_until
    return f"有效期至 {until}，已过" if step is not None and until is not None and until < step.today else None


def has_begun(version: CardVersion, step: CardStep | None) -> str | None:
    """The version in force is the one that is right today: the next is approved on its first day, not before."""
    day = version.content.valid_from
    return f"从 {day} 起才有效，请到那一天再审核" if step is not None and day is not None and day > step.today else None


def review_to_come(version: CardVersion, step: CardStep | None) -> str | None:
    day = version.content.review_on
    if step is None or day is None:
        return None
    return None if day > step.today else f"复核日期 {day} 不在今天之后，请改为以后的日期"


def police_card(version: CardVersion, step: CardStep | None) -> str | None:
    if step is None or version.content.scope != CardScope.POLICE or step.police:
        return None
    return "“公安内部”卡片只能由公安侧中心编写"


def says_why(version: CardVersion, step: CardStep | None) -> str | None:
    return None if step is None or step.reason.strip() else "请写明理由 reason"


def its_time_is_over(version: CardVersion, step: CardStep | None) -> str | None:
    until = version.content.valid_until
    return None if step is None or (until is not None and until < step.today) else "有效期未过"


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        our_card, own_unit, another_person, what_was_seen, still_valid, review_to_come, police_card, says_why, its_time_is_over, has_begun,
    )
}  # fmt: skip

LIFECYCLE: Lifecycle[CardVersion] = Lifecycle(
    "answer_card",
    statuses=STATUSES,
    initial={"draft"},
    final={"superseded", "withdrawn", "expired", "dropped"},
    guards=GUARDS,
    rows=(
        row("submit", "draft", "submitted", WRITERS, "card.submitted", "提交审核", "Put forward", guards=("our_card", "own_unit", "police_card", "still_valid")),
        row("send_back", "submitted", "draft", APPROVERS, "card.sent_back", "退回修改", "Send back", guards=("our_card", "says_why")),
        row(
            "approve", "submitted", "in_force", APPROVERS, "card.approved", "审核通过", "Approve",
            guards=("our_card", "another_person", "what_was_seen", "police_card", "has_begun", "still_valid", "review_to_come"), sends=("card.published.v1",),
        ),
        row("drop", "draft submitted", "dropped", WRITERS, "card.dropped", "放弃", "Drop", guards=("our_card", "own_unit")),
        row("withdraw", "in_force", "withdrawn", APPROVERS, "card.withdrawn", "撤下", "Withdraw", guards=("our_card", "says_why"), sends=("card.withdrawn.v1",)),
        row("supersede", "in_force", "superseded", CLOCK, "card.superseded", "被新版取代", "Superseded by the next version"),
        row("expire", "in_force", "expired", CLOCK, "card.expired", "过期", "Expire", guards=("our_card", "its_time_is_over"), sends=("card.withdrawn.v1",)),
    ),
)  # fmt: skip
