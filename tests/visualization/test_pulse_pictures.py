"""What a picture of a pulse program shows, and what it leaves away."""

import math
import re
import sys
from subprocess import run

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.providers import QubitProperties

import backline
from backline import pulse
from backline.errors import (
    OptionValueError,
    OptionWarning,
    PulseError,
    UnassignedDurationError,
    UnassignedReferenceError,
)
from backline.pulse.library.registry import SHAPES
from backline.visualization import draw_program, draw_pulse
from backline.visualization.pulses import wording
from backline.visualization.pulses.axis import TimeAxis
from backline.visualization.pulses.collect import MOST_ROWS
from backline.visualization.pulses.envelopes import curve_of
from backline.visualization.pulses.frames import frame_changes
from backline.visualization.pulses.pieces import pieces_of
from backline.visualization.theme import THEMES

D0, D1, U0 = pulse.DriveChannel(0), pulse.DriveChannel(1), pulse.ControlChannel(0)
M0, A0 = pulse.MeasureChannel(0), pulse.AcquireChannel(0)
GAUSSIAN = pulse.Gaussian(160, 0.2, 40)
THETA = Parameter("θ")


@pytest.fixture(scope="module")
def manila():
    return backline.load("manila")


@pytest.fixture(scope="module")
def ghz(manila) -> pulse.Schedule:
    circuit = QuantumCircuit(5)
    circuit.h(0)
    for qubit in range(4):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return backline.schedule(backline.transpile(circuit, manila, seed_transpiler=1), manila)


def texts(figure: Figure, kind: str) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts if text.get_gid() == kind]


def rows(figure: Figure) -> list[str]:
    named = [text for text in figure.axes[0].texts if text.get_gid() == "channel"]
    return [text.get_text() for text in sorted(named, key=lambda text: -text.xy[1])]


def drawn(figure: Figure, kind: str) -> list[np.ndarray]:
    """The corners of what is drawn of one kind."""
    axes = figure.axes[0]
    (found,) = (group for group in axes.collections if group.get_gid() == kind)
    return [path.vertices for path in found.get_paths() if len(path.vertices)]


def marks(figure: Figure, kind: str) -> list[float]:
    return [
        float(x)
        for line in figure.axes[0].lines
        if line.get_gid() == kind
        for x in np.atleast_1d(line.get_xdata())
    ]


def ticks(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[0].get_xticklabels()]


def sequence(*instructions, **options) -> pulse.ScheduleBlock:
    with pulse.build(**options) as program, pulse.align_sequential():
        for instruction in instructions:
            pulse.builder.append_instruction(instruction)
    return program


def play(channel, envelope=GAUSSIAN, **options) -> pulse.Play:
    return pulse.Play(envelope, channel, **options)


# Rows


def test_rows_stand_qubit_by_qubit_control_channels_beside_their_qubit(manila) -> None:
    cx = manila.target.get_calibration("cx", (0, 1))
    assert rows(cx.draw(backend=manila)) == ["d0", "u0", "d1"]
    assert rows(cx.draw(backend=manila.device)) == ["d0", "u0", "d1"]
    assert rows(cx.draw()) == ["d0", "d1", "u0"]


def test_a_measurement_has_its_rows_and_its_slots_written(manila) -> None:
    with pulse.build(manila) as program:
        pulse.play(GAUSSIAN, pulse.drive_channel(1))
        pulse.acquire(400, pulse.AcquireChannel(1), pulse.MemorySlot(3))
        pulse.acquire(400, pulse.AcquireChannel(0), pulse.RegisterSlot(2))
        pulse.play(pulse.Constant(400, 0.1), pulse.measure_channel(1))
    figure = program.draw()
    assert rows(figure) == ["a0", "d1", "m1", "a1"]
    assert sorted(texts(figure, "slot")) == ["acquire → reg 2", "acquire → slot 3"]
    assert [box[:, 0].max() for box in drawn(figure, "acquisitions")] == [400, 400]


def test_chosen_channels_stand_in_the_order_asked_for_also_where_they_do_nothing() -> None:
    program = sequence(play(D0), play(D1), play(U0))
    assert rows(program.draw(channels=[U0, "d7", D0, "u0"])) == ["u0", "d7", "d0"]
    assert rows(program.draw(channels="d1")) == ["d1"]
    with pytest.raises(OptionValueError, match=r"use d7, m1: .* uses are d0, d1, u0"):
        program.draw(channels=["d7", "m1"])
    for wrong in (["x1"], [pulse.MemorySlot(0)], [0]):
        with pytest.raises(OptionValueError, match="no channel that has a row"):
            program.draw(channels=wrong)
    with pytest.raises(OptionValueError, match="at least one"):
        program.draw(channels=[])


def test_disabled_channels_are_left_out_and_a_memory_slot_is_no_measure_channel() -> None:
    program = sequence(play(D0), play(M0), pulse.Acquire(160, A0, pulse.MemorySlot(0)))
    assert rows(program.draw(disable_channels=[D0, "a0"])) == ["m0"]
    assert rows(program.draw(disable_channels=[pulse.MemorySlot(0)])) == ["d0", "m0", "a0"]


def test_channels_on_which_only_frames_change_are_named_below() -> None:
    frames = [pulse.ShiftPhase(1.0, pulse.ControlChannel(k)) for k in (1, 2, 3, 7)]
    program = sequence(play(D0), *frames)
    figure = program.draw()
    assert rows(figure) == ["d0"]
    assert texts(figure, "note") == ["Not drawn: u1–u3, u7 (only phases or frequencies change)."]
    assert rows(sequence(*frames).draw()) == ["u1", "u2", "u3", "u7"]
    assert texts(program.draw(show_framechange=False), "note") == []


def test_rows_are_limited_and_the_picture_says_what_is_left_out() -> None:
    program = pulse.Schedule(*(play(pulse.DriveChannel(k)) for k in range(MOST_ROWS + 7)))
    figure = program.draw()
    assert rows(figure) == [f"d{k}" for k in range(MOST_ROWS)]
    (note,) = texts(figure, "note")
    assert f"d{MOST_ROWS}–d{MOST_ROWS + 6} (7 more channels: channels= chooses)" in note
    everything = [f"d{k}" for k in range(MOST_ROWS + 7)]
    assert rows(program.draw(channels=everything)) == everything


def test_a_channel_whose_index_is_a_parameter_stands_last() -> None:
    program = sequence(play(pulse.DriveChannel(THETA)), play(D1))
    assert rows(program.draw()) == ["d1", "dθ"]


def test_a_program_without_instructions_says_so() -> None:
    assert texts(pulse.Schedule().draw(), "nothing") == ["nothing to draw"]
    assert texts(sequence(play(D0)).draw(disable_channels=[D0]), "nothing")


# Envelopes


def test_envelopes_stand_at_their_times_and_real_ones_have_no_imaginary_part() -> None:
    figure = sequence(play(D0), pulse.Delay(40, D0), play(D0), play(D1)).draw()
    spans = sorted((x[:, 0].min(), x[:, 0].max()) for x in drawn(figure, "real"))
    assert spans == [(0, 160), (200, 360), (360, 520)]
    assert not drawn(figure, "imaginary")
    assert [box[:, 0].tolist()[:2] for box in drawn(figure, "waits")] == [[160, 200]]
    turned = sequence(play(D0, pulse.Constant(160, 0.2, angle=1.0))).draw()
    assert len(drawn(turned, "imaginary")) == len(drawn(turned, "real")) == 1


@given(
    st.lists(st.complex_numbers(max_magnitude=1.0), min_size=1, max_size=60),
    st.floats(0.1, 30.0),
)
def test_curves_keep_every_extreme_at_any_resolution(samples, resolution) -> None:
    values = np.array(samples)
    curve = curve_of(pieces_of(values), resolution)
    for part, line in ((values.real, curve.real), (values.imag, curve.imag)):
        assert line.max() == max(0.0, part.max())
        assert line.min() == min(0.0, part.min())
        assert line[0] == line[-1] == 0.0
    assert (np.diff(curve.times) >= 0).all()
    assert (curve.times[0], curve.times[-1]) == (0, len(values))
    assert len(curve.times) <= 8 + 2 * len(values) / resolution or resolution < 1


def test_samples_are_steps_where_they_can_be_seen() -> None:
    curve = curve_of(pieces_of(np.array([0.5, 0.5, -0.25j])), 0.01)
    assert curve.times.tolist() == [0, 0, 2, 2, 3, 3]
    assert curve.real.tolist() == [0, 0.5, 0.5, 0, 0, 0]
    assert curve.imag.tolist() == [0, 0, 0, -0.25, -0.25, 0]


def test_each_row_has_round_amplitudes_that_hold_its_pulses() -> None:
    figure = sequence(play(D0, pulse.Constant(100, 0.33)), play(D1, pulse.Constant(9, -1.0))).draw()
    assert sorted(t.get_text() for t in figure.axes[0].get_yticklabels()) == ["0", "0", "0.4", "−1"]


@pytest.mark.parametrize("envelope", [pulse.Drag(160, THETA, 40, 2), pulse.Drag(160, 0.1, 40, 1)])
def test_a_pulse_with_a_free_amplitude_is_a_box_that_says_so(envelope) -> None:
    figure = sequence(play(D0, envelope)).draw()
    free = envelope.is_parameterized()
    assert len(drawn(figure, "unknown")) == free
    assert len(drawn(figure, "real")) == (not free)
    amp, beta = ("θ", "2") if free else ("0.1", "1")
    assert texts(figure, "pulse") == [f"Drag  amp {amp}, σ 40, β {beta}"]


def test_a_pulse_too_long_to_be_sampled_is_a_box() -> None:
    figure = draw_pulse(pulse.Constant(2**40, 0.1))
    assert len(drawn(figure, "unknown")) == 1


def test_what_has_no_times_is_refused() -> None:
    with pytest.raises(UnassignedDurationError):
        sequence(play(D0, pulse.Gaussian(THETA, 0.1, 40))).draw()
    with pytest.raises(UnassignedDurationError, match="can be drawn once its duration"):
        pulse.Gaussian(THETA, 0.1, 40).draw()
    with pulse.build(name="main") as program:
        pulse.reference("sub")
    with pytest.raises(UnassignedReferenceError, match="sub"):
        program.draw()
    with pytest.raises(PulseError, match="can be drawn, got"):
        draw_program("rabi")


# Phases and frequencies


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ([pulse.ShiftPhase(math.pi / 2, D0)] * 3, "+3π/2"),
        ([pulse.ShiftPhase(math.pi / 2, D0)] * 9, "+π/2"),
        ([pulse.ShiftPhase(0.1, D0), pulse.ShiftPhase(-0.1, D0)], "0"),
        ([pulse.SetPhase(math.pi / 2, D0), pulse.ShiftPhase(math.pi / 4, D0)], "φ=3π/4"),
        ([pulse.ShiftPhase(math.pi / 4, D0), pulse.SetPhase(-math.pi, D0)], "φ=−π"),
        ([pulse.ShiftFrequency(10e6, D0), pulse.ShiftFrequency(-2e6, D0)], "+8 MHz"),
        ([pulse.SetFrequency(5.1e9, D0), pulse.ShiftFrequency(1e6, D0)], "f=5.101 GHz"),
        ([pulse.ShiftPhase(1.0, D0), pulse.ShiftFrequency(-2500.0, D0)], "+0.318π, −2.5 kHz"),
        ([pulse.ShiftPhase(THETA, D0)], "+θ"),
    ],
)
def test_changes_of_one_time_are_one_mark_with_their_sum(changes, label) -> None:
    figure = sequence(play(D0), *changes, play(D0)).draw()
    assert texts(figure, "frame") == [label]
    kinds = [marks(figure, kind) for kind in ("shift", "set", "frequency")]
    assert [x for kind in kinds for x in kind] in ([160.0], [160.0, 160.0])


def test_hundreds_of_virtual_rotations_at_one_time_are_one_mark(ghz, manila) -> None:
    figure = ghz.draw(backend=manila)
    for channel in ghz.channels:
        if channel.name in rows(figure) and isinstance(channel, pulse.DriveChannel):
            changes = [t for t, i in ghz.filter(channels=[channel]).instructions if not i.duration]
            alone = ghz.draw(channels=[channel], time_range=(0, ghz.duration))
            assert marks(alone, "shift") == sorted(set(changes))
    many = sequence(play(D0), *[pulse.ShiftPhase(0.01 * math.pi, D0)] * 300)
    assert texts(many.draw(), "frame") == ["+π"]


def in_ghz(value: float) -> str:
    return f"{value / 1e9:.6f}".rstrip("0") + " GHz"


def test_frequencies_are_absolute_where_the_oscillator_is_known(manila) -> None:
    program = sequence(
        play(D0), pulse.ShiftFrequency(-300e6, D0), play(D0), pulse.ShiftFrequency(1e6, D0)
    )
    lo = manila.device.qubits[0].frequency
    figure = program.draw(backend=manila)
    assert texts(figure, "lo") == [in_ghz(lo)]
    assert texts(figure, "frame") == [f"f={in_ghz(lo - 300e6)}", f"f={in_ghz(lo - 299e6)}"]
    assert texts(program.draw(), "frame") == ["−300 MHz", "+1 MHz"]
    later = program.draw(backend=manila, time_range=(250, 320))
    assert texts(later, "frame") == [f"f={in_ghz(lo - 299e6)}"]


def test_a_frequency_is_absolute_after_it_was_set() -> None:
    changes = frame_changes(
        [
            (0, pulse.ShiftFrequency(1e6, D0)),
            (5, pulse.SetFrequency(5e9, D0)),
            (9, pulse.ShiftFrequency(1e6, D0)),
        ],
        lo=None,
    )
    assert [change.label for change in changes] == ["+1 MHz", "f=5 GHz", "f=5.001 GHz"]


def test_frames_can_be_left_out(manila) -> None:
    figure = manila.target.get_calibration("cx", (0, 1)).draw(show_framechange=False)
    assert not texts(figure, "frame")
    assert not marks(figure, "shift")


@given(st.integers(-64, 64), st.sampled_from([1, 2, 3, 4, 6, 8, 12, 16, 32]))
def test_angles_are_written_as_fractions_that_mean_them(above, below) -> None:
    written = wording.angle(above * math.pi / below)
    value = eval(
        re.sub(r"^(−?)π", r"\g<1>1π", written).replace("−", "-").replace("π", "*pi"),
        {"pi": math.pi},
    )
    assert value == pytest.approx(above * math.pi / below)
    assert "." not in written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 Hz"),
        (-1.5, "−1.5 Hz"),
        (2500.0, "2.5 kHz"),
        (340e6, "340 MHz"),
        (4962356123.4, "4.962356 GHz"),
    ],
)
def test_frequencies_have_the_unit_that_suits_them(value, text) -> None:
    assert wording.frequency(value) == text


# Barriers and snapshots


def test_barriers_run_through_the_rows_that_they_hold() -> None:
    program = sequence(play(D0), play(D1), play(M0), pulse.RelativeBarrier(D0, D1), play(D0))
    figure = program.draw()
    assert rows(figure) == ["d0", "m0", "d1"]
    lines = drawn(figure, "barriers")
    assert [line[:, 0].tolist() for line in lines] == [[480, 480], [480, 480]]
    (first, second) = sorted((line[:, 1].max(), line[:, 1].min()) for line in lines)
    assert first[0] < second[1]  # the row of m0 lies between
    assert len(drawn(program.draw(disable_channels=["m0"]), "barriers")) == 2
    for switch in ("plot_barrier", "show_barrier"):
        assert not drawn(program.draw(**{switch: False}), "barriers")


def test_snapshots_are_marked_with_their_names() -> None:
    with pulse.build() as program, pulse.align_sequential():
        pulse.play(GAUSSIAN, D0)
        pulse.snapshot("after")
    schedule = pulse.Schedule((0, play(D0)), (80, pulse.Snapshot("middle")))
    assert texts(program.draw(), "snapshot") == ["after"]
    figure = schedule.draw()
    assert texts(figure, "snapshot") == ["middle"]
    assert [line[:, 0].tolist() for line in drawn(figure, "snapshots")] == [[80, 80]]
    assert not texts(schedule.draw(show_snapshot=False), "snapshot")
    assert not texts(schedule.draw(disable_channels=[pulse.SnapshotChannel()]), "snapshot")


# Labels


@pytest.mark.parametrize("time_range", [None, (0, 9000), (5000, 8600)])
def test_texts_of_a_picture_do_not_lie_on_each_other(ghz, manila, time_range) -> None:
    figure = ghz.draw(backend=manila, time_range=time_range)
    figure.draw_without_rendering()
    kinds = ("pulse", "slot", "frame", "channel", "lo", "title", "subtitle", "note", "time")
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.axes[0].texts
        if text.get_gid() in kinds
    ]
    boxes += [("legend", figure.axes[0].get_legend().get_window_extent())]
    boxes += [(t.get_text(), t.get_window_extent()) for t in figure.axes[0].get_xticklabels()]
    boxes += [(t.get_text(), t.get_window_extent()) for t in figure.axes[0].get_yticklabels()]
    assert len(boxes) > 40
    for k, (name, box) in enumerate(boxes):
        assert box.x0 >= 0, name
        assert box.y0 >= 0, name
        assert box.x1 <= figure.bbox.width, name
        assert box.y1 <= figure.bbox.height, name
        for other_name, other in boxes[:k]:
            apart = (
                box.x1 <= other.x0 + 0.5
                or other.x1 <= box.x0 + 0.5
                or box.y1 <= other.y0 + 2
                or other.y1 <= box.y0 + 2
            )
            assert apart, (name, other_name)


def test_labels_are_as_long_as_there_is_room_and_names_come_first() -> None:
    named = play(D0, pulse.Drag(160, 0.2, 40, -0.6, angle=math.pi / 4), name="X90p")
    assert texts(sequence(named).draw(), "pulse") == ["X90p  amp 0.2∠π/4, σ 40, β −0.6"]
    assert set(texts(sequence(*[named] * 14).draw(), "pulse")) == {"X90p"}
    assert texts(sequence(*[named] * 200).draw(), "pulse") == []
    assert texts(sequence(named).draw(show_waveform_info=False), "pulse") == []


# Time


def test_a_window_shows_what_is_in_it_and_says_what_is_not() -> None:
    program = sequence(play(D0), play(D1), pulse.ShiftPhase(1.0, D0), play(D0))
    figure = program.draw(time_range=(100, 300))
    assert figure.axes[0].get_xlim() == (0, 200)
    assert (ticks(figure)[0], ticks(figure)[-1]) == ("100", "300")
    assert rows(figure) == ["d0", "d1"]
    assert not texts(figure, "frame")
    late = program.draw(time_range=(330, 400))
    assert rows(late) == ["d0"]
    assert texts(late, "note") == ["Not drawn: d1 (silent in this time)."]


@pytest.mark.parametrize(
    ("unit", "window", "label", "last"),
    [
        ("dt", (0, 500), "time (dt)", "500"),
        ("ns", (0, 100), "time (ns)", "100"),
        ("s", (0, 1e-7), "time (ns)", "100"),
        ("s", (0, 2e-6), "time (µs)", "2.0"),
    ],
)
def test_times_are_in_the_unit_that_was_asked_for(unit, window, label, last) -> None:
    program = sequence(*[play(D0)] * 80)
    figure = program.draw(time_range=window, time_unit=unit, dt=2e-10)
    assert texts(figure, "time") == [label]
    assert ticks(figure)[-1] == last
    (subtitle,) = texts(figure, "subtitle")
    assert subtitle == "12,800 dt = 2.56 µs"


def test_a_backend_says_how_long_a_sample_is_and_dt_wins(manila) -> None:
    program = sequence(play(D0))
    assert (
        "35.556 ns · manila" in texts(program.draw(backend=manila, time_unit="ns"), "subtitle")[0]
    )
    assert "160 ns · manila" in texts(program.draw(backend=manila, dt=1e-9), "subtitle")[0]
    for unit in ("ns", "s"):
        with pytest.raises(OptionValueError, match="needs the length of a sample"):
            program.draw(time_unit=unit)
    with pytest.raises(OptionValueError, match="'dt', 'ns', 's'"):
        program.draw(time_unit="us", dt=1e-9)


@pytest.mark.parametrize("window", [(5, 5), (9, 3), (0, math.nan), (0, math.inf), (1,), 7, "ab"])
def test_windows_that_are_none_are_refused(window) -> None:
    with pytest.raises(OptionValueError, match="time_range is"):
        sequence(play(D0)).draw(time_range=window)


def test_the_axis_is_cut_where_a_measurement_would_hide_the_pulse(manila) -> None:
    with pulse.build(manila) as rabi:
        pulse.play(GAUSSIAN, pulse.drive_channel(0))
        pulse.measure(0)
    figure = rabi.draw()
    assert len(drawn(figure, "cuts")) == 2
    low, high = figure.axes[0].get_xlim()
    assert 0.2 * (high - low) < 160
    assert {"0", "22,400"} <= set(ticks(figure))
    whole = rabi.draw(time_range=(0, rabi.duration))
    assert whole.axes[0].get_xlim() == (0, rabi.duration)
    assert not drawn(whole, "cuts")
    short = sequence(play(D0), pulse.Delay(500, D0), play(D0)).draw()
    assert short.axes[0].get_xlim() == (0, 820)


@given(
    st.lists(st.floats(0, 1000, width=32), min_size=2, max_size=8, unique=True),
    st.lists(st.floats(-100, 1100), min_size=2, max_size=10),
)
def test_places_keep_the_order_of_times_and_what_is_shown_its_length(edges, times) -> None:
    edges = sorted(edges)[: len(edges) // 2 * 2]
    axis = TimeAxis(0.0, 1000.0, tuple(zip(edges[::2], edges[1::2], strict=True)))
    places = axis.place(sorted(times))
    assert (np.diff(places) >= -1e-9).all()
    assert axis.place([0.0, 1000.0]).tolist() == pytest.approx([0, axis.width])
    for start, stop in zip([0.0, *edges[1::2]], [*edges[::2], 1000.0], strict=True):
        first, last = axis.place([start, stop])
        assert last - first == pytest.approx(stop - start, abs=1e-6)


def test_ticks_stand_at_the_times_that_they_say() -> None:
    axis = TimeAxis(0.0, 20_000.0, ((500.0, 19_000.0),))
    marked = list(axis.ticks(0.5))
    assert len(marked) >= 4
    for place, text in marked:
        time = float(text.replace(",", "")) / 0.5
        assert place == pytest.approx(float(axis.place(time)))
        assert not 500 < time < 19_000


# Options, files and axes


def test_arguments_of_qiskit_1_in_their_old_places(manila) -> None:
    program = sequence(play(D0), pulse.ShiftPhase(1.0, D0), play(D1), pulse.RelativeBarrier(D0, D1))
    axes = Figure().add_subplot()
    old = (None, manila, (0, 60), "ns", [D1], False, False, False, False, "mpl2d", axes, False)
    figure = program.draw(*old)
    assert figure.axes == [axes]
    assert rows(figure) == ["d0"]
    assert not texts(figure, "frame") + texts(figure, "pulse")
    single = GAUSSIAN.draw(None, manila, (0, 20), "ns", False, "mpl2d", Figure().add_subplot())
    assert texts(single, "subtitle") == ["160 dt = 35.556 ns"]
    for drawable in (program, GAUSSIAN):
        with pytest.raises(OptionValueError, match="plotter is 'mpl2d'"):
            drawable.draw(plotter="plotly")


def test_styles_are_light_and_dark_and_old_stylesheets_change_nothing() -> None:
    program = sequence(play(D0))
    for style in ("light", "dark"):
        figure = program.draw(style)
        assert to_hex(figure.get_facecolor()) == THEMES[style].background
    assert to_hex(program.draw({}).get_facecolor()) == THEMES["light"].background
    with pytest.warns(OptionWarning, match="stylesheets of Qiskit 1.4") as caught:
        program.draw({"formatter.general.fig_width": 13})
    assert caught[0].filename == __file__
    for wrong in ("pink", 7):
        with pytest.raises(OptionValueError, match="light"):
            program.draw(wrong)


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_pictures_are_written(tmp_path, ending, ghz, manila) -> None:
    path = tmp_path / "new" / f"ghz.{ending}"
    ghz.draw("dark", manila, filename=path)
    assert path.stat().st_size > 5000
    with pytest.raises(OptionValueError, match=r"ghz\.txt"):
        ghz.draw(filename=tmp_path / "ghz.txt")


def test_titles_are_the_names_that_somebody_gave() -> None:
    assert texts(sequence(play(D0), name="Rabi").draw(), "title") == ["Rabi"]
    assert texts(sequence(play(D0), name="Rabi").draw(title="mine"), "title") == ["mine"]
    assert texts(sequence(play(D0)).draw(), "title") == []


@pytest.mark.parametrize("dt", [0, -1e-9, math.nan, math.inf, "ns"])
def test_impossible_samples_and_backends_are_refused(dt) -> None:
    with pytest.raises(OptionValueError, match="positive number of seconds"):
        sequence(play(D0)).draw(dt=dt)
    with pytest.raises(OptionValueError, match="must be a backend or a Device"):
        sequence(play(D0)).draw(backend="manila")


def test_a_backend_of_another_author_gives_what_it_knows() -> None:
    class Lab(backline.BackendV2):
        max_circuits = None
        target = backline.Target(
            num_qubits=2,
            dt=1e-9,
            qubit_properties=[QubitProperties(frequency=5e9), QubitProperties(frequency=5.2e9)],
        )

        @classmethod
        def _default_options(cls):
            return backline.Options()

        def run(self, run_input, **options):
            raise NotImplementedError

        def _control_pairs(self):
            return {0: (1, 0)}

        def _u_channel_lo(self):
            return [[(0, 1.0)]]

    figure = sequence(play(D0), play(U0), play(D1), play(M0)).draw(backend=Lab(name="lab"))
    assert rows(figure) == ["d0", "m0", "d1", "u0"]
    assert sorted(texts(figure, "lo")) == ["5 GHz", "5 GHz", "5.2 GHz"]
    assert texts(figure, "subtitle") == ["640 dt = 640 ns · lab"]


# Pulses alone


def shapes() -> list[pulse.SymbolicPulse]:
    arguments = {
        "Constant": (160, 0.2),
        "Gaussian": (160, 0.2, 40),
        "GaussianDeriv": (160, 0.2, 40),
        "GaussianSquare": (160, 0.2, 10, 100),
        "GaussianSquareDrag": (160, 0.2, 10, 1.0, 100),
        "gaussian_square_echo": (160, 0.2, 10, 100),
        "Drag": (160, 0.2, 40, 1.0),
        "Sech": (160, 0.2, 20),
        "SechUnlifted": (160, 0.2, 20),
        "SechDeriv": (160, 0.2, 20),
    }
    return [shape(*arguments.get(name, (160, 0.2, 0.3))) for name, shape in SHAPES.items()]


@pytest.mark.parametrize("envelope", [*shapes(), pulse.Waveform([0.1, 0.2j])], ids=repr)
def test_every_shape_is_drawn_with_its_parameters(envelope) -> None:
    figure = envelope.draw()
    (real,) = drawn(figure, "real")
    assert (real[:, 0].min(), real[:, 0].max()) == (0, envelope.duration)
    samples = envelope.get_waveform().samples
    assert bool(drawn(figure, "imaginary")) == bool(np.abs(samples.imag).max() > 1e-9)
    (subtitle,) = texts(figure, "subtitle")
    assert subtitle.startswith(f"{envelope.duration} dt")
    assert ("amp 0.2" in subtitle) == ("amp" in envelope.parameters)


def test_a_pulse_has_its_own_name_window_and_words() -> None:
    envelope = pulse.Drag(160, 0.2, 40, -3, name="X90p")
    assert texts(envelope.draw(), "title") == ["X90p"]
    assert texts(GAUSSIAN.draw(), "title") == ["Gaussian"]
    assert texts(envelope.draw(title="mine"), "title") == ["mine"]
    assert texts(envelope.draw(), "subtitle") == ["160 dt · amp 0.2, σ 40, β −3"]
    assert texts(envelope.draw(show_waveform_info=False), "subtitle") == ["160 dt"]
    part = envelope.draw(time_range=(10, 30), time_unit="ns", dt=5e-10)
    assert part.axes[0].get_xlim() == (0, 40)
    assert ticks(part)[0] == "10"


def test_pyplot_and_global_settings_stay_untouched_and_pulses_do_not_wait_for_matplotlib() -> None:
    before = dict(mpl.rcParams)
    sequence(play(D0)).draw()
    assert dict(mpl.rcParams) == before
    script = (
        "import sys; from backline import pulse\n"
        "assert 'matplotlib' not in sys.modules\n"
        "pulse.Constant(10, 0.1).draw()\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    run([sys.executable, "-c", script], check=True)
