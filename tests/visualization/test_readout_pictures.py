"""Clouds of points and averaged traces as pictures."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from qiskit.result.models import ExperimentResult, ExperimentResultData

from backline.contract.result import Result, TraceData, pairs
from backline.errors import OptionValueError
from backline.visualization import draw_iq, draw_traces
from backline.visualization.theme import THEMES

POINTS = np.array([[-1 + 0.1j, 1], [-1.2, 0.9 - 0.2j], [-0.8, 1.1]])


def result(*experiments, level=1):
    """Experiments (name, values of the shape that Qiskit documents, facts)."""
    return Result(
        results=[
            ExperimentResult(
                shots=3,
                success=True,
                data=ExperimentResultData(memory=pairs(values))
                if level
                else TraceData(np.asarray(values, complex)),
                meas_level=level,
                header={"name": name},
                metadata=facts,
            )
            for name, values, facts in experiments
        ]
    )


def legend(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def clouds(figure):
    return [np.asarray(group.get_offsets()) @ [1, 1j] for group in figure.axes[0].collections]


def test_clouds_are_the_points_of_their_slot():
    run = result(("ground", POINTS, {}), ("excited", 2 * POINTS, {}))
    figure = draw_iq(run, slot=1)
    assert legend(figure) == ["ground", "excited"]
    for drawn, given in zip(clouds(figure), (POINTS, 2 * POINTS), strict=True):
        np.testing.assert_allclose(drawn, given[:, 1])


def test_clouds_of_arrays_have_their_labels():
    figure = draw_iq({"a": [1, 2j, 3], "b": np.array([1 - 1j])})
    assert legend(figure) == ["a", "b"]
    np.testing.assert_allclose(clouds(figure)[0], [1, 2j, 3])


def test_averaged_points_are_single_ones():
    figure = draw_iq(result(("mean", POINTS.mean(axis=0), {})))
    np.testing.assert_allclose(clouds(figure)[0], [-1 + 0.1j / 3])


def test_programs_of_one_name_are_numbered():
    figure = draw_iq(result(("same", POINTS, {}), ("same", POINTS, {}), ("other", POINTS, {})))
    assert legend(figure) == ["same (0)", "same (1)", "other"]


def test_centers_of_levels_are_named_once_with_a_circle_of_their_width():
    facts = {"iq_centers": [[[-1, 0], [1, 0], [0.6, -0.8]], None], "iq_widths": [0.4, None]}
    run = result(("a", POINTS, facts), ("b", POINTS, facts))
    axes = draw_iq(run).axes[0]
    circles = [patch for patch in axes.patches if isinstance(patch, Circle)]
    assert [circle.center for circle in circles] == [(-1, 0), (1, 0), (0.6, -0.8)]
    assert {circle.radius for circle in circles} == {0.4}
    assert [text.get_text() for text in axes.texts] == ["|0⟩", "|1⟩", "|2⟩"]
    assert not draw_iq(run, slot=1).axes[0].patches  # a slot that nothing is known of


def test_of_very_many_points_some_are_drawn():
    (drawn,) = clouds(draw_iq({"many": np.arange(10_000)}))
    assert 2000 < len(drawn) <= 4000


def test_traces_are_means_of_shots_and_of_neighbours():
    shots = np.array([[[0, 1, 2, 3, 4, 5]], [[2, 3, 4, 5, 6, 7j]]], complex)
    figure = draw_traces(result(("t", shots, {"dtm": 2e-9}), level=0), points=3)
    inphase, quadrature = figure.axes[0].lines[:2]
    np.testing.assert_allclose(inphase.get_xdata(), [2, 6, 10])
    np.testing.assert_allclose(inphase.get_ydata(), [1.5, 3.5, 3.75])
    np.testing.assert_allclose(quadrature.get_ydata(), [0, 0, 1.75])
    assert quadrature.get_linestyle() == "--"
    assert figure.axes[0].get_xlabel() == "time (ns)"
    assert legend(figure) == ["t", "I", "Q"]


def test_traces_end_with_their_acquisition():
    traces = np.ones((2, 6))
    facts = {"dtm": 1e-9, "output_samples": [6, 4]}
    for slot, length in ((0, 6), (1, 4)):
        figure = draw_traces(result(("t", traces, facts), level=0), slot=slot)
        assert len(figure.axes[0].lines[0].get_xdata()) == length


def test_traces_without_a_sample_length_are_in_samples():
    figure = draw_traces({"t": [1, 2j, 3]})
    np.testing.assert_allclose(figure.axes[0].lines[0].get_xdata(), [0.5, 1.5, 2.5])
    assert figure.axes[0].get_xlabel() == "time (output samples)"


@pytest.mark.parametrize("draw", [draw_iq, draw_traces])
@pytest.mark.parametrize("style", ["light", "dark"])
def test_pictures_are_written_in_their_style(draw, style, tmp_path):
    path = tmp_path / "new" / "picture.png"
    figure = draw({"a": [1, 2j]}, style=style, filename=path, title="A title")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert figure.axes[0].get_title(loc="left") == "A title"
    theme = THEMES[style]
    assert to_hex(figure.get_facecolor()) == theme.background
    assert to_hex(figure.axes[0].get_legend().get_texts()[0].get_color()) == theme.text


@pytest.mark.parametrize("draw", [draw_iq, draw_traces])
def test_they_draw_on_axes_that_are_given(draw):
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert draw({"a": [1, 2j]}, ax=right) is figure
    assert right.get_legend() is not None
    assert left.get_legend() is None


def test_the_title_stands_above_a_legend_of_several_rows():
    figure = draw_iq({f"program {k}": [k] for k in range(9)}, title="Nine")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    title = axes._left_title.get_window_extent()
    assert axes.get_legend().get_window_extent().y1 <= title.y0


@pytest.mark.parametrize(
    ("draw", "text"),
    [
        (lambda: draw_iq({}), "nothing to draw"),
        (lambda: draw_iq({"a": "text"}), "'a' must be complex numbers"),
        (lambda: draw_iq({"a": []}), "points of the shape"),
        (lambda: draw_iq({"a": POINTS}), r"points of the shape \(shots,\), got \(3, 2\)"),
        (lambda: draw_iq(result(("a", POINTS, {})), slot=2), "no memory slot 2: it has slots 0 to"),
        (
            lambda: draw_iq(result(("a", POINTS, {}), level=0)),
            "run it with meas_level=1 and .*sing",
        ),
        (lambda: draw_traces(result(("a", POINTS, {}))), "run it with meas_level=0 and .*'avg'"),
        (lambda: draw_traces({"a": np.ones((1, 2, 3))}), r"\(shots, samples\), got \(1, 2, 3\)"),
        (lambda: draw_traces({"a": [1]}, points=0), "points must be at least 1, got 0"),
        (lambda: draw_iq({"a": [1]}, style="loud"), "no style"),
        (lambda: draw_iq({"a": [1]}, filename="picture.doc"), "cannot be written as"),
    ],
)
def test_what_cannot_be_drawn(draw, text):
    with pytest.raises(OptionValueError, match=text):
        draw()


def test_results_of_bits_have_no_points():
    bits = ExperimentResult(
        shots=1,
        success=True,
        data=ExperimentResultData(counts={"0x0": 1}),
        meas_level=2,
        header={"name": "bits"},
    )
    with pytest.raises(OptionValueError, match="experiment 0 has no data of meas_level=1"):
        draw_iq(Result(results=[bits]))
