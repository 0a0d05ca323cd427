"""Programs with noise, simulated exactly: mixed states, followed along all branches.

States are Pauli vectors, which are density matrices in the basis of Pauli strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import inf

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates import exact
from backline.engines.gates.branching import layout_of
from backline.engines.gates.distribution import Bits, Real
from backline.engines.gates.pauli_space import PauliSpace
from backline.engines.gates.paulis import PauliSum
from backline.engines.gates.program import Noise, Program, Unitary

_SECONDS_EACH_ENTRY = 1.2e-9
_SECONDS_EACH_OPERATION = 4e-6
_SECONDS_EACH_SHOT = 3e-8
_SECONDS_AT_LEAST = 6e-5


def run(program: Program, *, shots: int, seed: int) -> Bits:
    """Simulate a program and draw shots.

    Args:
        program: What happens.
        shots: How many.
        seed: Of the random numbers. The same seed gives the same shots.

    Returns:
        Array (shots, slots), in random order.

    Raises:
        CapabilityError: If measurements in the middle split it too often, or a loop does not end.
    """
    return exact.read_distribution(program, PauliSpace).sample(shots, seed)


def run_counts(program: Program, *, shots: int, seed: int) -> tuple[Bits, NDArray[np.int64]]:
    """The same shots as `run`, without their order.

    Returns:
        Arrays (rows, slots), and (rows,): how often each came.

    Raises:
        CapabilityError: As of `run`.
    """
    return exact.read_distribution(program, PauliSpace).sample_counts(shots, seed)


def distribution(program: Program, *, readout: bool = True) -> tuple[Bits, Real]:
    """The exact distribution of the classical bits.

    Args:
        program: What happens.
        readout: False for measurements at the very end that are never misread. Those in the
            middle are always as the program says, because conditions read them.

    Returns:
        Arrays (values, slots) and (values,): all values that may come, and their probabilities.

    Raises:
        CapabilityError: As of `run`.
    """
    found = exact.read_distribution if readout else exact.distribution
    return found(program, PauliSpace).table()


def final(program: Program) -> NDArray[np.complex128]:
    """The state at the end, averaged over what was measured before.

    Measurements at the very end, after which nothing happens to the qubit, are left out.

    Returns:
        Density matrix, array (2**n, 2**n); qubit k is bit k of an index.

    Raises:
        CapabilityError: As of `run`.
    """
    return exact.final(program, PauliSpace(program.num_qubits))


def expectations(program: Program, observables: Sequence[PauliSum]) -> Real:
    """Expectation values in the state of `final`, array (observables,).

    Raises:
        CapabilityError: As of `run`.
    """
    return exact.expectations(program, PauliSpace(program.num_qubits), observables)


def paulis(program: Program, flips: NDArray[np.int64], phases: NDArray[np.int64]) -> Real:
    """Expectation values of Paulis at the end, array (Paulis,).

    Args:
        program: What happens.
        flips: For each Pauli the qubits with X or Y, as bits.
        phases: For each Pauli the qubits with Z or Y, as bits.

    Raises:
        CapabilityError: As of `run`.
    """
    return exact.paulis(program, PauliSpace(program.num_qubits), flips, phases)


def estimate(program: Program, shots: int) -> float:
    """About how long `run` takes, in s; infinite where it needs too much."""
    space = PauliSpace(program.num_qubits)
    if not exact.fits(program, space):
        return inf
    entries = exact.most_branches(program, space) * 4.0**program.num_qubits
    passes = _passes(program)
    seconds = _SECONDS_AT_LEAST + shots * _SECONDS_EACH_SHOT
    seconds += len(program.operations) * _SECONDS_EACH_OPERATION
    return seconds + passes * entries * _SECONDS_EACH_ENTRY


def refusal(program: Program) -> str | None:
    """None: there is nothing that density matrices do not know."""
    return None


@lru_cache(maxsize=512)
def _passes(program: Program) -> int:
    """About how often all numbers of a state are gone through."""
    moving = [item for item in program.operations if isinstance(item, Unitary | Noise)]
    wide = sum(isinstance(item, Unitary) and len(item.qubits) > 1 for item in moving)
    single = sum(len(item.qubits) == 1 for item in moving)
    passes = wide + min(single, 2 * wide + program.num_qubits)
    return passes * layout_of(program).repeats
