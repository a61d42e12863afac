"""Returns, entries against units and the record of handling over HTTP and from the shell."""

from datetime import timedelta
from uuid import UUID

import pytest
from typer.testing import CliRunner

from apis import problem
from liandong.cli.app import app
from liandong.demo.staff import next_step
from liandong.people.keys import add_key
from world import REVIEWER

SHELL = CliRunner()


@pytest.fixture
async def returned(api):
    """The unit's key asks, another person of the centre refuses."""
    order = await api.takes()
    order = (await api.act(order, "dispatch", unit=api.centre.unit)).json()
    return (await api.act(order, "return_order", "unit", reason="wrong_district", basis="市区划")).json()


@pytest.fixture
async def stranger(api):
    """The key of another unit; made before anybody knocks, so that it is known at once."""
    return await add_key(api.centre.pool, api.centre.node.clock, name="other", roles=["unit"], unit="OTHER")


async def refuse(api, order):
    from liandong.orders.actions import RefuseReturn

    return await api.centre.node.commands.act(
        UUID(order["id"]), RefuseReturn(version=order["version"], text="属本区"), REVIEWER
    )


async def test_a_return_waits_where_dispatchers_see_it_and_units_do_not(api, returned):
    waiting = (await api.get("/api/v1/returns/waiting", "dispatcher")).json()
    assert [(one["order_id"], one["reason"], one["status"]) for one in waiting] == [
        (returned["id"], "wrong_district", "asked")
    ]
    assert problem(await api.get("/api/v1/returns/waiting", "unit"))["code"] == "not_permitted"
    allowed = {a["action"] for a in returned["allowed_actions"]}
    assert "return_order" not in allowed
    assert "grant_return" not in allowed


async def test_patterns_are_for_the_centre_and_each_unit_sees_its_own(api, returned):
    until = (api.centre.node.clock.now() + timedelta(days=1)).isoformat()
    found = (await api.get("/api/v1/returns/patterns", "supervisor", until=until)).json()
    assert [(p["unit"], p["asked"], p["dispatched"], p["share"]) for p in found] == [(api.centre.unit, 1, 1, 1.0)]
    mine = (await api.get("/api/v1/returns/patterns", "unit", until=until, unit="another")).json()
    assert [p["unit"] for p in mine] == [api.centre.unit]
    assert problem(await api.get("/api/v1/returns/patterns", "call_taker"))["code"] == "not_permitted"


@pytest.mark.parametrize(
    "params", [{"since": "2025-03-04T10:00:00"}, {"since": "2025-03-04T10:00:00Z", "until": "2025-03-01T10:00:00Z"}]
)
async def test_a_period_that_makes_no_sense_is_refused(api, params):
    assert problem(await api.get("/api/v1/returns/patterns", "supervisor", **params))["code"] == "field_invalid"


async def test_a_malicious_return_is_decided_by_another_and_appealed_by_a_unit_that_lost_the_order(
    api, stranger, returned
):
    await refuse(api, returned)
    for who, role in (("second", "supervisor"), ("leader", "leader")):
        api.tokens[who] = (await add_key(api.centre.pool, api.centre.node.clock, name=who, roles=[role])).token
    api.tokens["stranger"] = stranger.token
    api.centre.node.keys._read_at = float("-inf")  # keys are read again every few seconds
    order = (await api.get(f"/api/v1/orders/{returned['id']}")).json()
    fields = {"return_no": 1, "evidence": "一周七次", "basis": "第十二条"}
    order = (await api.act(order, "find_malicious_return", "supervisor", **fields)).json()
    await api.centre.pool.execute("UPDATE orders SET unit = NULL WHERE number = $1", returned["number"])
    (mine,) = (await api.get("/api/v1/measures", "unit")).json()
    assert (mine["cause"], mine["status"], mine["orders"]) == ("malicious_return", "proposed", [returned["number"]])
    assert (await api.get("/api/v1/measures", "stranger")).json() == []
    path = f"/api/v1/measures/{mine['id']}/actions"
    refused = await api.post(path, {"action": "approve", "version": 1, "text": "x"}, "supervisor")
    assert "提出人以外" in problem(refused)["detail"]
    assert (await api.post(path, {"action": "approve", "version": 1, "text": "x"}, "second")).status_code == 200
    appeal = {"action": "appeal", "version": 2, "text": "区划图有误"}
    assert problem(await api.post(path, appeal, "stranger"))["code"] == "not_found"
    assert (await api.post(path, appeal, "unit")).json()["status"] == "appealed"
    ended = await api.post(path, {"action": "revoke", "version": 3, "text": "区划图确有误"}, "leader")
    assert ended.json()["status"] == "revoked"
    until = (api.centre.node.clock.now() + timedelta(days=1)).isoformat()
    (pattern,) = (await api.get("/api/v1/returns/patterns", "supervisor", until=until)).json()
    assert pattern["malicious"] == 0


async def test_what_an_answer_still_needs_is_said_in_words(api):
    order = await api.takes(type="complaint")
    for action, who, fields in (
        ("dispatch", "desk", {"unit": api.centre.unit}), ("sign_for", "unit", {}), ("start_handling", "unit", {}),
    ):  # fmt: skip
        order = (await api.act(order, action, who, **fields)).json()
    refused = problem(await api.act(order, "answer", "unit", answer="好了"))
    assert refused["code"] == "guard_refused"
    assert "办理过程" in refused["detail"]


def shell(api, *words):
    settings = api.centre.node.settings
    path = settings.path("shell.toml")
    path.write_text(
        f'centre = "{settings.centre}"\ndsn = "{settings.dsn}"\nkey_file = "{settings.key_file}"\nkid = "{settings.kid}"\n',
        encoding="utf-8",
    )
    import concurrent.futures

    with concurrent.futures.ThreadPoolExecutor(1) as apart:  # the command runs a loop of its own
        return apart.submit(SHELL.invoke, app, [*words, "-s", str(path)], env={"COLUMNS": "200"}).result()


async def test_the_shell_shows_returns_and_entries_and_moves_clocks(api, returned):
    shown = shell(api, "returns", "waiting")
    assert shown.exit_code == 0, shown.output
    assert "wrong_district" in shown.output
    shown = shell(api, "returns", "patterns", "--days", "400")
    assert shown.exit_code == 0, shown.output
    order = (await api.get(f"/api/v1/orders/{returned['id']}")).json()
    await api.act(order, "find_malicious_return", "supervisor", return_no=1, evidence="一周七次", basis="第十二条")
    shown = shell(api, "accountability")
    assert "恶意退单" in shown.output, shown.output
    await api.centre.pool.execute("UPDATE timers SET policy_version = 'old' WHERE name = 'answer'")
    counted = shell(api, "clocks", "recompute", "--reason", "新时限", "--dry-run")
    assert "将重算 1" in counted.output, counted.output
    moved = shell(api, "clocks", "recompute", "--reason", "新时限")
    assert "已重算 1" in moved.output
    version = await api.centre.pool.fetchval("SELECT policy_version FROM timers WHERE name = 'answer'")
    assert version == api.centre.node.policy.clocks.policy_version


@pytest.mark.parametrize("kind", ["complaint", "report", "help", "suggestion"])
async def test_the_demo_s_people_bring_every_category_to_its_end(api, kind):
    """They know no rule but what the API tells them; each unit acts with a key of its own."""
    order = await api.takes(f"路灯坏了，{kind}", type=kind, caller={"name": "韩梅梅", "phone": "13800001234"})
    taken = []
    for _ in range(30):
        step = next_step("12345", order, frozenset({"12345"}))
        if step is None:
            break
        who = "desk"
        if step.who != "desk":
            who = f"unit {step.who}"
            if who not in api.tokens:
                made = await add_key(api.centre.pool, api.centre.node.clock, name=who, roles=["unit"], unit=step.who)
                api.tokens[who] = made.token
                api.centre.node.keys._read_at = float("-inf")  # keys are read again every few seconds
        done = await api.post(f"/api/v1/orders/{order['id']}/actions", step.body, who)
        assert done.status_code == 200, (step, done.text)
        order = (await api.get(f"/api/v1/orders/{order['id']}")).json()  # the desk looks, whoever acted
        taken.append(step.body["action"])
    assert order["status"] == "evaluated", taken
