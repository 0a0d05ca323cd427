"""The state that a circuit leads to on a device, as an object of Qiskit."""

from __future__ import annotations

import cmath
from collections.abc import Sequence

import numpy as np
from qiskit.circuit import QuantumCircuit
from qiskit.quantum_info import DensityMatrix, Statevector

from backline.engines.gates.ending import Ending, Piece, product_state
from backline.engines.gates.program import Complex
from backline.engines.gates.steps import steps_of
from backline.errors import CapabilityError, InputError, QubitError

_BUDGET = 2**32  # bytes
_CERTAIN = 1e-12


def state_of(end: Ending, qubits: Sequence[int] | None) -> Statevector | DensityMatrix:
    """Simulate a circuit exactly.

    Args:
        end: The circuit, read up to its end.
        qubits: As of `DeviceBackend.state`.

    Raises:
        CapabilityError: If the state is too large.
        InputError: If a qubit is asked for twice.
        QubitError: If the circuit does not have one of the qubits.
    """
    circuit = end.circuit
    chosen = _chosen(circuit, qubits)
    pieces = end.pieces(chosen)
    width = max([len(chosen), *(len(piece.qubits) for piece in pieces)])
    vectors = _vectors(pieces, circuit.name)
    if vectors is not None:
        order = [qubit for piece in pieces for qubit in piece.qubits]
        _check_memory(circuit.name, len(order), 16 * 2.0 ** len(order), "amplitudes")
        whole = _pure(product_state(vectors), order, chosen)
        if whole is not None:
            phase = cmath.exp(1j * steps_of(circuit).phase)
            return Statevector(phase * whole, dims=(2,) * len(chosen))
    _check_memory(circuit.name, width, 16 * 4.0**width, "a density matrix")
    matrices, order = [], []
    for piece in pieces:
        kept = [qubit for qubit in piece.qubits if qubit in chosen]
        matrices.append(_reduced(piece.density_matrix(), piece.qubits, kept))
        order += kept
    whole = _reduced(product_state(matrices), order, chosen)
    return DensityMatrix(whole, dims=(2,) * len(chosen))


def _chosen(circuit: QuantumCircuit, qubits: Sequence[int] | None) -> tuple[int, ...]:
    if qubits is None:
        if circuit.layout is not None:
            return tuple(circuit.layout.final_index_layout(filter_ancillas=True))
        return tuple(range(circuit.num_qubits))
    chosen = tuple(qubits)
    for qubit in chosen:
        if not 0 <= qubit < circuit.num_qubits:
            raise QubitError(
                f"circuit {circuit.name!r} has no qubit {qubit}: it has 0 to "
                f"{circuit.num_qubits - 1}"
            )
    if not chosen or len(set(chosen)) != len(chosen):
        raise InputError(f"qubits are some of the circuit's, each once; got {list(chosen)}")
    return chosen


def _vectors(pieces: Sequence[Piece], name: str) -> list[Complex] | None:
    """The state vector of each piece; None where one of them has none."""
    vectors = []
    for piece in pieces:
        if not piece.is_pure:
            return None
        count = len(piece.qubits)
        _check_memory(name, count, 16 * 2.0**count, "amplitudes")
        vectors.append(piece.state_vector())
    return vectors


def _pure(state: Complex, order: Sequence[int], chosen: Sequence[int]) -> Complex | None:
    """The chosen qubits' part of a state vector, if the others are in the ground state."""
    count = len(order)
    tensor = state.reshape((2,) * count)
    axis_of = {qubit: count - 1 - place for place, qubit in enumerate(order)}
    others = [qubit for qubit in order if qubit not in chosen]
    axes = [axis_of[qubit] for qubit in (*others, *reversed(chosen))]
    split = tensor.transpose(axes).reshape(2 ** len(others), -1)
    if len(others) and abs(np.linalg.norm(split[0]) - 1.0) > _CERTAIN:
        return None
    return np.ascontiguousarray(split[0])


def _reduced(rho: Complex, order: Sequence[int], chosen: Sequence[int]) -> Complex:
    """A density matrix on some of its qubits, in their order; the others are traced out."""
    count = len(order)
    tensor = rho.reshape((2,) * (2 * count))
    axis_of = {qubit: count - 1 - place for place, qubit in enumerate(order)}
    kept = [axis_of[qubit] for qubit in reversed(chosen)]
    others = [axis_of[qubit] for qubit in order if qubit not in chosen]
    axes = [*others, *kept, *(count + axis for axis in others), *(count + axis for axis in kept)]
    rest, side = 2 ** len(others), 2 ** len(chosen)
    split = tensor.transpose(axes).reshape(rest, side, rest, side)
    return np.asarray(np.einsum("iaib->ab", split))


def _check_memory(name: str, qubits: int, needed: float, what: str) -> None:
    if needed > _BUDGET:
        raise CapabilityError(
            f"the state of {qubits} qubits of circuit {name!r} needs {needed / 2**30:.3g} GiB for "
            f"{what}, and {_BUDGET / 2**30:.0f} GiB are allowed: choose fewer qubits with qubits="
        )
