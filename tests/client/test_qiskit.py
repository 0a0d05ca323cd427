"""Qiskit's own compiler, primitives and drawers on every bundled device (K4, decision 9)."""

import shutil

import matplotlib as mpl
import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit.visualization import plot_error_map, plot_gate_map, timeline_drawer
from qiskit_ibm_runtime.fake_provider import FakeArmonkV2

mpl.use("Agg")

needs_graphviz = pytest.mark.skipif(
    shutil.which("dot") is None,
    reason="Qiskit draws gate maps with the program Graphviz, which is not installed",
)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_K4_transpile_gives_what_the_device_runs(backend, ghz, level):
    compiled = transpile(ghz, backend, optimization_level=level, seed_transpiler=7)
    for instruction in compiled.data:
        qubits = tuple(compiled.find_bit(qubit).index for qubit in instruction.qubits)
        if instruction.operation.name != "barrier":
            assert backend.target.instruction_supported(instruction.operation.name, qubits)
    counts = backend.run(compiled, shots=100, seed_simulator=1).result().get_counts()
    assert sum(counts.values()) == 100


def test_K4_preset_pass_manager(backend, ghz):
    manager = generate_preset_pass_manager(
        optimization_level=1, backend=backend, scheduling_method="alap"
    )
    compiled = manager.run(ghz)
    assert compiled.num_qubits == backend.num_qubits
    assert compiled.op_start_times is not None


def test_K4_sampler_bits_agree_with_the_counts(backend, ghz):
    compiled = transpile(ghz, backend, optimization_level=1, seed_transpiler=7)
    sampler = BackendSamplerV2(backend=backend, options={"seed_simulator": 11})
    bits = sampler.run([compiled], shots=2000).result()[0].data.meas
    direct = backend.run(compiled, shots=2000, seed_simulator=11, memory=True).result()
    assert bits.num_shots == 2000
    assert bits.get_counts() == direct.get_counts()


def test_K4_sampler_with_several_registers_and_unmeasured_bits(backend):
    """Each register gets its own bits, and the bits that nothing is measured into are 0."""
    qubits = QuantumRegister(min(2, backend.num_qubits), "q")
    first, empty, last = (
        ClassicalRegister(2, "a"),
        ClassicalRegister(3, "b"),
        ClassicalRegister(1, "c"),
    )
    circuit = QuantumCircuit(qubits, first, empty, last)
    circuit.x(0)
    circuit.measure(0, first[1])
    circuit.measure(len(qubits) - 1, last[0])
    compiled = transpile(circuit, backend, optimization_level=0)
    sampler = BackendSamplerV2(backend=backend, options={"seed_simulator": 5})
    data = sampler.run([compiled], shots=1000).result()[0].data
    assert (data.a.num_bits, data.b.num_bits, data.c.num_bits) == (2, 3, 1)
    assert data.b.get_counts() == {"000": 1000}
    assert data.a.get_counts().get("10", 0) > 900
    ones = data.c.get_counts().get("1", 0)
    assert ones > 900 if len(qubits) == 1 else ones < 100
    joined = backend.run(compiled, shots=1000, seed_simulator=5).result().get_counts()
    together = {}
    for a, b, c in zip(*(getattr(data, name).get_bitstrings() for name in "abc"), strict=True):
        together[f"{c} {b} {a}"] = together.get(f"{c} {b} {a}", 0) + 1
    assert together == joined


def test_K4_estimator_sees_the_parity_of_a_ghz_state(backend, ghz):
    """<Z…Z> of neighbours is 1 without noise; gates and readout of these devices take under 0.4."""
    width = min(2, backend.num_qubits)
    circuit = QuantumCircuit(width)
    circuit.x(range(width))
    compiled = transpile(circuit, backend, optimization_level=1, seed_transpiler=7)
    observable = SparsePauliOp("Z" * width).apply_layout(compiled.layout)
    estimator = BackendEstimatorV2(backend=backend, options={"seed_simulator": 3})
    value = estimator.run([(compiled, observable)], precision=0.02).result()[0].data.evs
    assert (-1) ** width * float(value) > 0.6


def test_parameter_sweep_through_the_sampler(backend):
    from qiskit.circuit import Parameter

    theta = Parameter("θ")
    circuit = QuantumCircuit(1)
    circuit.rx(theta, 0)
    circuit.measure_all()
    compiled = transpile(circuit, backend, optimization_level=1)
    values = np.linspace(0, np.pi, 5)
    sampler = BackendSamplerV2(backend=backend, options={"seed_simulator": 3})
    result = sampler.run([(compiled, values.reshape(5, 1))], shots=2000).result()[0]
    ones = np.array([result.data.meas[i].get_counts().get("1", 0) / 2000 for i in range(5)])
    assert np.all(np.abs(ones - np.sin(values / 2) ** 2) < 0.12)
    assert np.all(np.diff(ones) > 0)


@needs_graphviz
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_K4_maps_are_drawn(backend):
    assert plot_gate_map(backend) is not None


@needs_graphviz
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_K4_error_maps_are_drawn(backend):
    if backend.num_qubits == 1:  # Qiskit averages edges that are not there, on its own fake too
        for armonk in (backend, FakeArmonkV2()):
            with pytest.raises(ValueError, match="empty"):
                plot_error_map(armonk)
        return
    assert plot_error_map(backend) is not None


def test_K4_timelines_are_drawn(backend, ghz):
    compiled = transpile(ghz, backend, scheduling_method="alap", optimization_level=1)
    assert timeline_drawer(compiled, target=backend.target, idle_wires=False) is not None
