"""Text → facts: the first, transparent reader. Every fact comes with the words it rests on.

Lists of words and their contexts speak first; the scales of `weighing` add what no single word says. Both are data
(catalogue/data), both name the words they rest on, and a person may overrule either. The scales raise danger, never lower it.
"""

from collections.abc import Iterable
from functools import cache

from liandong.catalogue.transfer import TransferCatalogue, default_catalogue
from liandong.routing.context import Contexts
from liandong.routing.lexicon import Lexicon
from liandong.routing.matching import Found, Match, find
from liandong.routing.model import Facts, Scope, Span
from liandong.routing.scope import Evidence, weigh_scope
from liandong.routing.terms import Terms, default_terms
from liandong.routing.weighing import Scales, Weighed, default_scales

DANGER_OPENING, DANGER_LETTER, DANGER_ANYWHERE = 0.0, 1.0, 2.0
SURE_OF_DUTY = 0.5
GROUNDS = {Scope.NEITHER: "neither", Scope.UNCLEAR: "unclear"}
"""Which scale's words are shown for a scope that was weighed."""
MAX_SPAN = 24
"""Characters: parts of a pattern further apart than this are shown as separate spans."""


class Reader:
    """Built once for a catalogue; `read` is pure and may be called from many threads."""

    def __init__(self, catalogue: TransferCatalogue, terms: Terms | None = None, scales: Scales | None = None):
        terms = terms or default_terms()
        self._limits = terms.limits
        self._version = catalogue.version
        self._scales = scales or default_scales()
        self._sides = {party.code: party.side for party in terms.parties}
        self._police_side = self._sides[terms.first_in_danger]
        self._weighed_sides = {self._police_side, self._sides[self._counterpart(terms)]}
        self._owners = {item.code: item.to for item in catalogue.items}
        self._item_defeats = {item.code: item.defeated_by for item in catalogue.items}
        self._new_items = _not_shipped(catalogue)
        self._only_in_danger = {item.code for item in catalogue.items if item.only_in_danger}
        self._yielding = {f"neither.{kind.name}" for kind in terms.neither if kind.yields}
        self._lexicon = _compile(catalogue, terms)
        self._contexts = Contexts(self._lexicon, terms.limits)
        self._families = {f"danger.{family.name}": family for family in terms.danger}
        self._families |= {family.name: family for family in terms.signs}
        for family in self._families.values():
            for name in family.defeated_by:
                if not self._contexts.known(name):
                    raise ValueError(f"{family.name}: unknown context {name}")

    def knows_context(self, name: str) -> bool:
        """May an item's `defeated_by` name it?"""
        return self._contexts.known(name)

    @staticmethod
    def _counterpart(terms: Terms) -> str:
        """The hotline beside the police desk: the scales were fitted to messages of these two."""
        return next(party.counterpart for party in terms.parties if party.code == terms.first_in_danger)

    def read(self, text: str, centre: str) -> Facts:
        """The facts of a message as the centre received it. Raises KeyError for a centre that is no party."""
        side = self._sides[centre]
        found = find(self._lexicon, text, self._limits)
        evidence = Evidence()
        for match in found.matches:
            self._take(match, found, evidence)
        scope = weigh_scope(evidence, side == self._police_side, len(text) > self._limits.long_text)
        if scope is Scope.OWN and not evidence.police and self._third_parties(evidence, centre):
            scope = Scope.OTHER
        weighed = self._scales.weigh(text)
        danger = speaks_of_danger(weighed)
        # The scales were fitted to messages under the shipped list: what was agreed since, its own words say.
        if side in self._weighed_sides and self._new_items.isdisjoint(evidence.items):
            scope = self._scope(scope, text, weighed, police_side=side == self._police_side)
        dangerous = bool(evidence.danger) or danger
        dispute = dangerous and side == self._police_side and weighed.opening["dispute"] > 0
        # What such a dispute is about is the government's, whatever the police do first.
        if dispute and scope is Scope.OWN and weighed.opening["dispute"] > SURE_OF_DUTY:
            scope = Scope.UNCLEAR
        shown = (*(("danger",) if danger else ()), *((GROUNDS[scope],) if scope in GROUNDS else ()))
        return Facts(
            centre=centre,
            scope=scope,
            danger=dangerous,
            violent_dispute=evidence.violent_dispute or dispute,
            stability_lead=bool(evidence.stability),
            items=self._items(evidence, centre),
            spans=(
                *_spans(evidence.matches(), text),
                *(span for name in shown for span in self._scales.grounds(text, weighed, name)),
            ),
            catalogue=self._version,
        )

    def _scope(self, read: Scope, text: str, weighed: Weighed, *, police_side: bool) -> Scope:
        """What the words of the lists say of an overlap or of nobody's matter stands; whose duty it is otherwise is weighed."""
        if read in (Scope.NEITHER, Scope.UNCLEAR):
            return read
        scope = _weighed_scope(read, weighed.opening, police_side)
        grounded = scope is read or any(self._scales.has_grounds(text, weighed, name) for name in ("police", "neither"))
        return scope if grounded else read

    def _take(self, match: Match, found: Found, evidence: Evidence) -> None:
        says = match.pattern.says
        family = self._families.get(says)
        if family is not None:
            if not (family.defeated_by and self._contexts.defeats(family.defeated_by, match, found)):
                evidence.add_sign(says, match)
            return
        owner = self._owners.get(says)
        if owner is None:
            # A letter is about what it opens with; what it mentions later is its history.
            if len(found.text) <= self._limits.long_text or match.start <= self._limits.opening:
                evidence.add_frame(says, match, weak=says in self._yielding)
        elif self._sides[owner] == self._police_side:
            if not self._contexts.defeats(self._item_defeats[says], match, found):
                evidence.add_item(says, match, police=says not in self._only_in_danger)
        else:
            evidence.add_item(says, match, police=False, government=True)

    def _third_parties(self, evidence: Evidence, centre: str) -> bool:
        """Words of a list with a centre that is neither police nor hotline (119, 120, a utility) make it that centre's duty."""
        owners = {self._owners[code] for code in evidence.items} - {centre}
        return any(self._sides[owner] not in self._weighed_sides for owner in owners)

    def _items(self, evidence: Evidence, centre: str) -> tuple[str, ...]:
        """Codes by weight of evidence, those that are another centre's first."""
        counted = evidence.items
        order = sorted(counted, key=lambda code: (self._owners[code] == centre, -counted[code]))
        return tuple(order[:6])


def _weighed_scope(read: Scope, score: dict[str, float], police_side: bool) -> Scope:
    if score["neither"] > 0:
        return Scope.NEITHER
    if score["unclear"] > 0:
        return Scope.UNCLEAR
    if abs(score["police"]) < SURE_OF_DUTY:
        return read
    return Scope.OWN if (score["police"] > 0) == police_side else Scope.OTHER


def speaks_of_danger(weighed: Weighed) -> bool:
    """Recall comes first: the opening of a message needs less than a passage far down in a long letter."""
    if not weighed.long:
        return weighed.opening["danger"] > DANGER_OPENING
    return weighed.opening["danger"] > DANGER_LETTER or weighed.best["danger"] > DANGER_ANYWHERE


@cache
def default_reader() -> Reader:
    """The reader for the shipped catalogue and terms."""
    return Reader(default_catalogue())


def _not_shipped(catalogue: TransferCatalogue) -> frozenset[str]:
    """Items that the shipped catalogue does not have, or has with other words or another owner."""
    shipped = {item.code: (item.keywords, item.to) for item in default_catalogue().items}
    return frozenset(item.code for item in catalogue.items if shipped.get(item.code) != (item.keywords, item.to))


def _compile(catalogue: TransferCatalogue, terms: Terms) -> Lexicon:
    lexicon = Lexicon(
        terms.classes,
        {name: words.split() for name, words in terms.contexts.items()},
        (word for words in terms.guards.values() for word in words.split()),
    )
    for family in terms.danger:
        lexicon.add_patterns(f"danger.{family.name}", family.patterns)
    for family in terms.signs:
        lexicon.add_patterns(family.name, family.patterns)
    for kind in terms.neither:
        lexicon.add_patterns(f"neither.{kind.name}", kind.patterns)
    for overlap in terms.overlaps:
        lexicon.add_patterns(overlap.code, overlap.patterns)
    for name, patterns in terms.frames.items():
        lexicon.add_patterns(f"frame.{name}", patterns)
    for item in catalogue.items:
        lexicon.add_patterns(item.code, item.keywords)
    lexicon.finish()
    return lexicon


def _spans(matches: Iterable[Match], text: str) -> tuple[Span, ...]:
    spans: dict[tuple[int, int, str], Span] = {}
    for match in matches:
        says = match.pattern.says
        places = ((match.start, match.end),) if match.end - match.start <= MAX_SPAN else match.places
        for start, end in places:
            if (start, end, says) not in spans:
                spans[start, end, says] = Span(start, end, text[start:end], says)
    return tuple(spans.values())
