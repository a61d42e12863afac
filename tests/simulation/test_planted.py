"""Small wrong variants of the protocol. Each must be caught by the promises, or the simulation proves nothing."""

import pytest

from liandong.linkage import rules
from liandong.orders import decide as deciding
from liandong.orders.lifecycle import GUARDS

from .test_two_centres import live

LIVES = 3000


def who_offers_lets_go_at_once(effects, guards):
    right = effects["offer_transfer"]

    def wrong(ctx):
        effect = right(ctx)
        effect.fields["responsible"] = False
        return effect

    effects["offer_transfer"] = wrong


def acceptance_does_not_release_the_sender(effects, guards):
    right = effects["note_accepted"]

    def wrong(ctx):
        effect = right(ctx)
        effect.fields.pop("responsible", None)
        return effect

    effects["note_accepted"] = wrong


def the_police_desk_may_give_danger_away(effects, guards):
    guards["danger_stays"] = lambda snapshot, asked: None


def the_police_desk_keeps_its_offer_open_in_danger(effects, guards):
    right = effects["raise_danger"]

    def wrong(ctx):
        effect = right(ctx)
        if ctx.snapshot.order.kind == "police_order":
            effect.transfers = [t for t in effect.transfers if t.status != "withdrawing"]
        return effect

    effects["raise_danger"] = wrong


def danger_at_a_hotline_tells_nobody(effects, guards):
    right = effects["raise_danger"]

    def wrong(ctx):
        effect = right(ctx)
        if ctx.snapshot.order.kind == "work_order":
            effect.messages = []
        return effect

    effects["raise_danger"] = wrong


def a_withdrawal_is_never_answered(effects, guards):
    right = effects["note_withdrawal"]

    def wrong(ctx):
        effect = right(ctx)
        effect.messages = []
        return effect

    effects["note_withdrawal"] = wrong


def an_offer_of_what_we_have_is_never_answered(effects, guards):
    right = effects["take_offer"]

    def wrong(ctx):
        effect = right(ctx)
        if ctx.row.event == "transfer.offer_overtaken":
            effect.messages = []
        return effect

    effects["take_offer"] = wrong


def who_is_at_work_takes_a_stale_offer_again(effects, guards):
    guards["responsible_already"] = lambda snapshot, asked: "wrong"


def a_part_without_result_does_not_hold_the_close(effects, guards):
    right = effects["note_answer"]
    guards["parts_answered"] = lambda snapshot, asked: "never"
    effects["note_answer"] = right


PLANTED = [
    who_offers_lets_go_at_once,
    acceptance_does_not_release_the_sender,
    the_police_desk_may_give_danger_away,
    the_police_desk_keeps_its_offer_open_in_danger,
    danger_at_a_hotline_tells_nobody,
    a_withdrawal_is_never_answered,
    an_offer_of_what_we_have_is_never_answered,
    who_is_at_work_takes_a_stale_offer_again,
    a_part_without_result_does_not_hold_the_close,
]


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_wrong_variant_is_caught(plant, monkeypatch):
    effects, guards = dict(deciding.EFFECTS), dict(GUARDS)
    plant(effects, guards)
    monkeypatch.setattr(deciding, "EFFECTS", effects)
    for name, guard in guards.items():
        monkeypatch.setitem(GUARDS, name, guard)
    assert rules.GUARDS  # the tables themselves are untouched
    for seed in range(1, LIVES):
        try:
            broken = live(seed)[1]
        except AssertionError as error:
            broken = str(error)
        if broken:
            return
    pytest.fail(f"{plant.__name__} was not caught in {LIVES} lives")
