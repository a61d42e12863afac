"""What is explored. The whole product of everything is too large, so each setting takes some of it, whole.

QUICK is explored by the tests, MORE by `python -m tests.ownership --more`.
"""

from .state import Setting

TALK = "withdraw negotiate open rule"
CHAIN = ("HP", "PG", "GH", "PH", "GP")


def setting(centres: str, first: str, words: str, *, offers: int, **more) -> Setting:
    return Setting(centres, first, offers, allowed=frozenset(words.split()), **more)


def of_each_first(name: str, centres: str, words: str, *, firsts: str = "", **more) -> dict[str, Setting]:
    return {f"{name}, {first} first": setting(centres, first, words, **more) for first in firsts or centres}


QUICK = {
    **of_each_first("two centres talk", "HP", TALK + " recall", offers=2),
    **of_each_first("two centres in danger", "HP", TALK + " recall dispatch", offers=1, sightings="HP"),
    **of_each_first("two centres hand over again and again", "HP", "recall", offers=4, firsts="H"),
    **of_each_first("joint handling", "HP", "part withdraw", offers=1, sightings="", firsts="H"),
    **of_each_first("joint handling in danger", "HP", "part dispatch", offers=1, sightings="HP", firsts="P"),
    **of_each_first("two rounds", "HP", "dispatch answer", offers=1, sightings="HP", rounds=2, firsts="P"),
    **of_each_first("a chain of three", "HPG", "rule", offers=1, targets=("HP", "PG", "GH"), firsts="H"),
    **of_each_first("three in danger", "HPG", "dispatch", offers=1, sightings="H", targets=("HG", "PH"), firsts="H"),
    **of_each_first(
        "three in danger, danger at G", "HPG", "dispatch", offers=1, sightings="G", targets=("PH", "HG"), firsts="P"
    ),
    **of_each_first(
        "three and the police see danger",
        "HPG",
        "dispatch",
        offers=1,
        sightings="P",
        targets=("PH", "HG", "PG"),
        firsts="P",
    ),
}
MORE = {
    "three, narrow: two rounds in danger": setting(
        "HPG", "H", "dispatch answer", offers=1, sightings="H", rounds=2, targets=("HG",)
    ),
    "three, narrow: two rounds": setting("HPG", "H", "answer", offers=2, rounds=2, targets=("HG", "GP")),
    "three, narrow: H and P see danger": setting("HPG", "P", "", offers=1, sightings="HP", targets=("PH", "HG")),
    "three, narrow: H and G see danger": setting("HPG", "H", "", offers=1, sightings="HG", targets=("HG", "PH")),
    "three, narrow: recall and danger": setting(
        "HPG", "P", "recall dispatch", offers=1, sightings="P", targets=("PH", "HG")
    ),
    "three, narrow: recall, ruling and danger": setting(
        "HPG", "H", "recall rule", offers=1, sightings="H", targets=("HP", "PG")
    ),
    **of_each_first("two rounds more", "HP", "dispatch answer", offers=1, sightings="HP", rounds=2, firsts="H"),
    **of_each_first("two centres hand over again and again more", "HP", "recall", offers=4, firsts="P"),
    **of_each_first(
        "three in danger more", "HPG", "dispatch", offers=1, sightings="H", targets=("HG", "PG", "GH"), firsts="HP"
    ),
    **of_each_first("two centres talk more", "HP", TALK + " recall", offers=3),
    **of_each_first("two centres in danger more", "HP", TALK + " recall dispatch", offers=2, sightings="HP"),
    **of_each_first("joint handling more", "HP", "part dispatch", offers=2, sightings="H"),
    **of_each_first("two rounds and two offers more", "HP", "dispatch answer", offers=2, sightings="HP", rounds=2),
    **of_each_first("three talk", "HPG", TALK, offers=1),
    **of_each_first("three, G sees danger", "HPG", "dispatch", offers=1, sightings="G"),
    **of_each_first("three, H sees danger", "HPG", "dispatch", offers=1, sightings="H"),
    **of_each_first("three, P sees danger", "HPG", "dispatch negotiate", offers=1, sightings="P"),
    **of_each_first("three, two see danger", "HPG", "dispatch", offers=1, sightings="HP", targets=CHAIN),
    **of_each_first("three, recall", "HPG", "recall", offers=1),
    **of_each_first("three, parts", "HPG", "part dispatch", offers=2, sightings="H", targets=("PH", "PG"), firsts="P"),
    **of_each_first(
        "three, two rounds", "HPG", "dispatch answer", offers=1, sightings="H", rounds=2, targets=("HG", "GP", "PH")
    ),
}
