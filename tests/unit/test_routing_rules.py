"""The ownership table of plan part 二(三)1, row by row."""

import itertools

import pytest

from liandong.routing.model import Decision, Facts, Scope, Span
from liandong.routing.policy import default_policy
from liandong.routing.rules import decide_ownership, overrule

FLAGS = ("danger", "violent_dispute", "stability_lead", "field_escalation")


def facts(centre, scope=Scope.OWN, **named):
    return Facts(centre=centre, scope=scope, **named)


@pytest.mark.parametrize("scope", list(Scope))
def test_danger_at_12345_is_handed_to_110_whatever_the_scope(scope):
    verdict = decide_ownership(facts("12345", scope, danger=True))
    assert (verdict.decision, verdict.target, verdict.urgent) == (Decision.TRANSFER_URGENT, "110", True)


@pytest.mark.parametrize("scope", list(Scope))
def test_110_keeps_danger_and_hurries(scope):
    verdict = decide_ownership(facts("110", scope, danger=True))
    assert (verdict.decision, verdict.target, verdict.urgent) == (Decision.KEEP, "110", True)


@pytest.mark.parametrize("scope", [Scope.OTHER, Scope.UNCLEAR])
def test_110_dispatches_to_a_violent_dispute_and_hands_on_the_part_that_is_12345s(scope):
    verdict = decide_ownership(facts("110", scope, violent_dispute=True))
    assert (verdict.decision, verdict.target, verdict.urgent) == (Decision.DISPATCH_AND_TRANSFER, "12345", True)


def test_110_keeps_a_violent_dispute_with_nothing_for_12345_in_it():
    verdict = decide_ownership(facts("110", violent_dispute=True))
    assert (verdict.decision, verdict.urgent) == (Decision.KEEP, True)


def test_12345_hands_on_a_dispute_that_may_turn_violent_at_once():
    verdict = decide_ownership(facts("12345", violent_dispute=True))
    assert (verdict.decision, verdict.target, verdict.urgent) == (Decision.TRANSFER_URGENT, "110", True)


def test_a_lead_on_stability_goes_to_110_at_once():
    verdict = decide_ownership(facts("12345", Scope.NEITHER, stability_lead=True))
    assert (verdict.decision, verdict.target, verdict.urgent) == (Decision.TRANSFER_URGENT, "110", True)


def test_escalation_seen_in_the_field_calls_the_police():
    verdict = decide_ownership(facts("12345", field_escalation=True))
    assert (verdict.decision, verdict.target, verdict.urgent) == (Decision.TRANSFER_URGENT, "110", True)


@pytest.mark.parametrize(
    "centre, scope, decision, target",
    [
        ("12345", Scope.OWN, Decision.KEEP, "12345"),
        ("12345", Scope.OTHER, Decision.TRANSFER, "110"),
        ("12345", Scope.UNCLEAR, Decision.NEGOTIATE, "110"),
        ("12345", Scope.NEITHER, Decision.GUIDE, None),
        ("110", Scope.OWN, Decision.KEEP, "110"),
        ("110", Scope.OTHER, Decision.TRANSFER, "12345"),
        ("110", Scope.UNCLEAR, Decision.NEGOTIATE, "12345"),
        ("110", Scope.NEITHER, Decision.GUIDE, None),
        ("119", Scope.OTHER, Decision.TRANSFER, "110"),
        ("heat", Scope.OTHER, Decision.TRANSFER, "12345"),
    ],
)
def test_without_urgency_the_scope_decides(centre, scope, decision, target):
    verdict = decide_ownership(facts(centre, scope))
    assert (verdict.decision, verdict.target, verdict.urgent) == (decision, target, False)


def test_every_combination_has_a_verdict_and_danger_never_waits_for_a_negotiation():
    for centre, scope in itertools.product(default_policy().parties, Scope):
        for flags in itertools.product([False, True], repeat=len(FLAGS)):
            verdict = decide_ownership(facts(centre, scope, **dict(zip(FLAGS, flags, strict=True))))
            assert verdict.reason.endswith("。")
            assert verdict.urgent == any(flags)
            assert (verdict.target is None) == (verdict.decision is Decision.GUIDE)
            if any(flags):
                assert verdict.decision not in (Decision.NEGOTIATE, Decision.GUIDE, Decision.TRANSFER)


def test_guidance_brings_the_script_for_its_kind():
    spans = (Span(0, 2, "仲裁", "neither.arbitration"),)
    assert "仲裁" in decide_ownership(facts("12345", Scope.NEITHER, spans=spans)).script
    assert decide_ownership(facts("12345", Scope.NEITHER)).script


def test_an_item_names_the_centre_it_goes_to():
    verdict = decide_ownership(facts("heat", Scope.OTHER, items=("P0301",)))
    assert verdict.target == "110"


def test_a_person_may_lower_danger_and_it_is_remembered():
    lowered = overrule(facts("12345", danger=True), {"danger": False})
    assert decide_ownership(lowered).decision is Decision.KEEP
    assert lowered.overruled == ("danger",)
    again = overrule(lowered, {"scope": "other", "danger": True})
    assert again.overruled == ("danger", "scope")
    assert again.scope is Scope.OTHER
    assert "人工更正" in decide_ownership(again).reason


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"centre": "110"}, KeyError),
        ({"spans": ()}, KeyError),
        ({"scope": "mine"}, ValueError),
        ({"danger": "yes"}, ValueError),
        ({"items": "P0101"}, ValueError),
    ],
)
def test_what_is_no_fact_can_not_be_overruled(changes, error):
    with pytest.raises(error):
        overrule(facts("12345"), changes)


def test_a_centre_that_is_no_party_is_refused():
    with pytest.raises(KeyError):
        decide_ownership(facts("10086"))
