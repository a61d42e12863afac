"""The rig every test may use: a database server for the run, databases and worlds of its own for each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import servers
from servers import Databases
from world import World

# A busy machine is no defect; what failed is printed so that it can be run again.
settings.register_profile("suite", deadline=None, print_blob=True)
settings.load_profile("suite")

SERVER_FOLDER = pytest.StashKey[str]()
ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("server_folder")
    for words in ("ignore::litestar.exceptions.LitestarDeprecationWarning", "ignore:XDG_RUNTIME_DIR is not set"):
        config.addinivalue_line("filterwarnings", words)
    config.stash[SERVER_FOLDER] = given or str(servers.new_folder(ROOT))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that share something of their module run in one process: it is made once, and they keep their order."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if shares_something(file) else nodeid

    return Scheduling(config, log)


@cache
def shares_something(file: str) -> bool:
    return 'scope="module"' in (ROOT / file).read_text(encoding="utf-8")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["server_folder"] = node.config.stash[SERVER_FOLDER]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        servers.stop(Path(config.stash[SERVER_FOLDER]))


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Databases:
    return Databases(servers.ensure(Path(pytestconfig.stash[SERVER_FOLDER])))


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[str]:
    """The DSN of a migrated database of the test's own."""
    name = await databases.create()
    yield databases.dsn(name)
    await databases.drop(name)


@pytest.fixture(scope="module")
def module_database(databases: Databases) -> Iterator[str]:
    """The DSN of a migrated database that the tests of one module share."""
    name = servers.in_thread(databases.create())
    yield databases.dsn(name)
    servers.in_thread(databases.drop(name))


@pytest.fixture
async def open_world(databases: Databases, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Opens worlds that end with the test; each one's ledgers are verified at its end."""
    async with AsyncExitStack() as stack:

        async def open_one(*centres: str, **options: Any) -> World:
            folder = tmp_path / f"world-{len(list(tmp_path.iterdir()))}"
            return await stack.enter_async_context(
                World.open(databases, folder, centres or ("12345", "110"), **options)
            )

        yield open_one


@pytest.fixture
async def world(open_world: Callable[..., Any]) -> World:
    """12345 and 110."""
    return await open_world()


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Material beside the project that is not part of it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the project: the material that this test checks against is not here")
    return folder


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the tests of faults counted, a line each."""
    reports = [r for found in terminalreporter.stats.values() for r in found if isinstance(r, pytest.TestReport)]
    lines = [value for r in reports if r.when == "call" for name, value in r.user_properties if name == "fault"]
    if lines:
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.write_line(line)
