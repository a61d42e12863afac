"""Three administrators, each their own part; what they did can be read and not rewritten."""

import asyncpg
import pytest

from apis import problem
from desks import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")
FRESH = "Meadow-5521-Quartz"


async def add(admin, name, **more):
    body = {"name": name, "display_name": "新来的", "password": FRESH} | more
    return await admin.post("/api/v1/accounts", body)


async def test_a_right_takes_two_administrators(desk):
    admin, security = await desk.signed_in("admin"), await desk.signed_in("security")
    made = await add(admin, "newcomer", roles=["dispatcher"])
    assert made.status_code == 201
    assert (made.json()["account"]["roles"], made.json()["account"]["asked"]["roles"]) == ([], ["dispatcher"])
    newcomer = desk.browser("newcomer")
    await newcomer.sign_in(FRESH)
    assert (await newcomer.post("/api/v1/session/password", {"old": FRESH, "new": PASSWORD})).status_code == 204
    assert problem(await newcomer.get("/api/v1/orders"))["code"] == "not_permitted"
    granted = await security.ask("PUT", "/api/v1/accounts/newcomer", {"roles": ["dispatcher"]})
    assert (granted.json()["roles"], granted.json()["asked"]) == (["dispatcher"], None)
    assert (await newcomer.get("/api/v1/orders")).status_code == 200, "in force at once in this process"
    await admin.ask("PUT", "/api/v1/accounts/newcomer", {"roles": ["supervisor"]})
    assert (await newcomer.get("/api/v1/session")).json()["roles"] == ["dispatcher"], "asked is not granted"


async def test_no_account_holds_two_of_the_three_nor_anything_beside_one(desk):
    admin = await desk.signed_in("admin")
    for roles in (["admin", "auditor"], ["security", "dispatcher"], ["admin", "security", "auditor"]):
        assert problem(await add(admin, "mighty", roles=roles))["code"] == "roles_incompatible"
    with pytest.raises(asyncpg.CheckViolationError):
        await desk.centre.pool.execute("UPDATE accounts SET roles = '{admin,auditor}' WHERE name = $1", admin.name)


async def test_nobody_changes_their_own_rights_or_takes_over_another_administrator(desk):
    admin, security, auditor = [await desk.signed_in(role) for role in ("admin", "security", "auditor")]
    own = await security.ask("PUT", f"/api/v1/accounts/{security.name}", {"roles": ["supervisor"]})
    assert problem(own)["code"] == "second_person_needed"
    for other in (security, auditor):
        taken = await admin.post(f"/api/v1/accounts/{other.name}/reset", {"password": FRESH})
        assert problem(taken)["code"] == "not_permitted"
    assert problem(await security.post("/api/v1/accounts", {}))["code"] == "not_permitted"


async def test_who_is_disabled_is_out_at_once_and_stays_out(desk):
    security, victim = await desk.signed_in("security"), await desk.signed_in("call_taker")
    gone = await security.ask("PUT", f"/api/v1/accounts/{victim.name}", {"disabled": True})
    assert gone.json()["disabled_at"]
    assert problem(await victim.get("/api/v1/orders"))["code"] == "not_signed_in"
    assert problem(await victim.sign_in())["code"] == "wrong_credentials"


async def test_a_reset_ends_sessions_and_must_be_changed(desk):
    admin, person = await desk.signed_in("admin"), await desk.signed_in("call_taker")
    made = (await admin.post(f"/api/v1/accounts/{person.name}/reset", {})).json()
    assert problem(await person.get("/api/v1/session"))["code"] == "not_signed_in"
    assert (await person.sign_in(made["password"])).json()["must_change_password"] is True
    ended = await admin.ask("DELETE", f"/api/v1/accounts/{person.name}/sessions")
    assert ended.json() == {"sessions": 1}
    assert problem(await person.get("/api/v1/session"))["code"] == "not_signed_in"


async def test_what_they_did_is_there_for_the_auditor_and_can_not_be_rewritten(desk):
    admin, auditor = await desk.signed_in("admin"), await desk.signed_in("auditor")
    await add(admin, "watched", roles=["dispatcher"])
    rows = (await auditor.get("/api/v1/account-log", account="watched")).json()
    assert [(row["kind"], row["actor"]) for row in rows] == [("account.added", admin.name)]
    assert FRESH not in (await auditor.get("/api/v1/account-log")).text
    assert problem(await admin.get("/api/v1/account-log"))["code"] == "not_permitted"
    with pytest.raises(asyncpg.PostgresError):
        await desk.centre.pool.execute("DELETE FROM account_log")
