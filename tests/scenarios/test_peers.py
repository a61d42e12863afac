"""What centres tell each other of themselves, over HTTP in this process: versions, kinds, clocks that differ, answers that are none."""

import contextlib
from datetime import timedelta

import httpx
import msgspec
import pytest

from liandong.api import create_app
from liandong.catalogue.centres import default_centres
from liandong.core.clock import ManualClock
from liandong.exchange.sealing import Opener
from liandong.node import understood
from liandong.peers import telling
from liandong.peers.asking import ask_peer, keep, profile_of
from liandong.peers.listing import list_peers
from liandong.peers.model import FIRST_KINDS, SLOW_MS, Heard
from liandong.peers.telling import AboutAsker, Teller

POLICE = default_centres()["110"]


@pytest.fixture
def hotline(world):
    return world.centre("12345")


@contextlib.asynccontextmanager
async def asking(world, answer=None):
    """12345 asks 110; with `answer` given that handler answers instead."""
    node = world.centre("12345").node
    app = create_app(None, world.centre("110").node)
    app.state.node = world.centre("110").node
    transport = httpx.MockTransport(answer) if answer else httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        asker = AboutAsker(client, node.opener, node.clock, centre="12345")

        async def ask():
            return await ask_peer(node.pool, asker, node.clock, peer=POLICE, url="http://110.invalid")

        yield ask


async def the_peer(hotline):
    node = hotline.node
    views = await list_peers(node.pool, node.colleagues.profiles, kinds=node.colleagues.kinds)
    assert [view.code for view in views] == ["110"]
    return views[0]


async def alarms(hotline):
    return [(a["kind"], a["severity"]) for a in await hotline.alarms()]


async def test_a_peer_that_was_never_heard_says_so(hotline):
    peer = await the_peer(hotline)
    assert (peer.state, peer.since, peer.kinds_not_spoken, peer.desk_open) == ("never", None, [], None)
    assert (peer.name, peer.side, peer.colour) == (POLICE.name, "police", POLICE.colour)


async def test_a_peer_tells_what_it_is_and_speaks(world, hotline):
    async with asking(world) as ask:
        assert [alarm.kind for alarm in await ask()] == ["peer.met"]
    peer = await the_peer(hotline)
    assert (peer.state, peer.since, peer.protocol, peer.desk_open) == ("up", world.clock.now(), 1, True)
    assert peer.version
    assert peer.latency_ms is not None
    assert (peer.clock_skew_ms, peer.clock_skewed) == (0, False)
    assert await alarms(hotline) == [("peer.met", "info")]


async def test_nobody_is_told_twice_what_has_not_changed_and_two_workers_ask_once(world, hotline):
    async with asking(world) as ask:
        await ask()
        assert await ask() is None  # another worker has just asked
        world.clock.advance(timedelta(seconds=30))
        assert await ask() == []
    assert len(await hotline.alarms()) == 1
    assert (await the_peer(hotline)).since < world.clock.now()


async def test_a_peer_that_is_lost_keeps_what_was_known_of_it_and_is_told_once_as_an_alarm(world, hotline):
    async with asking(world) as ask:
        await ask()
    known = await the_peer(hotline)

    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    async with asking(world, refuse) as ask:
        for _ in range(3):
            world.clock.advance(timedelta(seconds=30))
            await ask()
    lost = await the_peer(hotline)
    assert lost.state == "down"
    assert lost.since == known.since + timedelta(seconds=30)
    assert (lost.version, lost.last_seen_at) == (known.version, known.last_seen_at)
    assert "ConnectError" in lost.last_error
    async with asking(world) as ask:
        world.clock.advance(timedelta(seconds=30))
        await ask()
    assert (await the_peer(hotline)).last_error is None
    assert await alarms(hotline) == [("peer.met", "info"), ("peer.lost", "alarm"), ("peer.returned", "info")]


async def test_a_skewed_clock_is_warned_of_once_and_so_is_its_end(world, hotline):
    theirs = world.centre("110").node
    ahead = ManualClock(world.clock.now())
    theirs.teller._clock = ahead
    async with asking(world) as ask:
        for seconds in (0, 3, 3, 0):
            world.clock.advance(timedelta(seconds=30))
            ahead._now = world.clock.now() + timedelta(seconds=seconds)
            await ask()
            peer = await the_peer(hotline)
            assert (peer.clock_skew_ms, peer.clock_skewed) == (seconds * 1000, seconds > 2)
    kinds = [kind for kind, _ in await alarms(hotline)]
    assert kinds == ["peer.met", "peer.clock_skewed", "peer.clock_agreed"]


async def test_an_older_peer_has_no_such_address_and_speaks_the_first_kinds(world, hotline):
    body = b'{"code":"not_found"}'

    def older(request):
        return httpx.Response(404, content=body, headers={"content-type": "application/problem+json"})

    async with asking(world, older) as ask:
        await ask()
    peer = await the_peer(hotline)
    assert (peer.state, peer.version) == ("up", None)
    assert set(understood()) >= FIRST_KINDS
    assert peer.kinds_not_spoken == sorted(set(understood()) - FIRST_KINDS)


def sealed_by(node, **change):
    """What 110 would tell, with something else in it."""

    async def answer(request):
        asked = dict(request.url.params)
        told = await Teller(
            change.get("profile", POLICE), change.get("sealer", node.sealer), node.clock,
            kinds=change.get("kinds", understood()), peers=["12345", "119"],
        ).tell(node.pool, change.get("to", asked["for"]), change.get("nonce", asked["nonce"]))  # fmt: skip
        return httpx.Response(200, content=msgspec.json.encode(told))

    return answer


NONSENSE = {
    "a web page": lambda request: httpx.Response(200, text="<html>login</html>"),
    "a web page that is not there": lambda request: httpx.Response(404, text="<html>no</html>"),
    "no JSON of ours": lambda request: httpx.Response(200, json={"message": 7}),
    "no seal": lambda request: httpx.Response(200, json={"message": "a.b.c"}),
    "an error": lambda request: httpx.Response(502),
    "far too much": lambda request: httpx.Response(200, content=b"x" * 2_000_000),
    "deep nesting": lambda request: httpx.Response(200, content=b"[" * 100_000),
    "a redirect": lambda request: httpx.Response(302, headers={"location": "http://elsewhere.invalid"}),
}


@pytest.mark.parametrize("what", NONSENSE)
async def test_an_answer_that_is_none_counts_as_no_link_and_says_why(world, hotline, what):
    async with asking(world, NONSENSE[what]) as ask:
        await ask()
    peer = await the_peer(hotline)
    assert peer.state == "never"
    assert peer.last_error


async def test_nonsense_from_a_peer_that_was_up_is_a_lost_link(world, hotline):
    async with asking(world) as ask:
        await ask()
    world.clock.advance(timedelta(seconds=30))
    async with asking(world, NONSENSE["a web page"]) as ask:
        await ask()
    assert (await the_peer(hotline)).state == "down"


@pytest.mark.parametrize(
    "change",
    [{"nonce": "played-again"}, {"to": "119"}, {"profile": default_centres()["119"]}, {"sealer": None}],
    ids=["an old answer played again", "an answer for another", "another centre's profile", "another's seal"],
)
async def test_an_answer_that_somebody_else_could_have_made_is_not_believed(world, hotline, change):
    if "sealer" in change:
        change = {"sealer": hotline.node.sealer}
    async with asking(world, sealed_by(world.centre("110").node, **change)) as ask:
        await ask()
    peer = await the_peer(hotline)
    assert (peer.state, peer.version) == ("never", None)


async def test_only_configured_peers_are_told(world):
    app = create_app(None, world.centre("110").node)
    app.state.node = world.centre("110").node
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://110") as client:
        stranger = await client.get("/exchange/v1/about", params={"for": "119", "nonce": "12345678"})
        assert (stranger.status_code, stranger.json()["code"]) == (401, "sender_unknown")
        for params in ({}, {"for": "12345"}, {"for": "12345", "nonce": "x"}, {"for": "<script>", "nonce": "12345678"}):
            assert (await client.get("/exchange/v1/about", params=params)).status_code == 400, params
        told = await client.get("/exchange/v1/about", params={"for": "12345", "nonce": "12345678"})
    opener: Opener = world.centre("12345").node.opener
    opened = opener.open(msgspec.json.decode(told.content, type=telling.Sealed).message)
    assert opened.envelope.body["acts_in_danger"] is True
    assert opened.envelope.body["kinds"] == understood()


async def test_the_policy_knows_what_a_peer_does_not_speak(world, hotline):
    node = hotline.node
    assert node.policy.speaks("110", "negotiation.opened.v1")  # nothing heard yet: it counts as one of our own version
    async with asking(world, sealed_by(world.centre("110").node, kinds=["transfer.offered.v1"])) as ask:
        await ask()
    await node.spoken.read(node.pool)
    assert node.policy.speaks("110", "transfer.offered.v1")
    assert not node.policy.speaks("110", "danger.raised.v1")
    assert "danger.raised.v1" in (await the_peer(hotline)).kinds_not_spoken


async def test_a_slow_link_is_up_and_warned_of(world, hotline):
    await hotline.pool.execute("INSERT INTO peers (code) VALUES ('110')")
    at = world.clock.now()
    for latency in (20, SLOW_MS + 1, SLOW_MS + 1, 20):
        await keep(hotline.pool, POLICE, Heard(reachable=True, at=at, latency_ms=latency))
        assert (await the_peer(hotline)).state == ("slow" if latency > SLOW_MS else "up")
    assert [kind for kind, _ in await alarms(hotline)] == ["peer.met", "peer.slowed", "peer.returned"]


async def test_what_waits_for_a_peer_is_counted(world, hotline):
    order = await hotline.takes("小区有人偷电动车")
    await order.transfer("110")
    await order.supplement(text="红色的")
    await hotline.pool.execute("UPDATE outbox SET status = 'dead', last_error = 'x' WHERE seq = 2")
    peer = await the_peer(hotline)
    assert (peer.pending, peer.dead, peer.oldest_waiting_at) == (1, 1, world.clock.now())


def test_a_centre_that_the_catalogue_does_not_know_has_a_bare_profile():
    bare = profile_of("112", default_centres())
    assert (bare.code, bare.acts_in_danger, bare.side) == ("112", False, "other")
