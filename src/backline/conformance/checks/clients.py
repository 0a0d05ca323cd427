"""K4: what Qiskit's tools do with a backend."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit.exceptions import QiskitError
from qiskit.primitives import BackendEstimatorV2, BackendSamplerV2
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler import generate_preset_pass_manager
from qiskit.transpiler.preset_passmanagers.plugin import list_stage_plugins

from backline.conformance.outcome import Skipped, expect, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject


def _bell(subject: Subject) -> QuantumCircuit:
    width = min(2, subject.facts.width)
    circuit = QuantumCircuit(width, name="bell")
    circuit.h(0)
    if width == 2:
        circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


def _for_backend(subject: Subject, compile_it: Callable[[], QuantumCircuit]) -> QuantumCircuit:
    """What Qiskit makes for the backend, unless it can for no such backend."""
    try:
        return compile_it()
    except QiskitError as error:
        circuit = _bell(subject)
        subject.native(circuit, subject.qubits(circuit.num_qubits))  # skips, if that is why
        raise error
    except ValueError as error:
        wide = any(getattr(one, "num_qubits", 0) > 2 for one in subject.facts.operations.values())
        if wide and subject.backend.coupling_map is not None:
            raise Skipped(
                "Qiskit compiles for no backend with a coupling map and gates on three qubits; "
                "transpile(circuit, target=backend.target) does"
            ) from error
        raise error


def _fits(subject: Subject, circuit: QuantumCircuit) -> None:
    for step in circuit.data:
        if step.operation.name == "barrier":
            continue
        qubits = tuple(circuit.find_bit(qubit).index for qubit in step.qubits)
        places = subject.facts.places.get(step.operation.name, {})
        expect(
            places is None or qubits in places,
            f"the compiled circuit has {step.operation.name} on {qubits}, the target does not",
        )


@check("K4.b", "transpile accepts it", source="qiskit.transpile(circuit, backend)")
def transpiles(subject: Subject) -> None:
    """It is how nearly every user compiles for a device."""
    circuit = _bell(subject)
    _fits(
        subject,
        _for_backend(
            subject,
            lambda: transpile(circuit, subject.backend, optimization_level=1, seed_transpiler=1),
        ),
    )


@check(
    "K4.c",
    "preset pass managers accept it",
    source="qiskit.transpiler.generate_preset_pass_manager",
)
def pass_manager(subject: Subject) -> None:
    """Samplers, estimators and Qiskit Experiments compile with one."""

    def compile_it() -> QuantumCircuit:
        manager = generate_preset_pass_manager(1, backend=subject.backend, seed_transpiler=1)
        return manager.run(_bell(subject))

    _fits(subject, _for_backend(subject, compile_it))


@check("K4.d", "BackendSamplerV2 runs on it", source="BackendSamplerV2", needs=["run", "memory"])
def sampler(subject: Subject) -> None:
    """Where memory is missing it returns zeros, and says nothing."""
    bell = _bell(subject)
    circuit = subject.native(bell, subject.qubits(bell.num_qubits))
    subject.too_noisy(circuit)
    subject.budget.spend(1)
    options = {"run_options": subject.run_options} if subject.run_options else None
    found = BackendSamplerV2(backend=subject.backend, options=options).run([circuit], shots=128)
    counts = found.result()[0].data.meas.get_counts()
    expect(sum(counts.values()) == 128, f"of 128 shots it has {sum(counts.values())}")
    ones = "1" * len(next(iter(counts)))
    # A fair coin shows fewer than 16 heads of 128 less than once in 1e18 times.
    expect(
        counts.get(ones, 0) >= 16 and counts.get(ones.replace("1", "0"), 0) >= 16,
        f"of a Bell pair it gives {counts}",
    )


@check("K4.e", "BackendEstimatorV2 runs on it", source="BackendEstimatorV2", needs=["run"])
def estimator(subject: Subject) -> None:
    """Variational algorithms and Qiskit's addons call a backend through it."""
    circuit = QuantumCircuit(1)
    circuit.x(0)
    compiled = subject.native(circuit, subject.qubits(1))
    subject.too_noisy(compiled)
    observable = SparsePauliOp("Z").apply_layout(compiled.layout, compiled.num_qubits)
    if subject.run_options:
        raise Skipped("it hands no options on to a run")
    subject.budget.spend(1)
    found = BackendEstimatorV2(backend=subject.backend).run([(compiled, observable)], precision=0.1)
    value = float(found.result()[0].data.evs)
    expect(value < -0.3, f"Z of a qubit in state 1 is -1, it gives {value:.3f}")


@check(
    "K4.f", "hooks of the compiler name plugins that exist", source="BackendV2.get_*_stage_plugin"
)
def hooks(subject: Subject) -> None:
    """`transpile` calls them; a name that does not exist ends every compilation."""
    for stage in ("translation", "scheduling"):
        hook: Any = getattr(subject.backend, f"get_{stage}_stage_plugin", None)
        if hook is None:
            continue
        name, known = hook(), list_stage_plugins(stage)
        expect(
            name is None or name in known,
            f"get_{stage}_stage_plugin() gives {shown(name)}; there are {', '.join(known)}",
        )


@check("K4.g", "copy.deepcopy gives a working backend", source="qiskit_ibm_runtime's local mode")
def deep_copy(subject: Subject) -> None:
    """Qiskit Runtime's local mode copies a backend before it runs on it."""
    _same(subject.spare, copy.deepcopy(subject.spare), "deepcopy")


@check("K4.h", "a copy has options of its own", basis=Basis.BACKLINE, source="K4", needs=["shots"])
def copied_options(subject: Subject) -> None:
    """Who copies a backend to change its shots must not change the first one."""
    for make in (copy.copy, copy.deepcopy):
        copied = make(subject.backend)
        before = subject.backend.options.shots
        copied.set_options(shots=before + 1)
        after = subject.backend.options.shots
        subject.restore(subject.backend)
        expect(after == before, f"shots set on a copy ({make.__name__}) changed the first backend")


@check("K4.i", "pickle gives a working backend", basis=Basis.BACKLINE, source="K4")
def pickled(subject: Subject) -> None:
    """Process pools and clusters send backends around."""
    _same(subject.spare, pickle.loads(pickle.dumps(subject.spare)), "pickle")


@check("K4.j", "a copy is equal, and another backend is not", basis=Basis.BACKLINE, source="K4")
def equality(subject: Subject) -> None:
    """Caches and tests compare backends."""
    copied = copy.deepcopy(subject.backend)
    expect(copied == subject.backend, "a deep copy is not equal to its backend")
    expect(hash(copied) == hash(subject.backend), "equal backends have different hashes")
    if "shots" in subject.defaults:
        copied.set_options(shots=subject.defaults["shots"] + 1)
        expect(copied != subject.backend, "it is equal to a backend with other options")


def _same(backend: Any, copied: Any, how: str) -> None:
    expect(type(copied) is type(backend), f"{how} gives a {type(copied).__name__}")
    expect(copied.name == backend.name, f"after {how} its name is {shown(copied.name)}")
    lost = set(backend.target.operation_names) ^ set(copied.target.operation_names)
    expect(not lost, f"after {how} the target differs in {', '.join(sorted(lost))}")
    expect(copied.options == backend.options, f"after {how} the options differ")
