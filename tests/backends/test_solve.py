"""backend.solve: states over time, against closed forms and against the engine."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import DensityMatrix, Statevector, state_fidelity

import backline
from backends.bench_device import DT, STRENGTH, bench, square, wait
from backline import pulse
from backline.backends import solving
from backline.device.channels import channel_frequencies
from backline.engines.pulses import PulseEngine
from backline.errors import (
    CapabilityError,
    DeviceWarning,
    InputError,
    OptionValueError,
    QubitError,
    UnknownOptionError,
)
from backline.lowering import compile, pulse_model

PLUS = np.array([1, 1]) / math.sqrt(2)


@pytest.fixture(scope="module")
def manila():
    return backline.load("manila")


def both(amplitudes=(0.5, 0.3), duration=20):
    """Pulses on two coupled qubits at once."""
    with pulse.build(name="both") as block:
        for qubit, amp in enumerate(amplitudes):
            pulse.play(pulse.Gaussian(duration, amp, duration / 5), pulse.DriveChannel(qubit))
    return block


# Against closed forms


def test_a_resonant_pulse_turns_the_bloch_vector_about_x():
    solution = bench(1, levels=2).solve(square(40), times="samples")
    angles = 2 * np.pi * STRENGTH * 0.5 * solution.times
    assert solution.times[-1] == pytest.approx(40 * DT)
    np.testing.assert_allclose(solution.populations(0)[:, 1], np.sin(angles / 2) ** 2, atol=1e-9)
    path = np.stack([0 * angles, -np.sin(angles), np.cos(angles)], axis=1)
    np.testing.assert_allclose(solution.bloch(0), path, atol=1e-9)


def test_a_waiting_qubit_decays_with_t1_and_t2():
    t1, t2 = 40e-6, 30e-6
    backend = bench(1, levels=2, t1=t1, t2=t2)
    times = np.arange(7) * 15e-6
    excited = backend.solve(wait(100_000), initial_state="1", times=times)
    assert excited.states.shape == (7, 2, 2)
    np.testing.assert_allclose(excited.populations(0)[:, 1], np.exp(-times / t1), atol=1e-8)
    superposed = backend.solve(wait(100_000), initial_state=PLUS, times=times)
    np.testing.assert_allclose(superposed.bloch(0)[:, 0], np.exp(-times / t2), atol=1e-8)
    np.testing.assert_allclose(superposed.bloch(0)[:, 1], 0, atol=1e-8)


def test_dressed_states_stay_as_they_are():
    solution = bench(2).solve(wait(500), initial_state={0: 1, 1: 2}, times=6)
    expected = np.zeros((6, 9))
    expected[:, 1 + 3 * 2] = 1
    np.testing.assert_allclose(np.abs(solution.states) ** 2, expected, atol=1e-12)


def test_a_qubits_superposition_rests_in_its_own_frame():
    state = np.kron([1, 0], PLUS)  # qubit 0 is the fastest
    solution = bench(2).solve(wait(500), initial_state=state, times=6, spectators=[0, 1])
    np.testing.assert_allclose(solution.bloch(0), [[1, 0, 0]] * 6, atol=1e-9)
    np.testing.assert_allclose(solution.bloch(1), [[0, 0, 1]] * 6, atol=1e-9)


# Against the engine


def test_states_are_those_of_the_engine_numbered_as_in_qiskit():
    backend = bench(2)
    solution = backend.solve(both())
    model = pulse_model(backend.device, (0, 1))
    program = compile(both(), dt=DT, frequencies=channel_frequencies(backend.device))
    final = PulseEngine(model).final_state(program)
    for n0, n1 in np.ndindex(3, 3):
        ours, its = solution.final[n0 + 3 * n1], final[3 * n0 + n1]
        assert ours == pytest.approx(its, abs=1e-12)
    assert abs(solution.final[1]) > 0.5 > abs(solution.final[3])  # qubit 0 is driven more


def test_propagators_are_those_of_the_engine_and_make_the_states():
    backend = bench(2)
    solution = backend.solve(both(), what="propagators", times=5, initial_state="01")
    model = pulse_model(backend.device, (0, 1))
    program = compile(both(), dt=DT, frequencies=channel_frequencies(backend.device))
    whole = PulseEngine(model).propagator(program).reshape(3, 3, 3, 3)
    np.testing.assert_allclose(
        solution.propagator, whole.transpose(1, 0, 3, 2).reshape(9, 9), atol=1e-12
    )
    np.testing.assert_allclose(solution.propagators[0], np.eye(9), atol=1e-12)
    for unitary, state in zip(solution.propagators, solution.states, strict=True):
        np.testing.assert_allclose(unitary.conj().T @ unitary, np.eye(9), atol=1e-10)
        np.testing.assert_allclose(state, unitary[:, 1])
    alone = backend.solve(both(), times=5, initial_state="01")
    np.testing.assert_allclose(solution.states, alone.states, atol=1e-6)


def test_propagators_leave_relaxation_out():
    solution = bench(1, t1=1e-6).solve(square(), what="propagators")
    assert solution.states.shape == (2, 3)
    mixed = bench(1, t1=1e-6).solve(square())
    assert mixed.states.shape == (2, 3, 3)
    with pytest.raises(InputError, match='what="propagators"'):
        _ = mixed.propagator


def test_one_pass_saves_what_a_solution_of_each_time_gives():
    backend = bench(2, t1=5e-6)
    together = backend.solve(both(), times=np.array([0, 3, 8, 20]) * DT)
    for k, time in enumerate(together.times):
        alone = backend.solve(both(), times=[time])
        np.testing.assert_allclose(together.states[k], alone.final, atol=1e-6)


def test_a_circuit_is_played_up_to_its_measurement(manila):
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    compiled = transpile(circuit, manila, initial_layout=[2])
    solution = manila.solve(compiled)
    x = manila.target.get_calibration("x", (2,))
    assert solution.qubits == (2,)
    assert solution.samples.tolist() == [0, x.duration]
    alone = manila.solve(x)
    np.testing.assert_allclose(solution.states, alone.states, atol=1e-12)
    assert solution.fidelity("1")[-1] > 0.995
    later = manila.solve(compiled, times=[solution.times[-1] + 1e-6])
    assert later.populations(2)[0, 1] < solution.populations(2)[-1, 1] - 1e-3  # T1


def test_calibrations_of_a_call_are_played(manila):
    circuit = QuantumCircuit(1)
    circuit.x(0)
    with pulse.build() as nothing:
        pulse.delay(160, pulse.DriveChannel(0))
    solution = manila.solve(circuit, calibrations={("x", (0,)): nothing}, relaxation=False)
    assert solution.fidelity("0")[-1] == pytest.approx(1, abs=1e-9)


# Initial states


@pytest.mark.parametrize(
    "form",
    [
        "01",
        {0: 1},
        {0: 1, 1: 0},
        np.eye(9)[1],
        np.eye(4)[1],
        [0, 1, 0, 0],
        Statevector.from_label("01"),
    ],
    ids=["label", "dict", "whole dict", "all levels", "two levels", "list", "Statevector"],
)
def test_all_forms_of_a_pure_state_say_the_same(form):
    solution = bench(2).solve(both(), initial_state=form)
    np.testing.assert_allclose(solution.states[0], np.eye(9)[1], atol=1e-12)
    np.testing.assert_allclose(solution.populations(0)[0], [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(solution.populations(1)[0], [1, 0, 0], atol=1e-12)


def test_labels_reach_higher_levels():
    solution = bench(2, levels=4).solve(both(), initial_state="30")
    assert solution.populations()[0, 0, 3] == pytest.approx(1, abs=1e-12)


def test_a_named_qubit_joins_the_simulation():
    solution = bench(3).solve(square(), initial_state={2: 1})
    assert solution.qubits == (0, 2)
    assert solution.metadata["spectators"] == [2]


def test_a_density_matrix_is_the_mixture_of_its_states():
    backend = bench(2)
    weights = {"00": 0.5, "01": 0.3, "10": 0.2}
    rho = DensityMatrix(np.diag([0.5, 0.3, 0.2, 0]))
    mixed = backend.solve(both(), initial_state=rho, times=4)
    assert mixed.states.shape == (4, 9, 9)
    pure = [backend.solve(both(), initial_state=label, times=4) for label in weights]
    expected = sum(
        weight * one.density_matrices for weight, one in zip(weights.values(), pure, strict=True)
    )
    np.testing.assert_allclose(mixed.states, expected, atol=1e-9)
    relaxing = bench(2, t1=1.0).solve(both(), initial_state=rho, times=4)
    np.testing.assert_allclose(relaxing.states, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (np.ones(5), r"qubits 0, 1 with 3, 3 levels has the shape \(9,\) or \(9, 9\) or \(4,\) or"),
        (np.ones((9, 4)), r"got \(9, 4\)"),
        (np.ones(9), "norm 1, got 3"),
        (np.eye(9), "trace 1 and no negative eigenvalues, got 9"),
        (np.diag([2.0, -1, 0, 0]), "got 1 and -1"),
        (np.eye(4) / 4 + np.diag([0.1] * 3, 1), "Hermitian"),
        (np.full(9, np.nan), "norm 1, got nan"),
        ("1", "'1' does not fit to qubits 0, 1. Others join them with spectators"),
        ("0x", "one digit a qubit"),
        ("30", "qubit 1 has the levels 0 to 2, got 3"),
        ({0: 7}, "qubit 0 has the levels 0 to 2, got 7"),
        ({0: "1"}, "got '1'"),
        ({0: True}, "got True"),
        ({0: np.array([0, 1])}, r"got array\(\[0, 1\]\)"),
        ({"0": 1}, "qubits are whole numbers, got '0'"),
        ({1.0: 1}, "qubits are whole numbers, got 1.0"),
        ({None: 1}, "qubits are whole numbers, got None"),
        (["1", "0"], "a state is a label"),
        ([[1], [0, 1]], "a state is a label"),
        ([], r"got \(0,\)"),
        (object(), "a state is a label"),
    ],
)
def test_what_is_no_state_is_refused(form, says):
    with pytest.raises(InputError, match=says):
        bench(2).solve(both(), initial_state=form)


def test_a_state_of_qubits_that_do_not_exist_is_refused():
    for qubit in (9, -1):
        with pytest.raises(QubitError, match=f"initial_state names qubit {qubit}"):
            bench(2).solve(both(), initial_state={qubit: 1})
    with pytest.raises(QubitError, match="spectators names qubit 9"):
        bench(2).solve(both(), spectators=[9])


# Times


def test_times_in_all_forms():
    backend = bench(1)
    assert backend.solve(square()).samples.tolist() == [0, 20]
    assert backend.solve(square(), times=5).samples.tolist() == [0, 5, 10, 15, 20]
    assert backend.solve(square(), times="samples").samples.tolist() == list(range(21))
    seconds = backend.solve(square(), times=[0, 3.4e-9, 3.6e-9, 20e-9])
    assert seconds.samples.tolist() == [0, 3, 4, 20]  # the nearest edges
    assert seconds.times.tolist() == pytest.approx([0, 3e-9, 4e-9, 20e-9])


def test_what_is_not_given_in_seconds_ends_where_the_last_acquisition_begins():
    backend = bench(1)
    program = square(measured=True)
    assert backend.solve(program).samples.tolist() == [0, 20]
    assert backend.solve(program, times=[120e-9]).samples.tolist() == [120]
    with pulse.build() as after:
        pulse.acquire(100, pulse.AcquireChannel(0), pulse.MemorySlot(0))
        pulse.play(pulse.Constant(30, 0.1), pulse.DriveChannel(1))
    assert bench(2).solve(after).samples.tolist() == [0, 30]


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (1, "number of equidistant times from 2 on"),
        (True, "got True"),
        ("all", "'samples' for every sample"),
        ([], "array of seconds"),
        ([[0, 1e-9]], "array of seconds"),
        ([0, 160], "in seconds, from 0 to 2e-08 .the 20 samples of the program.; got 160"),
        ([-1e-9], "got -1e-09"),
        ([math.nan], "got nan"),
        ([2e-9, 1e-9], "ascending"),
        ([math.inf], "got inf"),
        (["1e-9"], "array of seconds"),
        ([1e-9 + 0j], "array of seconds"),
        ([True], "array of seconds"),
        ([[0], [0, 1e-9]], "array of seconds"),
        (5.0, "array of seconds"),
        ({0.0: 1}, "array of seconds"),
        (object(), "array of seconds"),
    ],
)
def test_what_are_no_times_is_refused(times, says):
    with pytest.raises(OptionValueError, match=says):
        bench(1).solve(square(), times=times)


# What a solution says


@pytest.fixture(scope="module")
def entangled():
    """A mixed, entangled state of three qubits with 3 levels."""
    backend = bench(3, t1=2e-6, t2=1e-6)
    state = np.kron([1, 0], np.array([1, 0, 0, 1j]) / math.sqrt(2))
    return backend.solve(square(qubit=1), initial_state=state, spectators=1, times=3)


def test_populations_of_one_and_of_all(entangled):
    together = entangled.populations()
    assert together.shape == (3, 3, 3, 3)
    np.testing.assert_allclose(together.sum(axis=(1, 2, 3)), 1, atol=1e-9)
    for k, qubit in enumerate(entangled.qubits):
        others = tuple({1, 2, 3} - {k + 1})
        np.testing.assert_allclose(entangled.populations(qubit), together.sum(axis=others))


def test_bloch_vectors_are_those_of_qiskits_partial_trace(entangled):
    start = DensityMatrix(entangled.qubit_states[0])
    for qubit in entangled.qubits:
        expected = [start.expectation_value(_pauli(axis), [qubit]).real for axis in "XYZ"]
        np.testing.assert_allclose(entangled.bloch(qubit)[0], expected, atol=1e-9)
    np.testing.assert_allclose(entangled.bloch(0)[0], 0, atol=1e-9)  # entangled with qubit 1


def _pauli(axis):
    from qiskit.quantum_info import Pauli

    return Pauli(axis)


def test_pure_and_mixed_forms_of_a_state_say_the_same():
    pure = bench(2).solve(both(), times=4)
    mixed = replace(pure, states=np.array(pure.density_matrices))
    assert pure.states.ndim == 2
    assert mixed.states.ndim == 3
    np.testing.assert_allclose(pure.populations(), mixed.populations(), atol=1e-12)
    for qubit in (0, 1):
        np.testing.assert_allclose(pure.bloch(qubit), mixed.bloch(qubit), atol=1e-12)
    np.testing.assert_allclose(
        mixed.qubit_states,
        pure.qubit_states[:, :, None] * pure.qubit_states[:, None].conj(),
        atol=1e-12,
    )


def test_qubit_states_are_the_lowest_levels_in_qiskits_order():
    solution = bench(2).solve(wait(10), initial_state={0: 0, 1: 1})
    found = Statevector(solution.qubit_states[0])
    assert found.equiv(Statevector.from_label("10"))
    leaked = bench(2).solve(wait(10), initial_state={0: 2, 1: 1})
    assert np.abs(leaked.qubit_states).max() < 1e-12


def test_fidelities_are_those_of_qiskit(entangled):
    rho = entangled.states[-1]
    pure, mixed = np.eye(27)[4].astype(complex), entangled.states[0] / 2 + np.eye(27) / 54
    assert entangled.fidelity(pure)[-1] == pytest.approx(rho[4, 4].real)
    expected = state_fidelity(DensityMatrix(rho), DensityMatrix(mixed))
    assert entangled.fidelity(mixed)[-1] == pytest.approx(expected, abs=1e-6)
    solution = bench(2).solve(both(), times=3)
    target = DensityMatrix(np.diag([0.5, 0.25, 0.25, 0]))
    weights = np.abs(solution.states[:, [0, 1, 3]]) ** 2
    np.testing.assert_allclose(solution.fidelity(target), weights @ [0.5, 0.25, 0.25], atol=1e-12)
    np.testing.assert_allclose(solution.fidelity("00"), weights[:, 0], atol=1e-12)
    np.testing.assert_allclose(solution.fidelity(solution.final)[-1], 1, atol=1e-9)


def test_a_qubit_that_was_not_simulated_is_refused():
    solution = bench(3).solve(square())
    with pytest.raises(QubitError, match="qubit 1 was not simulated: there are 0; others join"):
        solution.populations(1)
    with pytest.raises(QubitError, match="qubit 2"):
        solution.bloch(2)
    with pytest.raises(QubitError, match="qubit '0' was not simulated: there are 0"):
        solution.populations("0")


def test_it_says_how_it_was_computed():
    solution = bench(3).solve(square(), relaxation=False, times=3)
    facts = solution.metadata
    assert (facts["qubits"], facts["levels"], facts["spectators"]) == ([0], [3], [])
    assert facts["left_out"] == [{"qubits": [0, 1], "strength": 2e6}]
    assert facts["method"] == "statevector"
    assert 0 <= facts["estimated_error"] <= facts["accuracy"]
    assert repr(solution) == ("<Solution of 'square': 3 states up to 20 ns, qubit 0 with 3 levels>")
    relaxing = bench(2, t1=1e-3).solve(both(), times=2)
    assert repr(relaxing) == (
        "<Solution of 'both': 2 density matrices up to 20 ns, qubits 0, 1 with 3, 3 levels>"
    )


def test_it_does_not_change_and_can_be_pickled():
    solution = bench(1).solve(square(), times=3)
    with pytest.raises(ValueError, match="read-only"):
        solution.states[0] = 0
    with pytest.raises(AttributeError):
        solution.qubits = (1,)
    copied = pickle.loads(pickle.dumps(solution))
    assert copied.schedule == solution.schedule
    np.testing.assert_array_equal(copied.states, solution.states)


# What is refused


def test_programs_are_checked_as_for_run(manila):
    with pytest.raises(InputError, match="multiple of 16"):
        manila.solve(square(21))
    with pytest.raises(InputError, match="solve takes one program at a time, and 2 are given"):
        bench(1).solve([square(), square()])
    with pytest.raises(InputError, match="can be run"):
        bench(1).solve(7)
    circuit = QuantumCircuit(1)
    circuit.h(0)
    with pytest.raises(InputError, match="Compile first"):
        manila.solve(circuit)


def test_options_of_measurements_mean_nothing():
    with pytest.raises(OptionValueError, match="measures nothing: it has no use for shots, memory"):
        bench(1).solve(square(), shots=100, memory=True)
    with pytest.raises(UnknownOptionError, match="relaxation"):
        bench(1).solve(square(), relaxatoin=False)
    with pytest.raises(OptionValueError, match="with its values, and no parameter_binds"):
        bench(1).solve(square(), parameter_binds={"amp": [0.1]})
    with pytest.raises(OptionValueError, match="'states', 'propagators', got 'counts'"):
        bench(1).solve(square(), what="counts")


def test_a_simulation_that_does_not_fit_is_refused():
    with pytest.raises(CapabilityError, match="127 transmons"):
        backline.load("sherbrooke").solve(square(160), spectators=range(127))


def test_a_result_that_does_not_fit_is_refused(monkeypatch):
    monkeypatch.setattr(solving, "_MOST_BYTES", 16 * 9 * 100)
    backend = bench(2)
    assert len(backend.solve(both(duration=200), times=100).samples) == 100
    for times in (101, 10**15, "samples", np.linspace(0, 1e-7, 101)):
        with pytest.raises(CapabilityError, match=r"at most 100 of this size .* fewer times"):
            backend.solve(both(duration=200), times=times)
    with pytest.raises(CapabilityError, match=r"at 12 times .* at most 11 of"):
        backend.solve(both(duration=200), times=12, what="propagators")
    with pytest.raises(CapabilityError, match=r"at 12 times .* at most 11 of"):
        backend.solve(both(duration=200), times=12, initial_state=np.eye(4) / 4)


def test_programs_in_which_nothing_happens():
    with pulse.build(name="nothing") as nothing:
        pass
    for program in (nothing, pulse.Schedule(name="nothing"), wait(0)):
        solution = bench(1).solve(program, initial_state="1", times=3)
        assert solution.samples.tolist() == [0, 0, 0]
        np.testing.assert_allclose(solution.populations(0), [[0, 1, 0]] * 3, atol=1e-12)
        assert bench(1).solve(program, times="samples").samples.tolist() == [0]


def test_a_device_without_lines_plays_nothing():
    device = replace(bench(1).device, drive_lines=())
    with pytest.raises(InputError, match="plays no pulses"):
        backline.DeviceBackend(device).solve(square())


def test_warnings_point_to_the_line_that_called(manila):
    with pulse.build() as program:
        pulse.play(pulse.Constant(160, 0.1), pulse.DriveChannel(0))
        pulse.acquire(1600, pulse.AcquireChannel(0), pulse.MemorySlot(0))
    with pytest.warns(backline.errors.ProgramWarning, match="while d0 plays") as caught:
        manila.solve(program)
    assert caught[0].filename == __file__


# Progress


def test_progress_goes_up_and_can_stop(monkeypatch):
    monkeypatch.setattr(solving, "_OFTEN", 0.0)
    heard = []
    bench(2, t1=1e-5).solve(both(duration=400), times=20, progress=heard.append)
    assert len(heard) > 20
    assert heard == sorted(heard)
    assert 0 <= heard[0] < 0.1
    assert heard[-1] == 1

    def stop(done):
        if done > 0.5:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        bench(2, t1=1e-5).solve(both(duration=400), times=20, progress=stop)

    def interrupt(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench(2, t1=1e-5).solve(both(duration=400), times=20, progress=interrupt)
    assert bench(2).solve(both()).metadata["estimated_error"] <= 1e-6  # and goes on afterwards
    with pytest.raises(OptionValueError, match="progress is True, False or a function"):
        bench(1).solve(square(), progress="yes")


def test_a_bar_is_for_who_waits(monkeypatch, capsys):
    solution = bench(1).solve(square(), progress=True)
    assert solution.qubits == (0,)
    assert capsys.readouterr().err == ""  # over before a second had passed
    monkeypatch.setattr("backline.backends.progress._PATIENCE", 0.0)
    monkeypatch.setattr(solving, "_OFTEN", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    bench(1).solve(square(), progress=True)
    assert "solving square" in capsys.readouterr().err


def test_two_qubit_gates_of_a_device_that_nobody_fitted_warn():
    raw = backline.load("manila")
    lines = tuple(replace(line, reconciled=False) for line in raw.device.control_lines)
    backend = backline.DeviceBackend(replace(raw.device, name="raw", control_lines=lines))
    with pytest.warns(DeviceWarning, match="not reconciled"):
        backend.solve(backend.target.get_calibration("cx", (0, 1)))
