"""The executor of lifecycles: which row it finds, why not, and that it finds every planted defect of a table."""

import pytest

from liandong.core.lifecycle import Blocked, Lifecycle, Transition

PEOPLE = frozenset({"desk"})


def row(action="go", sources="a", target="b", **more):
    given = {"roles": PEOPLE, "event": f"x.{action}", "label": action, "label_en": action} | more
    return Transition(action=action, sources=frozenset(sources.split()), target=target, **given)


def lifecycle(*rows, statuses="a b", initial="a", final="b", guards=None):
    words = {status: (status, status) for status in statuses.split()}
    return Lifecycle(
        "toy", statuses=words, initial=initial.split(), final=final.split(), rows=rows, guards=guards or {}
    )


def test_a_sound_table_has_no_problems():
    assert lifecycle(row()).problems(clocks={"c"}, messages={"m"}) == []


@pytest.mark.parametrize(
    "rows, more, words",
    [
        ([row(), row(sources="zz")], {}, "unknown source zz"),
        ([row(), row("other", target="zz")], {}, "unknown target zz"),
        ([row(guards=("zz",))], {}, "unknown guard zz"),
        ([row(starts=("zz",))], {}, "unknown clock zz"),
        ([row(stops=("zz",))], {}, "unknown clock zz"),
        ([row(sends=("zz",))], {}, "unknown message zz"),
        ([row(roles=frozenset())], {}, "nobody may do this"),
        ([row()], {"statuses": "a b c"}, "c can't be reached"),
        ([row(), row("aside", target="c")], {"statuses": "a b c"}, "no way from c to a final status"),
        ([row(), row(target="a")], {}, "a row after an unguarded one can't be reached"),
    ],
)
def test_each_planted_defect_is_found(rows, more, words):
    found = lifecycle(*rows, **more).problems(clocks={"c"}, messages={"m"})
    assert any(words in one for one in found), found


def test_the_first_row_that_roles_and_guards_let_pass_is_taken():
    strict = row(guards=("never",))
    loose = row(target="a")
    table = lifecycle(strict, loose, guards={"never": lambda *_: "not today"})
    assert table.find("a", "go", PEOPLE, None, None) is loose


def test_a_refusal_says_whether_it_is_the_status_the_role_or_a_rule():
    table = lifecycle(row(guards=("never",)), guards={"never": lambda *_: "not today"})
    assert table.find("b", "go", PEOPLE, None, None).code == "action_not_allowed"
    assert table.find("a", "go", frozenset({"other"}), None, None).code == "not_permitted"
    assert table.find("a", "go", PEOPLE, None, None) == Blocked("guard_refused", "not today")


def test_what_is_allowed_is_shown_once_an_action_and_only_to_whom_it_is():
    table = lifecycle(row(), row(target="a", guards=("fine",)), guards={"fine": lambda *_: None})
    assert [r.action for r in table.allowed("a", PEOPLE, None)] == ["go"]
    assert table.allowed("a", frozenset({"other"}), None) == []
    assert table.allowed("b", PEOPLE, None) == []
