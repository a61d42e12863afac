"""An open order read again under the catalogue that has come into force: a flag for the desk, never a move.

Danger, urgency, a dispute that may turn violent and a lead on stability are never taken back by a new list, and what a person
has set stays as the person set it.
"""

import msgspec

from liandong.orders.actions import Action
from liandong.orders.context import Context, Effect
from liandong.orders.model import Order
from liandong.routing.model import Facts, Verdict
from liandong.routing.policy import Policy
from liandong.routing.rules import decide_ownership

REVIEW_TAG = "目录变更待复核"
"""Stands among an order's tags until a person takes it away (amend)."""
NEVER_LOWERED = ("danger", "violent_dispute", "stability_lead", "field_escalation")


class Reassess(Action, frozen=True, tag="reassess"):
    """The facts as read under the catalogue in force. `version` is the one just loaded."""

    facts: Facts


def read_again(before: Facts, now: Facts) -> Facts:
    """What is read now, with what a person had set, and without lowering anything that calls for haste."""
    raised = {name: getattr(before, name) or getattr(now, name) for name in NEVER_LOWERED}
    kept = {name: getattr(before, name) for name in before.overruled}
    return msgspec.structs.replace(now, **(raised | kept), overruled=before.overruled)


def verdict_changes(order: Order, facts: Facts, policy: Policy | None) -> Verdict | None:
    """The verdict under these facts, if it names another way or another centre than the order's own."""
    verdict = decide_ownership(facts, policy)
    before = order.verdict
    same = before is not None and (before.decision, before.target) == (verdict.decision, verdict.target)
    return None if same else verdict


def reassess(ctx: Context) -> Effect:
    order, facts = ctx.snapshot.order, ctx.asked.data.facts
    verdict = decide_ownership(facts, ctx.asked.policy.routing)
    before = order.verdict
    return Effect(
        fields={
            "facts": facts,
            "verdict": verdict,
            "urgent": order.urgent or verdict.urgent,
            "tags": order.tags if REVIEW_TAG in order.tags else [*order.tags, REVIEW_TAG],
        },
        body={
            "catalogue": facts.catalogue,
            "catalogue_before": order.facts.catalogue if order.facts else "",
            "before": before and {"decision": before.decision, "target": before.target, "items": before.items},
            "after": {"decision": verdict.decision, "target": verdict.target, "items": verdict.items},
        },
    )
