"""The sample answer cards, so that there is something to find beside a call."""

from importlib.resources import files
from pathlib import Path

from liandong.knowledge.files import import_cards, read_cards
from liandong.node import open_node
from liandong.settings import load_settings

FILES = {"12345": "cards.jsonl", "110": "cards_police.jsonl"}


async def make_cards(settings: Path, centre: str) -> None:
    """Once: a card that is there as it is is left alone."""
    if centre not in FILES:
        return
    cards = read_cards(Path(str(files("liandong.knowledge").joinpath("data", FILES[centre]))))
    async with open_node(load_settings(settings)) as node:
        await import_cards(node.knowledge, cards, by="desk", approved_by="supervisor")
