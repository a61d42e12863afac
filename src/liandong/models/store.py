"""Where models live: DIR/NAME/VERSION/ with plain arrays, a word list and a card; DIR/NAME/in_force.json says which one reads.

Nothing in these files can run: arrays are loaded without pickles, the rest is JSON, and the card carries the digest of both.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from liandong.models.figures import Figures
from liandong.models.files import FileFault
from liandong.models.model import Classifier

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
FORMAT = 2


class Card(Struct, frozen=True):
    """What a model is: of what data and time, how good, and where it is weak. `digest`: of the arrays and the words, SHA-256.

    `weaknesses`: the classes it finds least often, and what it takes them for. `urgent_at`: of a danger model only, the probability
    from which it rings.
    """

    name: str
    version: str
    format: int
    data: str
    messages: int
    first: str
    last: str
    classes: tuple[str, ...]
    figures: Figures
    weaknesses: tuple[str, ...]
    digest: str = ""
    urgent_at: float = 0.0


class InForce(Struct, frozen=True):
    """`before`: versions that were in force, the latest last; roll back goes there."""

    version: str
    before: tuple[str, ...] = ()


def models_folder() -> Path:
    """LIANDONG_MODELS, else the models folder of LIANDONG_HOME."""
    named = os.environ.get("LIANDONG_MODELS")
    return Path(named) if named else Path(os.environ.get("LIANDONG_HOME", ".liandong")) / "models"


def versions(folder: Path, name: str) -> list[str]:
    """Oldest first."""
    _checked(name)
    return sorted((card.parent.name for card in (folder / name).glob("*/card.json")), key=int)


def next_version(folder: Path, name: str) -> str:
    known = versions(folder, name)
    return str(int(known[-1]) + 1) if known else "1"


def save(folder: Path, classifier: Classifier, card: Card) -> Path:
    """Writes a version beside the others; the first one of a name is in force at once, later ones when a person promotes them."""
    place = folder / _checked(card.name) / card.version
    place.mkdir(parents=True, exist_ok=False)
    np.savez(
        place / "arrays.npz", weights=classifier.weights, bias=classifier.bias, idf=classifier.idf, allow_pickle=False
    )
    (place / "words.json").write_text(json.dumps(classifier.vocabulary, ensure_ascii=False), encoding="utf-8")
    card = msgspec.structs.replace(card, digest=_digest(place))
    (place / "card.json").write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")
    if in_force(folder, card.name) is None:
        _put_in_force(folder, card.name, InForce(card.version))
    return place


def load(folder: Path, name: str, version: str = "") -> tuple[Classifier, Card]:
    """The version in force, or the one named. Raises FileFault where there is none or its files were changed."""
    force = in_force(folder, name)
    version = version or (force.version if force else "")
    place = folder / name / version
    if not version or not (place / "card.json").is_file():
        raise FileFault(f"没有模型 {name} {version}，请先运行 liandong train（no such model in {folder}）")
    try:
        card = card_of(folder, name, version)
        if card.format != FORMAT or card.digest != _digest(place):
            raise FileFault(
                f"模型 {name} {version} 的文件与说明卡不符，请重新训练（the files are not those of the card）"
            )
        with np.load(place / "arrays.npz", allow_pickle=False) as arrays:
            words = json.loads((place / "words.json").read_text(encoding="utf-8"))
            classifier = Classifier(name, version, card.classes, words, arrays["weights"], arrays["bias"])
            classifier.idf = arrays["idf"]
    except (OSError, ValueError, KeyError, msgspec.DecodeError) as error:
        raise FileFault(f"读不了模型 {name} {version}：{error}（can't read the model）") from error
    return classifier, card


def card_of(folder: Path, name: str, version: str) -> Card:
    """Raises FileFault for a card that can't be read."""
    try:
        return msgspec.json.decode((folder / _checked(name) / version / "card.json").read_bytes(), type=Card)
    except (OSError, msgspec.DecodeError) as error:
        raise FileFault(f"读不了模型 {name} {version} 的说明卡：{error}（can't read the card）") from error


def in_force(folder: Path, name: str) -> InForce | None:
    place = folder / _checked(name) / "in_force.json"
    return msgspec.json.decode(place.read_bytes(), type=InForce) if place.is_file() else None


def promote(folder: Path, name: str, version: str) -> InForce:
    """A person puts a version in force; the one before stays, for rolling back. Raises FileFault for an unknown version."""
    if version not in versions(folder, name):
        raise FileFault(f"模型 {name} 没有版本 {version}（no such version）")
    now = in_force(folder, name)
    if now and now.version == version:
        return now
    return _put_in_force(folder, name, InForce(version, (*now.before, now.version) if now else ()))


def roll_back(folder: Path, name: str) -> InForce:
    """Back to the version in force before. Raises FileFault where there was none."""
    now = in_force(folder, name)
    if now is None or not now.before:
        raise FileFault(f"模型 {name} 之前没有在用的版本，无法退回（there is no version to roll back to）")
    return _put_in_force(folder, name, InForce(now.before[-1], now.before[:-1]))


def _put_in_force(folder: Path, name: str, force: InForce) -> InForce:
    """One rename, so that a reader sees the old or the new, never half of it."""
    place = folder / name / "in_force.json"
    new = place.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(force))
    os.replace(new, place)
    return force


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise FileFault(f"模型名只能用字母、数字、- 和 _：{name!r}（letters, digits, - and _ only）")
    return name


def _digest(place: Path) -> str:
    total: Any = hashlib.sha256()
    for name in ("arrays.npz", "words.json"):
        total.update((place / name).read_bytes())
    return str(total.hexdigest())
