"""The rules, pure: a case and the rule's parameters give a suspicion or None (does not apply). Texts are compared without a dictionary."""

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from liandong.core.likeness import likeness, pairs
from liandong.detectors.model import Case, Suspicion

Params = dict[str, float]
Rule = Callable[[Case, Params, Sequence[str]], Suspicion | None]
_FIGURES = re.compile(r"\d")
_CONTACT = re.compile("联系|电话|现场|上门|走访|核实|核查|经查|约谈|执法人员|检查|勘查|告知")
_GROUND = re.compile("根据|依据|按照|规定|条例|办法|《|由于|因为|原因|鉴于")
_CITED = re.compile(r"第.{1,6}[条款项]|《|[〔\[]\d{4}[〕\]]|\b[A-Z]\d{2,4}|清单")
_HURT = re.compile("受伤|流血|死亡|昏迷|持刀|刀具|砍|爆炸|着火|起火|轻生|跳楼|中毒|枪")
_NOISE = re.compile(r"[\W_]+")
SERIOUS = ("01", "02", "04", "07", "09", "13")
LIGHT = ("05", "12", "15", "99")
NOTHING_TO_SAY: frozenset[str] = frozenset()


class Entry(Struct, frozen=True):
    """A rule with the parameters that it needs."""

    run: Rule
    needs: frozenset[str]


def no_evidence(case: Case, params: Params, stock: Sequence[str]) -> Suspicion | None:
    if not case.answer or case.closing in {"answered_directly", "guided", "cancelled"}:
        return None
    said = _without(case.answer, stock)
    there = {
        "length": params["length"] * min(len(said) / params["long_enough"], 1),
        "figures": params["figures"] if _FIGURES.search(said) else 0.0,
        "contact": params["contact"] if _CONTACT.search(said) else 0.0,
        "ground": params["ground"] if _GROUND.search(said) else 0.0,
        "files": params["files"] if case.files else 0.0,
    }
    missing = [name for name, worth in there.items() if not worth]
    return Suspicion(
        max(0.0, 1 - sum(there.values())), {"characters": len(said), "files": case.files, "missing": missing}
    )


def off_topic(case: Case, params: Params, stock: Sequence[str]) -> Suspicion | None:
    if not case.answer or case.closing in {"guided", "cancelled"}:
        return None
    matter, answer = (
        _all_pairs(_without(f"{case.title}{case.content}", stock)),
        _all_pairs(_without(case.answer, stock)),
    )
    if len(matter) < params["least_pairs"]:
        return None
    common = matter & answer
    share = len(common) / len(matter)
    evidence = {"common_share": round(share, 3), "common": sorted(common)[:20]}
    return Suspicion(max(0.0, 1 - share / params["related"]), evidence)


def template_answer(case: Case, params: Params, stock: Sequence[str]) -> Suspicion | None:
    if len(case.answer) < params["least_length"] or not case.near:
        return None
    own, matter = pairs(case.answer), pairs(case.content)
    others = [
        (likeness(own, pairs(other.answer)), other)
        for other in case.near
        if likeness(matter, pairs(other.content)) < params["same_matter"]
    ]
    if not others:
        return None
    score, other = max(others, key=lambda found: found[0])
    same = sum(alike >= 0.85 for alike, _ in others)
    return Suspicion(
        score, {"like": other.number or str(other.order_id), "answers_alike": same, "compared": len(others)}
    )


def before_deadline(case: Case, params: Params, stock: Sequence[str]) -> Suspicion | None:
    if (
        case.handled_at is None
        or case.answer_due is None
        or case.dispatched_at is None
        or case.handled_at > case.answer_due
    ):
        return None
    limit = (case.answer_due - case.dispatched_at).total_seconds()
    left = (case.answer_due - case.handled_at).total_seconds()
    window = limit * params["share"]
    if window <= 0 or left >= window:
        return None
    score = (1 - left / window) * (0.5 if case.files else 1)
    evidence = {
        "left_minutes": round(left / 60, 1),
        "due": case.answer_due.isoformat(),
        "answered": case.handled_at.isoformat(),
    }
    return Suspicion(score, evidence)


def wrong_grade(case: Case, params: Params, stock: Sequence[str]) -> Suspicion | None:
    found: dict[str, object] = {}
    score = 0.0
    light = case.level is not None and case.level >= params["light_level"]
    if case.injured + case.dead > 0 and (not case.danger or light):
        score += params["casualties"]
        found["casualties"] = {"injured": case.injured, "dead": case.dead, "level": case.level, "danger": case.danger}
    words = sorted(set(_HURT.findall(f"{case.title}{case.content}")))
    if not case.danger and "danger" in case.overruled and words:
        score += params["overruled"]
        found["danger_set_aside"] = words
    before, after = (case.class_intake or "")[:2], (case.class_confirmed or "")[:2]
    if case.kind == "police_order" and before in SERIOUS and after in LIGHT:
        score += params["class_lowered"]
        found["class"] = {"intake": case.class_intake, "confirmed": case.class_confirmed}
    return Suspicion(min(score, 1.0), found) if found else None


def shirking(case: Case, params: Params, stock: Sequence[str]) -> Suspicion | None:
    if not case.returns:
        return None
    bare = [one for one in case.returns if not _CITED.search(f"{one.basis or ''}{one.text or ''}")]
    score = min(1.0, params["each"] * len(case.returns) + params["no_basis"] * len(bare))
    chain = [{"unit": one.unit, "reason": one.reason, "basis": one.basis} for one in case.returns]
    return Suspicion(score, {"returns": chain, "without_basis": len(bare)})


def evaluation_tampering(case: Case, params: Params, stock: Sequence[str]) -> Suspicion | None:
    evaluated = _last(case, "order.evaluated")
    if evaluated is None or (case.satisfaction or 0) < 4 or evaluated[1] in {"clock", "peer"}:
        return None
    score, found = 0.0, dict[str, object]()
    if case.solved is False:
        score += params["unsolved"]
        found["unsolved_but_satisfied"] = case.satisfaction
    answered, called = _last(case, "order.answered"), _last(case, "order.called_back")
    if answered is not None and answered[0] == evaluated[0]:
        score += params["same_person"]
        found["answered_and_evaluated_by"] = evaluated[0]
    step = next((s for s in reversed(case.steps) if s.kind == "order.evaluated"), None)
    if called is not None and case.closed_at is not None and step is not None:
        seconds = (step.at - case.closed_at).total_seconds()
        if seconds <= params["quick_seconds"]:
            score += params["quick"]
            found["seconds_after_closing"] = seconds
    return Suspicion(min(score, 1.0), found) if found else None


def _last(case: Case, kind: str) -> tuple[str, str] | None:
    """Actor and role of the last such event."""
    return next(((s.actor, s.role) for s in reversed(case.steps) if s.kind == kind), None)


def _without(text: str, stock: Sequence[str]) -> str:
    for phrase in stock:
        text = text.replace(phrase, "")
    return _NOISE.sub("", text)


def _all_pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or NOTHING_TO_SAY


RULES: dict[str, Entry] = {
    "no_evidence": Entry(no_evidence, frozenset({"long_enough", "length", "figures", "contact", "ground", "files"})),
    "off_topic": Entry(off_topic, frozenset({"related", "least_pairs"})),
    "template_answer": Entry(template_answer, frozenset({"compared", "same_matter", "least_length"})),
    "before_deadline": Entry(before_deadline, frozenset({"share"})),
    "wrong_grade": Entry(wrong_grade, frozenset({"casualties", "light_level", "overruled", "class_lowered"})),
    "shirking": Entry(shirking, frozenset({"each", "no_basis"})),
    "evaluation_tampering": Entry(
        evaluation_tampering, frozenset({"unsolved", "same_person", "quick", "quick_seconds"})
    ),
}
