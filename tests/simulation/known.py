"""Steps that the author of lives leaves out, since each leads to a defect that is known. Its story is in stories.py.

Mend the defect, then take its line out of KEPT_OUT: from then on random lives take that step too.
"""

from typing import Any

from liandong.orders.context import DANGER_CLOCK
from liandong.orders.model import Snapshot

POLICE = "110"


def the_danger_clock_is_paused(code: str, fields: dict[str, Any], snapshot: Snapshot) -> bool:
    return fields["action"] == "pause_clock" and fields["clock"] == DANGER_CLOCK


def danger_is_amended(code: str, fields: dict[str, Any], snapshot: Snapshot) -> bool:
    """A person who sets the fact tells nobody, and a clock that should do so may be stopped or eaten by the alarm."""
    return fields["action"] == "amend" and bool((fields.get("facts") or {}).get("danger"))


def who_has_finished_hands_over(code: str, fields: dict[str, Any], snapshot: Snapshot) -> bool:
    """A part that crosses is taken without anybody working on it."""
    return fields["action"] == "offer_transfer" and snapshot.order.status == "fed_back" and not fields.get("part")


def a_third_centre_joins(code: str, fields: dict[str, Any], snapshot: Snapshot) -> bool:
    """Chains of three and more under danger are not sound yet: about one life in 1,500 among four and more centres leaves a loop open,
    two owners, or a message that is passed round. A matter stays between one centre and the police desk here; SEED=20261355, 21261288,
    39261146, 31261151 and 33261457 show what is left to mend."""
    if "to" not in fields:
        return False
    if code != POLICE:
        return fields["to"] != POLICE
    partners = {t.peer for t in snapshot.transfers or ()} | ({snapshot.order.first_receiver} - {POLICE})
    return bool(partners) and fields["to"] not in partners


KEPT_OUT = (a_third_centre_joins,)
