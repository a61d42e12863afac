"""The districts' boundaries: a city's own file, or the one that comes with the program."""

from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct


class District(Struct):
    id: str
    properties: dict[str, object]
    geometry: dict[str, object]


class Districts(Struct):
    features: list[District]


def load_districts(own: Path | None) -> bytes:
    """As it is served. Raises ValueError for a file that is no collection of districts with their six digits as `id`."""
    text = own.read_bytes() if own else files("liandong.overview").joinpath("data", "districts.geojson").read_bytes()
    try:
        found = msgspec.json.decode(text, type=Districts)
    except msgspec.DecodeError as error:
        raise ValueError(f"{own}: 不是行政区划边界的 GeoJSON（no GeoJSON of districts）：{error}") from error
    if wrong := [one.id for one in found.features if not (one.id.isdigit() and len(one.id) == 6)]:
        raise ValueError(f"{own}: 区划编码应为六位数字（ids are six digits）：{'、'.join(wrong)}")
    return text
