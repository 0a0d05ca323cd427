"""Programs without noise, simulated exactly: state vectors, followed along all branches.

Readings may be wrong; a qubit goes on in the state that was truly found.
"""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates import exact
from backline.engines.gates.amplitude_space import AmplitudeSpace
from backline.engines.gates.branching import final_branches, layout_of
from backline.engines.gates.distribution import Bits, Distribution, Real
from backline.engines.gates.paulis import PauliSum
from backline.engines.gates.program import Jump, JumpUnless, Noise, Program, Reset, Unitary
from backline.errors import CapabilityError

_SECONDS_EACH_AMPLITUDE = 4e-9
_SECONDS_EACH_OUTCOME = 3e-8
_SECONDS_EACH_OPERATION = 4e-6
_SECONDS_EACH_SHOT = 3e-8
_SECONDS_AT_LEAST = 6e-5


def run(program: Program, *, shots: int, seed: int) -> Bits:
    """Simulate a program and draw shots.

    Args:
        program: What happens; without noise.
        shots: How many.
        seed: Of the random numbers. The same seed gives the same shots.

    Returns:
        Array (shots, slots), in random order.

    Raises:
        CapabilityError: If it has noise, measurements in the middle split it too often, or a loop
            does not end.
    """
    return _read(program).sample(shots, seed)


def run_counts(program: Program, *, shots: int, seed: int) -> tuple[Bits, NDArray[np.int64]]:
    """The same shots as `run`, without their order.

    Returns:
        Arrays (rows, slots), and (rows,): how often each came.

    Raises:
        CapabilityError: As of `run`.
    """
    return _read(program).sample_counts(shots, seed)


def distribution(program: Program, *, readout: bool = True) -> tuple[Bits, Real]:
    """The exact distribution of the classical bits, as of `density.distribution`.

    Raises:
        CapabilityError: As of `run`.
    """
    if readout:
        return _read(program).table()
    _check(program)
    return exact.distribution(program, AmplitudeSpace).table()


def final(program: Program) -> NDArray[np.complex128]:
    """The density matrix at the end, as of `density.final`.

    Raises:
        CapabilityError: As of `run`.
    """
    _check(program)
    return exact.final(program, AmplitudeSpace(program.num_qubits))


def final_state(program: Program) -> NDArray[np.complex128]:
    """The state vector at the end.

    Args:
        program: What happens; measurements stand at the very end alone, and there is no reset.

    Returns:
        Array (2**n,), with the program's global phase; qubit k is bit k of an index.

    Raises:
        CapabilityError: If there is no one state.
    """
    _check(program)
    if not is_deterministic(program):
        raise CapabilityError("the program has resets or measurements in its middle: no one state")
    branches = final_branches(program, AmplitudeSpace(program.num_qubits))
    return np.asarray(branches.states[0] * cmath.exp(1j * program.phase))


def is_deterministic(program: Program) -> bool:
    """Whether it leads to one state vector: gates, and measurements at the very end."""
    flows = any(isinstance(item, Noise | Reset | Jump | JumpUnless) for item in program.operations)
    return not flows and layout_of(program).splits == 0


def expectations(program: Program, observables: Sequence[PauliSum]) -> Real:
    """Expectation values at the end, array (observables,).

    Raises:
        CapabilityError: As of `run`.
    """
    _check(program)
    return exact.expectations(program, AmplitudeSpace(program.num_qubits), observables)


def paulis(program: Program, flips: NDArray[np.int64], phases: NDArray[np.int64]) -> Real:
    """Expectation values of Paulis at the end, array (Paulis,).

    Args:
        program: What happens.
        flips: For each Pauli the qubits with X or Y, as bits.
        phases: For each Pauli the qubits with Z or Y, as bits.

    Raises:
        CapabilityError: As of `run`.
    """
    _check(program)
    return exact.paulis(program, AmplitudeSpace(program.num_qubits), flips, phases)


def estimate(program: Program, shots: int) -> float:
    """About how long `run` takes, in s; infinite where it needs too much."""
    space = AmplitudeSpace(program.num_qubits)
    if refusal(program) is not None or not exact.fits(program, space):
        return inf
    entries = exact.most_branches(program, space) * 2.0**program.num_qubits
    seconds = _SECONDS_AT_LEAST + shots * _SECONDS_EACH_SHOT + entries * _SECONDS_EACH_OUTCOME
    seconds += len(program.operations) * _SECONDS_EACH_OPERATION
    return seconds + _passes(program) * entries * _SECONDS_EACH_AMPLITUDE


def refusal(program: Program) -> str | None:
    """What state vectors do not know."""
    return "noise" if _is_noisy(program.like or program) else None


@lru_cache(maxsize=512)
def _is_noisy(program: Program) -> bool:
    return any(isinstance(item, Noise) for item in program.operations)


@lru_cache(maxsize=512)
def _passes(program: Program) -> int:
    """About how often all amplitudes are gone through."""
    sizes = [len(item.qubits) for item in program.operations if isinstance(item, Unitary)]
    wide = sum(2 ** (size - 1) for size in sizes if size > 1)
    return wide + min(sizes.count(1), 2 * len(sizes) + program.num_qubits)


def _check(program: Program) -> None:
    if refusal(program) is not None:
        raise CapabilityError("state vectors know no noise: use density matrices or trajectories")


def _read(program: Program) -> Distribution:
    _check(program)
    return exact.read_distribution(program, AmplitudeSpace)
