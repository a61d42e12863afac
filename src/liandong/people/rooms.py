"""The parts of people and rights, put together for one node."""

from typing import Any

import asyncpg
from msgspec import Struct

from liandong.core.address import Addresses
from liandong.core.clock import Clock
from liandong.exchange.sealing import read_private
from liandong.people.accounts import Accounts
from liandong.people.door import Door
from liandong.people.keys import KeyRing
from liandong.people.oidc import Oidc
from liandong.people.policy import PeoplePolicy, load_people
from liandong.people.sessions import SessionRing
from liandong.people.settings import PeopleSettings
from liandong.people.signing_in import SigningIn
from liandong.people.totp import Box


class People(Struct, frozen=True):
    centre: str
    settings: PeopleSettings
    policy: PeoplePolicy
    accounts: Accounts
    ring: SessionRing
    signing_in: SigningIn
    addresses: Addresses
    door: Door
    oidc: Oidc


def of(settings: Any, pool: asyncpg.Pool, clock: Clock, keys: KeyRing) -> People:
    """`settings`: the node's. Raises ValueError for a policy file with faults."""
    given: PeopleSettings = settings.people
    policy = load_people(settings.path(given.policy_file) if given.policy_file else None)
    accounts, ring = Accounts(pool, clock, policy), SessionRing(pool, clock, policy)
    box = Box(read_private(settings.path(settings.key_file)))
    return People(
        centre=settings.centre,
        settings=given,
        policy=policy,
        accounts=accounts,
        ring=ring,
        signing_in=SigningIn(pool, clock, accounts=accounts, ring=ring, box=box, settings=given),
        addresses=Addresses(settings.messaging.trusted_proxies, https=given.https),
        door=Door(keys, ring, given),
        oidc=Oidc(pool, clock, given.oidc),
    )
