"""The product's command line with one kind of notice more, `greeting.sent.v1`, so that notices can be watched while nodes are killed.

What it does at its receiver is one row in the table `greetings`, in the transaction that takes it in.
"""

from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from liandong import node
from liandong.exchange import contracts, receive
from liandong.orders.context import Incoming

KIND = "greeting.sent.v1"
TABLE = "CREATE TABLE IF NOT EXISTS greetings (no bigint GENERATED ALWAYS AS IDENTITY, sender text, text text)"


class GreetingSent(contracts.Body, frozen=True):
    text: str


async def greet(connection: asyncpg.Connection, incoming: Incoming, body: Any, now: datetime) -> None:
    await connection.execute("INSERT INTO greetings (sender, text) VALUES ($1, $2)", incoming.sender, body.text)


def make_known() -> None:
    contracts.MESSAGES[KIND] = GreetingSent
    contracts.KIND_OF[GreetingSent] = KIND
    receive._decoders[KIND] = msgspec.json.Decoder(GreetingSent)
    handlers = node.notice_handlers()
    node.notice_handlers = lambda: {**handlers, KIND: greet}


if __name__ == "__main__":
    from liandong.cli.app import app

    make_known()
    app()
