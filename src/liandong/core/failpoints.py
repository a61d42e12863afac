"""Named places where a test can make this process die as by kill -9. Without LIANDONG_FAILPOINT they do nothing.

`LIANDONG_FAILPOINT=send.posted` dies when that place is reached for the first time, `send.posted:3` at the third. With `@FILE` the
name is read from a file at each place, so that a process that runs already can be armed.
"""

import os
from pathlib import Path

KILLED = 137

# What has just happened at each place. A test reads the calls of `reach` in the source and holds them against this table,
# and another kills a node at every one of them, at both centres.
FAILPOINTS: dict[str, str] = {
    "api.parsed": "a request was read and is in the right form",
    "command.loaded": "the snapshot is loaded",
    "commit.decided": "the decision is made; nothing is written",
    "commit.sending": "the commit statement is about to be sent to the database",
    "commit.written": "the database has committed; nobody has been told",
    "api.answering": "the answer is made and not yet sent",
    "timers.claimed": "clocks that ran out are claimed by this worker",
    "timers.fired": "they have been carried out",
    "send.claimed": "messages were taken from the outbox",
    "send.sealed": "they are signed",
    "send.posted": "the peer has begun to answer; its receipts are not yet read",
    "send.read": "the receipts are read; the outbox does not know of them",
    "send.settled": "the outbox knows; the attempt is not yet written",
    "receive.opened": "signatures were checked",
    "receive.claimed": "what became of each message before is known; none is carried out yet",
    "receive.handled": "every message of the batch is carried out; the sender has not been told",
    "receive.receipted": "the receipts are sent",
    "notice.handled": "a notice is carried out; its transaction is still open",
    "attachment.piece_written": "a piece of an upload is stored; the client has not been told",
    "attachment.checked": "a whole upload was held against its digest",
    "attachment.judged": "a file was scanned; the verdict is not written",
    "attachment.push_begun": "a file for a peer is taken up; nothing is sent",
    "attachment.chunk_sent": "the peer has answered for a chunk; nothing is noted",
    "attachment.chunk_stored": "a peer's chunk is stored; the peer has not been told",
    "catalogue.reassessed": "orders were looked at again under a new list; how far is not noted",
    "places.handled": "what follows from events is written; the transaction with the place is still open",
    "places.kept": "it is committed with the place",
    "middle.pushed": "rows of the exchange database are marked as pushed; none is carried out",
    "middle.carried_out": "handed-in rows are carried out; they are not marked as processed",
    "middle.replied": "replies are carried out; they are not marked as processed",
    "messaging.sent": "a gateway has taken a notification; its receipt is not written",
}


def parse(text: str) -> tuple[str, int]:
    """`name` or `name:times`. Raises ValueError for a name that is not in the table: a test that waits for it would wait for ever."""
    name, _, times = text.partition(":")
    if name and name not in FAILPOINTS:
        raise ValueError(f"LIANDONG_FAILPOINT: no failpoint is called {name!r}")
    return name, int(times or 1)


_GIVEN = os.environ.get("LIANDONG_FAILPOINT", "")
_FILE = Path(_GIVEN[1:]) if _GIVEN.startswith("@") else None
_NAME, _TIMES = ("", 1) if _FILE else parse(_GIVEN)
_reached = 0


def reach(name: str) -> None:
    if name == _NAME:
        _count(name, _TIMES)
    elif _FILE is not None and _FILE.exists():
        armed, times = parse(_FILE.read_text(encoding="utf-8"))
        if name == armed:
            _count(name, times)


def _count(name: str, times: int) -> None:
    global _reached
    _reached += 1
    if _reached == times:
        os.write(2, f"failpoint {name}\n".encode())
        os._exit(KILLED)
