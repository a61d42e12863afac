"""What the people of a centre do next with an order, from what the API allows them. They know no rule that the API does not tell."""

import zlib
from functools import cache
from typing import Any

from liandong.catalogue.units import Unit, default_units
from liandong.demo.city import DESK, units_of
from liandong.demo.linkage import TAPPED_ONE_IN, Step, between_centres, chance, desk, utility, waits_for_recall

ANSWERED_AT_ONCE = {"consultation", "praise"}
ANSWER = "已到现场核实并处理，结果已电话告知来电人。"
NEEDS_RECORDS = {"help", "complaint", "report", "suggestion"}
RETURNED_ONE_IN = 12  # of the ordinary transfers, so that returns are seen too


def next_step(centre: str, order: dict[str, Any], centres: frozenset[str]) -> Step | None:
    """None: nothing to do for us now; the other centre or nobody has the turn. `centres`: all that take part."""
    allowed = {a["action"] for a in order["allowed_actions"]}
    step = between_centres(centre, order, allowed, centres)
    if step is None and order["status"] in {"accepted", "received", "returned", "graded"}:
        step = _first_move(centre, order, allowed, centres)
    elif step is None:
        step = _routine(centre, order, allowed)
    return step and Step(step.who, step.body | {"version": order["version"]})


def _first_move(centre: str, order: dict[str, Any], allowed: set[str], centres: frozenset[str]) -> Step | None:
    arrived = any(t["direction"] == "in" for t in order["transfers"])
    handed = _hand_on(centre, order, allowed, centres)
    if handed is not None or waits_for_recall(order):
        return handed
    decision = (order["verdict"] or {}).get("decision", "keep")
    if decision == "guide" and not arrived and "guide" in allowed:
        return desk("guide", script=order["verdict"]["script"])
    if "grade" in allowed and order["level"] is None:
        return desk("grade", level=1 if order["danger"] else 3)
    if _is_question(order) and "answer_directly" in allowed:
        return desk("answer_directly", answer="您咨询的事项已当场答复：按现行规定办理，所需材料和办理地点已短信发送。")
    if "dispatch" in allowed:
        return desk("dispatch", unit=pick_unit(centre, order).org_code)
    called = any(t["urgent"] and t["round"] == order["round"] for t in order["transfers"])
    if order["danger"] and order["kind"] == "work_order" and not called and "raise_danger" in allowed:
        return desk("raise_danger", text="来电人反映险情没有消除")  # reopened: nobody waits for the clock
    return None


def _hand_on(centre: str, order: dict[str, Any], allowed: set[str], centres: frozenset[str]) -> Step | None:
    """To the other centre in one step, on a call of three where duties are unclear, or only its part."""
    decision = (order["verdict"] or {}).get("decision", "keep")
    target = (order["verdict"] or {}).get("target")
    if any(t["direction"] == "out" for t in order["transfers"]):
        return None
    if target == centre or target not in centres:
        target = None
    shares = decision == "dispatch_and_transfer" or (decision == "transfer_urgent" and order["kind"] == "police_order")
    if shares and target and "split" in allowed:
        unit = pick_unit(centre, order).org_code
        return desk("split", unit=unit, to=target, level=2, note="现场由本台处置，源头问题请贵方办理")
    if decision in {"transfer", "transfer_urgent"} and target and "offer_transfer" in allowed:
        return desk("offer_transfer", to=target, urgent=decision == "transfer_urgent")
    if decision == "negotiate" and target and "open_three_way_call" in allowed:
        return desk(
            "open_three_way_call",
            to=target,
            person=f"{centre}坐席",
            seat="A01",
            recording_no=f"{centre}-{order['id'][-6:]}",
        )
    owner = utility(order, centres) if centre == "12345" and not order["danger"] else None
    if owner and "offer_transfer" in allowed:
        return desk("offer_transfer", to=owner)
    return None


def _routine(centre: str, order: dict[str, Any], allowed: set[str]) -> Step | None:
    """One fixed step a status."""
    unit = order["unit"] or DESK
    asked = next((t for t in order["transfers"] if t["direction"] == "in" and t["status"] == "offered"), None)
    talked = any(t["calls"] or t["positions"] for t in order["transfers"])
    given_back = chance(order, RETURNED_ONE_IN) and not order["danger"] and not talked
    if asked and given_back and not asked["part"] and order["status"] == "offered" and "return_transfer" in allowed:
        return desk(
            "return_transfer", reason="not_our_duty", basis="对接联动事项清单", text="经核实由首接中心办理更合适"
        )
    if order["status"] == "handling" and not order["transfers"] and chance(order, TAPPED_ONE_IN):
        return Step(
            unit,
            {
                "action": "raise_danger",
                "text": "现场双方矛盾激化，请求公安到场",
                "address": order["incident"].get("address", ""),
            },
        )
    if allowed & {"feed_back", "answer"} and any(_awaited(t) for t in order["transfers"]):
        return None  # what the caller is told has every part in it
    if asked and any(not call.get("ended_at") for call in asked["calls"]):
        return None  # the three are still talking
    recorded = _recorded(order, allowed, unit)
    if recorded is not None:
        return recorded
    steps = (
        ("accept_transfer", desk("accept_transfer")),
        ("sign_for", Step(unit, {"action": "sign_for"})),
        ("start_handling", Step(unit, {"action": "start_handling"})),
        ("answer", Step(unit, {"action": "answer", "answer": ANSWER})),
        ("acknowledge", Step(unit, {"action": "acknowledge"})),
        ("arrive", Step(unit, {"action": "arrive"})),
        ("start_disposing", Step(unit, {"action": "start_disposing"})),
        ("feed_back", Step(unit, {"action": "feed_back", "result": "民警到场处置完毕，现场已恢复正常。"})),
        ("explain_delay", Step(unit, {"action": "explain_delay", "cause": "traffic", "text": "早高峰沿线拥堵"})),
        ("review_delay", desk("review_delay", accepted=True, text="经核实属实")),
        ("close", desk("close")),
        (
            "call_back",
            desk("call_back", reached=not chance(order, 9) or order["call_backs"] > 0, solved=not chance(order, 7)),
        ),
        ("evaluate", desk("evaluate", satisfaction=5 - zlib.crc32(order["id"].encode()) % 3)),
    )
    return next((step for action, step in steps if action in allowed), None)


def _recorded(order: dict[str, Any], allowed: set[str], unit: str) -> Step | None:
    """What such a matter needs before its answer: a step, a word with the caller, and a draft that a second person reads."""
    if order["status"] != "handling" or order["type"] not in NEEDS_RECORDS:
        return None
    done = order.get("handling") or {}

    def lacks(name: str) -> bool:
        return not any(one["round"] == order["round"] for one in done.get(name, ()))

    who = DESK if order["confidential"] else unit
    steps = (
        ("record_step", lacks("steps"), Step(unit, {"action": "record_step", "what": "到场核实并处理"})),
        ("record_contact", lacks("contacts"), Step(who, {"action": "record_contact", "reached": True})),
        ("draft_answer", lacks("drafts"), Step(unit, {"action": "draft_answer", "answer": ANSWER})),
        ("review_answer", True, desk("review_answer", approved=True)),
    )
    return next((step for action, wanted, step in steps if wanted and action in allowed), None)


def _awaited(transfer: dict[str, Any]) -> bool:
    """A part that another centre has, or is still asked to take, without a result."""
    under_way = transfer["status"] in {"offered", "accepted"} and transfer["peer_result"] is None
    return under_way and transfer.get("joint_ended_at") is None and transfer["part"] and transfer["direction"] == "out"


def pick_unit(centre: str, order: dict[str, Any]) -> Unit:
    """The unit whose duties are named in the words, else who is responsible for the place."""
    units = _units(centre)
    content, division = order["content"], (order["division_code"] or "")[:6]
    scored = [
        (sum(word in content for word in unit.duties), unit.division_code == division, unit.org_code) for unit in units
    ]
    best = max(scored)
    if best[0] == 0 and not best[1]:
        return units[zlib.crc32(order["id"].encode()) % len(units)]
    return default_units()[best[2]]


@cache
def _units(centre: str) -> list[Unit]:
    return [default_units()[code] for code in units_of(centre)]


def _is_question(order: dict[str, Any]) -> bool:
    if order["kind"] == "police_order":
        return str(order["class_intake"]).startswith("12")  # 警务咨询
    return order["type"] in ANSWERED_AT_ONCE or (order["type"] is None and chance(order, 4))
