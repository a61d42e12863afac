"""The rig of the faults: a town of two centres under load, something that goes wrong, and the count afterwards."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from books import Count, count
from callers import Callers, recovered
from faulty_town import PARTS, FaultyTown, open_town
from own_postgres import migrated_template
from program import KIND, GreetingSent

import servers
from liandong.exchange.contracts import KIND_OF

MATTERS = 12  # in the load of one fault
Harm = Callable[[Callers], Awaitable[Any]]


class Rig:
    """`suffer` is one fault from beginning to end."""

    def __init__(self, town: FaultyTown, told: Callable[[str], None]) -> None:
        self.town = town
        self.told = told

    async def suffer(self, name: str, harm: Harm, *, matters: int = MATTERS) -> Count:
        """Callers call, `harm` happens and is over when it returns; then both centres recover and everything is counted."""
        callers = Callers(self.town)
        async with (
            asyncio.TaskGroup() as tasks
        ):  # a caller who was promised something and did not get it ends the fault too
            tasks.create_task(callers.call(matters))
            await asyncio.sleep(0.4)
            await harm(callers)
            took = await recovered(self.town, time.monotonic())
        counted = await count(self.town, callers.notebook)
        self.told(
            f"{name}: accepted {counted.accepted}, in ledgers {counted.found}, lost {len(counted.lost)}, doubled {counted.doubled}, "
            f"asked again {callers.notebook.again}, recovered in {took:.1f} s"
        )
        assert counted.is_clean, counted
        return counted


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """One line for the summary of the run."""

    def tell(line: str) -> None:
        record_property("fault", line)
        print(line)

    return tell


@pytest.fixture(scope="session")
def template(pytestconfig: pytest.Config) -> Iterator[Path]:
    with migrated_template(servers.new_folder(pytestconfig.rootpath)) as folder:
        yield folder


@pytest.fixture
async def open_rig(
    pytestconfig: pytest.Config,
    tmp_path: Path,
    template: Path,
    told: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Callable[..., Any]]:
    """Opens a town that is kept up until the end of the test. Options as of `open_town`, and `environment` by centre or process."""
    monkeypatch.setitem(KIND_OF, GreetingSent, KIND)
    async with AsyncExitStack() as stack:

        async def open_one(
            *, environment: dict[str, dict[str, str]] | None = None, parts: tuple[str, ...] = PARTS, **options: Any
        ) -> Rig:
            data = servers.new_folder(pytestconfig.rootpath)
            town = await stack.enter_async_context(open_town(tmp_path / "town", data, template=template, **options))
            town.environment = environment or {}
            await town.open(parts)
            await stack.enter_async_context(_kept_up(town))
            return Rig(town, told)

        yield open_one


@contextlib.asynccontextmanager
async def _kept_up(town: FaultyTown) -> AsyncIterator[None]:
    manager = asyncio.create_task(town.keep_up())
    try:
        yield
    finally:
        manager.cancel()
        await asyncio.gather(manager, return_exceptions=True)
