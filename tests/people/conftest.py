"""A centre with people: one world for the tests of a module, whose clock the tests move."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from desks import Desk, peopled_city
from servers import Databases
from world import World


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def city(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with peopled_city(databases, tmp_path_factory.mktemp("people")) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def desk(city: World) -> AsyncIterator[Any]:
    async with Desk.open(city.centre("12345")) as opened:
        yield opened
