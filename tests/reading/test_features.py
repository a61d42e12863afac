"""What is counted in a text: the same when learning and when reading, whatever the text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liandong.models.counting import rarity, side_by_side, tables
from liandong.models.features import bag, opening, packed, sequences, unpacked
from liandong.models.vocabulary import Vocabulary, kind_of, values_of

TEXTS = [
    "路灯坏了\n整条街的路灯都不亮，路灯坏了十天",
    "路灯不亮=请修^快",
    "暖气不热\n家里暖气不热十天，请修",
    "暖气不热，请修",
    "😀😀路灯😀",
    "家里的暖气从上个星期开始就一点都不热了，给供热站打了好几次电话都说在排查，请尽快派人来修暖气",
]


def test_a_text_read_has_the_values_it_had_when_learnt():
    parts, names = tables(TEXTS)
    rarities = [rarity(part) for part in parts]
    learnt = side_by_side(parts, rarities).toarray()
    vocabulary, idf = Vocabulary(names), np.concatenate(rarities)
    for text, row in zip(TEXTS, learnt, strict=True):
        at, values = values_of(vocabulary.find(text), idf)
        read = np.zeros(len(names))
        read[at] = values
        np.testing.assert_allclose(read, row, atol=1e-12)


@given(st.text(min_size=1, max_size=3).filter(lambda sequence: "\x00" not in sequence))
def test_a_packed_sequence_is_itself_again(sequence):
    assert unpacked(packed(sequence)) == sequence


@given(st.text(max_size=80))
def test_no_sequence_counts_twice_or_is_taken_for_another_kind(text):
    numbers, counts = sequences(text)
    assert len(set(numbers.tolist())) == len(numbers)
    assert (counts > 0).all()
    found = bag(text)
    assert all(kind_of(unpacked(int(number))) == "" for number in found.sequences[0])


def test_a_title_is_the_opening_and_without_one_the_first_forty_characters():
    assert opening("路灯坏了\n整条街都不亮") == "路灯坏了"
    assert opening("好" * 100) == "好" * 40
    assert opening("路灯坏了") == opening("") == ""
