import math

import pytest

from backline.errors import OptionValueError
from backline.visualization import rank, total_variation
from backline.visualization.ranking import with_ideal


def test_shares_are_of_each_results_own_total() -> None:
    ranking = rank({"a": {"0": 30, "1": 10}, "b": {"1": 5}})
    assert ranking.outcomes == ("0", "1")
    assert ranking.shares == {"a": (0.75, 0.25), "b": (0.0, 1.0)}
    assert ranking.totals == {"a": 40, "b": 5}
    assert ranking.left_out == 0


def test_the_top_ones_are_kept_and_the_rest_summed() -> None:
    counts = {"000": 50, "111": 30, "010": 15, "001": 4, "100": 1}
    ranking = rank({"a": counts}, top=2)
    assert ranking.outcomes == ("000", "111")
    assert ranking.left_out == 3
    assert ranking.others["a"] == pytest.approx(0.2)


def test_an_outcome_that_matters_to_any_result_is_kept() -> None:
    ranking = rank({"a": {"0": 90, "1": 6, "2": 4}, "b": {"2": 99, "0": 1}}, top=2)
    assert ranking.outcomes == ("0", "2")
    assert ranking.others == {"a": pytest.approx(0.06), "b": 0.0}


def test_order_by_share_puts_the_most_frequent_first_and_ties_as_text() -> None:
    ranking = rank({"a": {"11": 2, "00": 2, "01": 5}}, order="share")
    assert ranking.outcomes == ("01", "00", "11")


def test_outcomes_that_never_came_are_left_away() -> None:
    assert rank({"a": {"0": 1, "1": 0}}).outcomes == ("0",)


@pytest.mark.parametrize(
    ("results", "top", "said"),
    [
        ({}, 3, "no results"),
        ({"a": {}}, 3, "'a' has no counts"),
        ({"a": {"0": 0}}, 3, "'a' has no counts"),
        ({"a": {"0": -1}}, 3, "negative"),
        ({"a": {"0": math.nan}}, 3, "negative"),
        ({"a": {"0": 1}}, 0, "at least 1"),
    ],
)
def test_what_cannot_be_ranked_is_refused(results, top, said) -> None:
    with pytest.raises(OptionValueError, match=said):
        rank(results, top=top)


def test_a_result_called_ideal_beside_the_ideal_is_refused() -> None:
    with pytest.raises(OptionValueError, match="another label"):
        with_ideal({"ideal": {"0": 1}}, {"0": 1})


def test_total_variation_by_hand() -> None:
    assert total_variation({"0": 1}, {"1": 7}) == 1.0
    assert total_variation({"0": 3, "1": 1}, {"0": 0.75, "1": 0.25}) == 0.0
    assert total_variation({"0": 60, "1": 40}, {"0": 50, "1": 50}) == pytest.approx(0.1)
