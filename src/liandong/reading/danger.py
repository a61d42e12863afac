"""The danger model: a model of two classes, `urgent` and `other`, which may raise a reading to urgent and never lowers one."""

from msgspec import Struct

from liandong.models.files import FileFault
from liandong.models.model import Classifier, Ground
from liandong.models.store import Card

URGENT, OTHER = "urgent", "other"
SAYS = "learned.danger"


class DangerModel(Struct, frozen=True):
    """`at`: the probability of URGENT from which it rings; chosen when it was learnt, for the recall its card names."""

    classifier: Classifier
    at: float

    def hear(self, text: str) -> tuple[float, list[Ground]]:
        """How probably the text is urgent, and, where it rings, the words that speak most for it."""
        share = float(self.classifier.probabilities(text)[self.classifier.classes.index(URGENT)])
        if share < self.at:
            return share, []
        return share, self.classifier.grounds(text, URGENT)


def danger_model_of(classifier: Classifier, card: Card) -> DangerModel:
    """Raises FileFault for a model that is no danger model."""
    if set(classifier.classes) != {URGENT, OTHER} or not card.urgent_at:
        raise FileFault(
            f"模型 {card.name} 不是险情模型，请用 liandong train … --urgent-from 训练（no danger model: train with --urgent-from）"
        )
    return DangerModel(classifier, card.urgent_at)
