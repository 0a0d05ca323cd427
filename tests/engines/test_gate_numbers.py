"""What is no number is refused before any work, by every way that circuits take."""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Parameter
from qiskit_aer.noise import NoiseModel

import backline
from backline.contract.target import Target
from backline.engines.gates import GateEngine
from backline.errors import InputError, OptionValueError


def turned(angle, *, inside=False):
    circuit = QuantumCircuit(3, 1)
    circuit.measure(0, 0)
    if inside:
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.rz(angle, 2)
    else:
        circuit.rz(angle, 2)
    circuit.measure(2, 0)
    return circuit


@pytest.mark.parametrize("angle", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"method": "trajectories"},
        {"method": "matrix_product_state"},
        {"noise_model": NoiseModel()},
    ],
)
def test_parameters(angle, inside, options):
    engine = GateEngine(Target(num_qubits=3), **options)
    with pytest.raises(InputError, match=rf"rz on qubit 2 has the parameter {angle} at place 0"):
        engine.prepare(turned(angle, inside=inside), shots=10)


def test_matrices():
    class Broken(Gate):
        def __init__(self):
            super().__init__("broken", 2, [])

        def __array__(self, dtype=None, copy=None):
            return np.full((4, 4), np.nan, dtype=complex)

    circuit = QuantumCircuit(3, 1)
    circuit.append(Broken(), [2, 1])
    circuit.measure(2, 0)
    with pytest.raises(InputError, match=r"broken on qubits 2, 1 has a matrix with entries"):
        GateEngine(Target(num_qubits=3)).prepare(circuit, shots=10)


def test_circuits_without_measurements():
    circuit = QuantumCircuit(3)
    circuit.rz(np.nan, 2)
    with pytest.raises(InputError, match="rz on qubit 2 has the parameter nan"):
        GateEngine(Target(num_qubits=3)).prepare(circuit, shots=10)


def test_global_phases():
    circuit = turned(0.1)
    circuit.global_phase = np.inf
    with pytest.raises(InputError, match="global phase"):
        GateEngine(Target(num_qubits=3)).prepare(circuit, shots=10)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("kind", [list, np.array])
def test_one_set_of_values_among_others(bad, kind):
    angle = Parameter("angle")
    backend = backline.load("manila")
    with pytest.raises(InputError, match=f"'angle' has the value {bad} at place 2: values are"):
        backend.run(turned(angle), parameter_binds={angle: kind([0.1, 0.2, bad])}, shots=10)


def test_numbers_that_are_large_are_numbers():
    GateEngine(Target(num_qubits=3)).prepare(turned(1e9), shots=10)


def test_precision_is_a_choice():
    backend = backline.load("manila")
    circuit = QuantumCircuit(2, 2)
    circuit.sx(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    for precision in ("single", "double"):
        options = {"method": "trajectories", "precision": precision, "shots": 100}
        result = backend.run(circuit, seed_simulator=1, **options).result()
        assert result.results[0].metadata["precision"] == precision
    with pytest.raises(OptionValueError, match="'half'"):
        backend.run(circuit, precision="half")
    with pytest.raises(OptionValueError, match="precision is one of single, double"):
        GateEngine(Target(num_qubits=1), precision="half")


def test_double_precision_reaches_the_simulator(monkeypatch):
    from backline.engines.gates import trajectories

    seen = []
    run = trajectories.run
    monkeypatch.setattr(
        trajectories,
        "run",
        lambda *args, **named: seen.append(named.get("single")) or run(*args, **named),
    )
    circuit = turned(0.3)
    for precision in ("double", "single"):
        engine = GateEngine(Target(num_qubits=3), method="trajectories", precision=precision)
        engine.run(circuit, shots=5, seed=1)
    assert seen == [False, None]
