"""The caller evaluates without a call, by a link (plan 二(三)3: 回访、评价)."""

from liandong.core.lifecycle import Transition, row

CALLER = frozenset({"caller"})  # whoever holds the link; no key has this role


def callback_rows() -> tuple[Transition, ...]:
    return (
        row(
            "evaluate_by_caller", "closed called_back", "evaluated", CALLER, "order.evaluated_by_caller", "群众自助评价", "Evaluated by the caller",
            guards=("calls_back_itself", "of_this_round"), stops=("callback", "evaluation"), sends=("order.evaluated.v1",),
            stamps=("evaluated_at",),
        ),
    )  # fmt: skip
