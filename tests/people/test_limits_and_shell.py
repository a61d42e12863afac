"""Too often is told to wait; accounts at the machine itself; the demo's people."""

import msgspec
import pytest
from typer.testing import CliRunner

from apis import problem
from desks import PASSWORD, Desk
from liandong.cli.app import app
from liandong.core.errors import AppError
from liandong.demo.people import accounts_of, make_accounts, password_of
from liandong.people.door import Door
from liandong.people.keys import add_key
from liandong.people.limits import Limit
from liandong.people.passwords import faults
from liandong.people.policy import default_people, load_people
from liandong.people.rights import rights
from liandong.people.settings import PeopleSettings
from liandong.people.signing_in import SigningIn

pytestmark = pytest.mark.asyncio(loop_scope="module")
RULES = default_people().password


@pytest.fixture
def shell(city, tmp_path):
    """Runs a command against the centre's database, in a thread of its own as it has a loop of its own."""
    import asyncio

    settings = city.centre("12345").node.settings
    path = tmp_path / "settings.toml"
    path.write_text(
        f'centre = "12345"\ndsn = "{settings.dsn}"\nkey_file = "x"\nkid = "x"\n[people]\npolicy_file = "{settings.people.policy_file}"\n'
    )

    async def run(*words, typed=""):
        return await asyncio.to_thread(CliRunner().invoke, app, ["accounts", *words, "-s", str(path)], input=typed)

    return run


async def test_an_account_made_at_the_machine_signs_in_and_must_change_its_password(desk, shell):
    made = await shell(
        "add", "boss", "--display", "王班长", "--role", "supervisor", "--password-stdin", typed=PASSWORD + "\n"
    )
    assert made.exit_code == 0, made.output
    boss = desk.browser("boss")
    assert (await boss.sign_in()).json()["must_change_password"] is True
    listed = await shell("list")
    assert "boss" in listed.output
    again = await shell(
        "add", "boss", "--display", "x", "--role", "supervisor", "--password-stdin", typed=PASSWORD + "\n"
    )
    assert again.exit_code == 2
    reset = await shell("reset", "boss", "--password-stdin", typed="Cedar-1180-Window\n")
    assert reset.exit_code == 0, reset.output
    assert problem(await boss.sign_in())["code"] == "wrong_credentials"
    assert (await boss.sign_in("Cedar-1180-Window")).status_code == 200
    assert (await shell("disable", "boss")).exit_code == 0
    assert problem(await boss.sign_in("Cedar-1180-Window"))["code"] == "wrong_credentials"
    weak = await shell(
        "add", "weak", "--display", "x", "--role", "unit", "--unit", "u", "--password-stdin", typed="x\n"
    )
    assert weak.exit_code == 2


async def test_the_demo_has_an_account_for_each_role_that_signs_in_with_the_one_password(desk, tmp_path):
    people = accounts_of("12345", [desk.centre.unit], ("12345", "110"))
    password = password_of(tmp_path)
    assert password == password_of(tmp_path)
    assert faults(password, RULES, names=("desk",)) == []
    for _ in range(2):
        await make_accounts(desk.centre.node.settings.dsn, people, password)
    roles = set()
    for one in people:
        body = (await desk.browser(one.name).sign_in(password)).json()
        assert (body["roles"], body["must_change_password"]) == (sorted(one.roles), False)
        roles |= set(body["roles"])
    assert roles == {role for right in rights().values() for role in right.roles}


async def test_an_address_that_tries_too_often_waits(city):
    centre = city.centre("12345")
    people, given = centre.node.people, PeopleSettings(sign_ins_address=3)
    limited = SigningIn(
        centre.pool, city.clock, accounts=people.accounts, ring=people.ring, box=people.signing_in._box, settings=given
    )
    centre.node.people = msgspec.structs.replace(people, signing_in=limited)
    async with Desk.open(centre) as desk:
        answers = [await desk.browser(f"guess{n}").sign_in("x") for n in range(4)]
    centre.node.people = people
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    refused = problem(answers[-1])
    assert refused["code"] == "too_many_requests"
    assert 1 <= refused["retry_after"] <= 20
    assert answers[-1].headers["retry-after"] == str(refused["retry_after"])


async def test_a_key_that_asks_too_often_waits(city):
    centre = city.centre("12345")
    node = centre.node
    key = await add_key(centre.pool, city.clock, name="busy", roles=["call_taker"])
    people = node.people
    node.people = msgspec.structs.replace(people, door=Door(node.keys, people.ring, PeopleSettings(key_rate=1)))
    async with Desk.open(centre) as desk:
        client = desk.browser("x").client
        headers = {"authorization": f"Bearer {key.token}"}
        codes = [(await client.get("/api/v1/desk", headers=headers)).status_code for _ in range(3)]
    node.people = people
    assert codes == [200, 200, 429]


async def test_a_limit_lets_through_again_what_time_gives_back(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("liandong.people.limits.time.monotonic", lambda: now[0])
    limit, got = Limit(2, 2), 0
    for step in range(40):
        now[0] = step / 8
        try:
            limit.take("x")
            got += 1
        except AppError as error:
            assert error.code == "too_many_requests"  # noqa: PT017
    assert got == 2 + 2 * 4 + 1


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab1-efg", "10"),
        ("abcdefghijkl", "3 类"),
        ("Zhangsan-20-x", "账号"),
        ("Xy-PassWord-77", "弱口令"),
        ("Aa1-Aa1-Aa1-", "重复"),
    ],
)
async def test_a_password_that_breaks_a_rule_is_told_which(password, fault):
    found = faults(password, RULES, names=("zhangsan", "张三"))
    assert len(found) == 1
    assert fault in found[0]


async def test_a_policy_file_with_a_fault_is_named(tmp_path):
    path = tmp_path / "people.json"
    path.write_text('{"password": {}}')
    with pytest.raises(ValueError, match=r"people\.json"):
        load_people(path)
