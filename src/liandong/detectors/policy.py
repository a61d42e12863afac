"""The detectors, read from data. Wrong data is refused when it is read."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from liandong.detectors.model import DetectorPolicy
from liandong.detectors.rules import RULES

FILE = "detectors.json"


def load_detectors(folder: Path | None) -> DetectorPolicy:
    """A city's own detectors.json in its folder, else the one that comes with the program. Raises ValueError."""
    own = folder / FILE if folder else None
    shipped = files("liandong.detectors").joinpath("data", FILE)
    text = own.read_bytes() if own and own.exists() else shipped.read_bytes()
    policy = msgspec.json.decode(text, type=DetectorPolicy)
    for one in policy.detectors:
        if one.name not in RULES:
            raise ValueError(f"{FILE}: 没有规则 {one.name}（no such rule）；已有：{'、'.join(RULES)}")
        if missing := RULES[one.name].needs - set(one.params):
            raise ValueError(f"{FILE}: {one.name} 缺少参数（parameters are missing）：{'、'.join(sorted(missing))}")
        if not one.min <= one.threshold <= one.max:
            raise ValueError(f"{FILE}: {one.name} 的 threshold 应在 min 与 max 之间（must lie between min and max）")
    return policy


@cache
def names_zh() -> dict[str, str]:
    return {one.name: one.zh for one in load_detectors(None).detectors}
