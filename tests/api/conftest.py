from collections.abc import AsyncIterator
from typing import Any

import pytest

from apis import Api, open_api
from world import World


@pytest.fixture
async def city(open_world: Any) -> World:
    return await open_world("12345", "110")


@pytest.fixture
async def api(city: World) -> AsyncIterator[Api]:
    async with open_api(city.centre("12345")) as opened:
        yield opened
