"""From what was said to proposals: the models in force where there are any, the catalogue and its examples where not. Pure."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from liandong.catalogue.centres import Kind
from liandong.models.model import Classifier, Ground
from liandong.reading.reader import type_of
from liandong.suggesting import starting
from liandong.suggesting.classes import class_names, levels_of
from liandong.suggesting.handlers import HandlerCounts
from liandong.suggesting.model import CATALOGUE, Guessed, ModelCard, Suggested, Suggestion, Target
from liandong.suggesting.policy import SuggestingPolicy
from liandong.units.directory import Directory, Matter

MOST = 3
HELP = "help"
"""What `request` of the reader is called as a type of matter."""


class Loaded(Struct, frozen=True):
    """A model in force, as it reads. `reads`: a classifier for classes and types, counts for units."""

    card: ModelCard
    reads: Classifier | HandlerCounts

    @property
    def version(self) -> str:
        return str(self.card.version)


class Said(Struct, frozen=True):
    """What is known of a matter when it is read. `duty_class`: what the catalogue's words alone say. `set_class`, `set_type`: a person's."""

    text: str
    division: str = ""
    address: str = ""
    set_class: str = ""
    set_type: str = ""


class Guesser(Struct, frozen=True):
    kind: Kind
    policy: SuggestingPolicy
    directory: Directory
    today: date
    models: dict[str, Loaded]

    def suggest(self, said: Said) -> Suggested:
        class_, spans, shares = self._class(said.text)
        placed = {said.set_class: 1.0} if said.set_class else shares
        unit, helpers = self._unit(said, placed)
        return Suggested(
            class_=class_,
            levels=_levels(class_, shares),
            type=self._type(said.text),
            unit=unit,
            co_handlers=helpers,
            spans=tuple(spans[: self.policy.most_spans]),
        )

    def _class(self, text: str) -> tuple[Suggestion, Sequence[Ground], dict[str, float]]:
        model = self.models.get(Target.CLASS)
        if model is None or not isinstance(model.reads, Classifier):
            guesses, spans = starting.read(text, self.kind, self.directory, self.today)
            shares = {one.name: one.probability for one in guesses}
            return self._said(Target.CLASS, None, _named(shares)), spans, shares
        all_shares = dict(zip(model.reads.classes, map(float, model.reads.probabilities(text)), strict=True))
        _, spans = model.reads.read(text, self.policy.most_spans)
        return self._said(Target.CLASS, model, _named(all_shares)), spans, all_shares

    def _type(self, text: str) -> Suggestion:
        model = self.models.get(Target.TYPE)
        if self.kind != Kind.WORK_ORDER:
            return self._said(Target.TYPE, None, [])
        if model is None or not isinstance(model.reads, Classifier):
            read = type_of(text)
            return self._said(Target.TYPE, None, [Guessed(HELP if read == "request" else read, "", 0.5)])
        shares = dict(zip(model.reads.classes, map(float, model.reads.probabilities(text)), strict=True))
        return self._said(Target.TYPE, model, _named(shares))

    def _unit(self, said: Said, classes: dict[str, float]) -> tuple[Suggestion, tuple[Guessed, ...]]:
        model = self.models.get(Target.UNIT)
        counts = model.reads if model and isinstance(model.reads, HandlerCounts) else HandlerCounts({}, {})
        likely = sorted(classes, key=lambda code: -classes[code])[:MOST]
        total = sum(classes[code] for code in likely) or 1.0
        shares: dict[str, float] = {}
        owners = {code: self._owner(said, code) for code in likely or [""]}
        for code, (owner, _) in owners.items():
            weight = classes[code] / total if likely else 1.0
            for unit, share in counts.shares(code, said.division, self.policy.units, owner).items():
                shares[unit] = shares.get(unit, 0.0) + weight * share
        first = likely[0] if likely else ""
        guesses = [
            self._proposed(unit, share, counts.seen(first, said.division, unit), owners[first])
            for unit, share in _most(self._standing(shares))
        ]
        suggestion = self._said(Target.UNIT, model, guesses)
        return suggestion, self._helpers(said, first, counts, suggestion)

    def _owner(self, said: Said, code: str) -> tuple[str | None, str]:
        """The unit that the catalogue's line names, and the line. The catalogue is of the hotline's classes: the police desk proposes whom to
        send by place, skill and load (policing/proposing.py)."""
        if self.kind != Kind.WORK_ORDER:
            return None, ""
        matter = Matter(class_code=code, division_code=said.division, address=said.address, words=said.text)
        duty = self.directory.duty(matter, self.today)
        owner = self.directory.owner(duty, matter, self.today) if duty else None
        return (owner.org_code, f"职责目录第 {duty.line} 行“{duty.title}”") if duty and owner else (None, "")

    def _standing(self, shares: dict[str, float]) -> dict[str, float]:
        """Units that have ended are their successors; those that nobody took over from are left out."""
        found: dict[str, float] = {}
        for code, share in shares.items():
            unit = self.directory.unit(code, self.today) or self.directory.successor(code, self.today)
            if unit is not None:
                found[unit.org_code] = found.get(unit.org_code, 0.0) + share
        return found

    def _proposed(self, code: str, share: float, seen: tuple[int, int], named: tuple[str | None, str]) -> Guessed:
        """`seen`: of how many such orders it handled how many; `named`: whom the catalogue names, in which line."""
        unit = self.directory.unit(code, self.today)
        (done, of), (owner, line) = seen, named
        why = [f"近期同类同地 {of} 件中由其办理 {done} 件"] if done else []
        why += [line] if owner == code else []
        return Guessed(code, unit.short if unit else code, round(share, 4), "；".join(why))

    def _helpers(self, said: Said, first: str, counts: HandlerCounts, lead: Suggestion) -> tuple[Guessed, ...]:
        leads = {one.code for one in lead.guesses[:1]}
        found = [one for one in counts.co_handlers(first, said.division, self.policy.units) if one[0] not in leads]
        standing = [(unit, share) for code, share in found if (unit := self.directory.unit(code, self.today))]
        return tuple(Guessed(unit.org_code, unit.short, round(share, 4)) for unit, share in standing)

    def _said(self, field: Target, model: Loaded | None, guesses: Sequence[Guessed]) -> Suggestion:
        unsure = not guesses or guesses[0].probability < self.policy.unsure
        name, version = (field, model.version) if model else (CATALOGUE, self.directory.version)
        return Suggestion(field, name, version, model is not None, tuple(guesses), unsure)


def _named(shares: dict[str, float]) -> list[Guessed]:
    names = class_names()
    return [Guessed(code, names.get(code, ""), round(share, 4)) for code, share in _most(shares)]


def _most(shares: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda one: (-one[1], one[0]))[:MOST]


def _levels(class_: Suggestion, shares: dict[str, float]) -> tuple[Guessed, ...]:
    """The first class and those above it: how sure each level is."""
    if not class_.guesses:
        return ()
    names = class_names()
    first = levels_of(class_.guesses[0].code)
    sums = {code: sum(share for other, share in shares.items() if code in levels_of(other)) for code in first}
    return tuple(Guessed(code, names.get(code, ""), round(sums[code], 4)) for code in first)
