"""Every address of the application, for every role, of our own and of a foreign unit or centre: what the table of rights says is what happens,
and whoever may not see an order learns nothing of it. An address without a row in the table makes this fail."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from desks import Browser, Desk
from liandong.people.door import lets
from liandong.people.rights import SCOPES, right_of, rights
from liandong.people.settings import PeopleSettings
from world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")
STREAMS = {"/api/v1/feed", "/api/v1/live"}
ENDS_THE_SESSION = {("DELETE", "/api/v1/session")}
NAME, PHONE, WORDS = "欧阳翠花", "13899990001", "幸福里七号楼的路灯坏了"
FOREIGN = "a-foreign-unit"
OVER_A_DISTRICT = ("dispatcher", "supervisor", "leader")
SECRETS = (NAME, PHONE, WORDS)


class People(dict[str, Browser]):
    order: Any
    desk: Desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(databases: Any, tmp_path_factory: Any) -> AsyncIterator[People]:
    """One of each role, a foreign unit, a unit's head with desk roles, a liaison of a centre that shares nothing, a foreign district; and one order."""
    folder = tmp_path_factory.mktemp("rights") / "world"
    rates = PeopleSettings(session_rate=100_000, sign_ins_address=100_000)
    async with World.open(databases, folder, ("12345", "110", "119"), people=rates) as world:
        centre = world.centre("12345")
        order = await centre.takes(WORDS, caller={"name": NAME, "phone": PHONE}, division_code="120101")
        await order.dispatch(unit=centre.unit)
        async with Desk.open(centre) as desk:
            made = People()
            made.order, made.desk = order, desk
            for role in ("call_taker", "dispatcher", "supervisor", "leader", "auditor", "admin", "security"):
                made[role] = await desk.signed_in(role)
            made["unit"] = await desk.signed_in("unit", unit=centre.unit)
            made["foreign unit"] = await desk.signed_in("unit", unit=FOREIGN)
            head = ("unit", "call_taker", "dispatcher", "supervisor")
            made["foreign head"] = await desk.signed_in(*head, unit=FOREIGN)
            made["foreign liaison"] = await desk.signed_in("liaison", home="119")
            made["district"] = await desk.signed_in(*OVER_A_DISTRICT, division="120101")
            made["foreign district"] = await desk.signed_in(*OVER_A_DISTRICT, division="120103")
            made["nobody"] = desk.browser("nobody")
            yield made


WHO = (
    "call_taker", "dispatcher", "supervisor", "leader", "auditor", "admin", "security", "unit", "foreign unit", "foreign head",
    "foreign liaison", "district", "foreign district", "nobody",
)  # fmt: skip


def addresses(app: Any) -> list[tuple[str, str, str]]:
    """Method, template as the table names it, template with kinds."""
    return [
        (method, route.path_format, route.path)
        for route in app.routes
        for method in sorted(getattr(route, "methods", ()) - {"OPTIONS", "HEAD"})
        if not route.path.startswith("/schema")
    ]


def place(path: str, order: Any) -> str:
    """The path of the order where it names one, and of nothing there is elsewhere."""
    given = {"key": order.id, "order_id": order.id, "unit": order.centre.unit, "code": order.centre.unit, "no": 1}
    given |= {"period": "2025-03", "channel": "sms", "address": "x", "token": "x", "name": "nobody-there"}
    for part in path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}").split(":")[0]
            path = path.replace(part, str(given.get(name, uuid4())))
    return path


async def test_every_address_has_a_row_and_every_row_an_address(people):
    found = {(method, template) for method, template, _ in addresses(people.desk.app)}
    assert found == set(rights()), "add the address to people/data/rights.csv, or take its row away"


async def test_an_address_without_a_row_is_closed_and_a_row_means_what_it_says():
    assert right_of("GET", "/api/v1/forgotten") is None
    assert all(right.scope in SCOPES for right in rights().values())
    assert all((right.scope == "public") == (not right.roles) for right in rights().values())
    public = {path for (_, path), right in rights().items() if right.scope == "public"}
    assert {path for path in public if path.startswith("/api/")} == {
        "/api/v1/session", "/api/v1/oidc/start", "/api/v1/oidc/callback",
    }  # fmt: skip


@pytest.mark.parametrize("who", WHO)
async def test_what_the_table_says_is_what_happens(people, who):
    browser, wrong, leaks, reached = people[who], [], [], 0
    foreign = who.startswith("foreign")
    for method, template, path in addresses(people.desk.app):
        right = rights()[method, template]
        if right.scope == "public" or (method, template) in ENDS_THE_SESSION:
            continue
        allowed = who != "nobody" and (right.scope == "self" or lets(right, await actor_of(people, who)))
        if template in STREAMS and allowed:
            continue  # tests/people/test_live.py listens to them
        body = {"reason": "想知道是谁"} if template.endswith(("/unmask", "/break-glass")) else {}
        answer = await browser.ask(method, place(path, people.order), None if method == "GET" else body)
        code = answer.json().get("code", "") if "problem" in answer.headers.get("content-type", "") else ""
        expected = "not_signed_in" if who == "nobody" else "" if allowed else "not_permitted"
        refused = code in {"not_signed_in", "not_permitted"} and answer.status_code in {401, 403}
        if (expected and code != expected) or (allowed and refused and not foreign):
            wrong.append((method, template, answer.status_code, code))
        if answer.status_code >= 500:
            wrong.append((method, template, answer.status_code, answer.text))
        reached += answer.status_code < 300
        told = [word for word in SECRETS if word in answer.text]
        if (foreign or not allowed) and (told or str(people.order.id) in answer.text.replace(answer.url.path, "")):
            leaks.append((method, template, told))
        if foreign and right.scope == "order" and answer.status_code < 300:
            leaks.append((method, template, "answered"))
    assert not wrong
    assert not leaks
    assert reached >= (0 if who == "nobody" else 4), "reaches too little for this test to mean anything"


async def actor_of(people: People, who: str) -> Any:
    node = people.desk.centre.node
    session = await node.people.ring.find(people[who].client.cookies["liandong_session"])
    return session.actor


async def test_what_is_hidden_from_strangers_is_there_to_be_found(people):
    """The walk would mean nothing if nobody ever answered with these words."""
    order = await people["unit"].get(f"/api/v1/orders/{people.order.id}")
    assert WORDS in order.text
    within = await people["district"].get(f"/api/v1/orders/{people.order.id}")
    assert WORDS in within.text
    shown = await people["supervisor"].post(f"/api/v1/orders/{people.order.id}/unmask", {"reason": "回访"})
    assert NAME in shown.text
    listed = await people["call_taker"].get("/api/v1/orders")
    assert str(people.order.id) in listed.text
