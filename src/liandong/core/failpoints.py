"""Named places where a test can make this process die as by kill -9. Without LIANDONG_FAILPOINT they do nothing.

`LIANDONG_FAILPOINT=send.posted` dies when that place is reached for the first time.
"""

import os

_NAME = os.environ.get("LIANDONG_FAILPOINT", "")
KILLED = 137


def reach(name: str) -> None:
    if name == _NAME:
        os._exit(KILLED)
