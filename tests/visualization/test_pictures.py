import sys
from subprocess import run

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from backline.device.model import Coupling, Device, Gate, Qubit, Readout
from backline.errors import OptionValueError
from backline.visualization import draw_counts, draw_map, draw_overview
from backline.visualization.facts import edges_of, readout_error
from backline.visualization.layout import positions
from backline.visualization.theme import THEMES, readable_on

COUNTS = {"00": 480, "11": 500, "01": 20}


def device(count: int, edges=(), *, errors=None, **fields) -> Device:
    qubits = tuple(
        Qubit(t1=1e-4 * (1 + k), readout=Readout(error=0.01 * (1 + k) / count))
        for k in range(count)
    )
    gates = tuple(
        Gate(name="cx", qubits=edge, error=(errors or {}).get(edge, 0.01)) for edge in edges
    )
    return Device(name="made-up", qubits=qubits, gates=gates, **fields)


def heavy_hex_like(count: int) -> Device:
    return device(count, [(k, k + 1) for k in range(count - 1)] + [(0, count // 2)])


def bars(axes) -> dict[str, list[float]]:
    return {
        group.get_label(): [bar.get_height() for bar in group]
        for group in axes.containers
        if hasattr(group, "patches")
    }


def test_heights_are_shares_and_labels_are_sorted() -> None:
    (axes,) = draw_counts({"a": COUNTS}, ideal={"00": 0.5, "11": 0.5}).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["00", "01", "11"]
    assert bars(axes) == {
        "ideal": pytest.approx([0.5, 0.0, 0.5]),
        "a": pytest.approx([0.48, 0.02, 0.5]),
    }


def test_left_out_outcomes_are_one_last_group_with_its_size_written() -> None:
    (axes,) = draw_counts({"a": {f"{k:03b}": 1 for k in range(8)}}, top=3).axes
    assert [label.get_text() for label in axes.get_xticklabels()][-1] == "5 others"
    assert bars(axes)["a"][-1] == pytest.approx(5 / 8)
    assert any("62%" in text.get_text() or "63%" in text.get_text() for text in axes.texts)


def test_error_lines_are_one_standard_error_of_the_counts() -> None:
    (axes,) = draw_counts({"a": {"0": 25, "1": 75}}).axes
    (lines,) = (group for group in axes.collections if group.get_label() != "_child0")
    low, high = np.array(lines.get_segments()[0])[:, 1]
    assert (high - low) / 2 == pytest.approx(np.sqrt(0.25 * 0.75 / 100))


def test_probabilities_have_no_error_lines() -> None:
    (axes,) = draw_counts({"a": {"0": 0.25, "1": 0.75}}).axes
    assert not axes.collections


@pytest.mark.parametrize("style", ["light", "dark"])
@pytest.mark.parametrize("count", [1, 2, 5, 16, 127])
def test_every_qubit_is_drawn_once_and_apart(count, style) -> None:
    drawn = heavy_hex_like(count) if count > 2 else device(count)
    figure = draw_map(drawn, style=style)
    figure.draw_without_rendering()
    circles = [patch for patch in figure.axes[0].patches if isinstance(patch, Circle)]
    centers = np.array(sorted({tuple(patch.center) for patch in circles}))
    assert len(centers) == count
    apart = np.linalg.norm(centers[:, None] - centers[None], axis=2)[~np.eye(count, dtype=bool)]
    assert count == 1 or apart.min() > 2 * max(patch.radius for patch in circles)


def test_coordinates_of_the_device_are_used_rows_downward() -> None:
    placed = device(2, coordinates=((1, 0), (1, 3)))
    assert positions(placed, ()).tolist() == [[1, 0], [1, -3]]


def test_a_grid_without_coordinates_becomes_a_level_grid() -> None:
    side = 4
    edges = [(k, k + 1) for k in range(side**2) if (k + 1) % side]
    edges += [(k, k + side) for k in range(side**2 - side)]
    places = positions(device(side**2), edges)
    for a, b in edges:
        across, along = sorted(abs(places[a] - places[b]))
        assert across < 0.15
        assert 0.8 < along < 1.2


def test_the_layout_does_not_change_from_call_to_call() -> None:
    edges = [(k, k + 1) for k in range(9)]
    assert np.array_equal(positions(device(10), edges), positions(device(10), edges))


def test_an_edge_shows_its_best_working_gate() -> None:
    errors = {(0, 1): 0.02, (1, 0): 0.01, (1, 2): 1.0}
    drawn = device(4, errors, errors=errors, couplings=(Coupling(qubits=(2, 3), strength=1e6),))
    edges = edges_of(drawn)
    assert list(edges) == [(0, 1), (1, 2), (2, 3)]
    assert (edges[0, 1].error, edges[0, 1].broken) == (0.01, False)
    assert (edges[1, 2].error, edges[1, 2].broken) == (None, True)
    assert (edges[2, 3].error, edges[2, 3].broken) == (None, False)


def test_readout_error_is_the_mean_of_both_ways_where_known() -> None:
    qubits = (
        Qubit(readout=Readout(p1_given_0=0.01, p0_given_1=0.03, error=0.5)),
        Qubit(readout=Readout(error=0.05)),
        Qubit(),
        Qubit(),
    )
    drawn = Device(name="d", qubits=qubits, gates=(Gate(name="measure", qubits=(2,), error=0.07),))
    assert [readout_error(drawn, k) for k in range(4)] == [pytest.approx(0.02), 0.05, 0.07, None]


def test_what_is_out_of_order_is_red_and_said() -> None:
    faulty = Device(name="d", qubits=(Qubit(operational=False), Qubit()))
    (axes,) = draw_map(faulty).axes
    assert axes.get_title(loc="right") == "red: out of order"
    colors = {to_hex(patch.get_facecolor()) for patch in axes.patches}
    assert THEMES["light"].alarm in colors
    (axes,) = draw_map(Device(name="d", qubits=(Qubit(),))).axes
    assert axes.get_title(loc="right") == ""


def test_scales_carry_units_and_are_left_away_where_nothing_is_known() -> None:
    labels = [axes.get_ylabel() for axes in draw_map(device(3, [(0, 1)])).axes[1:]]
    assert labels == ["two-qubit error (%)", "readout error (%)"]
    assert draw_map(device(2), color="t1").axes[1].get_ylabel() == "T1 (µs)"
    assert len(draw_map(Device(name="d", qubits=(Qubit(), Qubit()))).axes) == 1


def test_a_backend_is_drawn_by_its_device() -> None:
    class Backend:
        device = device(2, [(0, 1)])

    assert isinstance(draw_map(Backend()), Figure)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_overview_is_written(tmp_path, ending) -> None:
    path = tmp_path / "new" / f"picture.{ending}"
    draw_overview({"a": COUNTS}, device(5, [(0, 1)]), ideal={"00": 1}, filename=path, style="dark")
    assert path.stat().st_size > 5000


def test_what_cannot_be_drawn_is_refused(tmp_path) -> None:
    with pytest.raises(OptionValueError, match="allowed are light, dark"):
        draw_counts({"a": COUNTS}, style="pink")
    with pytest.raises(OptionValueError, match=r"picture.txt.*\.png"):
        draw_counts({"a": COUNTS}, filename=tmp_path / "picture.txt")
    with pytest.raises(OptionValueError, match="readout, t1"):
        draw_map(device(1), color="t2")
    with pytest.raises(OptionValueError, match="of a Device"):
        draw_map("manila")


def test_text_is_readable_on_every_color_of_the_maps() -> None:
    def luminance(color: str) -> float:
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for theme in THEMES.values():
        for stop in theme.node_colors()(np.linspace(0, 1, 64)):
            a, b = sorted((luminance(to_hex(stop)), luminance(readable_on(stop))))
            assert (b + 0.05) / (a + 0.05) >= 4.0  # WCAG asks 3 of large or bold text


def test_pyplot_and_global_settings_stay_untouched() -> None:
    before = dict(mpl.rcParams)
    draw_overview({"a": COUNTS}, device(2, [(0, 1)]))
    assert dict(mpl.rcParams) == before
    script = (
        "import sys; from backline.visualization import draw_counts;"
        "draw_counts({'a': {'0': 1}}); assert 'matplotlib.pyplot' not in sys.modules"
    )
    run([sys.executable, "-c", script], check=True)


def test_text_and_ranking_do_not_wait_for_matplotlib() -> None:
    script = (
        "import sys, backline.visualization, backline.visualization.text;"
        "assert not any(name.startswith('matplotlib') for name in sys.modules)"
    )
    run([sys.executable, "-c", script], check=True)
