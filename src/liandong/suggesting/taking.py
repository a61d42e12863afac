"""A model that was learnt from a file (liandong train) as a candidate of the node. Its figures stay those that were measured then."""

from datetime import date
from pathlib import Path

import msgspec

from liandong.models.files import FileFault
from liandong.models.store import load
from liandong.suggesting.model import ModelCard, ModelFigures, Target
from liandong.suggesting.packing import pack
from liandong.suggesting.store import Fresh


def fresh_of(folder: Path, name: str, version: str, target: str) -> Fresh:
    """Raises FileFault where there is no such model, its files were changed, or nothing of the node reads such a thing."""
    if target not in (Target.CLASS, Target.TYPE):
        raise FileFault(f"--as 应为 class 或 type，收到的是 {target!r}（承办单位只从节点的工单学）")
    classifier, card = load(folder, name, version)
    total = sum(one.messages for one in card.figures.classes) or 1
    return Fresh(
        ModelCard(
            name=Target(target),
            version=0,
            source=f"{card.data}（{name} {card.version}）",
            rows=card.messages,
            held_out=card.figures.messages,
            first_on=_day(card.first),
            last_on=_day(card.last),
            classes=len(classifier.classes),
            figures=msgspec.convert(msgspec.to_builtins(card.figures), ModelFigures),
            weaknesses=card.weaknesses,
            shares={one.name: round(one.messages / total, 5) for one in card.figures.classes},
        ),
        pack(folder / name / card.version),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
