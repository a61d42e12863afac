"""Small wrong variants of the product. For every promise there is one that breaks it, or the promise proves nothing.

Each fault is planted with a MonkeyPatch; FAULTS says which promise must catch it.
"""

from collections.abc import Callable
from typing import Any

import pytest

from liandong.core.errors import AppError
from liandong.exchange import send
from liandong.exchange.receive import Receiver
from liandong.linkage import danger
from liandong.linkage.model import Binding
from liandong.linkage.offers import Offer, add, offer
from liandong.orders import commands
from liandong.orders import decide as deciding
from liandong.orders.context import Effect, Outgoing
from liandong.orders.decide import after
from liandong.orders.lifecycle import GUARDS

from .disk import Disk

Plant = pytest.MonkeyPatch


def changed_effect(plant: Plant, action: str, spoil: Callable[[Any, Any], None]) -> None:
    """The action's effect, spoilt afterwards: spoil(context, effect)."""
    right = deciding.EFFECTS[action]

    def wrong(ctx: Any) -> Any:
        effect = right(ctx)
        spoil(ctx, effect)
        return effect

    plant.setitem(deciding.EFFECTS, action, wrong)


# who is responsible


def who_offers_lets_go_at_once(plant: Plant) -> None:
    changed_effect(plant, "offer_transfer", lambda ctx, effect: effect.fields.update(responsible=False))


def acceptance_does_not_release_the_sender(plant: Plant) -> None:
    changed_effect(plant, "note_accepted", lambda ctx, effect: effect.fields.pop("responsible", None))


def progress_at_the_peer_throws_work_back(plant: Plant) -> None:
    right = deciding._decision

    def wrong(snapshot: Any, asked: Any, row: Any, effect: Any) -> Any:
        if row.action == "note_progress" and snapshot.order.responsible:
            row = deciding.msgspec.structs.replace(row, target=deciding.ENTRY[snapshot.order.kind])
        return right(snapshot, asked, row, effect)

    plant.setattr(deciding, "_decision", wrong)


def a_second_offer_may_be_made(plant: Plant) -> None:
    plant.setitem(GUARDS, "free_to_offer", lambda snapshot, asked: None)


# danger


def the_police_desk_may_give_danger_away(plant: Plant) -> None:
    plant.setitem(GUARDS, "danger_stays", lambda snapshot, asked: None)


def the_police_desk_keeps_its_offer_open_in_danger(plant: Plant) -> None:
    def spoil(ctx: Any, effect: Any) -> None:
        if ctx.snapshot.order.kind == "police_order":
            effect.transfers = [t for t in effect.transfers if t.status != "withdrawing"]

    changed_effect(plant, "raise_danger", spoil)


def danger_at_a_hotline_tells_nobody(plant: Plant) -> None:
    def spoil(ctx: Any, effect: Any) -> None:
        if ctx.snapshot.order.kind == "work_order":
            effect.messages = []

    changed_effect(plant, "raise_danger", spoil)


def a_call_of_danger_starts_no_clock(plant: Plant) -> None:
    plant.setattr(deciding, "DANGER_CLOCK", "callback")


def the_danger_clock_only_rings(plant: Plant) -> None:
    plant.setitem(GUARDS, "danger_unsent", lambda snapshot, asked: "wrong")


def people_talk_on_in_danger(plant: Plant) -> None:
    plant.setitem(GUARDS, "police_first", lambda snapshot, asked: None)


def progress_at_the_peer_ends_danger(plant: Plant) -> None:
    changed_effect(plant, "note_progress", lambda ctx, effect: effect.fields.update(danger=False))


def an_urgent_offer_waits_for_a_key(plant: Plant) -> None:
    """A desk that has no order of the matter yet takes every offer as an ordinary one."""
    right, replace = commands.decide_offer, deciding.msgspec.structs.replace

    def wrong(matter_id: Any, asked: Any) -> Any:
        decision = right(matter_id, replace(asked, data=replace(asked.data, urgent=False)))
        decision.event.body["asked"]["urgent"] = asked.data.urgent
        return decision

    plant.setattr(commands, "decide_offer", wrong)


# between many centres


def what_is_kept_is_closed_at_once(plant: Plant) -> None:
    """Without the other side's confirmation."""
    changed_effect(plant, "keep_matter", lambda ctx, effect: _closed(effect))
    changed_effect(plant, "negotiation.lapsed_kept", lambda ctx, effect: _closed(effect))


def _closed(effect: Any) -> None:
    effect.transfers = [deciding.msgspec.structs.replace(t, status="kept") for t in effect.transfers]


def a_claim_is_not_told_on(plant: Plant) -> None:
    """Only whom the police desk knows learns of it."""
    right = danger._tell

    def wrong(ctx: Any, *rest: Any, **more: Any) -> Any:
        return right(ctx, *rest, **more) if ctx.asked.policy.acts_first() else Effect()

    plant.setattr(danger, "_tell", wrong)


def what_was_offered_before_a_claim_is_taken(plant: Plant) -> None:
    plant.setitem(GUARDS, "void_offer", lambda snapshot, asked: "wrong")


def whoever_answers_has_answered_for_the_whole(plant: Plant) -> None:
    """A result counts whoever gives it, and whatever has been claimed since."""
    plant.setitem(GUARDS, "from_holder", lambda snapshot, asked: None)


def a_lapsed_matter_is_handed_back_in_one_step(plant: Plant) -> None:
    """Closed and offered to the first receiver at once, while an acceptance may be on its way."""

    def spoil(ctx: Any, effect: Any) -> None:
        order = ctx.snapshot.order
        if order.came_from_peer:
            _closed(effect)
            add(effect, offer(ctx, Offer(to=order.first_receiver, binding=Binding.FIRST_RECEIVER)))

    changed_effect(plant, "negotiation.lapsed_kept", spoil)


# loops


def a_withdrawal_is_never_answered(plant: Plant) -> None:
    changed_effect(plant, "note_withdrawal", lambda ctx, effect: effect.messages.clear())


def a_part_without_result_does_not_hold_the_close(plant: Plant) -> None:
    plant.setitem(GUARDS, "parts_answered", lambda snapshot, asked: "never")


def the_evaluation_stays_at_home(plant: Plant) -> None:
    changed_effect(plant, "evaluate", lambda ctx, effect: effect.messages.clear())


def a_return_is_noted_as_a_withdrawal(plant: Plant) -> None:
    plant.setitem(deciding.EFFECTS, "note_returned", deciding.EFFECTS["note_withdrawn"])


def a_supplement_is_sent_back(plant: Plant) -> None:
    def spoil(ctx: Any, effect: Any) -> None:
        effect.messages = [Outgoing(deciding.new_id(), ctx.asked.incoming.sender, ctx.asked.data)]

    changed_effect(plant, "note_supplement", spoil)


# commands


def a_key_counts_for_nothing(plant: Plant) -> None:
    right = Disk.write
    plant.setattr(Disk, "write", lambda disk, decision, request: right(disk, decision, None))


def any_version_will_do(plant: Plant) -> None:
    right = commands.Commands.act

    async def wrong(self: Any, order_id: Any, action: Any, actor: Any) -> Any:
        try:
            return await right(self, order_id, action, actor)
        except AppError as error:
            if error.code != "stale_version":
                raise
            newest = deciding.msgspec.structs.replace(action, version=error.extra["version"])
            return await right(self, order_id, newest, actor)

    plant.setattr(commands.Commands, "act", wrong)


def who_was_overtaken_is_told_that_it_is_done(plant: Plant) -> None:
    async def wrong(self: Any, snapshot: Any, decision: Any, request: Any = None) -> Any:
        written = await self._write(decision, request)
        return after(snapshot, decision, written.number if written else None)

    plant.setattr(commands.Commands, "_commit", wrong)


def a_commit_is_not_yet_durable(plant: Plant) -> None:
    """What was written last is gone after a crash, though it was answered."""
    right = Disk.restart

    def wrong(disk: Disk) -> None:
        right(disk)
        for entries in disk.ledger.values():
            del entries[1:]

    plant.setattr(Disk, "restart", wrong)


def a_clock_leaves_no_event(plant: Plant) -> None:
    right = Disk._keep

    def wrong(disk: Disk, before: Any, now: Any, decision: Any, request: Any) -> None:
        right(disk, before, now, decision, request)
        if decision.event.fired:
            disk.ledger[now.order.id].pop()

    plant.setattr(Disk, "_keep", wrong)


def a_clock_goes_on_after_it_fired(plant: Plant) -> None:
    changed_effect(plant, "due", lambda ctx, effect: effect.stops.clear())


# messages


def the_inbox_forgets(plant: Plant) -> None:
    plant.setattr(Receiver, "_answered_before", lambda self, opened, state: None)
    plant.setattr(Disk, "_handled", lambda disk, incoming: False)


def a_message_may_overtake_another(plant: Plant) -> None:
    right = Receiver._answered_before

    def wrong(self: Any, opened: Any, state: Any) -> Any:
        receipt = right(self, opened, state)
        return None if receipt is not None and receipt.code == "out_of_order" else receipt

    plant.setattr(Receiver, "_answered_before", wrong)


def a_dispatch_is_watched_by_nobody(plant: Plant) -> None:
    right = deciding._decision

    def wrong(snapshot: Any, asked: Any, row: Any, effect: Any) -> Any:
        if row.action == "dispatch":
            effect.starts, effect.timers = [], []
        return right(snapshot, asked, row, effect)

    plant.setattr(deciding, "_decision", wrong)


def whatever_was_sent_counts_as_delivered(plant: Plant) -> None:
    right = send.Sender._settle

    async def wrong(self: Any, rows: Any, receipts: Any) -> int:
        said = [deciding.msgspec.structs.replace(receipt, status="handled") for receipt in receipts]
        return await right(self, rows, said)

    plant.setattr(send.Sender, "_settle", wrong)


def a_message_says_when_it_was_sent_last(plant: Plant) -> None:
    right = send.envelope_of

    def wrong(row: Any, centre: str, peer: str) -> Any:
        at = deciding.msgspec.structs.replace(right(row, centre, peer))
        return deciding.msgspec.structs.replace(at, body=at.body | {"try": deciding.new_id()})

    plant.setattr(send, "envelope_of", wrong)


FAULTS: dict[Callable[[Plant], None], str] = {
    who_offers_lets_go_at_once: "somebody_is_responsible",
    acceptance_does_not_release_the_sender: "one_owner_unless_joint",
    progress_at_the_peer_throws_work_back: "a_message_throws_no_work_back",
    a_second_offer_may_be_made: "nothing_fails_inside",
    the_police_desk_may_give_danger_away: "the_police_keep_danger",
    the_police_desk_keeps_its_offer_open_in_danger: "the_police_keep_danger",
    danger_at_a_hotline_tells_nobody: "known_danger_is_with_the_police",
    a_call_of_danger_starts_no_clock: "danger_is_watched",
    the_danger_clock_only_rings: "the_danger_clock_tells_somebody",
    people_talk_on_in_danger: "no_emergency_waits_for_a_talk",
    progress_at_the_peer_ends_danger: "only_a_person_lowers_danger",
    an_urgent_offer_waits_for_a_key: "danger_is_taken_at_once",
    what_is_kept_is_closed_at_once: "one_owner_unless_joint",
    a_claim_is_not_told_on: "one_owner_unless_joint",
    what_was_offered_before_a_claim_is_taken: "one_owner_unless_joint",
    whoever_answers_has_answered_for_the_whole: "the_caller_hears_the_end_at_the_end",
    a_lapsed_matter_is_handed_back_in_one_step: "one_owner_unless_joint",
    a_withdrawal_is_never_answered: "both_sides_see_the_same",
    a_part_without_result_does_not_hold_the_close: "every_loop_is_closed",
    the_evaluation_stays_at_home: "every_loop_is_closed",
    a_return_is_noted_as_a_withdrawal: "both_sides_see_the_same",
    a_supplement_is_sent_back: "everything_comes_to_rest",
    a_key_counts_for_nothing: "a_press_takes_effect_once",
    any_version_will_do: "a_press_takes_effect_once",
    who_was_overtaken_is_told_that_it_is_done: "what_was_answered_is_in_the_ledger",
    a_commit_is_not_yet_durable: "what_was_answered_is_in_the_ledger",
    a_clock_leaves_no_event: "the_ledger_is_whole",
    a_clock_goes_on_after_it_fired: "a_clock_fires_once",
    a_dispatch_is_watched_by_nobody: "no_order_is_left_without_a_clock",
    the_inbox_forgets: "messages_take_effect_once_and_in_order",
    a_message_may_overtake_another: "messages_take_effect_once_and_in_order",
    whatever_was_sent_counts_as_delivered: "both_sides_see_the_same",
    a_message_says_when_it_was_sent_last: "nothing_fails_inside",
}
# Where random lives seldom come: the story, of stories.py, that the fault spoils.
CAUGHT_IN: dict[Callable[[Plant], None], str] = {
    what_was_offered_before_a_claim_is_taken: "an offer from before a claim arrives after it",
    a_lapsed_matter_is_handed_back_in_one_step: "a lapsed matter goes back while it is accepted",
    whoever_answers_has_answered_for_the_whole: "a result from before a claim arrives after it",
}
