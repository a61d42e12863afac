"""Every interleaving of what people do, deadlines and deliveries, breadth first, so that a broken promise comes with its shortest story."""

from array import array
from typing import NamedTuple

from .people import Protocol
from .promises import broken_in, broken_when_nothing_moves
from .state import Setting, State, Turn


class Found(NamedTuple):
    states: int
    steps: int
    broken: list[tuple[str, list[str]]]
    whole: bool  # nothing was cut off


def explore(protocol: Protocol, *, most: int = 0, broken_wanted: int = 1) -> Found:
    """`most`: stop after so many states (0: never). Promises that are local to a state are checked in each one."""
    setting = protocol.setting
    start = setting.start()
    known: dict[State, int] = {start: 0}
    states, came, names = [start], array("l", [-1]), [""]
    unaided: list[tuple[int, ...]] = []  # deliveries and deadlines: where they lead
    broken, steps, at = [], 0, 0
    while at < len(states):
        state = states[at]
        without_people = []
        for name, alone, after in moves(protocol, state):
            steps += 1
            index = known.get(after)
            if index is None:
                index = known[after] = len(states)
                states.append(after)
                came.append(at)
                names.append(name)
            if alone:
                without_people.append(index)
        unaided.append(tuple(without_people))
        why = broken_in(setting, state) or (None if without_people else broken_when_nothing_moves(setting, state))
        if why:
            broken.append((why, story(at, came, names=names)))
            if len(broken) >= broken_wanted:
                return Found(len(states), steps, broken, False)
        if most and len(states) >= most:
            return Found(len(states), steps, broken, False)
        at += 1
    circle = endless(unaided)
    if circle is not None:
        broken.append(("5 deliveries and deadlines never end", story(circle, came, names=names)))
    return Found(len(states), steps, broken, True)


def moves(protocol: Protocol, state: State):
    """(name, whether it needs nobody, the state after)."""
    setting = protocol.setting
    for position, x in enumerate(state.centres):
        for name, turn in protocol.steps(x):
            yield (
                f"{x.code} {name}",
                name.startswith("deadline"),
                after_turn(setting, state, position=position, turn=turn),
            )
    size = len(setting.centres)
    for channel, messages in enumerate(state.channels):
        if messages:
            position = channel % size
            sender = setting.centres[channel // size]
            x, message = state.centres[position], messages[0]
            turn = protocol.read(x, sender, message=message)
            left = state._replace(channels=replaced(state.channels, channel, new=messages[1:]))
            name = f"{x.code} reads {message.kind} {message.how} {message.id or ''} from {sender}"
            yield name, True, after_turn(setting, left, position=position, turn=turn)


def after_turn(setting: Setting, state: State, *, position: int, turn: Turn) -> State:
    channels = state.channels
    if turn.out:
        boxes = list(channels)
        for to, message in turn.out:
            boxes[setting.channel(turn.x.code, to)] += (message,)
        channels = tuple(boxes)
    return State(replaced(state.centres, position, new=turn.x), channels)


def replaced(items: tuple, position: int, *, new) -> tuple:
    return (*items[:position], new, *items[position + 1 :])


def story(at: int, came: array, *, names: list[str]) -> list[str]:
    told = []
    while came[at] >= 0:
        told.append(names[at])
        at = came[at]
    return told[::-1]


def endless(unaided: list[tuple[int, ...]]) -> int | None:
    """A state on a circle of deliveries and deadlines, if there is one: all others are taken away from their ends."""
    before = array("l", bytes(array("l").itemsize * len(unaided)))
    for nexts in unaided:
        for n in nexts:
            before[n] += 1
    ready = [i for i, count in enumerate(before) if not count]
    gone = 0
    while ready:
        i = ready.pop()
        gone += 1
        for n in unaided[i]:
            before[n] -= 1
            if not before[n]:
                ready.append(n)
    return None if gone == len(unaided) else next(i for i, count in enumerate(before) if count > 0)
