"""People sign in, are kept out, and are signed out; by passwords, codes and the city's rules about them."""

from datetime import timedelta

import pyotp
import pytest

from apis import problem
from desks import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANOTHER = "Violet-2086-Lantern"


async def test_who_signs_in_is_told_who_they_are_and_keeps_a_cookie_that_no_script_reads(desk):
    anna = await desk.person("call_taker", "dispatcher")
    answer = await anna.sign_in()
    body = answer.json()
    assert (body["roles"], body["centre"], body["must_change_password"]) == (
        ["call_taker", "dispatcher"],
        "12345",
        False,
    )
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Secure" not in cookie
    assert (await anna.get("/api/v1/session")).json() == body
    assert (await anna.get("/api/v1/orders")).status_code == 200


async def test_behind_https_the_cookie_is_secure_and_the_browser_stays_with_https(desk):
    anna = await desk.person("call_taker")
    anna = desk.browser(anna.name, "https://node")
    answer = await anna.sign_in()
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_only_a_digest_of_the_session_is_stored(desk, city):
    anna = await desk.signed_in("call_taker")
    token = anna.client.cookies["liandong_session"]
    rows = await desk.centre.pool.fetch("SELECT s::text AS s FROM sessions s")
    assert rows
    assert not [row for row in rows if token in row["s"]]
    stored = await desk.centre.pool.fetchval("SELECT password FROM accounts WHERE name = $1", anna.name)
    assert stored.startswith("$argon2id$")


async def test_a_change_needs_the_header_that_only_our_page_knows(desk):
    anna = await desk.signed_in("call_taker")
    body = {"content": "路灯坏了"}
    bare = await anna.client.post("/api/v1/orders", json=body, headers={"idempotency-key": "csrf-1"})
    assert problem(bare)["code"] == "csrf_missing"
    wrong = await anna.ask("POST", "/api/v1/orders", body, headers={"x-csrf-token": "x", "idempotency-key": "csrf-1"})
    assert problem(wrong)["code"] == "csrf_missing"
    right = await anna.ask("POST", "/api/v1/orders", body, headers={"idempotency-key": "csrf-1"})
    assert right.status_code == 201


async def test_signed_out_is_signed_out(desk):
    anna = await desk.signed_in("call_taker")
    kept = dict(anna.client.cookies)
    assert (await anna.ask("DELETE", "/api/v1/session")).status_code == 204
    anna.client.cookies.update(kept)
    assert problem(await anna.get("/api/v1/session"))["code"] == "not_signed_in"


async def test_wrong_passwords_lock_an_account_for_longer_and_longer(desk, city):
    anna = await desk.person("call_taker")
    for _ in range(5):
        assert problem(await anna.sign_in("wrong"))["code"] == "wrong_credentials"
    locked = problem(await anna.sign_in())
    assert (locked["code"], locked["retry_after"]) == ("locked_out", 60)
    city.clock.advance(timedelta(seconds=61))
    assert problem(await anna.sign_in("wrong"))["code"] == "wrong_credentials"
    assert problem(await anna.sign_in())["retry_after"] == 120
    city.clock.advance(timedelta(seconds=121))
    assert (await anna.sign_in()).status_code == 200
    assert problem(await anna.sign_in("wrong"))["code"] == "wrong_credentials"
    assert (await anna.sign_in()).status_code == 200, "a success forgets the failures before it"


async def test_nobody_learns_which_accounts_exist(desk):
    anna = await desk.person("call_taker")
    there, absent = await anna.sign_in("wrong"), await desk.browser("nobody").sign_in("wrong")
    assert there.json() == absent.json()


async def test_a_session_ends_when_it_idles_and_after_a_shift(desk, city):
    anna = await desk.signed_in("call_taker")
    city.clock.advance(timedelta(minutes=61))
    assert problem(await anna.get("/api/v1/session"))["code"] == "not_signed_in"
    await anna.sign_in()
    for _ in range(13):
        city.clock.advance(timedelta(minutes=55))
        assert (await anna.get("/api/v1/session")).status_code == 200
    city.clock.advance(timedelta(minutes=30))
    assert problem(await anna.get("/api/v1/session"))["code"] == "not_signed_in", "twelve hours are over"


async def test_one_ends_ones_other_sessions_and_nobody_elses(desk):
    anna = await desk.signed_in("call_taker")
    elsewhere = desk.browser(anna.name)
    await elsewhere.sign_in()
    mine = (await anna.get("/api/v1/me/sessions")).json()
    assert sorted(one["current"] for one in mine) == [False, True]
    other = next(one for one in mine if not one["current"])
    stranger = await desk.signed_in("supervisor")
    refused = await stranger.ask("DELETE", f"/api/v1/me/sessions/{other['id']}")
    assert problem(refused)["code"] == "not_found"
    assert (await anna.ask("DELETE", f"/api/v1/me/sessions/{other['id']}")).status_code == 204
    assert problem(await elsewhere.get("/api/v1/session"))["code"] == "not_signed_in"
    assert (await anna.get("/api/v1/session")).status_code == 200


async def test_a_first_password_has_to_be_changed_before_anything_else(desk):
    anna = await desk.person("call_taker", must_change=True)
    assert (await anna.sign_in()).json()["must_change_password"] is True
    assert problem(await anna.get("/api/v1/orders"))["code"] == "password_expired"
    weak = await anna.post("/api/v1/session/password", {"old": PASSWORD, "new": "password1"})
    assert problem(weak)["code"] == "password_weak"
    assert len(weak.json()["faults"]) >= 3
    wrong = await anna.post("/api/v1/session/password", {"old": "x", "new": ANOTHER})
    assert problem(wrong)["code"] == "wrong_credentials"
    assert (await anna.post("/api/v1/session/password", {"old": PASSWORD, "new": ANOTHER})).status_code == 204
    assert (await anna.get("/api/v1/orders")).status_code == 200
    again = await anna.post("/api/v1/session/password", {"old": ANOTHER, "new": PASSWORD})
    assert problem(again)["code"] == "password_weak", "it was used before"
    assert (await anna.sign_in(ANOTHER)).json()["must_change_password"] is False


async def test_a_password_grows_old(desk, city):
    anna = await desk.person("call_taker")
    city.clock.advance(timedelta(days=91))
    assert (await anna.sign_in()).json()["must_change_password"] is True
    assert problem(await anna.get("/api/v1/orders"))["code"] == "password_expired"


async def test_a_second_factor_is_asked_for_and_each_code_counts_once(desk, city):
    anna = await desk.signed_in("call_taker")
    secret = (await anna.post("/api/v1/me/totp")).json()["secret"]
    wrong = await anna.post("/api/v1/me/totp/confirm", {"code": "000000"})
    assert problem(wrong)["code"] == "code_wrong"
    code = pyotp.TOTP(secret)
    assert (await anna.sign_in()).status_code == 200, "it counts only once it was confirmed"
    confirmed = await anna.post("/api/v1/me/totp/confirm", {"code": code.at(city.clock.now())})
    assert confirmed.status_code == 204
    assert problem(await anna.sign_in())["code"] == "code_required"
    assert problem(await anna.sign_in(code=code.at(city.clock.now())))["code"] == "code_wrong", "it was used"
    city.clock.advance(timedelta(seconds=30))
    assert (await anna.sign_in(code=code.at(city.clock.now()))).status_code == 200
    sealed = await desk.centre.pool.fetchval("SELECT totp FROM accounts WHERE name = $1", anna.name)
    assert secret.encode() not in sealed
    removed = await anna.ask("DELETE", "/api/v1/me/totp", {"password": PASSWORD})
    assert removed.status_code == 204
    assert (await anna.sign_in()).status_code == 200


async def test_a_crowd_of_tries_gets_no_more_than_a_queue(desk):
    import asyncio

    anna = await desk.person("call_taker")
    browsers = [desk.browser(anna.name) for _ in range(20)]
    answers = await asyncio.gather(*(one.sign_in("wrong") for one in browsers))
    codes = [problem(answer)["code"] for answer in answers]
    assert codes.count("wrong_credentials") == 5
    assert codes.count("locked_out") == 15
