"""The ownership protocol keeps its promises in every state of what is explored, and small wrong variants of it do not."""

import pytest

from . import planted
from .explore import explore
from .handovers import Passing, longest
from .people import Protocol
from .settings import QUICK, setting

TALK = setting("HP", "H", "withdraw negotiate rule", offers=2)
RECALL = setting("HP", "H", "recall", offers=1)
DANGER = setting("HP", "H", "dispatch", offers=1, sightings="HP")
PARTS = setting("HP", "P", "part", offers=2, sightings="P")
RECALLS_MEET = setting("HPG", "H", "recall", offers=1, targets=("HP", "PG", "GP"))
KEEP_AND_OFFER_ON = setting("HPG", "H", "", offers=2, targets=("HP", "HG"))
CHAIN = setting("HPG", "H", "", offers=1, targets=("HP", "PG"))
ROUND_TRIP = setting("HPG", "H", "", offers=1, targets=("HP", "PG", "GH"))
STRANGER = setting("HPG", "P", "", offers=1, sightings="P", targets=("PH", "HG"))
BESIDE = setting("HPG", "H", "", offers=1, sightings="H", targets=("HG",))
CLAIM_AND_AWAY = setting("HPG", "P", "dispatch", offers=2, sightings="P", targets=("PG", "GH", "PH"))
RESULT = setting("HPG", "H", "answer", offers=1, sightings="H", targets=("HG",))
RESULT_OF_A_CHAIN = setting("HPG", "H", "answer", offers=1, targets=("HG", "GP"))

PLANTED = [  # the variant, where it shows, the promise that it breaks
    (planted.WhoOffersLetsGoAtOnce, TALK, "1"),
    (planted.RecallAgreedByLettingGo, RECALL, "1"),
    (planted.AStaleOfferIsAcceptedAgain, ROUND_TRIP, "1"),
    (planted.ClaimsHaveNoNumber, CLAIM_AND_AWAY, "1"),
    (planted.TheResultGoesToWhomItCameFrom, RESULT_OF_A_CHAIN, "1"),
    (planted.AResultNeverOvertakesAnAcceptance, RESULT_OF_A_CHAIN, "1"),
    (planted.KeepingBeatsAnAcceptance, TALK, "2"),
    (planted.KeptClosesAtOnce, KEEP_AND_OFFER_ON, "2"),
    (planted.HandsBackWithoutConsent, CHAIN, "2"),
    (planted.ThePartBecomesTheWhole, PARTS, "2"),
    (planted.AResultFromBeforeAClaimCounts, RESULT, "2"),
    (planted.ClaimsAreNotToldOn, STRANGER, "3"),
    (planted.AnOfferFromBeforeAClaimIsTaken, BESIDE, "3"),
    (planted.ThePoliceCallBackInsteadOfClaiming, DANGER, "4"),
    (planted.OnlyTheFirstUrgentOfferIsAnswered, BESIDE, "2"),
    (planted.DangerWaitsForTheNegotiation, DANGER, "3"),
    (planted.ThePoliceGiveDangerAway, DANGER, "4"),
    (planted.ThePoliceKeepTheirOfferOpenInDanger, DANGER, "4"),
    (planted.AWithdrawalIsNeverAnswered, TALK, "5"),
    (planted.TheAskedOneHasNoDeadline, TALK, "5"),
    (planted.AReturnThatCrossedARulingIsForgotten, TALK, "5"),
    (planted.WhoeverHadItMayRecall, RECALLS_MEET, "5"),
    (planted.ADeadlineStartsAgain, RECALL, "5"),
]


@pytest.mark.parametrize("name", QUICK)
def test_no_promise_is_broken_in_any_state(name):
    found = explore(Protocol(QUICK[name]))
    assert not found.broken, "\n".join([found.broken[0][0], *found.broken[0][1]])
    assert found.whole


@pytest.mark.parametrize(("variant", "where", "promise"), PLANTED, ids=lambda item: getattr(item, "__name__", ""))
def test_a_wrong_variant_breaks_its_promise(variant, where, promise):
    assert not explore(Protocol(where), most=5_000).broken, "the right protocol keeps its promises here"
    found = explore(variant(where))
    assert found.broken, f"{variant.__name__} was not caught in {found.states} states"
    assert found.broken[0][0].startswith(promise)


@pytest.mark.parametrize(("centres", "bound", "in_danger"), [("HP", 5, 6), ("HPG", 9, 10)])
def test_hand_overs_of_a_round_come_to_an_end(centres, bound, in_danger):
    for first in centres:
        assert longest(Passing(centres, first, sightings=0))[0] == bound
        assert 0 < longest(Passing(centres, first, sightings=1))[0] <= in_danger


@pytest.mark.parametrize(
    "variant", [planted.WhatWasTakenBackMayBeTakenBackAgain, planted.ASettledNegotiationIsForgotten]
)
def test_without_its_rules_a_matter_goes_round_for_ever(variant):
    bound, circle = longest(variant("HPG", "H", sightings=0))
    assert bound == -1
    assert len(set(circle)) > 1, "the circle hands over"
