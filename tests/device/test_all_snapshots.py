"""All 57 snapshots of qiskit-ibm-runtime 0.34.0: each loads quickly and is whole."""

import gc
import time
import warnings

import pytest
from qiskit import QuantumCircuit, transpile

import snapshots
from backline.device.subset import subset
from backline.device.target import build_target
from backline.formats.catalog import read_device
from backline.formats.snapshots import snapshots as devices_in

pytestmark = pytest.mark.slow

SLOWEST = 1.0  # s of processor time, the largest included


@pytest.fixture
def swept():
    """What other tests of this process left is not looked through while one is timed."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_there_are_57() -> None:
    with devices_in(snapshots.wheel()) as found:
        assert sorted(found) == sorted(snapshots.NAMES)
    assert len(snapshots.NAMES) == 57


@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("name", snapshots.NAMES)
def test_it_loads_in_time_with_one_warning_at_most(name: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        start = time.thread_time()
        device = read_device(f"{snapshots.wheel()}:{name}")
        took = time.thread_time() - start
    assert took < SLOWEST
    assert len(caught) <= 1
    assert device.name == name


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_every_stored_schedule_can_be_read(name: str) -> None:
    device = snapshots.device(name)
    for (gate, qubits), entry in device.calibrations.items():
        schedule = entry.get_schedule()
        assert schedule.duration >= 0, (gate, qubits)
        names = [f"P{index}" for index in range(len(schedule.parameters))]
        assert list(entry.get_signature().parameters) == names, (gate, qubits)


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_a_ghz_state_compiles(name: str) -> None:
    device = snapshots.device(name)
    target = build_target(device, include_broken=name in snapshots.ALL_BROKEN)
    assert target.num_qubits == device.num_qubits
    width = min(3, device.num_qubits)
    circuit = QuantumCircuit(width)
    circuit.h(0)
    for qubit in range(1, width):
        circuit.cx(qubit - 1, qubit)
    circuit.measure_all()
    compiled = transpile(circuit, target=target, seed_transpiler=7)
    for instruction in compiled.data:
        places = tuple(compiled.find_bit(qubit).index for qubit in instruction.qubits)
        if instruction.operation.name != "barrier":
            assert target.instruction_supported(instruction.operation.name, places)


@pytest.mark.parametrize("name", snapshots.NAMES)
def test_two_connected_qubits_are_a_device(name: str) -> None:
    device = snapshots.device(name)
    pairs = [gate.qubits for gate in device.gates if len(gate.qubits) == 2]
    pair = pairs[0] if pairs else (0,)
    part = subset(device, pair)
    assert part.qubits == tuple(device.qubits[qubit] for qubit in pair)
    for key, entry in part.calibrations.items():
        for _, instruction in entry.get_schedule().instructions:
            indices = [c.index for c in instruction.channels if c.prefix in ("d", "m", "a")]
            assert all(index < part.num_qubits for index in indices), key
            controls = [c.index for c in instruction.channels if c.prefix == "u"]
            assert all(index < len(part.control_lines) for index in controls), key
    assert build_target(part).num_qubits == len(pair)
