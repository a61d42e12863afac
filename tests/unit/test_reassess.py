"""Facts that are read again: raised at will, never lowered, and what a person set stays."""

import msgspec

from liandong.agreements.running import merge
from liandong.agreements.steps import local_day
from liandong.catalogue.transfer import default_catalogue
from liandong.orders.reassess import NEVER_LOWERED, read_again
from liandong.routing.model import Facts, Scope
from lists import shipped, with_saucers

CALM = Facts("12345", Scope.OWN, catalogue="new")


def test_nothing_that_calls_for_haste_is_taken_back():
    for name in NEVER_LOWERED:
        before = Facts("12345", Scope.OWN, **{name: True})
        assert getattr(read_again(before, CALM), name) is True
        assert getattr(read_again(CALM, before), name) is True


def test_what_a_person_set_stays_also_when_it_was_lowered():
    before = Facts("12345", Scope.OWN, danger=False, overruled=("danger", "scope"))
    now = Facts("12345", Scope.OTHER, danger=True, items=("P0213",), catalogue="new")
    again = read_again(before, now)
    assert (again.danger, again.scope, again.items, again.catalogue) == (False, Scope.OWN, ("P0213",), "new")
    assert again.overruled == ("danger", "scope")


def test_a_pair_s_version_takes_the_place_of_the_shipped_list_of_that_pair_only():
    whole = merge(default_catalogue(), "12345", {"110": (2, "ab" * 32, with_saucers())})
    assert whole.version == f"{default_catalogue().version}+110.2-abababab"
    assert len(whole.items) == len(shipped().items) + 1
    other = merge(
        default_catalogue(), "119", {"12345": (1, "cd" * 32, msgspec.structs.replace(with_saucers(), items=()))}
    )
    assert {item.code for item in other.items} == {item.code for item in default_catalogue().items}


def test_the_day_is_the_city_s():
    from datetime import UTC, date, datetime

    assert local_day(datetime(2025, 6, 30, 16, 0, tzinfo=UTC)) == date(2025, 7, 1)
    assert local_day(datetime(2025, 6, 30, 15, 59, tzinfo=UTC)) == date(2025, 6, 30)
