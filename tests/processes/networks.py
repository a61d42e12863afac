"""A real network between two centres: one in a network namespace of its own, with one cable for its peer and another for its desk."""

import contextlib
import os
import subprocess
from collections.abc import Iterator

import pytest

PEER, DESK = "10.213.7", "10.213.8"


class Cable:
    """`here`, `there`: the peers' addresses of each other; `desk`: where the desk finds the far centre; `prefix`: runs a command there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.prefix = ("ip", "netns", "exec", name)
        self.here, self.there, self.desk = f"{PEER}.1", f"{PEER}.2", f"{DESK}.2"

    def cut(self) -> None:
        _ip("link", "set", f"{self.name}p", "down")

    def mend(self) -> None:
        _ip("link", "set", f"{self.name}p", "up")


@contextlib.contextmanager
def network() -> Iterator[Cable]:
    """Skips where this user may not make one."""
    cable = Cable(f"ld{os.getpid() % 100_000}")
    try:
        _ip("netns", "add", cable.name)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a real network needs `ip netns` and the right to use it: {error}")
    try:
        for end, subnet in (("p", PEER), ("d", DESK)):
            near, far = f"{cable.name}{end}", f"{cable.name}{end}f"
            _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", cable.name)
            _ip("addr", "add", f"{subnet}.1/30", "dev", near)
            _ip("link", "set", near, "up")
            _ip("-n", cable.name, "addr", "add", f"{subnet}.2/30", "dev", far)
            _ip("-n", cable.name, "link", "set", far, "up")
        _ip("-n", cable.name, "link", "set", "lo", "up")
        yield cable
    finally:
        _ip("netns", "del", cable.name)  # the cables go with it


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
