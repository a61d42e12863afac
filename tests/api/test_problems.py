"""Everything that is wrong gets a published problem with the field named, and never a 500."""

import json
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apis import open_api, problem
from liandong.core.errors import PROBLEMS

ORDERS = "/api/v1/orders"
BATCH = "/exchange/v1/messages"


async def test_no_key_a_wrong_key_and_another_scheme_are_not_signed_in(api):
    for headers in (
        {},
        {"authorization": "Bearer nothing"},
        {"authorization": "Basic eDp5"},
        {"authorization": "Bearer "},
    ):
        for path in (ORDERS, f"{ORDERS}/x", "/api/v1/feed"):
            assert problem(await api.client.get(path, headers=headers))["code"] == "not_signed_in"


@pytest.mark.parametrize("who", ["auditor", "admin", "unit"])
async def test_who_may_not_take_in_is_told_so(api, who):
    answer = await api.post(ORDERS, {"content": "x"}, who, idempotency_key="k")
    assert problem(answer)["code"] == "not_permitted"
    order = await api.takes()
    if who != "unit":
        assert problem(await api.act(order, "dispatch", who, unit=api.centre.unit))["code"] == "not_permitted"


async def test_each_documented_problem_of_orders_is_answered(api):
    order = await api.takes()
    action = f"{ORDERS}/{order['id']}/actions"
    cases = {
        "idempotency_key_missing": await api.post(ORDERS, {"content": "x"}),
        "json_malformed": await api.send(action, b"{"),
        "field_invalid": await api.post(action, {"action": "dispatch", "version": 1}),
        "not_found": await api.post(f"{ORDERS}/{uuid4()}/actions", {"action": "close", "version": 1}),
        "stale_version": await api.post(action, {"action": "cancel", "reason": "x", "version": 9}),
        "action_not_allowed": await api.post(action, {"action": "sign_for", "version": 1}),
        "guard_refused": await api.post(action, {"action": "dispatch", "version": 1, "unit": "nobody"}),
        "method_not_allowed": await api.client.delete(ORDERS, headers=api.headers()),
    }
    await api.post(ORDERS, {"content": "x"}, idempotency_key="k")
    cases["idempotency_key_reused"] = await api.post(ORDERS, {"content": "y"}, idempotency_key="k")
    cases["too_large"] = await api.send(ORDERS, b'{"content":"' + b"x" * 2_000_000 + b'"}', idempotency_key="k")
    for code, answer in cases.items():
        body = problem(answer)
        assert (body["code"], answer.status_code) == (code, PROBLEMS[code].status), (code, body)
        assert body["detail"]
    assert problem(cases["guard_refused"])["allowed"]


async def test_an_address_that_does_not_exist_is_a_problem_too(api):
    for path in ("/nothing", "/api", "/api/v2/orders", "/api/v1/orders/x/y/z"):
        assert problem(await api.client.get(path, headers=api.headers()))["code"] == "not_found"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "content"),
    ({"content": ""}, "content"),
    ({"content": None}, "content"),
    ({"content": ["x"]}, "content"),
    ({"content": "x" * 10_001}, "content"),
    ({"content": "x", "caller": {"phone": "abc"}}, "caller.phone"),
    ({"content": "x", "caller": {"name": "x" * 301}}, "caller.name"),
    ({"content": "x", "incident": {"wgs84": {"lon": 181, "lat": 0}}}, "incident.wgs84.lon"),
    ({"content": "x", "incident": {"trapped": -1}}, "incident.trapped"),
    ({"content": "x", "incident": {"trapped": 1.5}}, "incident.trapped"),
    ({"content": "x", "incident": {"dead": 10**30}}, "incident.dead"),
    ({"content": "x", "level": 9}, "level"),
    ({"content": "x", "level": True}, "level"),
    ({"content": "x", "type": "joke"}, "type"),
    ({"content": "x", "channel": 5}, "channel"),
    ({"content": "x", "tags": "x"}, "tags"),
    ({"content": "x", "tags": ["x"] * 31}, "tags"),
    ({"content": "x", "tags": ["ok", 5]}, "tags"),
    ({"content": "x", "call": {"reached_at": "yesterday"}}, "call.reached_at"),
    ({"content": "x", "division_code": "12"}, "division_code"),
    ({"content": "x", "surprise": 1}, "surprise"),
    ({"content": "x", "caller": {"surprise": 1}}, "surprise"),
    ({"content": "x", "facts": {"danger": "yes"}}, "facts.danger"),
    ({"content": "x", "facts": {"scope": "nobody's"}}, "scope"),
    ({"content": "x", "facts": {"items": "P0101"}}, "items"),
]


async def test_a_wrong_field_is_named(api):
    for body, field in WRONG:
        answer = problem(await api.post(ORDERS, body, idempotency_key="k"))
        assert answer["code"] == "field_invalid", body
        assert field in answer["fields"][0]["field"] or field in answer["detail"], body


NASTY = {
    "nothing": b"",
    "blanks": b"   ",
    "null": b"null",
    "a number": b"5",
    "a string": b'"x"',
    "an array": b"[]",
    "an array of arrays": b"[[[[]]]]",
    "half of an object": b'{"content":',
    "two objects": b"{}{}",
    "not UTF-8": b'{"content":"\xff\xfe"}',
    "overlong UTF-8": b'{"content":"\xc0\x80"}',
    "a lone surrogate, escaped": b'{"content":"\\ud800"}',
    "a lone surrogate, encoded": b'{"content":"\xed\xa0\x80"}',
    "a NUL, escaped": b'{"content":"a\\u0000b"}',
    "a NUL, raw": b'{"content":"a\x00b"}',
    "a NUL in a tag": b'{"content":"x","tags":["a\\u0000"]}',
    "a NUL deep inside": b'{"content":"x","caller":{"name":"\\u0000"}}',
    "a NUL in a key": b'{"content":"x","\\u0000":1}',
    "deep nesting": b'{"content":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep nesting of objects": b'{"x":' * 50_000 + b"1" + b"}" * 50_000,
    "a million characters": b'{"content":"' + b"x" * 1_000_000 + b'"}',
    "a number of ten thousand digits": b'{"content":"x","level":' + b"9" * 10_000 + b"}",
    "infinity": b'{"content":"x","incident":{"wgs84":{"lon":1e999,"lat":0}}}',
    "NaN": b'{"content":"x","level":NaN}',
    "the same key twice": b'{"content":5,"content":"x"}',
    "a year beyond time": b'{"content":"x","call":{"reached_at":"99999-01-01T00:00:00Z"}}',
    "HTML": b"<html></html>",
    "a form": b"content=x",
    "a byte order mark": b'\xef\xbb\xbf{"content":"x"}',
    "UTF-16": '{"content":"x"}'.encode("utf-16"),
}


@pytest.mark.parametrize(
    "path", [ORDERS, f"{ORDERS}/{{}}/actions", f"{ORDERS}/{{}}/unmask", BATCH, "/exchange/v1/views"]
)
async def test_a_nasty_body_is_refused_everywhere(api, path):
    order = await api.takes()
    for nasty, body in NASTY.items():
        answer = await api.send(path.format(order["id"]), body, idempotency_key=uuid4().hex)
        if nasty == "the same key twice" and path == ORDERS:
            assert answer.status_code in {201, 400}
            continue
        assert 400 <= answer.status_code < 500, (nasty, answer.status_code, answer.text[:300])
        problem(answer)


NASTY_STRINGS = [
    "\u202e",
    "😀" * 50,
    "\u0001\u001f",
    "'; DROP TABLE orders; --",
    "\\u0000",
    "%00",
    "${jndi:x}",
    "\ufeff",
    "a\\",
]


async def test_strange_but_lawful_text_is_kept_as_it_is(api):
    for text in NASTY_STRINGS:
        order = await api.takes(f"x{text}", title=text, tags=[text[:40]])
        again = (await api.get(f"{ORDERS}/{order['id']}")).json()
        assert (again["content"], again["title"], again["tags"]) == (f"x{text}", text, [text[:40]])


@pytest.mark.parametrize(
    "params",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "x"},
        {"limit": "9" * 400},
        {"before": "x"},
        {"open": "perhaps"},
        {"urgent": "7"},
        {"created_from": "yesterday"},
        {"created_to": "x" * 5000},
        {"status": "\x00"},
        {"unit": "a\x00b"},
        {"type": "\x00"},
        {"division_code": "\x00"},
    ],
)
async def test_a_wrong_parameter_of_the_list_is_refused(api, params):
    answer = await api.get(ORDERS, **params)
    assert answer.status_code == 400, answer.text
    problem(answer)


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "1969-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2025-03-04T02:00:00",
    ],
)
async def test_the_ends_of_time_are_lawful_limits(api, moment):
    await api.takes()
    for name in ("created_from", "created_to"):
        answer = await api.get(ORDERS, **{name: moment})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("key", ["%00", "a%00b", "%FF", "%F0%9F%98%80", "x" * 3000, "..%2F..", "'", "0" * 36])
async def test_a_nasty_key_in_the_address_is_just_not_found(api, key):
    for tail in ("", "/events"):
        answer = await api.client.get(f"{ORDERS}/{key}{tail}", headers=api.headers())
        assert answer.status_code in {400, 404}, (tail, answer.status_code, answer.text)


@pytest.mark.parametrize("cursor", ["x", "1", "1-", "-1", "²-1", "1-²", "9" * 30 + "-1", "1-2-3", "１-２"])
async def test_a_wrong_cursor_of_the_feed_is_refused(api, cursor):
    assert problem(await api.get("/api/v1/feed", after=cursor))["code"] == "field_invalid"


@pytest.mark.parametrize("key", ["x" * 201, " ", ""])
async def test_a_wrong_idempotency_key_is_refused(api, key):
    answer = await api.post(ORDERS, {"content": "x"}, idempotency_key=key)
    assert problem(answer)["code"] in {"field_invalid", "idempotency_key_missing"}


async def test_header_bytes_outside_ascii_are_taken_or_refused_but_break_nothing(api):
    for raw in (b"\xff\xfe", "键".encode(), b"\xb2"):
        headers = [(b"authorization", api.headers()["authorization"].encode()), (b"idempotency-key", raw)]
        answer = await api.client.post(ORDERS, json={"content": "x"}, headers=headers)
        assert answer.status_code in {200, 201, 400}
        bad = await api.client.get(ORDERS, headers=[(b"authorization", b"Bearer " + raw)])
        assert bad.status_code == 401


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
INTAKE_FIELDS = [
    "content",
    "title",
    "channel",
    "type",
    "level",
    "caller",
    "incident",
    "call",
    "tags",
    "facts",
    "division_code",
    "exercise",
]
ACTION_FIELDS = [
    "action",
    "version",
    "unit",
    "answer",
    "reason",
    "basis",
    "text",
    "to",
    "urgent",
    "part",
    "facts",
    "caller",
    "satisfaction",
]


def bodies(fields):
    return st.dictionaries(st.sampled_from(fields) | st.text(max_size=8), VALUES, max_size=6) | VALUES


async def test_no_body_whatever_makes_the_node_fail(databases, tmp_path, api):
    """Hypothesis looks for a body that is answered with 500; it prints the one it finds and the seed to find it again."""
    import asyncio

    order = await api.takes()
    loop = asyncio.get_running_loop()
    found = []

    def ask(path, body):
        content = json.dumps(body, allow_nan=True).encode("utf-8", "surrogatepass")
        sent = asyncio.run_coroutine_threadsafe(api.send(path, content, idempotency_key=uuid4().hex), loop)
        answer = sent.result(30)
        if answer.status_code >= 500:
            found.append((path, body, answer.text))
        assert answer.status_code < 500, (path, body, answer.text)
        if answer.status_code >= 400:
            problem(answer)

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True, database=None)
    @given(bodies(INTAKE_FIELDS), bodies(ACTION_FIELDS))
    def search(intake, action):
        ask(ORDERS, intake)
        ask(f"{ORDERS}/{order['id']}/actions", action)

    await asyncio.to_thread(search)
    assert found == []


async def test_an_unexpected_fault_answers_with_a_number_to_quote_and_no_inner_words(api, monkeypatch):
    async def broken(*_):
        raise RuntimeError("secret inner words")

    monkeypatch.setattr(api.centre.node.store, "load", broken)
    order_id = await api.centre.pool.fetchval("SELECT gen_random_uuid()")
    answer = await api.post(f"{ORDERS}/{order_id}/actions", {"action": "close", "version": 1})
    body = problem(answer)
    assert (answer.status_code, body["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert body["trace"] in body["detail"]


def test_every_code_that_the_source_raises_is_published():
    import re
    from importlib.resources import files

    used = set()
    for path in files("liandong").rglob("*.py"):
        used |= set(re.findall(r'(?:AppError|Blocked|Refusal)\(\s*"([a-z_]+)"', path.read_text(encoding="utf-8")))
    assert used <= set(PROBLEMS)
    assert msgspec.json.encode(sorted(used))


__all__ = ["open_api"]
