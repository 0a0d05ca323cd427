"""Populations, Bloch vectors and pulses over time as pictures."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from backends.bench_device import bench, square, wait
from backline import pulse
from backline.errors import OptionValueError, QubitError
from backline.visualization import draw_bloch, draw_solution
from backline.visualization.theme import THEMES


@pytest.fixture(scope="module")
def turn():
    """Half a turn of one qubit with three levels, at every sample."""
    return bench(1).solve(square(), times="samples")


@pytest.fixture(scope="module")
def pair():
    """A driven qubit and a spectator."""
    return bench(2).solve(square(), spectators=1, times=101)


def texts(figure, gid):
    return [text.get_text() for ax in figure.axes for text in ax.texts if text.get_gid() == gid]


def curves(ax):
    return {line.get_label(): np.asarray(line.get_ydata(), float) for line in ax.get_lines()}


def path(figure):
    """Every piece of a path: its ends on the paper."""
    drawn = [part for part in figure.axes[0].collections if part.get_gid() == "path"]
    return np.concatenate([np.reshape(part.get_segments(), (-1, 2, 2)) for part in drawn])


# Curves


def test_curves_are_the_populations_and_the_bloch_vector(turn):
    populations, bloch = turn.draw().axes[:2]
    assert list(curves(populations)) == ["|2⟩", "|1⟩", "|0⟩"]  # the lowest on top
    for level in range(3):
        drawn = curves(populations)[f"|{level}⟩"]
        np.testing.assert_array_equal(drawn, turn.populations(0)[:, level])
    for k, axis in enumerate("xyz"):
        np.testing.assert_array_equal(curves(bloch)[axis], turn.bloch(0)[:, k])
    low, high = populations.get_ylim()
    assert low < 0 < 1 < high
    assert populations.get_xlim() == bloch.get_xlim() == (0, 20)


def test_final_values_are_written_beside_the_curves(turn):
    figure = draw_solution(turn)
    assert texts(figure, "label") == ["|0⟩", "|1⟩", "|2⟩", "x", "y", "z", "length"]
    final = [*turn.populations(0)[-1], *turn.bloch(0)[-1], np.linalg.norm(turn.bloch(0)[-1])]
    written = [float(text.replace("−", "-")) for text in texts(figure, "value")]
    np.testing.assert_allclose(written, final, atol=5e-5)
    assert texts(figure, "title") == ["square"]
    assert texts(figure, "subtitle") == ["at 20 ns", "20 dt = 20 ns · pure states · 21 times"]


def test_few_times_are_marked_and_many_are_not():
    for times, marker in ((2, "o"), (60, "o"), (61, "None"), (5000, "None")):
        figure = bench(1, levels=2).solve(square(200), times=times).draw()
        assert {line.get_marker() for line in figure.axes[0].get_lines()} == {marker}
    assert texts(figure, "subtitle")[1].endswith("pure states · 5,000 times")


def test_every_qubit_has_its_panels_and_a_spectator_is_called_one(pair):
    figure = pair.draw()
    names = [
        [text.get_text() for text in ax.texts if text.get_gid() == "name"] for ax in figure.axes
    ]
    assert names[:4] == [
        ["qubit 0", "populations"],
        ["Bloch vector"],
        ["qubit 1", "spectator", "populations"],
        ["Bloch vector"],
    ]
    assert len(figure.axes) == 5  # and the pulses
    (only,) = pair.draw(qubits=[1], bloch=False, pulses=False).axes
    np.testing.assert_array_equal(curves(only)["|0⟩"], pair.populations(1)[:, 0])


def test_of_many_qubits_the_first_are_drawn_unless_they_are_chosen():
    solution = bench(7, levels=2).solve(wait(10), initial_state=dict.fromkeys(range(7), 0))
    assert len(draw_solution(solution, bloch=False).axes) == 6
    chosen = draw_solution(solution, bloch=False, qubits=range(7))
    assert len(chosen.axes) == 7


def test_mixed_states_and_titles_are_named():
    solution = bench(1, t1=1e-6).solve(wait(5000), times=3)
    figure = solution.draw(title="decay", style="dark")
    assert texts(figure, "title") == ["decay"]
    assert texts(figure, "subtitle")[1] == "5,000 dt = 5 µs · density matrices · 3 times"
    assert figure.get_facecolor()[:3] == pytest.approx(_rgb(THEMES["dark"].background))


def test_pulses_are_on_the_same_axis_of_time(turn):
    figure = turn.draw()
    below = figure.axes[-1]
    assert below.get_xlim()[1] == turn.samples[-1]
    places = {
        tuple(np.round([ax.get_position().x0, ax.get_position().x1], 9)) for ax in figure.axes
    }
    assert len(places) == 1
    assert len(turn.draw(pulses=False).axes) == len(figure.axes) - 1
    assert len(bench(1).solve(wait(10)).draw().axes) == 2  # there are none


def test_only_what_is_played_meanwhile_is_drawn():
    with pulse.build(name="late") as late:
        pulse.play(pulse.Constant(20, 0.1), pulse.DriveChannel(0))
        pulse.delay(20, pulse.DriveChannel(1))
        pulse.play(pulse.Constant(20, 0.1), pulse.DriveChannel(1))
    early = bench(2).solve(late, times=np.arange(11) * 1e-9).draw()
    named = {text.get_text() for text in early.axes[-1].texts}
    assert "d0" in named
    assert "d1" not in named


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"qubits": []}, OptionValueError, r"at least one qubit, got \[\]"),
        ({"qubits": 0}, OptionValueError, "at least one qubit, got 0"),
        ({"qubits": [1]}, QubitError, "qubit 1 was not simulated: there are 0"),
        ({"style": "neon"}, OptionValueError, "'neon' is no style"),
        ({"filename": "turn.exe"}, OptionValueError, "'turn.exe'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(turn, options, error, says):
    with pytest.raises(error, match=says):
        turn.draw(**options)


def test_one_time_makes_no_picture():
    with pytest.raises(OptionValueError, match="states at one time make no picture"):
        bench(1).solve(square(), times=[1e-8]).draw()


# Bloch spheres


def test_the_path_is_that_of_the_bloch_vector(turn):
    seen = path(draw_bloch(turn, view=(0.0, 0.0)))  # from x: y to the right, z upward
    y, z = turn.bloch(0)[:, 1], turn.bloch(0)[:, 2]
    points = np.stack([y, z], axis=1)
    wanted = np.stack([points[:-1], points[1:]], axis=1)
    order = np.lexsort(seen[:, 0].T)
    np.testing.assert_allclose(seen[order], wanted[np.lexsort(wanted[:, 0].T)], atol=1e-12)


def test_the_poles_are_the_levels(turn):
    figure = turn.draw_bloch()
    labels = {
        text.get_text(): text.get_position() for text in figure.axes[0].texts if text.get_gid()
    }
    assert set(labels) == {"|0⟩", "|1⟩", "x", "y"}
    assert labels["|0⟩"][1] > 1 > -1 > labels["|1⟩"][1]
    assert figure.axes[0].get_title(loc="left") == "square · qubit 0"


def test_time_is_the_color(turn):
    figure = turn.draw_bloch()
    assert figure.axes[1].get_ylabel() == "time (ns)"
    assert figure.axes[1].get_ylim() == pytest.approx((0, 20))
    shades = [
        to_hex(color)
        for part in figure.axes[0].collections
        if part.get_gid() == "path"
        for color in part.get_colors()
    ]
    assert len(set(shades)) == 20


def test_a_path_of_many_times_keeps_its_ends():
    solution = bench(1, levels=2).solve(square(10_000), times="samples")
    seen = path(draw_bloch(solution, view=(0.0, 0.0)))
    assert len(seen) <= 4001
    for end in (solution.bloch(0)[0], solution.bloch(0)[-1]):
        assert np.abs(seen - end[1:]).sum(axis=2).min() < 1e-9


def test_one_of_several_qubits_is_chosen(pair):
    with pytest.raises(OptionValueError, match="a Bloch sphere is of one qubit: choose among 0, 1"):
        pair.draw_bloch()
    assert pair.draw_bloch(1).axes[0].get_title(loc="left") == "square · qubit 1"
    with pytest.raises(QubitError, match="qubit 5"):
        pair.draw_bloch(5)


@pytest.mark.parametrize("view", [3, "ab", (1,), (1, 2, 3), (np.nan, 0)])
def test_a_view_is_two_angles(turn, view):
    with pytest.raises(OptionValueError, match=r"view is \(azimuth, elevation\) in degrees"):
        turn.draw_bloch(view=view)


@pytest.mark.parametrize("style", ["light", "dark"])
def test_pictures_are_written(turn, tmp_path, style):
    for name, draw in (("curves", turn.draw), ("sphere", turn.draw_bloch)):
        file = tmp_path / f"{name}.svg"
        assert isinstance(draw(filename=file, style=style), Figure)
        assert file.read_text(encoding="utf-8").startswith("<?xml")


def _rgb(color):
    return tuple(int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
