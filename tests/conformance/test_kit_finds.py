"""The conformance kit against a small implementation that is no code of ours: it passes when right, and each way of being wrong is found and named."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from foreign import Foreign

from liandong.conformance import session
from liandong.conformance.listener import listening
from liandong.conformance.model import Outcome, Report
from liandong.conformance.run import chosen, listener_of, run_checks
from liandong.conformance.session import Us
from liandong.core.clock import SystemClock
from liandong.exchange.sealing import PeerKey, new_key

# How an implementation is wrong → the check that finds it.
WRONG = {
    "status ok": "offer_handled",
    "one receipt for all": "mixed_batch",
    "slow": "offer_handled",
    "forgets": "same_again",
    "does not compare": "id_reused",
    "takes a number twice": "number_reused",
    "takes what overtakes": "overtaking",
    "does not sort": "sorted_in_batch",
    "receipts by number": "sorted_in_batch",
    "one bad message spoils the batch": "mixed_batch",
    "anything is a batch": "no_batch",
    "any signature": "signature_wrong",
    "a rejected message uses its number up": "signature_wrong",
    "any kid": "kid_unknown",
    "any alg": "alg_none",
    "takes what is for others": "receiver_wrong",
    "no limit": "too_large",
    "500 for unknown kinds": "kind_unknown",
    "refuses unknown kinds": "kind_unknown",
    "no unknown fields": "fields_unknown",
    "reads no bodies": "body_malformed",
    "a refused body holds the matter": "body_malformed",
    "no zones": "moment_without_zone",
    "knows any matter": "matter_unknown",
    "sends once": "comes_again",
    "names another transfer": "answered",
    "answers a repeat": "answered",
    "gives no result": "result",
    "another number": "result",
    "silent on withdrawals": "withdrawal",
    "agrees too late": "withdrawal_late",
    "silent on keeping": "kept",
    "silent on recall": "recall_refused",
    "hands back without binding": "recall",
    "accepts twice": "duplicate",
    "gives no typed reason": "duplicate",
    "miscounts": "views",
    "responsible before it accepted": "views",
    "views for anybody": "views_sealed",
    "old nonce": "tells_about_itself",
    "refuses urgent": "urgent_taken",
    "urgent waits": "urgent_taken",
    "danger waits": "danger_while_asked",
    "does not count claims": "claim_counts",
    "takes void offers": "claim_voids",
    "seals anew": "its_seals",
    "signs with a key of its own": "its_seals",
    "always number 1": "its_numbers",
    "bodies of another form": "its_bodies",
}
# These show only in what comes to us: another check must make them speak first.
HEARD = {"its_seals": ["comes_again"], "its_numbers": ["result"], "its_bodies": ["answered"]}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is silent here is so for good."""
    monkeypatch.setattr(session, "ANSWER_WITHIN", 1.5)
    monkeypatch.setattr(session, "AGAIN", 3)
    monkeypatch.setattr(session, "QUIET", 0.3)


@pytest.fixture
async def examine() -> AsyncIterator[Any]:
    async with AsyncExitStack() as stack:

        async def run(wrong: str = "", only: list[str] | None = None, within: float = 1.5) -> Report:
            key = new_key()
            us = Us("12345", "110", "12345-1", key, here_police=False, there_police=True, there_acts=True)
            keys: dict[str, PeerKey] = {}
            foreign = Foreign("110", "12345", "", peer_key=key.public_key(), wrong=wrong)
            keys["110-1"] = PeerKey("110", foreign.key.public_key())
            listener = listener_of(us, keys, SystemClock())
            foreign.peer_url = await stack.enter_async_context(listening(listener, "127.0.0.1", 0))
            url = await stack.enter_async_context(listening(foreign, "127.0.0.1", 0))
            stack.push_async_callback(foreign.close)
            given = {"listener": listener, "clock": SystemClock(), "checks": chosen(only or [])}
            return await run_checks(us, url, within=within, desk=True, **given)

        yield run


async def test_an_implementation_written_from_the_page_alone_passes(examine: Any) -> None:
    report = await examine(within=5)
    wrong = [(r.name, r.text) for r in report.results if r.outcome == Outcome.FAILED]
    assert not wrong
    missing = {r.name for r in report.results if r.outcome == Outcome.NOT_REACHED}
    assert missing == {"claim_closes"}, "only what the police desk alone may say was not asked"


@pytest.mark.parametrize("wrong", WRONG)
async def test_each_departure_is_found_by_the_check_that_names_it(
    examine: Any, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "SOON", 1.5)
    name = WRONG[wrong]
    report = await examine(wrong, [*HEARD.get(name, []), name])
    found = next(r for r in report.results if r.name == name)
    assert found.outcome == Outcome.FAILED, found
    assert found.text
    assert report.exit_code == 1


async def test_every_check_but_the_plainest_has_an_implementation_that_fails_it() -> None:
    """A check that can't fail is a defect; what is not in WRONG is listed here by name."""
    plain = {c.name for c in chosen([])} - set(WRONG.values())
    assert plain == {
        "copies_at_once", "matters_apart", "big_batch", "payload_changed", "foreign_key", "sender_wrong", "not_a_seal",
        "not_an_envelope", "largest", "ruling", "stranger", "every_kind", "urgent_while_asked", "urgent_not_refused", "claim_closes",
        "danger_for_stranger", "its_batches",
    }  # fmt: skip


async def test_a_centre_that_is_not_there_fails_in_words(examine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    us = Us("12345", "110", "12345-1", new_key(), here_police=False, there_police=True, there_acts=True)
    listener = listener_of(us, {}, SystemClock())
    given = {"listener": listener, "clock": SystemClock(), "checks": chosen(["offer_handled", "its_seals"])}
    report = await run_checks(us, "http://127.0.0.1:9", within=1, desk=True, **given)
    assert [r.outcome for r in report.results] == [Outcome.FAILED, Outcome.NOT_REACHED]
    assert "no answer" in report.results[0].text
