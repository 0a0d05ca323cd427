"""Circuits that carry pulses, and calibrations of one run."""

import copy
import io
import pickle

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit import transpile as plain_transpile
from qiskit.circuit import Gate, Parameter

import backline
from backends.toy import Toy
from backline import pulse, pulse_gate
from backline.contract.pulse_gates import pulse_gates, read_pulse_gate
from backline.errors import CapabilityError, InputError, PulseError
from backline.lowering import schedule

SHOTS = 2000
QUIET = {"readout_noise": False, "relaxation": False, "seed_simulator": 11, "shots": SHOTS}


@pytest.fixture(scope="module")
def manila():
    return backline.load("manila")


@pytest.fixture(scope="module")
def x_of(manila):
    return {q: manila.target.get_calibration("x", (q,)) for q in range(5)}


def flat(circuit, backend):
    return schedule(circuit, backend).filter(instruction_types=pulse.Play).instructions


def wiggle(qubit=0, duration=160):
    amp = Parameter("amp")
    with pulse.build(name="wiggle") as program:
        pulse.play(pulse.Drag(duration, amp, 40, 1.0), pulse.DriveChannel(qubit))
    return program


def through_qpy(circuit):
    stream = io.BytesIO()
    qpy.dump(circuit, stream)
    stream.seek(0)
    return qpy.load(stream)[0]


COPIES = {
    "copy": QuantumCircuit.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda circuit: pickle.loads(pickle.dumps(circuit)),
    "qpy": through_qpy,
    "compose": lambda circuit: circuit.copy_empty_like().compose(circuit),
}


class TestPulseGate:
    def test_it_is_an_instruction_with_the_programs_parameters(self):
        gate = pulse_gate("wiggle", 0, wiggle())
        circuit = QuantumCircuit(1)
        circuit.append(gate, [0])
        assert [p.name for p in circuit.parameters] == ["amp"]
        assert not isinstance(gate, Gate)
        assert "wiggle" in str(circuit.draw())
        assert "backline.pulse" not in str(circuit.draw())

    def test_reading_gives_what_was_put_in(self):
        program = wiggle()
        found = read_pulse_gate(pulse_gate("wiggle", [0], program))
        assert (found.name, found.qubits, found.program, found.slots) == (
            "wiggle",
            (0,),
            program,
            (),
        )

    @pytest.mark.parametrize("name", COPIES)
    def test_it_survives(self, name, manila):
        circuit = QuantumCircuit(2, 2)
        circuit.sx(0)
        circuit.append(pulse_gate("wiggle", [0], wiggle()), [0])
        circuit.measure([0, 1], [0, 1])
        copied = COPIES[name](circuit)
        assert copied == circuit
        bound = copied.assign_parameters({"amp": 0.25})
        first = schedule(circuit.assign_parameters({"amp": 0.25}), manila)
        assert schedule(bound, manila) == first
        assert any(
            getattr(play.pulse, "amp", None) == 0.25
            for _, play in first.filter(instruction_types=pulse.Play).instructions
        )

    @pytest.mark.parametrize("level", range(4))
    @pytest.mark.parametrize("name", ["wiggle", "x"])
    def test_it_survives_transpiling(self, level, name, manila):
        circuit = QuantumCircuit(3)
        circuit.h(2)
        gate = pulse_gate(name, [1], wiggle(1))
        circuit.append(gate, [2])
        circuit.append(gate, [2])
        circuit.cx(2, 0)
        circuit.measure_all()
        compiled = backline.transpile(circuit, manila, optimization_level=level)
        found = [
            (gate.name, [compiled.find_bit(bit).index for bit in gate.qubits])
            for gate in pulse_gates(compiled)
        ]
        assert found == [(name, [1])] * 2
        assert [p.name for p in compiled.parameters] == ["amp"]

    def test_it_plays_in_place_of_the_devices_gate_for_that_use(self, manila, x_of):
        with pulse.build() as own:
            pulse.play(pulse.Constant(320, 0.1), pulse.DriveChannel(0))
        circuit = QuantumCircuit(1)
        circuit.x(0)
        circuit.append(pulse_gate("x", [0], own), [0])
        circuit.x(0)
        played = [(time, play.pulse) for time, play in flat(circuit, manila)]
        default = x_of[0].instructions[0][1].pulse
        assert played == [(0, default), (160, pulse.Constant(320, 0.1)), (480, default)]

    def test_acquisitions_go_to_the_circuits_bits(self, manila):
        with pulse.build(manila) as readout:
            pulse.play(pulse.Constant(1600, 0.1), pulse.MeasureChannel(1))
            pulse.acquire(1600, 1, pulse.MemorySlot(7))
        gate = pulse_gate("readout", [1], readout)
        assert gate.num_clbits == 1
        circuit = QuantumCircuit(2, 3)
        circuit.x(1)
        circuit.append(gate, [1], [2])
        counts = manila.run(circuit, **QUIET).result().get_counts()
        assert counts["100"] > 0.98 * SHOTS

    @pytest.mark.parametrize(
        ("name", "qubits", "program", "message"),
        [
            ("measure", [0], wiggle(), "stand for something else"),
            ("", [0], wiggle(), "a name of its own"),
            ("w", [], wiggle(), "one or several different qubits"),
            ("w", [0, 0], wiggle(), "one or several different qubits"),
            ("w", [-1], wiggle(), "one or several different qubits"),
            ("w", [1], wiggle(0), r"channel DriveChannel\(0\) of qubit 0, and is on qubits \(1,\)"),
            ("w", [0], "x", "plays a Schedule or ScheduleBlock"),
        ],
    )
    def test_what_is_no_pulse_gate_is_refused(self, name, qubits, program, message):
        with pytest.raises(PulseError, match=message):
            pulse_gate(name, qubits, program)

    def test_an_unassigned_reference_is_refused(self):
        with pulse.build() as program:
            pulse.reference("later")
        with pytest.raises(PulseError, match="subroutines that nobody assigned"):
            pulse_gate("w", [0], program)

    def test_damaged_bytes_are_an_error(self):
        gate = pulse_gate("w", [0], wiggle())
        gate.params[-1] = gate.params[-1][:-9].copy()
        with pytest.raises(PulseError, match="damaged"):
            read_pulse_gate(gate)


class TestRunning:
    def test_a_carried_pi_pulse_flips_the_qubit(self, manila, x_of):
        circuit = QuantumCircuit(1, 1)
        circuit.append(pulse_gate("mine", [0], x_of[0]), [0])
        circuit.measure(0, 0)
        result = manila.run(circuit, **QUIET).result()
        assert result.get_counts()["1"] > 0.99 * SHOTS
        assert result.results[0].metadata["engine"] == "pulses"

    def test_parameters_are_assigned_as_those_of_a_circuit(self, manila, x_of):
        full = x_of[0].instructions[0][1].pulse
        amp = Parameter("amp")
        with pulse.build() as program:
            pulse.play(pulse.Drag(160, amp, full.sigma, full.beta), pulse.DriveChannel(0))
        circuit = QuantumCircuit(1, 1)
        circuit.append(pulse_gate("rabi", [0], program), [0])
        circuit.measure(0, 0)
        amps = [0.0, full.amp / 2, full.amp]
        bound = [circuit.assign_parameters([value]) for value in amps]
        result = manila.run(bound, **QUIET).result()
        excited = [result.get_counts(i).get("1", 0) / SHOTS for i in range(3)]
        assert excited == pytest.approx([0, 0.5, 1], abs=0.04)

    def test_an_unbound_parameter_is_named(self, manila):
        circuit = QuantumCircuit(1, 1)
        circuit.append(pulse_gate("rabi", [0], wiggle()), [0])
        with pytest.raises(InputError, match="unbound parameters: amp"):
            manila.run(circuit)

    def test_on_another_qubit_it_is_refused(self, manila, x_of):
        circuit = QuantumCircuit(2)
        circuit.append(pulse_gate("x", [0], x_of[0]), [1])
        with pytest.raises(InputError, match=r"channels of qubits \(0,\), and is on \(1,\)"):
            manila.run(circuit)

    def test_amplitudes_off_the_grid_and_strange_channels_are_refused(self, manila):
        with pulse.build() as odd:
            pulse.play(pulse.Constant(50, 0.1), pulse.DriveChannel(0))
        with pulse.build() as strange:
            pulse.play(pulse.Constant(160, 0.1), pulse.ControlChannel(99))
        for program, message in ((odd, "multiple of 16"), (strange, "channel u99")):
            circuit = QuantumCircuit(1)
            circuit.append(pulse_gate("w", [0], program), [0])
            with pytest.raises(InputError, match=f"pulse gate 'w' on .*{message}"):
                manila.run(circuit)

    def test_the_gate_engine_says_that_it_plays_none(self, manila, x_of):
        circuit = QuantumCircuit(1)
        circuit.append(pulse_gate("w", [0], x_of[0]), [0])
        with pytest.raises(CapabilityError, match=r"carries some.*engine='auto'"):
            manila.run(circuit, engine="gates")

    def test_a_backend_without_pulses_says_so(self):
        circuit = QuantumCircuit(1)
        circuit.append(pulse_gate("w", [0], wiggle()), [0])
        with pytest.raises(InputError, match=r"plays no pulses, and .* carries pulses"):
            Toy().run(circuit.assign_parameters([0.1]))


class TestTranspile:
    def test_circuits_without_pulses_are_left_to_qiskit(self, manila):
        circuit = QuantumCircuit(3)
        circuit.h(0)
        circuit.cx(0, 2)
        ours = backline.transpile(circuit, manila, seed_transpiler=4)
        assert ours == plain_transpile(circuit, manila, seed_transpiler=4)

    def test_qubits_go_where_their_pulses_are(self, manila, x_of):
        circuit = QuantumCircuit(2, 2)
        circuit.append(pulse_gate("mine", [3], x_of[3]), [0])
        circuit.measure([0, 1], [0, 1])
        compiled = backline.transpile(circuit, manila)
        assert manila.run(compiled, **QUIET).result().get_counts()["01"] > 0.98 * SHOTS

    def test_several_circuits_give_several(self, manila, x_of):
        circuit = QuantumCircuit(1)
        circuit.append(pulse_gate("mine", [3], x_of[3]), [0])
        compiled = backline.transpile([circuit, circuit], manila)
        assert len(compiled) == 2
        assert compiled[0] == compiled[1]

    def test_the_backends_target_stays_as_it_was(self, manila, x_of):
        circuit = QuantumCircuit(1)
        circuit.append(pulse_gate("mine", [3], x_of[3]), [0])
        backline.transpile(circuit, manila)
        assert "mine" not in manila.target

    def test_one_qubit_cannot_be_in_two_places(self, manila, x_of):
        circuit = QuantumCircuit(1)
        circuit.append(pulse_gate("a", [3], x_of[3]), [0])
        circuit.append(pulse_gate("b", [2], x_of[2]), [0])
        with pytest.raises(InputError, match="it can be on one of them"):
            backline.transpile(circuit, manila)

    def test_routing_that_moves_it_away_is_an_error(self, manila, x_of):
        circuit = QuantumCircuit(5)
        circuit.cx(0, 4)
        circuit.append(pulse_gate("mine", [0], x_of[0]), [0])
        circuit.cx(4, 0)
        circuit.append(pulse_gate("mine", [4], x_of[4]), [4])
        circuit.cx(0, 3)
        circuit.append(pulse_gate("mine", [0], x_of[0]), [0])
        with pytest.raises(InputError, match="cannot be compiled with its pulse gates"):
            backline.transpile(circuit, manila, seed_transpiler=1)

    def test_two_of_one_name_must_fit_together(self, manila, x_of):
        circuit = QuantumCircuit(2)
        circuit.append(pulse_gate("a", [0], x_of[0]), [0])
        circuit.append(pulse_gate("a", [1], wiggle(1)), [1])
        with pytest.raises(InputError, match="two pulse gates are called 'a'"):
            backline.transpile(circuit, manila)

    def test_qubits_that_the_device_has_not_are_refused(self, manila):
        circuit = QuantumCircuit(1)
        circuit.append(pulse_gate("a", [7], wiggle(7)), [0])
        with pytest.raises(InputError, match="the device has qubits 0 to 4"):
            backline.transpile(circuit, manila)


class TestCalibrationsOfARun:
    FORMS = ("map", "by place", "by parameters")

    @pytest.fixture
    def half(self, x_of):
        full = x_of[0].instructions[0][1].pulse
        with pulse.build(name="half") as program:
            pulse.play(pulse.Drag(160, full.amp / 2, full.sigma, full.beta), pulse.DriveChannel(0))
        return program

    @pytest.mark.parametrize("form", FORMS)
    def test_they_hold_for_the_run_alone(self, form, manila, half):
        if form == "map":
            given = pulse.InstructionScheduleMap()
            given.add("x", 0, half)
        else:
            given = {"by place": {("x", (0,)): half}, "by parameters": {"x": {((0,), ()): half}}}
            given = given[form]
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.measure(0, 0)
        before = copy.copy(manila.target)
        result = manila.run(circuit, calibrations=given, **QUIET).result()
        assert result.get_counts()["1"] / SHOTS == pytest.approx(0.5, abs=0.05)
        assert manila.target == before
        assert manila.options.calibrations is None
        plain = manila.run(circuit, engine="pulses", **QUIET).result()
        assert plain.get_counts()["1"] > 0.99 * SHOTS

    def test_by_parameters_other_values_keep_the_devices_own(self, manila):
        with pulse.build() as shifted:
            pulse.shift_phase(-1.0, pulse.DriveChannel(0))
        circuit = QuantumCircuit(1)
        circuit.rz(0.5, 0)
        circuit.rz(0.25, 0)
        given = {"rz": {((0,), (0.5,)): shifted}}
        target = manila._chosen({"calibrations": given}, "error").calibrations.target
        made = schedule(circuit, target).filter(channels=[pulse.DriveChannel(0)])
        assert [i.phase for _, i in made.instructions] == [-1.0, -0.25]

    def test_a_gate_of_ones_own(self, manila, half):
        circuit = QuantumCircuit(1, 1)
        circuit.append(Gate("half", 1, []), [0])
        circuit.append(Gate("half", 1, []), [0])
        circuit.measure(0, 0)
        given = {("half", 0): half}
        result = manila.run(circuit, calibrations=given, **QUIET).result()
        assert result.get_counts()["1"] > 0.98 * SHOTS
        compiled = backline.transpile(
            circuit, manila, calibrations=given, initial_layout=[0], optimization_level=3
        )
        assert compiled.count_ops()["half"] == 2

    def test_a_function_of_the_gates_parameter(self, manila):
        def turned(angle):
            with pulse.build() as program:
                pulse.shift_phase(-2 * angle, pulse.DriveChannel(0))
            return program

        circuit = QuantumCircuit(1)
        circuit.rz(0.5, 0)
        given = {("rz", (0,)): turned}
        target = manila._chosen({"calibrations": given}, "error").calibrations.target
        assert [i.phase for _, i in schedule(circuit, target).instructions] == [-1.0]

    def test_a_measurement(self, manila, x_of):
        with pulse.build() as short:
            pulse.play(pulse.Constant(160, 0.1), pulse.MeasureChannel(0))
            pulse.acquire(160, 0, pulse.MemorySlot(0))
        circuit = QuantumCircuit(1, 2)
        circuit.x(0)
        circuit.measure(0, 1)
        given = {("measure", (0,)): short}
        result = manila.run(circuit, calibrations=given, **QUIET).result()
        assert result.get_counts()["10"] > 0.99 * SHOTS
        target = manila._chosen({"calibrations": given}, "error").calibrations.target
        assert schedule(circuit, target).duration == 320

    def test_they_can_be_an_option_of_the_backend(self, manila, half):
        backend = copy.copy(manila)
        backend.set_options(calibrations={("x", (0,)): half})
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.measure(0, 0)
        result = backend.run(circuit, **QUIET).result()
        assert result.get_counts()["1"] / SHOTS == pytest.approx(0.5, abs=0.05)

    def test_the_result_says_which_they_were(self, manila, half):
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        job = manila.run(circuit, calibrations={("x", (0,)): half}, shots=1)
        assert "calibrations of x on (0,)" in str(job.result().to_dict())

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (7, "calibrations are an InstructionScheduleMap, .* got int"),
            ({"x": 7}, "'x' is wrong"),
            ({("x", 0): "no"}, r"\('x', 0\) is wrong: a calibration is a Schedule"),
            ({("x", 9): wiggle(0)}, "device 'manila' has qubits 0 to 4"),
            ({("cx", (0, 4)): wiggle(0)}, r"on device 'manila' cx is on \(0, 1\)"),
            ({3: wiggle(0)}, "3 is wrong"),
        ],
    )
    def test_what_is_wrong_is_said(self, given, message, manila):
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        with pytest.raises(InputError, match=message):
            manila.run(circuit, calibrations=given)

    def test_a_schedule_that_the_device_cannot_play(self, manila):
        bad = pulse.Schedule(pulse.Play(pulse.Constant(7, 0.1), pulse.DriveChannel(0)))
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        with pytest.raises(InputError, match=r"the calibration of x on \(0,\): .*multiple of 16"):
            manila.run(circuit, calibrations={("x", 0): bad})

    def test_the_gate_engine_takes_none(self, manila, half):
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        with pytest.raises(CapabilityError, match="comes with calibrations"):
            manila.run(circuit, calibrations={("x", 0): half}, engine="gates")


def test_samples_of_a_carried_waveform_are_kept_to_the_bit(manila):
    samples = np.exp(2j * np.pi * np.linspace(0, 1, 160)) * 0.3
    program = pulse.Schedule(pulse.Play(pulse.Waveform(samples), pulse.DriveChannel(0)))
    circuit = QuantumCircuit(1)
    circuit.append(pulse_gate("w", [0], program), [0])
    ((_, play),) = flat(through_qpy(circuit), manila)
    assert np.array_equal(play.pulse.samples, samples)
