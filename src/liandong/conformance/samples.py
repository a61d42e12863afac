"""A plain body of every kind that may follow an offer, for the check that none of them stumbles."""

from typing import Any
from uuid import UUID

from liandong.core.ids import new_id


def bodies(transfer_id: UUID, here: str, there: str, number: str, now: str) -> dict[str, dict[str, Any]]:
    """Kind → body, in an order in which a sender might say them."""
    about = {"transfer_id": str(transfer_id)}
    call = about | {"call_id": str(new_id()), "at": now}
    question = {"supervision_id": str(new_id()), "at": now}
    return {
        "order.progressed.v1": {"number": number, "status": "dispatched", "at": now},
        "order.urged.v1": {"at": now, "text": "来电人再次询问"},
        "call.opened.v1": call | {"person": "话务员", "recording_no": "R-1"},
        "call.joined.v1": call | {"person": "接警员"},
        "call.ended.v1": call | {"outcome": "unclear", "text": "双方意见不一"},
        "negotiation.opened.v1": about | {"at": now, "reason": "职责不明"},
        "negotiation.position_taken.v1": about
        | {"owner": here, "basis_kind": "catalogue", "basis": "P0101", "at": now},
        "supervision.opened.v1": question | {"due_at": now, "text": "请说明"},
        "supervision.replied.v1": question | {"text": "已督促"},
        "supervision.judged.v1": question | {"accepted": True},
        "matter.merged.v1": {"at": now, "number": number, "into_number": f"{number}-2"},
        "matter.unmerged.v1": {"at": now, "number": number},
        "transfer.recall_refused.v1": about | {"reason": "已派警"},
        "joint.ended.v1": about | {"at": now},
        "transfer.kept.v1": about | {"settled_by": "agreement", "at": now},
        "transfer.returned.v1": about | {"reason": "other", "basis": "x"},
        "order.answered.v1": {"number": number, "status": "answered", "at": now, "answer": "已处理"},
        "order.evaluated.v1": {"number": number, "at": now, "solved": True, "satisfaction": 5},
    }
