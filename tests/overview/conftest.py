"""One city for the tests of the overview and of what keeps a node healthy."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from desks import Desk
from liandong.people.policy import default_people
from liandong.people.settings import PeopleSettings
from servers import Databases
from world import World


@pytest.fixture(scope="module")
def quick_policy(tmp_path_factory: pytest.TempPathFactory) -> str:
    policy = msgspec.to_builtins(default_people())
    policy["password"] |= {"time_cost": 1, "memory_kib": 64}
    path = tmp_path_factory.mktemp("policy") / "people.json"
    path.write_bytes(msgspec.json.encode(policy))
    return str(path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, quick_policy: str
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("overview") / "world"
    settings = PeopleSettings(policy_file=quick_policy, sign_ins_address=100_000, sign_ins_account=1000)
    async with World.open(databases, folder, ("12345", "110"), people=settings) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def desk(city: World) -> AsyncIterator[Any]:
    async with Desk.open(city.centre("12345")) as opened:
        yield opened
