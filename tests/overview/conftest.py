"""One city for the tests of the overview and of what keeps a node healthy."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from desks import Desk, peopled_city
from servers import Databases
from world import World


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with peopled_city(databases, tmp_path_factory.mktemp("overview")) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def desk(city: World) -> AsyncIterator[Any]:
    async with Desk.open(city.centre("12345")) as opened:
        yield opened
