"""A failing story, made short: steps are left out as long as the same promise still breaks (delta debugging)."""

import json
from collections.abc import Sequence

from .city import Step
from .play import Life, replay

FEWEST = 2  # centres
POLICE = "110"


def shrunk(life: Life) -> Life:
    """The shortest story found that breaks the same promise. It is only to be called with a life that broke one."""
    assert life.broken is not None
    promise = life.broken.promise
    best = replay(life.centres, life.story)
    assert best.broken is not None, "the same story must end the same way"
    while True:
        shorter = _without_some(best, promise) or _simpler(best, promise)
        if shorter is None:
            return _fewer_centres(best, promise)
        best = shorter


def _without_some(life: Life, promise: str) -> Life | None:
    """Larger pieces first. None: not a single step can be left out."""
    size = max(len(life.story) // 2, 1)
    best: Life | None = None
    while size:
        start = 0
        while start < len((best or life).story):
            story = (best or life).story
            tried = _breaks(life.centres, [*story[:start], *story[start + size :]], promise)
            if tried is not None:
                best = tried
            else:
                start += size
        size //= 2
    return best


def _simpler(life: Life, promise: str) -> Life | None:
    """The same steps, without interruption and without choice of place."""
    for place, step in enumerate(life.story):
        plain = _plain(step)
        if plain != step:
            tried = _breaks(life.centres, [*life.story[:place], plain, *life.story[place + 1 :]], promise)
            if tried is not None:
                return tried
    return None


def _plain(step: Step) -> Step:
    kept = {"take": 4, "act": 4, "again": 2, "clock": 3, "go": 2, "arrive": 3, "receipt": 3, "lose": 3, "copy": 3}
    return step[: kept.get(step[0], len(step))]


def _fewer_centres(life: Life, promise: str) -> Life:
    named = {word for step in life.story for word in _words(step)}
    centres = [c for c in life.centres if c in named | {POLICE}]  # a city without them has other rules of danger
    if len(centres) < FEWEST:
        centres = [*centres, *(c for c in life.centres if c not in centres)][:FEWEST]
    return _breaks(centres, life.story, promise) or life


def _words(step: Step) -> list[str]:
    return [w for part in step for w in (part.values() if isinstance(part, dict) else (part,)) if isinstance(w, str)]


def _breaks(centres: Sequence[str], story: Sequence[Step], promise: str) -> Life | None:
    try:
        tried = replay(centres, story)
    except KeyError:  # a step that names a centre which was left out
        return None
    return tried if tried.broken is not None and tried.broken.promise == promise else None


def told(life: Life) -> str:
    """A life that broke a promise, in words, with the calm after it and the steps to replay it."""
    lines: list[str] = []
    again = replay(life.centres, life.story, log=lines)
    broken = again.broken or life.broken
    return "\n".join(
        [
            f"BROKEN {broken.promise}: {broken.words}" if broken else "nothing is broken",
            f"centres: {', '.join(life.centres)}; {len(life.story)} steps, then calm",
            *lines[: len(life.story)],
            *(line for line in lines[len(life.story) :] if "=>" in line),  # of the calm only what changed something
            "replay: " + json.dumps({"centres": life.centres, "story": life.story}, ensure_ascii=False),
        ]
    )
