"""The devices that come with Backline are reconciled, and do what they say."""

import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile

import backline
from backline.calibration import reconcile
from backline.calibration.pairs import known_pairs
from backline.calibration.programs import pair_program, schedules_of
from backline.errors import DeviceWarning
from backline.formats import read_device, twins
from calibration.helpers import stored_fidelity


def gates_of(device):
    return [gate for pair in known_pairs(device) for gate in schedules_of(device, pair)]


@pytest.mark.parametrize("name", ["manila", "nairobi"])
def test_every_pair_makes_its_gates_both_ways(name):
    device = read_device(name)
    found = {gate: stored_fidelity(device, *gate) for gate in gates_of(device)}
    assert len(found) == 2 * len(device.couplings)
    assert min(found.values()) >= 0.99


def check(name):
    """Every line's stored fidelity is that of the shortest schedule that plays on it."""
    device = read_device(name)
    stored, found = {}, {}
    for line in device.control_lines:
        if line.reconciled:
            programs = [pair_program(device, *gate) for gate in schedules_of(device, line.qubits)]
            own = [program for program in programs if program.line == line.index]
            shortest = min(own, key=lambda program: (program.duration, program.qubits))
            stored[line.index] = line.fidelity_after
            found[line.index] = stored_fidelity(device, shortest.gate, shortest.qubits)
    assert found == pytest.approx(stored, abs=2e-6)
    return stored


def test_manila_does_what_it_says():
    assert len(check("manila")) == 4


@pytest.mark.parametrize(
    ("name", "lines", "low"),
    [
        ("nairobi", 6, 0),
        pytest.param("guadalupe", 16, 0, marks=pytest.mark.slow),
        pytest.param("sherbrooke", 140, 6, marks=pytest.mark.slow),
    ],
)
def test_every_device_does_what_it_says(name, lines, low):
    stored = check(name)
    assert len(stored) == lines
    assert sum(fidelity < 0.99 for fidelity in stored.values()) == low


@pytest.mark.slow
@pytest.mark.parametrize("name", ["manila", "nairobi"])
def test_a_fit_of_the_snapshot_gives_the_same_file(name):
    """Byte for byte: what `make devices` puts beside the snapshot."""
    found = reconcile(read_device(name, reconcile=False))
    bundled = Path(backline.formats.__file__).parent / "bundled" / f"{name}.zip"
    with zipfile.ZipFile(bundled) as archive:
        assert archive.read(twins.MEMBER).decode() == twins.dumps(found.twin)


def corrections(device, gate, qubits):
    return [
        (start, instruction)
        for start, instruction in device.calibrations[gate, qubits].get_schedule().instructions
        if instruction.name == "frame correction"
    ]


def test_what_is_published_is_there_too():
    published = read_device("manila", reconcile=False)
    assert not any(line.reconciled or line.gain != 1.0 for line in published.control_lines)
    assert not any(corrections(published, *gate) for gate in gates_of(published))


def test_frame_corrections_are_phase_shifts_at_the_end():
    """On the drive line, and on every control line that runs at the qubit's frequency."""
    published, device = read_device("nairobi", reconcile=False), read_device("nairobi")
    before = published.calibrations["cx", (5, 3)].get_schedule()
    after = device.calibrations["cx", (5, 3)].get_schedule()
    found = corrections(device, "cx", (5, 3))
    assert after.duration == before.duration
    assert len(after.instructions) == len(before.instructions) + len(found)
    assert {start for start, _ in found} == {before.duration}
    lines = {f"u{line.index}" for line in device.control_lines if line.lo[0][0] == 3}
    assert {"d3", *lines} <= {instruction.channel.name for _, instruction in found}


def test_frame_corrections_make_gates_better():
    """Without them a gate is turned by what is left over."""
    published, device = read_device("nairobi", reconcile=False), read_device("nairobi")
    plain = backline.device.reconcile_drives(published)
    (gain,) = (line.gain for line in device.control_lines if line.index == 8)
    without = stored_fidelity(plain, "cx", (5, 3), gain=gain)
    assert stored_fidelity(device, "cx", (5, 3)) > without + 1e-3


def test_a_part_of_a_device_keeps_its_fit():
    backend = backline.load("nairobi").subset([3, 5, 6])
    assert stored_fidelity(backend.device, "cx", (1, 0)) == pytest.approx(
        stored_fidelity(read_device("nairobi"), "cx", (5, 3)), abs=1e-9
    )


@pytest.mark.slow
def test_ghz_of_five_qubits_as_pulses():
    """The two strings of a GHZ state get 0.96 of the shots, without relaxation and misreading."""
    backend = backline.load("manila")
    circuit = QuantumCircuit(5)
    circuit.h(0)
    for qubit in range(4):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    compiled = transpile(circuit, backend, initial_layout=range(5), seed_transpiler=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeviceWarning)
        result = backend.run(
            compiled,
            engine="pulses",
            relaxation=False,
            readout_noise=False,
            shots=20_000,
            seed_simulator=7,
        ).result()
    counts = result.get_counts()
    shares = np.array([counts.get("00000", 0), counts.get("11111", 0)]) / 20_000
    assert shares.sum() >= 0.96
    assert np.abs(shares - 0.5).max() < 0.05
