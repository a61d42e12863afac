"""The scales are summed all at once; each has the sum that it would have alone."""

from math import sqrt

import pytest

from liandong.routing.weighing import LIFT, Scale, Scales, Weights

TEXT = "楼下的电动车让人偷了，楼下没有监控，偷车的跑了"
SCALES = {
    "danger": {"偷": 120, "跑了": -75, "楼下": 3, "电动车": -LIFT},
    "police": {"偷": LIFT - 1, "监控": -1, "的": 0},
    "unclear": {"没有这个": 500},
}


def scales(**changed):
    given = {name: Scale(bias=n - 0.5, weights=weights) for n, (name, weights) in enumerate((SCALES | changed).items())}
    return Scales(Weights(version="t", window=160, scales=given))


def test_every_scale_has_the_sum_of_its_own_weights():
    seen = {word for weights in SCALES.values() for word in weights if word in TEXT}
    scores = scales().weigh(TEXT).opening
    for n, (name, weights) in enumerate(SCALES.items()):
        alone = sum(weights.get(word, 0) for word in seen) / (100 * sqrt(len(seen))) + n - 0.5
        assert scores[name] == pytest.approx(alone), name


def test_the_words_that_speak_for_a_scale_are_those_that_weigh_most_in_it():
    weighing = scales()
    weighed = weighing.weigh(TEXT)
    assert [span.text for span in weighing.grounds(TEXT, weighed, "danger")] == ["楼下"]
    assert weighing.has_grounds(TEXT, weighed, "danger")
    assert not weighing.has_grounds(TEXT, weighed, "unclear")


@pytest.mark.parametrize("weight", [LIFT, -LIFT - 1])
def test_a_weight_that_would_run_into_its_neighbour_is_refused(weight):
    with pytest.raises(ValueError, match="偷"):
        scales(danger={"偷": weight})
