"""Circuits become schedules: as Qiskit 1.4, and refused where they cannot."""

import re
import time

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, Gate, Measure, Parameter, Reset
from qiskit.circuit.library import CXGate, RZGate, SXGate, XGate
from qiskit.transpiler import Target as QiskitTarget

from backline import pulse
from backline.contract.target import InstructionProperties, Target
from backline.errors import (
    CalibrationError,
    CapabilityError,
    InputError,
    OptionValueError,
)
from backline.lowering import schedule
from lowering import toy

GATES = {
    "x": XGate(),
    "sx": SXGate(),
    "cx": CXGate(),
    "measure": Measure(),
    "rz": RZGate(Parameter("a")),
    "tilted": Gate("tilted", 1, [Parameter("a"), Parameter("b")]),
}


def toy_target(*, dt=1e-9, meas_map=None, without=(), alignment=1, extra=None):
    target = Target(
        num_qubits=toy.QUBITS,
        dt=dt,
        pulse_alignment=alignment,
        concurrent_measurements=meas_map,
    )
    found = toy.calibrations(pulse, Parameter) | (extra or {})
    for name, gate in GATES.items():
        places = {
            qubits: InstructionProperties(
                calibration=None if (name, qubits) in without else calibration
            )
            for (named, qubits), calibration in found.items()
            if named == name
        }
        target.add_instruction(gate, places)
    target.add_instruction(Delay(Parameter("t")), {(q,): None for q in range(toy.QUBITS)})
    target.add_instruction(Reset(), {(q,): None for q in range(toy.QUBITS)})
    return target


@pytest.fixture(scope="module")
def target():
    return toy_target()


def circuit_of(operations):
    return toy.build(QuantumCircuit(toy.QUBITS, toy.QUBITS), Gate, operations)


def acquired(done):
    """(time, qubit, slot) of each acquisition."""
    return sorted(
        (t, i.channel.index, i.mem_slot.index)
        for t, i in done.instructions
        if isinstance(i, pulse.Acquire)
    )


def test_name_and_metadata_travel(target):
    circuit = QuantumCircuit(2, name="rabi", metadata={"angle": 3})
    circuit.x(0)
    done = schedule(circuit, target)
    assert (done.name, done.metadata) == ("rabi", {"angle": 3})


def test_the_global_phase_is_ignored(target):
    circuit = QuantumCircuit(2, global_phase=1.0)
    circuit.x(0)
    assert schedule(circuit, target).duration == 16


@pytest.mark.parametrize("meas_map", [None, [[0, 1, 2, 3]], [[0, 1], [2, 3]]])
def test_a_common_measurement_reads_measured_qubits_alone_and_into_their_slots(meas_map):
    circuit = QuantumCircuit(4, 4)
    circuit.x(1)
    circuit.measure([3, 1], [0, 2])
    done = schedule(circuit, toy_target(meas_map=meas_map))
    assert acquired(done) == [(32 + 7 + 1, 1, 2), (32 + 7 + 3, 3, 0)]
    stimulated = {c.index for c in done.channels if isinstance(c, pulse.MeasureChannel)}
    assert stimulated == {1, 3}


@pytest.mark.parametrize("method", ["alap", "asap"])
@pytest.mark.parametrize("between", [False, True])
def test_of_two_measurements_into_one_slot_the_later_one_is_later(target, method, between):
    """Qiskit 1.4 takes them by qubit number, or fails where a gate comes between them."""
    circuit = QuantumCircuit(2, 1)
    circuit.measure(1, 0)
    if between:
        circuit.x(1)
    circuit.measure(0, 0)
    (first, a, _), (second, b, _) = acquired(schedule(circuit, target, method=method))
    assert (a, b) == (1, 0)
    assert second >= first + 80


@pytest.mark.parametrize("method", ["alap", "asap"])
def test_virtual_gates_stay_in_order_with_the_pulses_around_them(target, method):
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.rz(0.5, 0)
    circuit.x(0)
    circuit.rz(0.25, 0)
    done = schedule(circuit, target, method=method)
    on_drive = [
        (t, getattr(i, "phase", None))
        for t, i in done.instructions
        if i.channels[0] == pulse.DriveChannel(0)
    ]
    assert on_drive == [(0, None), (16, -0.5), (16, None), (32, -0.25)]
    shifted = {i.channel.name for t, i in done.instructions if isinstance(i, pulse.ShiftPhase)}
    assert shifted == {"d0", "u1"}  # u1 plays on qubit 1 in the frame of qubit 0


@pytest.mark.parametrize(
    ("value", "unit", "samples"),
    [
        (32, "dt", 32),
        (32.0, "ns", 32),
        (0.032, "us", 32),
        (0.000032, "ms", 32),
        (32e-9, "s", 32),
        (32000, "ps", 32),
        (0, "dt", 0),
    ],
)
def test_delays_in_every_unit(value, unit, samples):
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.delay(value, 0, unit)
    circuit.x(0)
    done = schedule(circuit, toy_target(alignment=16))
    assert done.duration == 32 + samples


@pytest.mark.parametrize(
    ("value", "unit", "neighbors"),
    [
        (40, "dt", "32 dt or 48 dt"),
        (40.0, "ns", "32 ns (32 samples) or 48 ns (48 samples)"),
        (0.0405, "us", "0.032 us (32 samples) or 0.048 us (48 samples)"),
        (1e-9, "s", "0 s (0 samples) or 1.6e-08 s (16 samples)"),
    ],
)
def test_a_delay_off_the_grid_is_refused_with_both_neighbors(value, unit, neighbors):
    circuit = QuantumCircuit(2)
    circuit.delay(value, 1, unit)
    with pytest.raises(InputError, match=re.escape(neighbors)) as caught:
        schedule(circuit, toy_target(alignment=16))
    assert "qubit 1" in str(caught.value)
    assert "multiple of 16" in str(caught.value)


def test_a_delay_between_samples_is_refused(target):
    circuit = QuantumCircuit(1)
    circuit.delay(1.3, 0, "ns")
    with pytest.raises(InputError, match=re.escape("1 ns (1 samples) or 2 ns (2 samples)")):
        schedule(circuit, target)


def test_a_delay_in_seconds_needs_dt():
    circuit = QuantumCircuit(1)
    circuit.delay(16, 0, "ns")
    with pytest.raises(InputError, match="how long a sample is"):
        schedule(circuit, toy_target(dt=None))


def test_a_gate_without_calibration_says_which_where_and_what_there_is(target):
    circuit = QuantumCircuit(4)
    circuit.cx(3, 2)
    with pytest.raises(CalibrationError) as caught:
        schedule(circuit, target)
    text = str(caught.value)
    assert "cx on (3, 2) has no calibration" in text
    assert "calibrated on (3, 2): nothing" in text
    assert "cx is calibrated on: (0, 1), (1, 0), (1, 2), (2, 3)" in text
    assert caught.value.details == {"instruction": "cx", "qubits": (3, 2)}


def test_a_gate_that_is_nowhere_calibrated_says_what_is():
    circuit = QuantumCircuit(4)
    circuit.h(1)
    with pytest.raises(CalibrationError, match=r"h on \(1,\).*x, sx, cx, measure|h on \(1,\).*x, "):
        schedule(circuit, toy_target())


def test_a_measurement_without_calibration_is_refused():
    circuit = QuantumCircuit(4, 1)
    circuit.measure(1, 0)
    with pytest.raises(CalibrationError, match=r"measure on \(1,\) has no calibration"):
        schedule(circuit, toy_target(without=[("measure", (1,))]))


def test_a_stored_measurement_of_other_qubits_is_refused():
    other = pulse.Schedule((0, pulse.Acquire(8, pulse.AcquireChannel(3), pulse.MemorySlot(0))))
    circuit = QuantumCircuit(4, 1)
    circuit.measure(1, 0)
    with pytest.raises(CalibrationError, match="does not acquire that qubit"):
        schedule(circuit, toy_target(extra={("measure", (1,)): other}))


def test_a_calibration_as_a_block_is_aligned():
    with pulse.build(name="x") as block, pulse.align_right():
        pulse.play(pulse.Constant(64, 0.1), pulse.DriveChannel(0))
        pulse.play(pulse.Constant(16, 0.1), pulse.ControlChannel(0))
    circuit = QuantumCircuit(1)
    circuit.x(0)
    circuit.x(0)
    done = schedule(circuit, toy_target(extra={("x", (0,)): block}))
    assert [(t, i.channels[0].name) for t, i in done.instructions] == [
        (0, "d0"),
        (48, "u0"),
        (64, "d0"),
        (112, "u0"),
    ]


def test_a_calibration_with_too_many_parameters_is_refused():
    gain = Parameter("gain")
    free = pulse.Schedule((0, pulse.Play(pulse.Constant(16, gain), pulse.DriveChannel(0))))
    circuit = QuantumCircuit(1)
    circuit.x(0)
    with pytest.raises(CalibrationError, match=r"free parameters \(gain\)"):
        schedule(circuit, toy_target(extra={("x", (0,)): free}))


def test_bound_expressions_are_numbers(target):
    angle = Parameter("angle")
    circuit = QuantumCircuit(1)
    circuit.rz(2 * angle, 0)
    bound = circuit.assign_parameters({angle: 0.25})
    phases = [i.phase for _, i in schedule(bound, target).instructions]
    assert phases == [-0.5, -0.5]


def test_unbound_parameters_are_refused_by_name(target):
    circuit = QuantumCircuit(1)
    circuit.rz(Parameter("angle") + Parameter("bias"), 0)
    with pytest.raises(InputError, match="unbound parameters: angle, bias"):
        schedule(circuit, target)


def test_control_flow_and_reset_are_refused_with_the_way_out(target):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(0)
    with pytest.raises(CapabilityError, match=r"if_else on \(0,\).*engine='gates'"):
        schedule(circuit, target)
    circuit = QuantumCircuit(1)
    circuit.reset(0)
    with pytest.raises(CapabilityError, match=r"reset on \(0,\).*engine='gates'"):
        schedule(circuit, target)


def test_other_refusals(target):
    with pytest.raises(OptionValueError, match="'alap' or 'asap'"):
        schedule(QuantumCircuit(1), target, method="late")
    with pytest.raises(InputError, match="has 9 qubits, and the device 4"):
        schedule(QuantumCircuit(9), target)
    with pytest.raises(CalibrationError, match="has no calibrations"):
        schedule(QuantumCircuit(1), QiskitTarget(num_qubits=1))


def test_time_grows_with_the_number_of_gates_and_not_faster():
    """Eight times the depth takes about eight times the time; squared it would be 64."""
    width = 100
    target = Target(num_qubits=width, dt=1e-9)
    for name in ("x", "rz"):
        places = {(q,): InstructionProperties(calibration=_single(name, q)) for q in range(width)}
        target.add_instruction(GATES[name], places)

    def seconds(depth):
        circuit = QuantumCircuit(width)
        for layer in range(depth):
            for q in range(width):
                circuit.x(q) if layer % 2 else circuit.rz(0.01 * layer, q)
        started = time.perf_counter()
        assert len(schedule(circuit, target).instructions) == depth * width
        return time.perf_counter() - started

    seconds(10)
    assert min(seconds(80) for _ in range(2)) < 24 * min(seconds(10) for _ in range(3))


def _single(name, qubit):
    drive = pulse.DriveChannel(qubit)
    if name == "x":
        return pulse.Schedule((0, pulse.Play(pulse.Constant(160, 0.1), drive)))
    return pulse.Schedule((0, pulse.ShiftPhase(-Parameter("P0"), drive)))
