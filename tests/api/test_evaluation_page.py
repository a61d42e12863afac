"""The evaluation page over HTTP: without signing in, once, on a phone; and what the desk sees of call-backs and flags."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from uuid import uuid4

import pytest

from apis import open_api, problem
from liandong.callbacks.answering import HEADERS
from liandong.callbacks.invites import SQL, digest_of, make_link
from liandong.catalogue.callbacks import default_callbacks
from liandong.messaging.settings import GatewaySettings, MessagingSettings

SETTINGS = MessagingSettings(
    public_url="https://12345.example.cn",
    sms=GatewaySettings(kind="file", folder="letters"),
    trusted_proxies=("127.0.0.1/32",),
)
GOOD = {"solved": "yes", "satisfaction": "4", "words": "修得好，谢谢<b>师傅</b>"}


@pytest.fixture
async def city(open_world):
    return await open_world("12345", "110", messaging=SETTINGS)


async def invited(city, **more):
    """A closed order whose caller came by the portal, and its link's path."""
    centre = city.centre("12345")
    caller = {"name": "韩梅梅", "phone": "13800001234"}
    while True:
        order = await centre.takes("路灯坏了，找了三次", caller=caller, channel="web", **more)
        await order.work()
        await order.close()
        await centre.follow()
        invite = await centre.pool.fetchval("SELECT id FROM invites WHERE order_id = $1", order.id)
        if invite is not None:  # else it was sampled for a call
            link = await make_link(centre.pool, "https://12345.example.cn", invite, centre.node.clock.now())
            return order, link.removeprefix("https://12345.example.cn")


async def send(api, path, **fields):
    return await api.client.post(path, data=GOOD | fields)


async def test_the_caller_judges_once_without_signing_in(api, city):
    order, path = await invited(city)
    shown = await api.client.get(path)
    assert shown.status_code == 200
    assert order.order.number in shown.text
    for private in ("韩梅梅", "13800001234", "路灯"):
        assert private not in shown.text
    done = await send(api, path)
    assert (done.status_code, "感谢" in done.text, "Thank you" in done.text) == (200, True, True)
    await order.look()
    assert (order.status, order.order.satisfaction, order.order.solved) == ("evaluated", 4, True)
    again = await send(api, path, satisfaction="1")
    assert (again.status_code, "已经用过" in again.text) == (410, True)
    await city.centre("12345").follow()
    assert (await order.look()).order.satisfaction == 4
    kept = (await api.get(f"/api/v1/orders/{order.id}/evaluations", "supervisor")).json()
    assert [(one["words"], one["mapped"], one["method"]) for one in kept] == [(GOOD["words"], "satisfied", "portal")]


async def test_only_the_digest_of_a_token_is_stored(api, city):
    _, path = await invited(city)
    token = path.removeprefix("/e/")
    assert len(token) == 22  # 128 bits
    rows = await city.centre("12345").pool.fetch("SELECT digest FROM invite_tokens")
    assert digest_of(token) in [row["digest"] for row in rows]
    for table in ("invites", "invite_tokens", "notifications", "events"):
        text = str(await city.centre("12345").pool.fetch(f"SELECT t::text FROM {table} t"))
        assert token not in text


async def test_any_link_of_an_invitation_works_and_the_first_used_ends_all(api, city):
    order, first = await invited(city)
    centre = city.centre("12345")
    invite = await centre.pool.fetchval("SELECT id FROM invites WHERE order_id = $1", order.id)
    second = (await make_link(centre.pool, "https://x", invite, centre.node.clock.now())).removeprefix("https://x")
    assert (await send(api, first)).status_code == 200
    assert (await send(api, second)).status_code == 410


@pytest.mark.parametrize(
    "wrong", [{"satisfaction": "6"}, {"satisfaction": ""}, {"solved": "maybe"}, {"words": "长" * 2001}]
)
async def test_what_is_missing_or_wrong_is_asked_again(api, city, wrong):
    order, path = await invited(city)
    answer = await send(api, path, **wrong)
    assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    assert (await order.look()).status == "closed"
    assert (await send(api, path)).status_code == 200


async def test_garbage_is_no_server_error(api, city):
    _, path = await invited(city)
    for content in (b"", b"\xff\xfe", b"%ff%fe=%", b"a=1&" * 50, b"satisfaction=5&solved=yes&words=%00%00"):
        answer = await api.client.post(path, content=content)
        assert answer.status_code in {200, 400}, content


async def test_a_link_runs_out(api, city):
    order, path = await invited(city)
    city.clock.advance(timedelta(hours=default_callbacks().link_valid_hours, minutes=1))
    for answer in (await api.client.get(path), await send(api, path)):
        assert (answer.status_code, "已失效" in answer.text) == (410, True)
    assert (await order.look()).status == "closed"


async def test_a_link_of_an_earlier_round_judges_nothing(api, city):
    order, path = await invited(city)
    await order.reopen(reason="又坏了")
    await order.work()
    await order.close()
    assert (await send(api, path)).status_code == 410
    assert (await order.look()).status == "closed"


async def test_guessing_is_stopped_and_whoever_comes_from_elsewhere_is_not(api, city):
    _, path = await invited(city)
    limit = default_callbacks().page.wrong_per_ten_minutes
    guesses = [await api.client.get(f"/e/{n:022d}") for n in range(limit + 1)]
    assert [g.status_code for g in guesses] == [404] * limit + [429]
    assert (await api.client.get(path)).status_code == 429
    elsewhere = await api.client.get(path, headers={"x-forwarded-for": "198.51.100.7"})
    assert elsewhere.status_code == 200
    city.clock.advance(timedelta(minutes=11))
    assert (await api.client.get(path)).status_code == 200


async def test_many_requests_of_one_address_have_to_wait(api, city):
    _, path = await invited(city)
    answers = [(await api.client.get(path)).status_code for _ in range(default_callbacks().page.per_minute + 1)]
    assert answers == [200] * default_callbacks().page.per_minute + [429]


async def test_an_address_that_says_it_is_another_is_not_believed_without_our_proxy(api, city):
    page = city.centre("12345").node.evaluation_page

    def asking(host, way):
        return SimpleNamespace(client=SimpleNamespace(host=host), headers={"x-forwarded-for": way})

    assert page.address_of(asking("198.51.100.1", "10.0.0.1")) == "198.51.100.1"
    assert page.address_of(asking("127.0.0.1", "1.2.3.4, 198.51.100.9")) == "198.51.100.9"
    assert page.address_of(asking("127.0.0.1", "")) == "127.0.0.1"


class Reading(HTMLParser):
    """What a screen reader needs: a language, a title, a heading, and a name for every field."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.inside = [], []
        self.unnamed = []
        self.labelled = set(re.findall(r'<label for="([^"]+)"', text))
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag in {"input", "textarea"} and "label" not in self.inside and given.get("id") not in self.labelled:
            self.unnamed.append(given)
        if tag not in {"input", "meta"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag, "the elements are not closed in order"


async def test_the_page_is_readable_for_everybody_and_runs_no_scripts(api, city):
    _, path = await invited(city)
    answer = await api.client.get(path)
    read = Reading(answer.text)
    assert read.inside == []
    assert read.unnamed == []
    names = [tag for tag, _ in read.tags]
    assert names.count("h1") == names.count("title") == names.count("main") == 1
    assert names.count("fieldset") == names.count("legend") == 2
    assert ("html", {"lang": "zh-CN"}) in read.tags
    assert any(given.get("name") == "viewport" for _, given in read.tags)
    assert "script" not in names
    assert "very dissatisfied" in answer.text.lower()
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


async def test_the_desk_sees_whom_to_call_and_when_again(api, city):
    centre = city.centre("12345")
    order = await centre.takes("被多收费", type="complaint", caller={"phone": "13800001234"})
    await order.work()
    await order.close()
    await centre.follow()
    (one,) = (await api.get("/api/v1/callbacks")).json()
    assert (one["number"], one["rule"], one["next_try_at"]) == (order.order.number, "complaint", None)
    await order.call_back(reached=False)
    (one,) = (await api.get("/api/v1/callbacks")).json()
    assert one["next_try_at"] == "2025-03-04T14:00:00+08:00"
    refused = problem(await api.act({"id": str(order.id), "version": order.order.version}, "call_back", reached=False))
    assert (refused["code"], "14:00" in refused["detail"]) == ("guard_refused", True)
    assert problem(await api.get("/api/v1/callbacks", "unit"))["code"] == "not_permitted"


async def test_the_portal_gets_a_link_for_its_caller(api, city):
    order, _ = await invited(city)
    given = (await api.post(f"/api/v1/orders/{order.id}/evaluation-link", {})).json()
    assert (await send(api, given["link"].removeprefix("https://12345.example.cn"))).status_code == 200
    called = await city.centre("12345").takes("x", type="complaint")
    assert problem(await api.post(f"/api/v1/orders/{called.id}/evaluation-link", {}))["code"] == "not_found"


async def test_a_flag_is_decided_once_by_somebody_it_is_not_about(api, city):
    centre = city.centre("12345")
    pool, now = centre.pool, centre.node.clock.now()
    supervisor = (await centre.node.keys.actor(api.tokens["supervisor"])).id
    for thing, actor in (("seat-1", "seat-1"), ("seat-2", supervisor)):
        await pool.fetchval(SQL.flag, uuid4(), "same_seat", thing, ["n1"], now, [actor])
    about = {f["thing"]: f["id"] for f in (await api.get("/api/v1/evaluations/flags", "supervisor")).json()}
    verdict = {"status": "confirmed", "note": "调录音核实，坐席代填"}
    own = problem(await api.post(f"/api/v1/evaluations/flags/{about['seat-2']}/decide", verdict, "supervisor"))
    assert own["code"] == "guard_refused"
    done = (await api.post(f"/api/v1/evaluations/flags/{about['seat-1']}/decide", verdict, "supervisor")).json()
    assert (done["status"], done["decided_by"]) == ("confirmed", supervisor)
    again = problem(await api.post(f"/api/v1/evaluations/flags/{about['seat-1']}/decide", verdict, "supervisor"))
    assert again["code"] == "action_not_allowed"


async def test_the_page_of_another_centre_knows_nothing_of_the_link(city):
    _, path = await invited(city)
    async with open_api(city.centre("110")) as other:
        assert (await other.client.get(path)).status_code == 404
