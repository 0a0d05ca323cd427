"""Circuits of one shape share what does not depend on angles, and nobody can tell."""

from collections import Counter

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from backline import load
from backline.engines.gates import GateEngine, density, pure, reading
from backline.engines.gates.program import Program, Varied
from backline.engines.gates.steps import MOST_UNROLLED, steps_of
from backline.errors import CapabilityError, InputError
from engines.gate_targets import line_target

QUBITS = 5


def layered(seed, *, wide=True):
    """Rotations of one qubit, and of two where wanted; something measured on the way."""
    rng = np.random.default_rng(seed)
    circuit = QuantumCircuit(QUBITS, QUBITS + 1, name=f"layered {seed}")
    for layer in range(3):
        for qubit in range(QUBITS):
            circuit.rx(rng.uniform(0, 6), qubit)
            circuit.sx(qubit)
        for qubit in range(layer % 2, QUBITS - 1, 2):
            circuit.cx(qubit, qubit + 1)
            if wide:
                circuit.rzz(rng.uniform(0, 6), qubit, qubit + 1)
        if layer == 1:
            circuit.measure(0, QUBITS)
    circuit.measure(range(QUBITS), range(QUBITS))
    return circuit


def program_of(circuit, engine):
    (part,) = reading.read(circuit, engine.target, engine.rules).parts
    return part.program


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(("method", "noise"), [(density, True), (pure, False)])
def test_what_is_shared_changes_no_distribution(wide, method, noise):
    engine = GateEngine(line_target(), noise=noise)
    programs = [program_of(layered(seed, wide=wide), engine) for seed in range(3)]
    assert len({program.like for program in programs}) == 1
    tables = []
    for program in programs:
        assert isinstance(program, Varied)
        alone = Program(program.operations, program.num_qubits, program.num_slots)
        bits, shares = method.distribution(program)
        expected_bits, expected = method.distribution(alone)
        assert (bits == expected_bits).all()
        assert shares == pytest.approx(expected, abs=1e-14)
        tables.append(shares)
    assert abs(tables[0] - tables[1]).max() > 1e-3


@pytest.mark.parametrize("shots", [7, 3000])
@pytest.mark.parametrize(("method", "noise"), [(density, True), (pure, False)])
def test_counts_are_those_of_the_shots_in_order(method, noise, shots):
    program = program_of(layered(1), GateEngine(line_target(), noise=noise))
    rows, repeats = method.run_counts(program, shots=shots, seed=5)
    found = Counter()
    for row, times in zip(map(bytes, rows), repeats.tolist(), strict=True):
        found[row] += times
    assert found == Counter(map(bytes, method.run(program, shots=shots, seed=5)))


@pytest.mark.parametrize("method", [None, "density_matrix", "trajectories"])
def test_memory_changes_no_count(method):
    circuit = layered(2)
    with_memory, without = (
        GateEngine(line_target(), method=method, memory=memory).run(circuit, shots=900, seed=3)
        for memory in (True, False)
    )
    assert with_memory.repeats is None
    assert len(with_memory.bits) == 900
    assert with_memory.counts() == without.counts()


def test_circuits_that_are_prepared_together_give_what_each_gives_alone():
    engine = GateEngine(line_target())
    made = [layered(seed, wide=seed % 2 == 0) for seed in range(10, 16)]
    reader = engine.reader()
    ready = [engine.prepare(circuit, shots=500, reader=reader) for circuit in made]
    together = engine.run_batch(made, shots=500, seeds=range(6), ready=ready)
    for seed, (circuit, found) in enumerate(zip(made, together, strict=True)):
        alone = engine.run(circuit, shots=500, seed=seed)
        assert found.counts() == alone.counts()
        assert found.metadata["estimates"] == alone.metadata["estimates"]


def test_a_gate_that_is_met_again_with_other_values_is_read_anew():
    circuit = QuantumCircuit(2)
    for angle in (0.1, 0.2):
        circuit.rx(angle, 0)
        circuit.x(0)
        circuit.rx(angle, 1)
    found = steps_of(circuit)
    assert found.values == ((0.1,), (0.1,), (0.2,), (0.2,))
    assert [step.place for step in found.shape] == [0, -1, 1, 2, -1, 3]
    assert [step.qubits for step in found.shape] == [(0,), (0,), (1,), (0,), (0,), (1,)]


def nested(outer, inner):
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(outer)), circuit.for_loop(range(inner)):
        circuit.x(0)
    circuit.measure(0, 0)
    return circuit


def test_loops_are_unrolled_up_to_a_limit():
    counts = GateEngine(line_target(), noise=False).run(nested(33, 101), shots=9, seed=1).counts()
    assert counts == {"0x1": 9}
    engine = GateEngine(line_target())
    with pytest.raises(CapabilityError, match=r"loops of 1002000 instructions .* 100000 at most"):
        engine.prepare(nested(1000, 1001), shots=1)
    assert MOST_UNROLLED == 100_000


def test_values_of_parameters_are_numbers():
    backend = load("manila")
    circuit = QuantumCircuit(1, name="mine")
    circuit.rz(Parameter("first"), 0)
    circuit.rz(Parameter("second"), 0)
    circuit.measure_all()
    values = np.array([[0.1, 0.2], [0.3, np.nan]])
    message = "parameter 'second' of circuit 'mine' has the value nan in set 1"
    with pytest.raises(InputError, match=message):
        backend.prepared_sweep(circuit, values)
    with pytest.raises(InputError, match=message):
        list(backend.endings(circuit, values))
