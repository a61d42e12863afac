"""Whether a verdict is sure enough to go by itself: only what is calm and clear; whatever smells of danger a person looks at.

The three limits were chosen on the messages whose wording neither the lists nor the weights had seen (docs/models/README.md says how
many of the sure verdicts were right there, and that none hid a danger). An urgent verdict is never called sure: it goes at once anyway.
"""

from liandong.routing.model import Decision, Verdict
from liandong.routing.weighing import Weighed

CALM = 0.1
"""The share of danger must be below this."""
CLEAR = 1.5
"""The weights must say at least so clearly whose duty it is, either way."""
DOUBTLESS = -0.5
"""What speaks for an overlap, or for nobody's matter, must weigh less than this."""
BY_ITSELF = (Decision.KEEP, Decision.TRANSFER)


def is_sure(verdict: Verdict, danger: float, weighed: Weighed) -> bool:
    opening = weighed.opening
    return (
        verdict.decision in BY_ITSELF
        and not verdict.urgent
        and danger < CALM
        and abs(opening["police"]) >= CLEAR
        and max(opening["unclear"], opening["neither"]) < DOUBTLESS
    )
