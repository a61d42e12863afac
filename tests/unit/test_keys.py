"""API keys in memory: noticed when new, gone when revoked, and a wrong one does not hammer the database."""

import pytest

from liandong.core.clock import SystemClock
from liandong.people import keys
from liandong.people.keys import KeyRing, add_key


class Pool:
    def __init__(self):
        self.rows = []
        self.reads = 0

    async def fetch(self, _):
        self.reads += 1
        return self.rows

    async def execute(self, _, key_id, digest, name, roles, unit, __, home):
        self.rows.append({"id": key_id, "digest": digest, "name": name, "roles": roles, "unit": unit, "home": home})


@pytest.fixture
def clock(monkeypatch):
    class Monotonic:
        now = 1000.0

    monkeypatch.setattr(keys.time, "monotonic", lambda: Monotonic.now)
    return Monotonic


async def new(pool, **more):
    return await add_key(pool, SystemClock(), **({"name": "desk", "roles": ["call_taker"]} | more))


async def test_a_key_is_known_by_its_token_and_stored_only_as_a_digest(clock):
    pool = Pool()
    key = await new(pool, roles=["unit"], unit="u1")
    actor = await KeyRing(pool).actor(key.token)
    assert (actor.roles, actor.unit) == (frozenset({"unit"}), "u1")
    assert key.token.encode() not in pool.rows[0]["digest"]
    assert actor.id == f"desk#{key.id}"


async def test_a_new_key_is_noticed_at_once(clock):
    pool = Pool()
    ring = KeyRing(pool)
    await ring.actor("nobody")
    key = await new(pool)
    clock.now += 0.3
    assert await ring.actor(key.token) is not None


async def test_wrong_keys_do_not_hammer_the_database(clock):
    pool = Pool()
    ring = KeyRing(pool)
    for n in range(1000):
        assert await ring.actor(f"wrong {n}") is None
    assert pool.reads == 1


async def test_a_known_key_costs_no_query(clock):
    pool = Pool()
    key, ring = await new(pool), KeyRing(pool)
    for _ in range(100):
        assert await ring.actor(key.token)
    assert pool.reads == 1


async def test_a_revoked_key_ends_within_seconds(clock):
    pool = Pool()
    key, ring = await new(pool), KeyRing(pool)
    assert await ring.actor(key.token)
    pool.rows.clear()
    clock.now += keys.REFRESH + 0.1
    assert await ring.actor(key.token) is None


@pytest.mark.parametrize("roles, unit", [([], None), (["king"], None), (["unit"], None)])
async def test_a_key_that_makes_no_sense_is_refused(roles, unit):
    with pytest.raises(ValueError):
        await new(Pool(), roles=roles, unit=unit)


async def test_a_liaison_s_key_knows_the_centre_it_comes_from(clock):
    pool = Pool()
    key = await new(pool, roles=["liaison"], home="110")
    actor = await KeyRing(pool).actor(key.token)
    assert (actor.roles, actor.home) == (frozenset({"liaison"}), "110")


@pytest.mark.parametrize(
    "roles, home", [(["liaison"], None), (["liaison", "call_taker"], "110"), (["supervisor"], "110")]
)
async def test_a_liaison_has_a_home_and_no_other_role(roles, home):
    with pytest.raises(ValueError, match="liaison"):
        await new(Pool(), roles=roles, home=home)
