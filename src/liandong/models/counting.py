"""Counts of many messages as tables (messages by features), one for each kind of feature, with the names of the features.

scipy is needed to learn only; what was learnt is read with plain arrays.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from liandong.models.features import KINDS, Bag, bag, unpacked

LEAST_MESSAGES = 2
"""A feature that only one message has teaches nothing about others."""


def tables(texts: Sequence[str], progress: Callable[[float], None] = lambda _: None) -> tuple[list[Any], list[str]]:
    """One plus the logarithm of each count, and the vocabulary: the kinds one after the other, as `Vocabulary` takes it."""
    bags: list[Bag] = []
    for number, text in enumerate(texts):
        bags.append(bag(text))
        if number % 500 == 0:
            progress(number / len(texts))
    found = [
        _of_sequences([one.sequences for one in bags]),
        _of_words([one.words for one in bags]),
        _of_sequences([one.opening_sequences for one in bags]),
        _of_words([one.opening_words for one in bags]),
    ]
    for table, _ in found:
        table.data = 1 + np.log(table.data)
    return [table for table, _ in found], [
        kind + name for kind, (_, names) in zip(KINDS, found, strict=True) for name in names
    ]


def rarity(table: Any) -> Any:
    """Of each feature among these messages (idf)."""
    seen = np.bincount(table.indices, minlength=table.shape[1])
    return np.log((1 + table.shape[0]) / (1 + seen)) + 1


def side_by_side(parts: Sequence[Any], rarities: Sequence[Any]) -> Any:
    """The kinds in one table, each brought to length one: what `values_of` does for one text."""
    from scipy.sparse import diags, hstack
    from sklearn.preprocessing import normalize

    there = [(part, idf) for part, idf in zip(parts, rarities, strict=True) if part.shape[1]]
    return hstack([normalize(part @ diags(idf)) for part, idf in there]).tocsr()


def _of_sequences(pairs: Sequence[tuple[Any, Any]]) -> tuple[Any, list[str]]:
    from scipy.sparse import csr_matrix

    keys = np.concatenate([numbers for numbers, _ in pairs])
    counts = np.concatenate([counts for _, counts in pairs]).astype(np.float64)
    ends = np.concatenate([[0], np.cumsum([len(numbers) for numbers, _ in pairs])])
    known, places, seen = np.unique(keys, return_inverse=True, return_counts=True)
    table = csr_matrix((counts, places, ends), shape=(len(pairs), len(known)))
    kept = np.flatnonzero(seen >= LEAST_MESSAGES)
    return table[:, kept], [unpacked(int(number)) for number in known[kept]]


def _of_words(bags: Sequence[dict[str, int]]) -> tuple[Any, list[str]]:
    from scipy.sparse import csr_matrix

    place: dict[str, int] = {}
    columns = [place.setdefault(word, len(place)) for one in bags for word in one]
    counts = np.array([count for one in bags for count in one.values()], dtype=np.float64)
    ends = np.concatenate([[0], np.cumsum([len(one) for one in bags])])
    table = csr_matrix((counts, columns, ends), shape=(len(bags), len(place)))
    names, seen = list(place), np.bincount(columns, minlength=len(place))
    kept = np.flatnonzero(seen >= LEAST_MESSAGES)
    return table[:, kept], [names[at] for at in kept]
