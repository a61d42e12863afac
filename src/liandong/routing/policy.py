"""The data that the ownership table needs beside the facts: the parties, the titles, the guidance scripts."""

from functools import cache

from msgspec import Struct

from liandong.catalogue.transfer import TransferCatalogue, default_catalogue
from liandong.routing.model import Span
from liandong.routing.terms import Party, default_terms


class Policy(Struct, frozen=True):
    """Parties and wording of one city.

    `first_in_danger`: the centre that acts first whenever life, property or public safety is in danger.
    `owners`: catalogue item → the centre whose duty it is. `scripts`: kind of "neither" → what is said.
    """

    parties: dict[str, Party]
    first_in_danger: str
    owners: dict[str, str]
    titles: dict[str, str]
    scripts: dict[str, str]

    def acts_in_danger(self, centre: str) -> bool:
        return self.parties[centre].side == self.parties[self.first_in_danger].side

    def owner(self, centre: str, items: tuple[str, ...]) -> str:
        """The other centre that the matter concerns: the owner of the first item that is not `centre`'s."""
        for code in items:
            to = self.owners.get(code)
            if to and to != centre:
                return to
        return self.parties[centre].counterpart

    def name(self, centre: str) -> str:
        party = self.parties.get(centre)
        return party.name if party else centre

    def title(self, says: str, items: tuple[str, ...]) -> str:
        """The Chinese title for what the leading words speak for, else for the first catalogue item."""
        for code in (says, *items):
            title = self.titles.get(code)
            if title:
                return title
        return ""

    def script(self, spans: tuple[Span, ...]) -> str:
        for span in spans:
            script = self.scripts.get(span.says)
            if script:
                return script
        return self.scripts.get("neither", "")


@cache
def default_policy() -> Policy:
    """The policy from the shipped catalogue and terms."""
    return policy_of(default_catalogue())


def policy_of(catalogue: TransferCatalogue) -> Policy:
    """The policy from a catalogue and the shipped terms."""
    terms = default_terms()
    titles = {item.code: f"{item.code} {item.title}" for item in catalogue.items}
    titles |= {f"danger.{family.name}": family.title for family in terms.danger}
    titles |= {f"neither.{kind.name}": kind.title for kind in terms.neither}
    titles |= {overlap.code: f"{overlap.code} {overlap.title}" for overlap in terms.overlaps}
    return Policy(
        parties={party.code: party for party in terms.parties},
        first_in_danger=terms.first_in_danger,
        owners={item.code: item.to for item in catalogue.items},
        titles=titles,
        scripts={f"neither.{kind.name}": kind.script for kind in terms.neither} | {"neither": terms.default_script},
    )
