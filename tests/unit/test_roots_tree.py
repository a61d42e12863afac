"""The exact form of a day's root, against fixed values that another system can check itself with."""

import hashlib
import json
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from liandong.roots.tree import EMPTY, Tree, as_hex, bucket_of, day_root, differing, from_hex, joined

VECTOR = json.loads(
    (Path(__file__).resolve().parents[2] / "docs/protocol/roots.vector.json").read_text(encoding="utf-8")
)


def by_the_page(day, centre, previous):
    """The definition of docs/guarantees.md, written down a second time and knowing nothing of the first."""
    buckets = []
    for last in range(256):
        leaves = sorted(
            (UUID(e["order_id"]).bytes, e["seq"], bytes.fromhex(e["hash"]))
            for e in day["events"]
            if UUID(e["order_id"]).bytes[-1] == last
        )
        text = b"".join(order + seq.to_bytes(4, "big") + digest for order, seq, digest in leaves)
        buckets.append(hashlib.sha256(text).digest())
    head = f"liandong ledger 1\n{centre}\n{day['day']}\n{len(day['events'])}\n".encode()
    return buckets, hashlib.sha256(head + previous + b"".join(buckets)).digest()


def test_the_vector_is_what_the_page_says_and_what_the_program_does():
    previous = b""
    for day in VECTOR["days"]:
        buckets, root = by_the_page(day, VECTOR["centre"], previous)
        assert root.hex() == day["root"]
        filled = {str(n): b.hex() for n, b in enumerate(buckets) if b != EMPTY}
        assert filled == day["buckets"]
        tree = Tree()
        for event in sorted(day["events"], key=lambda e: (UUID(e["order_id"]).bytes, e["seq"])):
            tree.add(UUID(event["order_id"]), event["seq"], bytes.fromhex(event["hash"]))
        assert tree.buckets() == b"".join(buckets)
        on = date.fromisoformat(day["day"])
        assert (
            day_root(VECTOR["centre"], on, count=tree.count, previous=previous, buckets=tree.buckets()).hex()
            == day["root"]
        )
        previous = root


def test_the_vector_has_an_empty_day_and_a_bucket_with_two_orders():
    assert any(not day["events"] for day in VECTOR["days"])
    first = [UUID(e["order_id"]) for e in VECTOR["days"][0]["events"]]
    assert any(bucket_of(a) == bucket_of(b) and a != b for a in first for b in first)


@pytest.mark.parametrize("part", ["centre", "day", "count", "previous", "buckets"])
def test_a_root_depends_on_each_of_its_parts(part):
    given = {
        "centre": "12345",
        "day": date(2025, 3, 4),
        "count": 1,
        "previous": bytes(32),
        "buckets": joined([(7, bytes(32))]),
    }
    other = {
        "centre": "110",
        "day": date(2025, 3, 5),
        "count": 2,
        "previous": b"",
        "buckets": joined([(8, bytes(32))]),
    }

    def root(values):
        return day_root(
            values["centre"],
            values["day"],
            count=values["count"],
            previous=values["previous"],
            buckets=values["buckets"],
        )

    assert root(given) != root(given | {part: other[part]})


def test_buckets_as_text_and_back_and_which_of_them_differ():
    one, other = joined([(3, bytes(32)), (200, b"\x01" * 32)]), joined([(3, bytes(32)), (255, b"\x02" * 32)])
    assert from_hex(as_hex(one)) == one
    assert differing(one, other) == [200, 255]
    assert differing(one, one) == []
