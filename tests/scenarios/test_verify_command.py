"""`liandong verify --peers`, `reconcile`, `roots` and `discrepancies` as people run them: a process of its own, asking the peer over a socket."""

import asyncio
import contextlib
import json
import sys

import pytest
from test_reconcile import handed_over
from test_roots import TUESDAY

from apis import real_server
from liandong.api import create_app
from nights import Administrator, Nights


@pytest.fixture
async def town(world, tmp_path):
    """Settings files of both centres, whose servers run."""
    async with contextlib.AsyncExitStack() as stack:
        urls = {}
        for centre in world.centres:
            app = create_app(None, centre.node)
            app.state.node = centre.node
            urls[centre.code] = await stack.enter_async_context(real_server(app))
        paths = {centre.code: write_settings(centre, urls, tmp_path) for centre in world.centres}
        async with Nights.open(world) as nights:
            yield nights, paths


def write_settings(centre, urls, folder):
    settings = centre.node.settings
    lines = [f'{name} = "{getattr(settings, name)}"' for name in ("centre", "dsn", "kid")]
    lines.append(f'key_file = "{settings.path(settings.key_file)}"')
    for code, peer in settings.peers.items():
        lines += [f"[peers.{code}]", f'url = "{urls[code]}"', f"[peers.{code}.public_keys]"]
        lines += [f'{kid} = "{key}"' for kid, key in peer.public_keys.items()]
    path = folder / f"{centre.code}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def liandong(*words):
    """Exit code, what it printed, what it complained."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "liandong",
        *map(str, words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out.decode(), err.decode()


async def test_verify_with_peers_says_that_all_is_well_and_which_day_is_not(town, world):
    nights, paths = town
    order, _ = await handed_over(world)
    await nights.pass_day(2)
    code, out, err = await liandong("verify", "-s", paths["12345"], "--peers")
    assert code == 0, err
    assert "账本完整" in out
    assert "与110互证：对方持有我方 2 天" in out
    code, out, _ = await liandong("roots", "-s", paths["12345"])
    assert (code, str(TUESDAY) in out) == (0, True)

    administrator = Administrator(world.centre("12345"))
    await administrator.rewrite(order.id, "电动车", "自行车")
    await administrator.reseal()
    assert (await liandong("verify", "-s", paths["12345"]))[0] == 0, "alone it sees nothing"
    for centre in ("12345", "110"):
        code, out, err = await liandong("verify", "-s", paths[centre], "--peers")
        assert code == 1
        assert "root_changed" in err
        assert f"12345的账本，{TUESDAY}" in err
        code, out, _ = await liandong("verify", "-s", paths[centre], "--peers", "--json")
        assert code == 1
        report = json.loads(out)
        faults = [fault for peer in report["peers"] for fault in peer["faults"]]
        assert {fault["centre"] for fault in faults} == {"12345"}
        assert str(order.matter_id) in {fault.get("matter_id") for fault in faults}


async def test_a_broken_chain_is_said_first_and_a_silent_peer_has_its_own_code(town, world):
    nights, paths = town
    order, _ = await handed_over(world)
    await nights.pass_day()
    path = paths["12345"]
    text = path.read_text(encoding="utf-8")
    path.write_text(
        "\n".join('url = "http://127.0.0.1:9"' if line.startswith("url") else line for line in text.splitlines())
    )
    code, _, err = await liandong("verify", "-s", path, "--peers")
    assert (code, "无法询问110" in err) == (3, True)
    code, _, err = await liandong("reconcile", "-s", path)
    assert (code, "无法询问110" in err) == (3, True)
    await Administrator(order.centre).execute(
        "UPDATE events SET body = body || ' ' WHERE order_id = $1 AND seq = 1", order.id
    )
    code, _, err = await liandong("verify", "-s", path, "--peers")
    assert (code, "账本被改动" in err) == (1, True)
    await Administrator(order.centre).execute(
        "UPDATE events SET body = rtrim(body) WHERE order_id = $1 AND seq = 1", order.id
    )


async def test_reconcile_shows_heals_and_leaves_the_rest_to_people(town, world):
    _, paths = town
    order, theirs = await handed_over(world)
    code, out, err = await liandong("reconcile", "-s", paths["12345"], "--heal")
    assert (code, "核对了 1 个诉求，0 处不同" in out) == (0, True), err
    await Administrator(theirs.centre).execute("UPDATE orders SET responsible = false")
    code, out, _ = await liandong("reconcile", "-s", paths["12345"], "--heal", "--json")
    assert code == 1
    (done,) = json.loads(out)["peers"]
    assert [one["kind"] for one in done["differences"]] == ["no_owner"]
    code, out, _ = await liandong("discrepancies", "list", "-s", paths["12345"])
    assert (code, "no_owner" in out, order.order.number in out) == (0, True, True)
    (one,) = json.loads((await liandong("discrepancies", "list", "-s", paths["12345"], "--json"))[1])
    code, _, err = await liandong("discrepancies", "dismiss", "-s", paths["12345"], one["id"], "--reason", "双方已商定")
    assert code == 0, err
    assert "没有" in (await liandong("discrepancies", "list", "-s", paths["12345"]))[1]
    code, _, err = await liandong("discrepancies", "dismiss", "-s", paths["12345"], one["id"], "--reason", "双方已商定")
    assert (code, "不是未处理" in err) == (2, True)
