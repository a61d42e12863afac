"""Compiles the city's words and patterns into one automaton, so that a text is walked once.

A pattern is `a`, `a+b` (near each other), `a&b` (in one clause), `a>b` (in this order, in one clause), each part a word or a
`@class`, and `!c` behind it forbids `c` near by. How near is data (`limits` in terms.toml).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import ahocorasick

JOINS = frozenset("+&>!@")


class Pattern(NamedTuple):
    """One way of saying something; `says` is what it speaks for. The search starts at `first`; all are symbols of the lexicon."""

    says: str
    first: int
    others: tuple[int, ...]
    join: str
    forbidden: tuple[int, ...]
    source: str


class Entry(NamedTuple):
    """What the automaton knows of one word."""

    length: int
    guard: bool
    symbols: tuple[int, ...]
    patterns: tuple[Pattern, ...]
    """The patterns that are this word alone."""


class Lexicon:
    """Words → symbols → patterns. Built once; afterwards only read."""

    def __init__(self, classes: dict[str, str], contexts: dict[str, Iterable[str]], guards: Iterable[str]):
        self._numbers: dict[str, int] = {}
        self._words: dict[str, set[int]] = {}
        self._patterns: list[Pattern] = []
        self._guards: set[str] = set(guards)
        for name in classes:
            number = self._number(f"@{name}")
            for word in _members(name, classes):
                self._words.setdefault(word, set()).add(number)
        for name, context_words in contexts.items():
            number = self._number(f"#{name}")
            for word in context_words:
                self._words.setdefault(word, set()).add(number)
        self._classes = set(classes)
        self.partners: dict[int, frozenset[int]] = {}
        """Symbol → the symbols of which one must be in the text for a joined pattern that starts with it."""
        self.joined: dict[tuple[int, int], tuple[Pattern, ...]] = {}
        """Symbol and partner → the patterns to try when both are in the text."""
        self.automaton = ahocorasick.Automaton()

    def add_patterns(self, says: str, patterns: str) -> None:
        """Raises ValueError for a pattern that names an unknown class or mixes two joins."""
        for source in patterns.split():
            pattern = self._parse(says, source)
            self._patterns.append(pattern)

    def finish(self) -> None:
        """Builds the automaton from all that was added."""
        for word in self._guards:
            self._words.setdefault(word, set())
        alone = self._index()
        for word, symbols in self._words.items():
            patterns = tuple(p for symbol in sorted(symbols) for p in alone.get(symbol, ()))
            entry = Entry(len(word), word in self._guards, tuple(sorted(symbols)), patterns)
            self.automaton.add_word(word, entry)
        self.automaton.make_automaton()

    def symbol(self, name: str) -> int:
        """The symbol of a context (`#negation`) or a class (`@gas`), -1 when there is none."""
        return self._numbers.get(name, -1)

    def words(self) -> Iterator[str]:
        return iter(self._words)

    def _index(self) -> dict[int, list[Pattern]]:
        """Puts joined patterns under the two symbols that are rarest to meet; gives those of one word by their symbol."""
        sizes: dict[int, int] = {}
        for symbols in self._words.values():
            for symbol in symbols:
                sizes[symbol] = sizes.get(symbol, 0) + 1
        alone: dict[int, list[Pattern]] = {}
        joined: dict[tuple[int, int], list[Pattern]] = {}
        partners: dict[int, set[int]] = {}
        for pattern in self._patterns:
            if not pattern.others:
                alone.setdefault(pattern.first, []).append(pattern)
                continue
            if pattern.join != ">":
                first, *others = sorted((pattern.first, *pattern.others), key=lambda symbol: sizes[symbol])
                pattern = pattern._replace(first=first, others=tuple(others))
            partner = min(pattern.others, key=lambda symbol: sizes[symbol])
            partners.setdefault(pattern.first, set()).add(partner)
            joined.setdefault((pattern.first, partner), []).append(pattern)
        self.partners = {symbol: frozenset(others) for symbol, others in partners.items()}
        self.joined = {pair: tuple(patterns) for pair, patterns in joined.items()}
        return alone

    def _parse(self, says: str, source: str) -> Pattern:
        wanted, *unwanted = source.split("!")
        joins = [join for join in "+&>" if join in wanted]
        if len(joins) > 1:
            raise ValueError(f"{says}: pattern {source!r} mixes {' and '.join(joins)}")
        join = joins[0] if joins else ""
        parts = tuple(self._part(says, part) for part in (wanted.split(join) if join else [wanted]))
        forbidden = tuple(self._part(says, part) for part in unwanted)
        return Pattern(says, parts[0], parts[1:], join, forbidden, source)

    def _part(self, says: str, part: str) -> int:
        if not part or part == "@":
            raise ValueError(f"{says}: empty part in a pattern")
        if part.startswith("@"):
            if part[1:] not in self._classes:
                raise ValueError(f"{says}: unknown class {part}")
            return self._number(part)
        number = self._number(part)
        self._words.setdefault(part, set()).add(number)
        return number

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))


def _members(name: str, classes: dict[str, str], above: tuple[str, ...] = ()) -> Iterator[str]:
    """The words of a class, with those of the classes it names as `@other`. Raises ValueError for what can't be one."""
    if name not in classes or name in above:
        raise ValueError(f"class {'/'.join(above)}: @{name} is unknown or contains itself")
    for word in classes[name].split():
        if word.startswith("@"):
            yield from _members(word[1:], classes, (*above, name))
        elif JOINS.isdisjoint(word):
            yield word
        else:
            raise ValueError(f"class {name}: {word!r} is a pattern, not a word")
