"""One city with a past for the tests of suggestions: small bounds, so that 160 closed orders are enough to learn from."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from apis import Api, open_api
from liandong.suggesting.policy import SuggestingPolicy, default_suggesting
from servers import Databases
from suggesting.past import past
from world import World


def small() -> SuggestingPolicy:
    policy = default_suggesting()
    training = msgspec.structs.replace(policy.training, least_rows=80, least_of_class=6, held_out=0.2)
    drift = msgspec.structs.replace(policy.drift, least_rows=8)
    return msgspec.structs.replace(policy, training=training, drift=drift)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with World.open(databases, tmp_path_factory.mktemp("suggesting") / "world", ("12345", "110")) as world:
        centre = world.centre("12345")
        centre.node.suggesting.policy = small()
        async with past(centre.pool, world.clock.now()):
            yield world


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(city: World) -> AsyncIterator[Api]:
    async with open_api(city.centre("12345")) as opened:
        yield opened


@pytest.fixture
def node(city: World) -> Any:
    return city.centre("12345").node
