"""What must be true. A promise is broken by the sentence that is returned.

1 never an orphan: in every state somebody holds itself responsible, or the result is on its way to the first receiver
2 when all messages have arrived exactly one does, and joint handling is marked at both
3 a police desk that knows of danger is responsible in every state; when all messages have arrived it knows of every danger that anybody knows of,
  and nothing is waited for
4 the police desk never has danger on offer as a whole before it has dispatched
5 no deadlock: where neither a message nor a deadline moves anything, nothing is open (and explore.endless: they always come to an end)
6 no endless hand-overs: handovers.py
"""

from .state import POLICE, Setting, State, in_danger, whole


def broken_in(setting: Setting, state: State) -> str | None:
    holders = [x for x in state.centres if x.responsible]
    quiet = not any(state.channels)
    if not holders and not result_on_its_way(setting, state):
        return "1 orphan"
    for x in state.centres:
        if x.code == POLICE and in_danger(x):
            if not x.responsible:
                return "3 the police desk knows of danger and is not responsible"
            if whole(x.offers):
                return "4 the police desk gives danger away"
    return broken_when_quiet(state, [x.code for x in holders]) if quiet else None


def result_on_its_way(setting: Setting, state: State) -> bool:
    to_first = [setting.channel(code, setting.first) for code in setting.centres]
    return any(message.kind == "answered" for channel in to_first for message in state.channels[channel])


def broken_when_quiet(state: State, holders: list[str]) -> str | None:
    if len(holders) != 1:
        return f"2 {' and '.join(holders) or 'nobody'} responsible with nothing on its way"
    given = sorted((p.id, x.code, p.peer) for x in state.centres for p in x.given)
    working = sorted((p.id, p.peer, x.code) for x in state.centres for p in x.working)
    if given != working:
        return "2 joint handling is marked at one side only"
    police = next((x for x in state.centres if x.code == POLICE), None)
    for x in state.centres:
        if police is not None and not set(x.seen) <= set(police.seen):
            return f"3 {x.code} knows of danger and the police desk does not"
    if police is not None and in_danger(police):
        for x in state.centres:
            if whole(x.offers) or whole(x.asks) or x.recalling or x.recalled:
                return f"3 danger waits for {x.code}"
    return None


def broken_when_nothing_moves(setting: Setting, state: State) -> str | None:
    for x in state.centres:
        if x.offers or x.asks or x.recalling or x.recalled:
            return f"5 deadlock at {x.code}"
    return None
