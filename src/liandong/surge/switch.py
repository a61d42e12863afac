"""On or off: pure, from the load, what people have said and the policy. What is not known counts as calm: then people answer."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct, structs

from liandong.surge.policy import SurgePolicy

Mode = Literal["auto", "forced_on", "forced_off"]


class Load(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the lines are now, as the telephone system reports it; a figure left out is not known."""

    queue: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    wait_seconds: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None
    connect_rate: Annotated[float, Meta(ge=0, le=1)] | None = None


class Switch(Struct, frozen=True, kw_only=True):
    """`by`: the policy, or the person who switched. `since`: when it last went on or off."""

    is_on: bool
    mode: Mode
    since: datetime | None
    by: str
    reason: str
    load: Load | None = None
    load_at: datetime | None = None


def after_load(switch: Switch, load: Load, policy: SurgePolicy, now: datetime) -> Switch:
    return look(structs.replace(switch, load=load, load_at=now), policy, now)


def look(switch: Switch, policy: SurgePolicy, now: datetime) -> Switch:
    """What the policy makes of the load. A person's word stands until a person takes it back."""
    if switch.mode != "auto":
        return switch
    if switch.load is None or switch.load_at is None or (now - switch.load_at).total_seconds() > policy.stale_seconds:
        return _turned(switch, False, now, "没有新的话务数据 / no fresh load")
    if not switch.is_on:
        crossed = reached(switch.load, policy)
        return _turned(switch, True, now, "；".join(crossed)) if crossed else switch
    rested = switch.since is None or now - switch.since >= timedelta(minutes=policy.least_on_minutes)
    return _turned(switch, False, now, "话务已恢复 / calm again") if rested and is_calm(switch.load, policy) else switch


def set_by(switch: Switch, mode: Mode, by: str, reason: str, policy: SurgePolicy, now: datetime) -> Switch:
    """A person switches it on or off, or hands it back to the policy."""
    if mode == "auto":
        freed = structs.replace(switch, mode=mode, by=by, reason=reason)
        decided = look(freed, policy, now)
        return structs.replace(decided, mode=mode)
    is_on = mode == "forced_on"
    since = now if is_on != switch.is_on else switch.since
    return structs.replace(switch, is_on=is_on, mode=mode, since=since, by=by, reason=reason)


def reached(load: Load, policy: SurgePolicy) -> list[str]:
    """Which thresholds to begin are reached, in words."""
    on = policy.on
    found = []
    if load.queue is not None and load.queue >= on.queue:
        found.append(f"排队 {load.queue} 人，达到 {on.queue}")
    if load.wait_seconds is not None and load.wait_seconds >= on.wait_seconds:
        found.append(f"等待 {load.wait_seconds:g} 秒，达到 {on.wait_seconds:g}")
    if load.connect_rate is not None and load.connect_rate <= on.connect_rate:
        found.append(f"接通率 {load.connect_rate:.0%}，低于 {on.connect_rate:.0%}")
    return found


def is_calm(load: Load, policy: SurgePolicy) -> bool:
    off = policy.off
    return (
        (load.queue is None or load.queue <= off.queue)
        and (load.wait_seconds is None or load.wait_seconds <= off.wait_seconds)
        and (load.connect_rate is None or load.connect_rate >= off.connect_rate)
    )


def _turned(switch: Switch, is_on: bool, now: datetime, reason: str) -> Switch:
    if switch.is_on == is_on:
        return switch
    return structs.replace(switch, is_on=is_on, since=now, by="policy", reason=reason)
