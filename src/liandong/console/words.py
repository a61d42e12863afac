"""The words that the console shows for codes: derived from the tables, so that there is one place for each of them."""

from collections.abc import Iterable
from typing import Any

from liandong.catalogue.centres import default_centres
from liandong.catalogue.clocks import load_clocks
from liandong.catalogue.units import rows_of
from liandong.core.lifecycle import Transition
from liandong.orders.lifecycle import LIFECYCLES

BIRTHS = {
    "order.accepted": ["受理", "Taken in"],
    "transfer.asked": ["对方转来", "Offered by a peer"],
    "transfer.taken_urgently": ["紧急转来，已接收", "Urgent offer taken"],
}
"""Events that no row of a lifecycle makes: an order's first."""
UNLIMITED = {"ladder": ["下一级提醒", "next reminder"], "suspension": ["挂起期满", "suspension ends"]}
"""Clocks of an order whose length is not in the table of clocks."""
LEVELS = {"city", "district", "street"}


def words() -> dict[str, Any]:
    """Codes to [Chinese, English], centres with their colour besides."""
    tables = LIFECYCLES.values()
    rows = [row for table in tables for row in table.rows]
    return {
        "statuses": {f"{t.name}.{code}": list(text) for t in tables for code, text in sorted(t.statuses.items())},
        "final": {str(table.name): sorted(table.final) for table in tables},
        "events": BIRTHS | _labels((row.event, row) for row in rows),
        "actions": _labels((row.action, row) for row in rows),
        "clocks": UNLIMITED
        | {
            clock.name: [clock.zh.partition("（")[0], clock.en.partition(":")[0]]
            for clock in reversed(load_clocks().clocks)
        },
        "centres": {c.code: [c.name, c.name_en, c.colour] for c in default_centres().values()},
        "reasons": {row["code"]: [row["name_zh"], row["name_en"]] for row in rows_of("return_reasons.csv")},
    }


def lists() -> dict[str, Any]:
    """What is long and looked up only in a form: divisions down to the street, classes as [name, parent]."""
    return {
        "divisions": {row["code"]: row["name"] for row in rows_of("divisions.csv") if row["level"] in LEVELS},
        "classes": {row["code"]: [row["name"], row["parent"]] for row in rows_of("matter_classes.csv")},
    }


def _labels(pairs: Iterable[tuple[str, Transition]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, row in pairs:
        found.setdefault(code, [row.label, row.label_en])
    return dict(sorted(found.items()))
