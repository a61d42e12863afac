"""What the desks do with one another: call, negotiate, recall, share. As all staff of the demo, they read it off the order alone."""

import zlib
from typing import Any

from msgspec import Struct

DESK = "desk"
MISTAKEN_ONE_IN = 16  # of the ordinary transfers: asked back after they were accepted
TAPPED_ONE_IN = 30  # of what the hotline's units handle: the dispute escalates in the field
UTILITY_OF = {"G07": "heat", "G08": "water", "G09": "power", "G10": "gas"}  # category of the catalogue → who can do it
BESIDE_POLICE = {  # catalogue item → who acts beside 110
    "P0601": ("119", "120"),
    "P0602": ("119", "120", "gas"),
    "P0503": ("119",),
    "P0505": ("120",),
    "P0604": ("power",),
}


class Step(Struct, frozen=True):
    """`who`: the desk, or the unit that has the order."""

    who: str
    body: dict[str, Any]


def desk(action: str, **fields: Any) -> Step:
    return Step(DESK, {"action": action, **fields})


def between_centres(centre: str, order: dict[str, Any], allowed: set[str], centres: frozenset[str]) -> Step | None:
    """The next step that another centre is concerned with; None: none."""
    for move in (_recall, _call, _negotiate, _share):
        step = move(centre, order, allowed, centres)
        if step is not None:
            return step
    return None


def waits_for_recall(order: dict[str, Any]) -> bool:
    """The receiver has noticed that it was sent here by mistake, and leaves it until the sender asks for it back."""
    return is_mistaken(order, "in") and not order["transfers"][0]["recall"]


def is_mistaken(order: dict[str, Any], direction: str) -> bool:
    """An ordinary transfer, the only one, that both sides see as a mistake: the same matter at every run."""
    if len(order["transfers"]) != 1 or not chance(order, MISTAKEN_ONE_IN):
        return False
    (only,) = order["transfers"]
    plain = not (only["urgent"] or only["part"] or only["binding"] or only["settled_by"] or only["calls"])
    return plain and only["direction"] == direction and only["status"] == "accepted" and not order["danger"]


def utility(order: dict[str, Any], centres: frozenset[str]) -> str | None:
    """The utility's own line, where there is one, for what only it can mend."""
    found = (UTILITY_OF.get(item[:3]) for item in items_of(order)[:1])
    return next((code for code in found if code in centres), None)


def items_of(order: dict[str, Any]) -> list[str]:
    """The catalogue items as read here, else as the peer sent them."""
    own = (order["verdict"] or {}).get("items") or []
    return list(own) or next((t["items"] for t in order["transfers"] if t["items"]), [])


def chance(order: dict[str, Any], one_in: int) -> bool:
    """The same answer for the same matter, at every centre and at every run."""
    return zlib.crc32(order["matter_id"].encode()) % one_in == 0


def _recall(centre: str, order: dict[str, Any], allowed: set[str], centres: frozenset[str]) -> Step | None:
    if "agree_recall" in allowed:
        return desk("agree_recall", note="确属误转，退还贵方")
    if "refuse_recall" in allowed:
        return desk("refuse_recall", reason="已派出处置力量")
    if "recall_transfer" in allowed and is_mistaken(order, "out") and not order["transfers"][0]["peer_status"]:
        return desk("recall_transfer", reason="转接有误，来电人所说属本中心受理")
    return None


def _call(centre: str, order: dict[str, Any], allowed: set[str], centres: frozenset[str]) -> Step | None:
    call = next((c for t in order["transfers"] for c in t["calls"] if not c.get("ended_at")), None)
    if call is None:
        return None
    there = {who["centre"] for who in call["joined"]}
    if centre not in there and "join_three_way_call" in allowed:
        return desk(
            "join_three_way_call", person=f"{centre}坐席", seat="A02", recording_no=f"{centre}-{call['id'][-6:]}"
        )
    if call["opened_by"] == centre and len(there) > 1 and "end_three_way_call" in allowed:
        outcome = "receiver" if chance(order, 4) else "unclear"
        return desk("end_three_way_call", outcome=outcome, text="三方已核对来电人所述情况")
    return None


def _negotiate(centre: str, order: dict[str, Any], allowed: set[str], centres: frozenset[str]) -> Step | None:
    """Each says its position; then one of the two gives in."""
    talk = next((t for t in order["transfers"] if t["status"] == "negotiating"), None)
    if talk is None:
        return None
    said = {position["centre"] for position in talk["positions"]}
    if centre not in said and "take_position" in allowed:
        basis = (items_of(order) or ["对接联动事项清单"])[0]
        return desk("take_position", owner=talk["peer"], basis_kind="catalogue", basis=basis, text="属对方受理范围")
    if len(said) < 2:
        return None
    if chance(order, 2):
        return desk("accept_transfer") if talk["direction"] == "in" and "accept_transfer" in allowed else None
    return desk("keep_matter", text="同意先行受理") if "keep_matter" in allowed else None


def _share(centre: str, order: dict[str, Any], allowed: set[str], centres: frozenset[str]) -> Step | None:
    """110 has sent somebody: who acts beside it gets its part."""
    if centre != "110" or order["status"] != "dispatched" or "offer_transfer" not in allowed:
        return None
    asked = {t["peer"] for t in order["transfers"]}
    wanted = [to for item in items_of(order) for to in BESIDE_POLICE.get(item, ()) if to in centres and to not in asked]
    return desk("offer_transfer", to=wanted[0], part=True, note="现场请贵方一同处置") if wanted else None
