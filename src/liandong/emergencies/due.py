"""When a centre has to look at an emergency again, and what of it still waits: pure."""

from datetime import datetime, timedelta

from liandong.emergencies.model import AgreedAnswer, Emergency, Task


def next_due(state: Emergency, centre: str) -> datetime | None:
    """When this centre has to look again: it watches what it gave, what it sent, and what it declared."""
    if state.status not in ("open", "ended"):
        return None
    due: list[datetime | None] = [one.due_at for one in state.tasks if one.given_by == centre and is_watched(one)]
    if state.status == "open":
        due += [one.check_in_due for one in state.tasks if one.given_by == centre and one.status == "accepted"]
        due += [
            receipt.due_at
            for sent in state.broadcasts
            if sent.centre == centre
            for receipt in sent.receipts
            if receipt.status == "waiting"
        ]
        if state.centre == centre:
            due += [state.sitrep_due, None if state.report_overdue else state.report_due]
    due += [one.over_at or state.ended_at or one.agreed_at for one, _ in card_work(state, centre)]
    return min((one for one in due if one is not None), default=None)


def card_work(state: Emergency, centre: str) -> list[tuple[AgreedAnswer, str]]:
    """Answers of this centre whose card has to be published or taken down: the newest agreed one has it while the emergency is open."""
    if state.is_drill:
        return []
    current = state.answer if state.status == "open" else None
    ours = [one for one in state.answers if one.centre == centre]
    found = [(one, "withdraw") for one in ours if one is not current and one.card not in ("", NO_CARD)]
    return found + [(one, "publish") for one in ours if one is current and one.card == ""]


NO_CARD = "-"  # the card could not be published; people were told


def is_watched(task: Task) -> bool:
    """Does its deadline still mean something? A refused one is passed on as soon as somebody looks."""
    if task.status in ("called", "refused") and task.substitutes:
        return True
    return task.is_open and not task.overdue


def later(at: datetime, minutes: float) -> datetime:
    return at + timedelta(minutes=minutes)
