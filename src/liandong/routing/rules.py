"""Who owns a matter: the decision table of plan part 二(三)1 as one pure function of facts."""

from collections.abc import Mapping
from typing import Any

import msgspec

from liandong.routing.model import Decision, Facts, Scope, Span, Verdict
from liandong.routing.policy import Policy, default_policy

OVERRULABLE = ("scope", "danger", "violent_dispute", "stability_lead", "field_escalation", "items")


def decide_ownership(facts: Facts, policy: Policy | None = None) -> Verdict:
    """Go down the table in the order of the law; the first row that fits decides.

    1 danger, escalation in the field · 2 dispute that may turn violent, at the police · 3 lead on stability
    · 4 clearly neither's · 5 clearly the other's · 6 unclear or overlapping · 7 the centre's own.
    """
    policy = policy or default_policy()
    if facts.centre not in policy.parties:
        raise KeyError(facts.centre)
    police = policy.acts_in_danger(facts.centre)
    if police and facts.violent_dispute:
        return _police_take_dispute(facts, policy)
    if facts.danger or facts.field_escalation or facts.violent_dispute:
        return _danger(facts, policy, police)
    if facts.stability_lead:
        return _stability(facts, policy, police)
    if facts.scope is Scope.NEITHER:
        return _guide(facts, policy)
    if facts.scope is Scope.OTHER:
        target = policy.owner(facts.centre, facts.items)
        reason = f"诉求属于{policy.name(target)}受理范围{_words(facts, policy)}，及时转交对方受理。"
        return _verdict(facts, Decision.TRANSFER, target, False, reason)
    if facts.scope is Scope.UNCLEAR:
        target = policy.owner(facts.centre, facts.items)
        reason = f"职责交叉或归属不明确{_words(facts, policy)}，先三方通话，再与{policy.name(target)}在线协商。"
        return _verdict(facts, Decision.NEGOTIATE, target, False, reason)
    return _keep(facts, policy)


def overrule(facts: Facts, changes: Mapping[str, object]) -> Facts:
    """The facts as a person sets them; what was set is remembered in `overruled`.

    A person may set any fact either way, also lower danger. A program that only recommends must not
    call this to lower danger. Raises KeyError for a fact that can't be set, ValueError for a bad value.
    """
    clean: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in OVERRULABLE:
            raise KeyError(name)
        clean[name] = _fact_value(name, value)
    remembered = tuple(dict.fromkeys((*facts.overruled, *clean)))
    return msgspec.structs.replace(facts, **clean, overruled=remembered)


def _fact_value(name: str, value: object) -> object:
    if name == "scope":
        return Scope(str(value))
    if name == "items":
        if isinstance(value, str) or not isinstance(value, list | tuple):
            raise ValueError("items must be a list of catalogue codes")
        return tuple(str(code) for code in value)
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return value


def _police_take_dispute(facts: Facts, policy: Policy) -> Verdict:
    if facts.scope in (Scope.OTHER, Scope.UNCLEAR):
        target = policy.owner(facts.centre, facts.items)
        reason = (
            f"矛盾纠纷可能引发暴力或个人极端事件{_words(facts, policy)}，"
            f"第一时间派警处置，属于{policy.name(target)}的部分同时转交。"
        )
        return _verdict(facts, Decision.DISPATCH_AND_TRANSFER, target, True, reason)
    reason = f"矛盾纠纷可能引发暴力或个人极端事件{_words(facts, policy)}，第一时间派警处置。"
    return _verdict(facts, Decision.KEEP, facts.centre, True, reason)


def _danger(facts: Facts, policy: Policy, police: bool) -> Verdict:
    what = (
        "承办单位发现矛盾激化或涉嫌违法犯罪" if facts.field_escalation else "存在危及人身财产安全或公共安全的紧急情况"
    )
    if police:
        reason = f"{what}{_words(facts, policy)}，由本台先行处置。"
        return _verdict(facts, Decision.KEEP, facts.centre, True, reason)
    target = policy.first_in_danger
    reason = f"{what}{_words(facts, policy)}，立即转{policy.name(target)}先行处置，本台保留工单跟踪。"
    return _verdict(facts, Decision.TRANSFER_URGENT, target, True, reason)


def _stability(facts: Facts, policy: Policy, police: bool) -> Verdict:
    if police:
        reason = f"影响社会稳定的线索{_words(facts, policy)}，由本台第一时间处置。"
        return _verdict(facts, Decision.KEEP, facts.centre, True, reason)
    target = policy.first_in_danger
    reason = f"接到影响社会稳定的线索{_words(facts, policy)}，第一时间转交{policy.name(target)}处置。"
    return _verdict(facts, Decision.TRANSFER_URGENT, target, True, reason)


def _guide(facts: Facts, policy: Policy) -> Verdict:
    script = policy.script(facts.spans)
    reason = f"明确不属于联动各方受理范围{_words(facts, policy)}，由首接单位解释引导。"
    return Verdict(Decision.GUIDE, None, False, facts.items, facts.spans, reason, script)


def _keep(facts: Facts, policy: Policy) -> Verdict:
    words = _words(facts, policy)
    if words:
        reason = f"诉求属于{policy.name(facts.centre)}受理范围{words}，由本台受理。"
    else:
        reason = f"未见属于其他平台的情形，由首接的{policy.name(facts.centre)}受理。"
    return _verdict(facts, Decision.KEEP, facts.centre, False, reason)


def _verdict(facts: Facts, decision: Decision, target: str, urgent: bool, reason: str) -> Verdict:
    return Verdict(decision, target, urgent, facts.items, facts.spans, reason)


def _words(facts: Facts, policy: Policy) -> str:
    """The words and the catalogue item that the sentence rests on, in brackets; empty when there are none."""
    shown = _leading_spans(facts.spans)
    parts = []
    if shown:
        parts.append("、".join(f"“{span.text}”" for span in shown))
    title = policy.title(shown[0].says if shown else "", facts.items)
    if title:
        parts.append(title)
    if facts.overruled:
        parts.append("人工更正")
    return f"（{'，'.join(parts)}）" if parts else ""


def _leading_spans(spans: tuple[Span, ...]) -> list[Span]:
    seen: dict[str, Span] = {}
    for span in spans:
        seen.setdefault(span.text, span)
    return list(seen.values())[:3]
