"""The danger questions as a tree of data: which one comes next, and what the answers mean. Pure.

Every question may be left out at any moment, and no answer is waited for: somebody may be sent before the first. Answers raise
danger and propose a level; none lowers either.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

SKIPPED = "skipped"  # an answer to every question: not asked, or not known
Given = str | int


class Form(StrEnum):
    """How a question is answered: by one of its choices, by a number of people, or in words."""

    CHOICE = "choice"
    COUNT = "count"
    TEXT = "text"


class Field(StrEnum):
    """The data item of the incident in which an answer is kept as well."""

    WEAPONS = "weapons"
    HAZARDOUS_GOODS = "hazardous_goods"
    EXPLOSIVES = "explosives"
    TRAPPED = "trapped"
    INJURED = "injured"
    DEAD = "dead"


class Meaning(Struct, frozen=True, forbid_unknown_fields=True):
    """What an answer says. `level`: 1 is the gravest; only proposed. `police_class`: where the desk has set none."""

    danger: bool = False
    violent_dispute: bool = False
    level: int | None = None
    police_class: str = ""
    tag: str = ""


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """`next`: the question after this answer, where it is another than the question's own."""

    code: str
    zh: str
    en: str
    means: Meaning = Meaning()
    next: str = ""


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """`means`: of a count above zero, and of words. `next` empty: the last one."""

    id: str
    zh: str
    en: str
    form: Form = Form.CHOICE
    choices: tuple[Choice, ...] = ()
    field: Field | None = None
    means: Meaning = Meaning()
    next: str = ""

    def choice(self, code: Given) -> Choice | None:
        return next((one for one in self.choices if one.code == code), None)

    def takes(self, given: Given) -> bool:
        if given == SKIPPED:
            return True
        if self.form == Form.CHOICE:
            return self.choice(given) is not None
        return isinstance(given, int if self.form == Form.COUNT else str)


class Tree(Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    first: str
    questions: tuple[Question, ...]

    def question(self, name: str) -> Question | None:
        return next((one for one in self.questions if one.id == name), None)


class Read(Struct, frozen=True):
    """What all answers say together."""

    danger: bool
    violent_dispute: bool
    level: int | None
    police_class: str
    tags: list[str]
    fields: dict[str, Given]
    because: list[str]
    """The questions whose answers say danger."""


def faults(tree: Tree) -> list[str]:
    """Everything that is wrong with a tree, in words; empty when it is sound."""
    names = [one.id for one in tree.questions]
    found = [f"question {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    known = {*names, ""}
    if tree.first not in names:
        found.append(f"there is no first question {tree.first!r}")
    for one in tree.questions:
        found += [f"{one.id}: there is no next question {n!r}" for n in _nexts(one) if n not in known]
        if (one.form == Form.CHOICE) != bool(one.choices):
            found.append(f"{one.id}: choices belong to a question of form choice, and to no other")
    return found + ([] if found else _circles(tree))


def next_question(tree: Tree, answers: Mapping[str, Given]) -> Question | None:
    """The first on the way through the tree that has no answer; None at the end."""
    question = tree.question(tree.first)
    while question is not None and question.id in answers:
        chosen = question.choice(answers[question.id])
        question = tree.question((chosen.next if chosen else "") or question.next)
    return question


def unfit(tree: Tree, answers: Mapping[str, Given]) -> str | None:
    """A sentence about the first answer that fits no question."""
    for name, given in answers.items():
        question = tree.question(name)
        if question is None:
            return f"没有“{name}”这个问题"
        if not question.takes(given):
            choices = "、".join([one.code for one in question.choices] or [question.form])
            return f"“{question.zh}”的回答应为：{choices}，或 {SKIPPED}"
    return None


def read(tree: Tree, answers: Mapping[str, Given]) -> Read:
    """Also of what was asked out of turn."""
    said = [(q, answers[q.id], _meaning(q, answers[q.id])) for q in tree.questions if q.id in answers]
    levels = [m.level for _, _, m in said if m.level is not None]
    kept = {q.field: _kept(q, given) for q, given, _ in said if q.field and given != SKIPPED}
    return Read(
        danger=any(m.danger for _, _, m in said),
        violent_dispute=any(m.violent_dispute for _, _, m in said),
        level=min(levels, default=None),
        police_class=next((m.police_class for _, _, m in said if m.police_class), ""),
        tags=[m.tag for _, _, m in said if m.tag],
        fields={field: value for field, value in kept.items() if value not in ("", None)},
        because=[f"{q.zh}{_words(q, given)}" for q, given, m in said if m.danger],
    )


def _meaning(question: Question, given: Given) -> Meaning:
    if given in (SKIPPED, "", 0):
        return Meaning()
    chosen = question.choice(given)
    return chosen.means if chosen else question.means


def _kept(question: Question, given: Given) -> Given:
    """In a field of words a choice is kept by its words, and only one that means something: a plain "no" is no weapon."""
    chosen = question.choice(given)
    if chosen is None:
        return given
    return chosen.zh if chosen.means != Meaning() else ""


def _words(question: Question, given: Given) -> str:
    chosen = question.choice(given)
    return chosen.zh if chosen else str(given)


def _nexts(question: Question) -> list[str]:
    return [question.next, *(one.next for one in question.choices)]


def _circles(tree: Tree) -> list[str]:
    """A way through the tree that comes back would never end."""
    ends = {""}
    left = {one.id: set(_nexts(one)) for one in tree.questions}
    while done := [name for name, nexts in left.items() if nexts <= ends]:
        ends |= set(done)
        for name in done:
            del left[name]
    return [f"{name}: its questions go round in a circle" for name in sorted(left)]
