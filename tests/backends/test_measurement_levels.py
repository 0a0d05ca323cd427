"""Measurement levels 0, 1 and 2 of a backend, in the formats of Qiskit's results."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.exceptions import QiskitError
from qiskit.result import Result

from backline import DeviceBackend, pulse
from backline.device import Coupling, Device, DriveLine, Qubit, Readout
from backline.device.model import Timing
from backline.errors import CapabilityError, InputError, OptionValueError
from backline.pulse.calibration_entries import ScheduleEntry

DT = 1e-9
STRENGTH = 5e7
LENGTH = 200


def smooth(area, name=None):
    """A pulse of 100 samples that turns by 2π times its area."""
    shape = np.exp(-((np.arange(100) + 0.5 - 50) ** 2) / (2 * 20.0**2))
    return pulse.Waveform(shape * area / (shape.sum() * DT * STRENGTH), name=name)


PI, PI_12 = smooth(0.5), smooth(0.5 / np.sqrt(2))


def bench(**readout):
    """Two transmons with calibrated x and measure."""
    described = {"frequency": 7e9, "p1_given_0": 0.02, "p0_given_1": 0.06} | readout
    qubits = tuple(
        Qubit(frequency=5e9 + 1e8 * k, anharmonicity=-3e8, t1=1e-4, readout=Readout(**described))
        for k in range(2)
    )
    calibrations = {}
    for k in range(2):
        flip = pulse.Schedule(pulse.Play(PI, pulse.DriveChannel(k)), name="x")
        measure = pulse.Schedule(
            pulse.Play(pulse.Constant(LENGTH, 0.2), pulse.MeasureChannel(k)), name="measure"
        )
        measure |= pulse.Acquire(LENGTH, pulse.AcquireChannel(k), pulse.MemorySlot(k))
        calibrations |= {("x", (k,)): ScheduleEntry(flip)}
        calibrations |= {("measure", (k,)): ScheduleEntry(measure)}
    return DeviceBackend(
        Device(
            name="bench",
            qubits=qubits,
            basis_gates=("rz", "x"),
            couplings=(Coupling(qubits=(0, 1), strength=1e6),),
            drive_lines=tuple(DriveLine(qubit=k, strength=STRENGTH) for k in range(2)),
            calibrations=calibrations,
            timing=Timing(dt=DT),
        ),
        seed_simulator=1,
        relaxation=False,
        engine="pulses",
    )


@pytest.fixture(scope="module")
def backend():
    return bench()


def flipped(backend, *levels, name="flipped"):
    """Both qubits in their levels, then measured together."""
    with pulse.build(backend, name=name) as program:
        for qubit, level in enumerate(levels):
            drive = pulse.drive_channel(qubit)
            if level:
                pulse.play(PI, drive)
            if level == 2:
                pulse.shift_frequency(-3e8, drive)
                pulse.play(PI_12, drive)
        pulse.barrier(*range(len(levels)))
        pulse.measure_all() if len(levels) == 2 else pulse.measure(0)
    return program


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"meas_level": 1, "meas_return": "single"}, (50, 2)),
        ({"meas_level": 1, "meas_return": "avg"}, (2,)),
        ({"meas_level": 0, "meas_return": "single"}, (50, 2, LENGTH)),
        ({"meas_level": 0, "meas_return": "avg"}, (2, LENGTH)),
    ],
)
def test_memory_has_the_shape_that_qiskit_documents(backend, options, shape):
    result = backend.run(flipped(backend, 0, 1), shots=50, **options).result()
    memory = result.get_memory()
    assert memory.shape == shape
    assert memory.dtype == complex
    late = memory[..., 50:] if options["meas_level"] == 0 else memory[..., None]
    means = late.reshape(-1, 2, late.shape[-1]).mean(axis=(0, 2))
    assert means[0].real < -0.6  # slot 0 is level 0, on the left
    assert means[1].real > 0.6
    again = Result.from_dict(json.loads(json.dumps(result.to_dict())))
    np.testing.assert_array_equal(again.get_memory(), memory)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(result)).get_memory(), memory)
    with pytest.raises(QiskitError, match="No counts"):
        result.get_counts()


def test_traces_are_found_by_program_and_kept_as_one_array(backend):
    low, high = flipped(backend, 0, 0, name="low"), flipped(backend, 1, 1, name="high")
    result = backend.run([low, high], shots=5, meas_level=0).result()
    assert result.get_memory(low).real[:, 100:].mean() < -0.6
    assert result.get_memory("high").real[:, 100:].mean() > 0.6
    np.testing.assert_array_equal(result.get_memory(1), result.get_memory(high))
    assert np.shares_memory(result.get_memory(0), result.get_memory(0))


def test_slots_that_nobody_writes_to_are_0(backend):
    circuit = QuantumCircuit(2, 3)
    circuit.measure(1, 2)
    for level, shape in ((1, (4, 3)), (0, (4, 3, LENGTH))):
        run = backend.run(circuit, shots=4, meas_level=level, meas_return="single")
        memory = run.result().get_memory()
        assert memory.shape == shape
        assert not memory[:, :2].any()
        assert memory[:, 2].all()
        facts = run.result().results[0].metadata
        assert facts["acquired"] == [None, None, 1]
        assert facts["populations"] == [None, None, [1.0, 0.0, 0.0]]


def test_leakage_is_visible_at_every_level(backend):
    program = flipped(backend, 2)
    quiet = {"shots": 400, "readout_noise": False}
    traces = backend.run(program, meas_level=0, **quiet).result()
    points = backend.run(program, meas_level=1, meas_return="single", **quiet).result()
    digits = backend.run(program, max_outcome_level=2, memory=True, **quiet).result()
    bits = backend.run(program, **quiet).result()
    centers = np.array(points.results[0].metadata["iq_centers"][0]) @ [1, 1j]
    assert (points.get_memory()[:, 0] == centers[2]).mean() > 0.97
    assert abs(traces.get_memory()[0, 100:].mean() - 1) > 0.3
    assert digits.get_counts()["2"] > 390
    assert digits.get_memory().count("2") == digits.get_counts()["2"]
    assert set(bits.get_counts()) <= {"0", "1"}
    for result in (traces, points, digits, bits):
        assert result.results[0].metadata["populations"][0][2] > 0.97


def test_digits_are_grouped_by_registers(backend):
    """As Qiskit groups bits: the first register and the first bit of each rightmost."""
    circuit = QuantumCircuit(
        QuantumRegister(2), ClassicalRegister(1, "a"), ClassicalRegister(2, "b")
    )
    circuit.x(1)
    circuit.measure([0, 1], [0, 1])
    quiet = {"readout_noise": False, "memory": True, "shots": 300}
    digits = backend.run(circuit, max_outcome_level=None, **quiet).result()
    bits = backend.run(circuit, **quiet).result()
    assert max(digits.get_counts(), key=digits.get_counts().get) == "01 0"
    assert digits.get_counts() == bits.get_counts()
    assert digits.get_memory() == bits.get_memory()
    json.dumps(digits.to_dict())


def test_kernels_and_discriminators_of_a_program_work(backend):
    def program(kernel=None, discriminator=None):
        with pulse.build(backend) as block:
            pulse.play(pulse.Constant(LENGTH, 0.2), pulse.measure_channel(0))
            pulse.acquire(
                LENGTH, 0, register=pulse.MemorySlot(0), kernel=kernel, discriminator=discriminator
            )
        return block

    early = pulse.Kernel("boxcar", start_window=0, stop_window=4)
    late = pulse.Kernel("boxcar", start_window=150, stop_window=LENGTH)
    weights = pulse.Kernel("weighted", weights=np.r_[np.zeros(150), np.full(50, 1 / 50)])
    points = [
        backend.run(program(kernel), meas_level=1, readout_noise=False, shots=1)
        .result()
        .get_memory()[0]
        for kernel in (early, late, weights)
    ]
    assert abs(points[0]) < 0.4 < abs(points[1])
    assert points[1] == pytest.approx(points[2])
    always = pulse.Discriminator("linear_discriminator", threshold=-100.0)
    assert backend.run(program(None, always), shots=9).result().get_counts() == {"1": 9}
    own = pulse.Discriminator("hw_qmfk")
    one, other = (
        backend.run(program(None, given), shots=500).result().get_counts() for given in (own, None)
    )
    assert one == other


def test_a_resonator_s_line_is_found_by_changing_the_probe():
    """Averaged points against the probe's frequency: level 0 answers most at f_r - χ."""
    backend = bench(kappa=1e6, chi=3e6)
    detunings = np.arange(-6e6, 6.1e6, 1e6)
    programs = []
    for detuning in detunings:
        with pulse.build(backend) as program:
            pulse.shift_frequency(float(detuning), pulse.measure_channel(0))
            pulse.play(pulse.Constant(2000, 0.2), pulse.measure_channel(0))
            pulse.acquire(
                2000,
                0,
                register=pulse.MemorySlot(0),
                kernel=pulse.Kernel("boxcar", start_window=1500),
            )
        programs.append(program)
    result = backend.run(programs, meas_level=1, readout_noise=False, shots=1).result()
    answers = [abs(result.get_memory(k)[0]) for k in range(len(programs))]
    assert detunings[int(np.argmax(answers))] == -3e6
    beside = answers[int(np.argmax(answers)) + 1] / max(answers)
    # a linewidth away: 1/|1 + 2i|; of the transient, e^{-π 1.5} is left where the window begins
    assert beside == pytest.approx(1 / np.sqrt(5), abs=np.exp(-1.5 * np.pi))


def test_kappa_of_the_description_shows_in_the_rise():
    """63 % of the final answer after 1/(π κ), of a level that is on resonance."""
    backend = bench(kappa=1e7, chi=1e3)
    rise = round(1 / (np.pi * 1e7) / DT)
    trace = (
        backend.run(flipped(backend, 0), meas_level=0, readout_noise=False, shots=1)
        .result()
        .get_memory()[0]
    )
    share = abs(trace[rise]) / abs(trace[-1])
    assert share == pytest.approx(1 - np.exp(-1), abs=0.02)


def test_sweeps_share_what_their_instruments_are_tuned_to(backend):
    """Averaged points of a Rabi sweep follow 1 - 2 cos² of the angle."""
    shares = np.linspace(0, 1, 6)
    programs = []
    for share in shares:
        with pulse.build(backend) as program:
            if share:
                pulse.play(smooth(0.5 * float(share)), pulse.drive_channel(0))
            pulse.barrier(0)
            pulse.measure(0)
        programs.append(program)
    result = backend.run(programs, meas_level=1, shots=4000).result()
    found = [result.get_memory(k)[0].real for k in range(len(programs))]
    assert found == pytest.approx(-np.cos(np.pi * shares), abs=5 * 1.2 / np.sqrt(4000) + 0.01)


# What is refused


def test_what_cannot_be_read_is_refused_before_a_job_is_made(backend):
    many = {"meas_level": 0, "meas_return": "single", "shots": 400_000}
    with pytest.raises(CapabilityError, match="use meas_return='avg', fewer shots"):
        backend.run(flipped(backend, 0), **many)
    with pulse.build(backend) as program:
        pulse.acquire(50, 0, register=pulse.MemorySlot(0), kernel=pulse.Kernel("wavelet"))
    with pytest.raises(InputError, match="kernel 'wavelet' of qubit 0 is not known"):
        backend.run(program)


def test_outcomes_are_single_digits(backend):
    for value in (0, 10, 1.5):
        with pytest.raises(OptionValueError, match="max_outcome_level must be a whole number from"):
            backend.run(flipped(backend, 0), max_outcome_level=value)


def test_levels_of_the_description_count():
    described = bench().device
    two = DeviceBackend(
        replace(described, qubits=tuple(replace(q, levels=2) for q in described.qubits)),
        engine="pulses",
        relaxation=False,
    )
    run = two.run(flipped(two, 1), meas_level=1, shots=5)
    assert len(run.result().results[0].metadata["iq_centers"][0]) == 2
