"""What the people of both centres do next with an order, from what the API allows them. They know no rule that the API does not tell."""

import zlib
from functools import cache
from typing import Any

from msgspec import Struct

from liandong.catalogue.units import Unit, default_units
from liandong.demo.city import DESK

ANSWERED_AT_ONCE = {"consultation", "praise"}
RETURNED_ONE_IN = 12  # of the ordinary transfers, so that returns are seen too


class Step(Struct, frozen=True):
    """`who`: the desk, or the unit that has the order."""

    who: str
    body: dict[str, Any]


def next_step(centre: str, order: dict[str, Any]) -> Step | None:
    """None: nothing to do for us now; the other centre or nobody has the turn."""
    allowed = {a["action"] for a in order["allowed_actions"]}
    if order["status"] in {"accepted", "received", "returned", "graded"}:
        step = _first_move(centre, order, allowed)
    else:
        step = _routine(order, allowed)
    return step and Step(step.who, step.body | {"version": order["version"]})


def _first_move(centre: str, order: dict[str, Any], allowed: set[str]) -> Step | None:
    decision = (order["verdict"] or {}).get("decision", "keep")
    tried = any(t["direction"] == "out" for t in order["transfers"])
    arrived = any(t["direction"] == "in" for t in order["transfers"])
    if decision in {"transfer", "transfer_urgent"} and not tried and "offer_transfer" in allowed:
        return _desk("offer_transfer", to=order["verdict"]["target"], urgent=decision == "transfer_urgent")
    if decision == "guide" and not arrived and "guide" in allowed:
        return _desk("guide", script=order["verdict"]["script"])
    if "grade" in allowed and order["level"] is None:
        return _desk("grade", level=1 if order["danger"] else 3)
    if _is_question(order) and "answer_directly" in allowed:
        return _desk("answer_directly", answer="您咨询的事项已当场答复：按现行规定办理，所需材料和办理地点已短信发送。")
    if "dispatch" in allowed:
        return _desk("dispatch", unit=pick_unit(centre, order).org_code)
    return None


def _routine(order: dict[str, Any], allowed: set[str]) -> Step | None:
    """One fixed step a status; a part for the other centre is handed over as soon as our own people are on their way."""
    unit = order["unit"] or DESK
    decision = (order["verdict"] or {}).get("decision")
    handed = any(t["direction"] == "out" for t in order["transfers"])
    if (
        order["status"] == "dispatched"
        and decision == "dispatch_and_transfer"
        and not handed
        and "offer_transfer" in allowed
    ):
        return _desk("offer_transfer", to=order["verdict"]["target"], part=True)
    if (
        order["status"] == "offered"
        and _chance(order, RETURNED_ONE_IN)
        and not order["danger"]
        and "return_transfer" in allowed
    ):
        return _desk(
            "return_transfer", reason="not_our_duty", basis="对接联动事项清单", text="经核实由首接中心办理更合适"
        )
    steps = (
        ("accept_transfer", _desk("accept_transfer")),
        ("sign_for", Step(unit, {"action": "sign_for"})),
        ("start_handling", Step(unit, {"action": "start_handling"})),
        ("answer", Step(unit, {"action": "answer", "answer": "已到现场核实并处理，结果已电话告知来电人。"})),
        ("acknowledge", Step(unit, {"action": "acknowledge"})),
        ("arrive", Step(unit, {"action": "arrive"})),
        ("start_disposing", Step(unit, {"action": "start_disposing"})),
        ("feed_back", Step(unit, {"action": "feed_back", "result": "民警到场处置完毕，现场已恢复正常。"})),
        ("close", _desk("close")),
        (
            "call_back",
            _desk("call_back", reached=not _chance(order, 9) or order["call_backs"] > 0, solved=not _chance(order, 7)),
        ),
        ("evaluate", _desk("evaluate", satisfaction=5 - zlib.crc32(order["id"].encode()) % 3)),
    )
    return next((step for action, step in steps if action in allowed), None)


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
    kinds = {"police_branch", "police_station"} if centre == "110" else {"district", "department", "utility"}
    return [unit for unit in default_units().values() if unit.kind in kinds]


def _is_question(order: dict[str, Any]) -> bool:
    if order["kind"] == "police_order":
        return str(order["class_intake"]).startswith("12")  # 警务咨询
    return order["type"] in ANSWERED_AT_ONCE or (order["type"] is None and _chance(order, 4))


def _chance(order: dict[str, Any], one_in: int) -> bool:
    """The same answer for the same matter at every run."""
    return zlib.crc32(order["matter_id"].encode()) % one_in == 0


def _desk(action: str, **fields: Any) -> Step:
    return Step(DESK, {"action": action, **fields})
