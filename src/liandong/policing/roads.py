"""The city's roads as a graph, where the city has one: how far it is by road. Read once; pure afterwards.

The file is JSON: {"system": "wgs84" or "gcj02", "junctions": [[lon, lat], …], "roads": [[from, to, metres], …]}, junctions counted
from 0. A road goes both ways; a fourth value `true` makes it one-way.
"""

from collections import defaultdict
from collections.abc import Iterable
from heapq import heappop, heappush
from math import cos, floor, radians
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from liandong.core.globe import metres

CELLS = 200  # in a degree: about 550 m from south to north
Place = tuple[float, float]


class RoadsError(ValueError):
    """A file that can't be used; the text names it and says what is wrong."""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    system: Literal["wgs84", "gcj02"]
    junctions: list[Place]
    roads: list[list[float | bool]]


class Roads:
    """`system`: the coordinates that its junctions are in; places in the other are not looked up here."""

    def __init__(self, system: str, junctions: list[Place], roads: Iterable[tuple[int, int, float, bool]]) -> None:
        self.system = system
        self._junctions = junctions
        self._into: dict[int, list[tuple[int, float]]] = defaultdict(list)  # against the direction of travel
        for start, end, length, one_way in roads:
            self._into[end].append((start, length))
            if not one_way:
                self._into[start].append((end, length))
        self._cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, place in enumerate(junctions):
            self._cells[_cell(place)].append(number)

    def distances(self, to: Place, starts: dict[str, Place], *, reach: int, snap: int) -> dict[str, float]:
        """Metres by road from each start that a road leads from, as far as `reach`. One that lies more than `snap` from every junction is left out."""
        goal = self._nearest(to, snap)
        if goal is None:
            return {}
        at = {name: found for name, place in starts.items() if (found := self._nearest(place, snap)) is not None}
        lengths = self._lengths(goal[0], {junction for junction, _ in at.values()}, reach)
        return {name: lengths[j] + off + goal[1] for name, (j, off) in at.items() if j in lengths}

    def _lengths(self, goal: int, wanted: set[int], reach: int) -> dict[int, float]:
        """Dijkstra from the goal backwards, until every wanted junction is reached or the reach ends."""
        best: dict[int, float] = {goal: 0.0}
        settled: dict[int, float] = {}
        left = set(wanted)
        queue = [(0.0, goal)]
        while queue and left:
            length, here = heappop(queue)
            if here in settled:
                continue
            settled[here] = length
            left.discard(here)
            for there, more in self._into.get(here, ()):
                if there not in settled and (total := length + more) < min(best.get(there, reach), reach):
                    best[there] = total
                    heappush(queue, (total, there))
        return {junction: settled[junction] for junction in wanted if junction in settled}

    def _nearest(self, place: Place, snap: int) -> tuple[int, float] | None:
        """The nearest junction and how far it is."""
        x, y = _cell(place)
        up = floor(snap / 111_320 * CELLS) + 1
        across = floor(snap / (111_320 * max(cos(radians(place[1])), 0.01)) * CELLS) + 1
        near = (
            (metres(*place, *self._junctions[number]), number)
            for cx in range(x - across, x + across + 1)
            for cy in range(y - up, y + up + 1)
            for number in self._cells.get((cx, cy), ())
        )
        length, number = min(near, default=(snap + 1.0, -1))
        return (number, length) if length <= snap else None


def load_roads(path: Path) -> Roads:
    """Raises RoadsError."""
    try:
        given = msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.DecodeError) as error:
        raise RoadsError(f"{path}: {error}") from error
    return Roads(given.system, given.junctions, [_road(path, given, n, road) for n, road in enumerate(given.roads)])


def _road(path: Path, given: _File, number: int, road: list[float | bool]) -> tuple[int, int, float, bool]:
    try:
        start, end, length = int(road[0]), int(road[1]), float(road[2])
        sound = 0 <= start < len(given.junctions) and 0 <= end < len(given.junctions) and length > 0 and len(road) <= 4
    except (IndexError, ValueError):
        sound = False
    if not sound:
        raise RoadsError(f"{path}: road {number} is not [from, to, metres] between two junctions")
    return start, end, length, bool(road[3]) if len(road) == 4 else False


def _cell(place: Place) -> tuple[int, int]:
    return floor(place[0] * CELLS), floor(place[1] * CELLS)
