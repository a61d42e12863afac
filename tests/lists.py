"""Transfer lists for stories: an invented item that nobody's words or weights know, and the days on which things happen."""

from datetime import date

import msgspec

from liandong.agreements.service import Draft
from liandong.agreements.steps import local_day
from liandong.agreements.worker import bring_into_force, reassess_some
from liandong.catalogue.content import Content, content_of_pair, new_content
from liandong.catalogue.transfer import Category, Item, default_catalogue
from world import Centre, World, person

SAUCERS = "公园里总有人放飞碟模型，能不能管管"
"""A call that 12345 keeps under the shipped list, and hands to 110 once the saucers are an item of theirs."""
ADMIN = person("admin")
JULY = date(2025, 7, 1)


def shipped(here: str = "12345", there: str = "110") -> Content:
    return content_of_pair(default_catalogue(), here, there)


def with_saucers(content: Content | None = None, code: str = "P0213") -> Content:
    content = content or shipped()
    like = content.item("P0212") or content.items[0]
    item = msgspec.structs.replace(like, code=code, title="飞碟模型扰民", keywords="飞碟模型", examples=("放飞碟模型",))
    return new_content(content.centres, content.categories, [*content.items, item])


def fire_list(code: str = "F0101") -> Content:
    """A first list of 12345 and 119."""
    category = Category(code=code[:3], title="消防", sender="12345", to="119")
    like = default_catalogue().items[0]
    fields = {
        "code": code,
        "category": code[:3],
        "from_": "12345",
        "to": "119",
        "title": "飞碟模型失火",
        "keywords": "飞碟模型",
    }
    item: Item = msgspec.structs.replace(like, **fields, urgent=False, examples=("飞碟模型烧了",))
    return new_content(("12345", "119"), [category], [item])


class Desk:
    """A centre's people at the list with one peer."""

    def __init__(self, centre: Centre, peer: str) -> None:
        self.centre = centre
        self.peer = peer
        self.agreements = centre.node.agreements

    async def drafts(self, content: Content, title: str = "试行版"):
        return await self.agreements.draft(Draft(self.peer, content, title=title), ADMIN)

    async def proposes(self, content: Content, day: date = JULY):
        draft = await self.drafts(content)
        return await self.act("propose", draft, day=day)

    async def act(self, action, version, *, actor=ADMIN, digest=None, **more):
        return await self.agreements.act(version.id, action, actor, digest=digest or version.digest, **more)

    async def sees(self, version):
        return await self.agreements.version(version.id)

    async def statuses(self):
        return [version.status for version in await self.agreements.versions(limit=50)]

    async def events(self, version):
        return [row["event"] for row in await self.agreements.log(version.id)]


async def turn(world: World) -> None:
    """What the workers and processes of all centres do by themselves, until they rest."""
    await world.settle()
    for centre in world.centres:
        node, now = centre.node, world.clock.now()
        await bring_into_force(node.pool, now)
        await node.reader.refresh(node.pool, local_day(now))
        while await reassess_some(node.pool, now, running=node.reader, commands=node.commands):
            pass
    await world.settle()


async def at(world: World, day: date, hour: int = 0, minute: int = 0) -> None:
    """It is this time in the city."""
    from datetime import datetime

    from liandong.policy import ZONE

    there = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)
    world.clock.advance(there - world.clock.now())
    await turn(world)
