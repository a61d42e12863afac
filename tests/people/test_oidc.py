"""Signing in at an identity provider, which is a process of its own and speaks OpenID Connect."""

import socket
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio

from apis import problem
from desks import Desk
from liandong.people.oidc import Oidc
from liandong.people.settings import OidcSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")
SUBJECT = "zhang@city.example"


@pytest.fixture(scope="module")
def provider():
    """Its issuer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port), "-n", "true"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False)
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield httpx.get(f"{address}/.well-known/openid-configuration", trust_env=False).json()["issuer"]
    finally:
        process.terminate()
        process.wait(10)


@pytest_asyncio.fixture(loop_scope="module")
async def oidc_desk(city, provider):
    centre = city.centre("12345")
    given = OidcSettings(issuer=provider, client_id="liandong", client_secret="x", public_url="http://node")
    people = centre.node.people
    oidc = Oidc(centre.pool, city.clock, given)
    centre.node.people = msgspec.structs.replace(people, oidc=oidc)
    async with Desk.open(centre) as desk:
        yield desk
    centre.node.people = people


async def at_the_provider(location, subject=SUBJECT):
    """The person says who they are there; where the provider sends the browser then."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(location, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


async def begin(browser, return_to="/orders"):
    answer = await browser.get("/api/v1/oidc/start", return_to=return_to)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def test_somebody_with_an_account_comes_in_by_the_provider(oidc_desk):
    person = await oidc_desk.person("dispatcher", oidc_subject=SUBJECT, must_change=True)
    browser = oidc_desk.browser(person.name)
    location = await begin(browser)
    asked = parse_qs(urlsplit(location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    back = await browser.client.get(await at_the_provider(location))
    assert back.status_code == 303, back.text
    assert back.headers["location"] == "/orders"
    mine = (await browser.get("/api/v1/session")).json()
    assert (mine["name"], mine["roles"], mine["must_change_password"]) == (person.name, ["dispatcher"], False)


async def test_a_way_back_is_used_once_and_by_the_browser_that_began(oidc_desk):
    await oidc_desk.person("dispatcher", oidc_subject="twice@city.example")
    browser, thief = oidc_desk.browser("a"), oidc_desk.browser("b")
    way = await at_the_provider(await begin(browser), "twice@city.example")
    assert problem(await thief.client.get(way))["code"] == "oidc_failed", "another browser"
    assert problem(await browser.client.get(way))["code"] == "oidc_failed", "it was tried already"
    way = await at_the_provider(await begin(browser), "twice@city.example")
    assert (await browser.client.get(way)).status_code == 303
    assert problem(await browser.client.get(way))["code"] == "oidc_failed"


async def test_whom_nobody_knows_here_stays_outside(oidc_desk):
    browser = oidc_desk.browser("x")
    way = await at_the_provider(await begin(browser), "stranger@city.example")
    assert problem(await browser.client.get(way))["code"] == "oidc_failed"
    assert problem(await browser.get("/api/v1/session"))["code"] == "not_signed_in"


async def test_a_token_of_another_sign_in_is_refused(oidc_desk):
    browser = oidc_desk.browser("y")
    way = await at_the_provider(await begin(browser))
    await oidc_desk.centre.pool.execute("UPDATE oidc_flows SET nonce = 'another'")
    refused = problem(await browser.client.get(way))
    assert refused["code"] == "oidc_failed"
    assert "nonce" in refused["detail"]


async def test_nobody_is_sent_to_another_site_afterwards(oidc_desk):
    browser = oidc_desk.browser("z")
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = await browser.get("/api/v1/oidc/start", return_to=elsewhere)
        assert problem(answer)["code"] == "field_invalid"


async def test_without_oidc_in_the_settings_there_is_none(desk):
    assert problem(await desk.browser("q").get("/api/v1/oidc/start"))["code"] == "not_found"
