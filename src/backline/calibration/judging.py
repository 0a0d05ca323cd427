"""How well a propagator makes its gate: average gate fidelity, local Z angles, leakage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from qiskit.circuit.library import get_standard_gate_name_mapping

from backline.calibration.pair import Complex, Real

GATES = ("cx", "ecr")
"""Two-qubit gates that control lines make."""

_ANGLES = 64
_ROUNDS = 60
_STARTS, _MOST_TURNS = 5, 500
_SIGNS = np.array([1.0, -1.0, -1.0, 1.0])


@dataclass(frozen=True, kw_only=True, eq=False)
class Judgement:
    """What was found for each of n propagators.

    Attributes:
        fidelities: Array (n,), averaged over all states of both qubits.
        angles: Array (n, 2): the Z angle, in rad, that each qubit's frame gets after the gate.
        leakages: Array (n,), what leaves the qubit levels, averaged over all states.
    """

    fidelities: Real
    angles: Real
    leakages: Real


def ideal(name: str) -> Complex:
    """A gate as pulses make it, array (4, 4), the gate's first qubit being the slow index.

    Calibrations implement rz(λ) by a phase of -λ; with the sign that phases have in the engine,
    a lowered circuit U is played as Z·conj(U)·Z, Z on every qubit
    (docs/decisions/pulse-engine-phases.md).

    Args:
        name: A gate that Qiskit knows, on one or two qubits.
    """
    matrix = np.asarray(get_standard_gate_name_mapping()[name].to_matrix(), dtype=complex)
    if len(matrix) == 2:
        signs = np.array([1.0, -1.0])
        return signs[:, None] * matrix.conj() * signs
    swapped = [0, 2, 1, 3]  # Qiskit's first qubit is the fast index
    ordered = matrix[np.ix_(swapped, swapped)]
    return _SIGNS[:, None] * ordered.conj() * _SIGNS


def judge(blocks: Complex, wanted: Complex, *, turned: bool = True) -> Judgement:
    """The average gate fidelity (|tr M†U|² + tr M†M) / 20 of each block.

    Args:
        blocks: Array (n, 4, 4), what becomes of the qubit levels.
        wanted: Array (4, 4), the gate.
        turned: Whether the frames may be turned after the gate by the angles that are best.
    """
    overlaps = np.einsum("nij,ij->ni", blocks, wanted.conj())
    kept = np.einsum("nij,nij->n", blocks, blocks.conj()).real
    angles = _best_angles(overlaps) if turned else np.zeros((len(blocks), 2))
    first, second = np.exp(1j * angles).T
    c = overlaps.T
    traces = np.abs(c[0] + second * c[1] + first * (c[2] + second * c[3]))
    return Judgement(
        fidelities=(traces**2 + kept) / 20,
        angles=(angles + np.pi) % (2 * np.pi) - np.pi,
        leakages=1 - kept / 4,
    )


def _best_angles(overlaps: Complex) -> Real:
    """The angles (a, b) with the largest |c0 + e^{ib} c1 + e^{ia} (c2 + e^{ib} c3)|.

    For each a the best b has a closed form; a is looked for on a grid, and both are then improved
    in turn.
    """
    c0, c1, c2, c3 = overlaps.T
    grid = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)
    turned = np.exp(1j * grid)[:, None]
    sizes = np.abs(c0 + turned * c2) + np.abs(c1 + turned * c3)
    first = grid[sizes.argmax(axis=0)]
    second = np.zeros_like(first)
    for _ in range(_ROUNDS):
        turn = np.exp(1j * first)
        second = np.angle(c0 + turn * c2) - np.angle(c1 + turn * c3)
        turn = np.exp(1j * second)
        first = np.angle(c0 + turn * c1) - np.angle(c2 + turn * c3)
    return np.stack([first, second], axis=1)


def best_with_rotation_after(block: Complex, wanted: Complex) -> tuple[float, float]:
    """The fidelities that any one rotation of the first, or of the second qubit could reach.

    Args:
        block: Array (4, 4).
        wanted: Array (4, 4).
    """
    rest = block @ wanted.conj().T
    still = np.eye(2, dtype=complex)
    first, second = (
        np.linalg.svd(part, compute_uv=False).sum() for part in _parts(rest, still, still)
    )
    kept = _kept(block)
    return (first**2 + kept) / 20, (second**2 + kept) / 20


def best_with_rotations(block: Complex, wanted: Complex) -> float:
    """The fidelity that any rotations of the single qubits, before and after, could reach.

    One rotation at a time is replaced by the best one, which is the unitary part of what the
    others leave of it, until nothing gains any more; from several starts, as there are saddles.

    Args:
        block: Array (4, 4).
        wanted: Array (4, 4).
    """
    random = np.random.default_rng(0)
    starts = [np.eye(2, dtype=complex)] + [
        _closest(random.normal(size=(2, 2)) + 1j * random.normal(size=(2, 2)))
        for _ in range(_STARTS)
    ]
    best = max(_trace_with_rotations(block, wanted, start) for start in starts)
    return (best**2 + _kept(block)) / 20


def _trace_with_rotations(block: Complex, wanted: Complex, start: Complex) -> float:
    """The largest |tr M† (a ⊗ b) U (c ⊗ d)| that is reached from c = d = `start`."""
    goal = wanted.conj().T
    before = [start, start]
    after = [np.eye(2, dtype=complex)] * 2
    best = 0.0
    for _ in range(_MOST_TURNS):
        after = _improved(after, block @ np.kron(*before) @ goal)
        before = _improved(before, goal @ np.kron(*after) @ block)
        trace = abs(np.trace(goal @ np.kron(*after) @ block @ np.kron(*before)))
        if trace - best < 1e-12:
            break
        best = float(trace)
    return best


def _improved(factors: list[Complex], rest: Complex) -> list[Complex]:
    """Both factors of ``tr (a ⊗ b) rest``, one after the other."""
    one = _closest(_parts(rest, *factors)[0])
    return [one, _closest(_parts(rest, one, factors[1])[1])]


def _parts(rest: Complex, one: Complex, other: Complex) -> tuple[Complex, Complex]:
    """A and B (2, 2) in ``tr (a ⊗ b) rest = tr a A = tr b B``, with the other factor as given."""
    cells = rest.reshape(2, 2, 2, 2)
    return np.einsum("ijkl,lj->ik", cells, other), np.einsum("ijkl,ki->jl", cells, one)


def _closest(rest: Complex) -> Complex:
    """The unitary u with the largest |tr u rest|."""
    left, _, right = np.linalg.svd(rest)
    unitary: Complex = (left @ right).conj().T
    return unitary


def _kept(block: Complex) -> float:
    return float(np.einsum("ij,ij->", block, block.conj()).real)
