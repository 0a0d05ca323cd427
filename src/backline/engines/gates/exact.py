"""What exact simulation gives, whatever states are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates.branching import (
    MOST_BRANCHES,
    distribution_of,
    final_branches,
    layout_of,
)
from backline.engines.gates.distribution import Distribution
from backline.engines.gates.keeping import Kept
from backline.engines.gates.paulis import PauliSum, terms_of
from backline.engines.gates.program import Program
from backline.engines.gates.spaces import Space

BUDGET = 2**31
"""Bytes that all branches of a program may take."""

Real = NDArray[np.float64]


_KEPT = 2**12  # probabilities of a distribution that is kept
_EACH_OPERATION = 20  # numbers that take as much memory as an operation

_distributions: Kept[Distribution] = Kept(2**23)


def distribution(program: Program, kind: Callable[[int], Space]) -> Distribution:
    """The distribution of the slots, before readout errors at the end.

    Args:
        program: What happens.
        kind: Makes the space of so many qubits.
    """
    return _kept(program, kind, "true", lambda: _made(program, kind))


def read_distribution(program: Program, kind: Callable[[int], Space]) -> Distribution:
    """The same of what is read, readout errors at the end included."""
    return _kept(program, kind, "read", lambda: _made(program, kind).misread())


def _kept(
    program: Program, kind: Callable[[int], Space], what: str, make: Callable[[], Distribution]
) -> Distribution:
    """Programs are compared by identity: the same one again needs its shots alone."""
    if 2**program.num_qubits > _KEPT:
        return make()
    each = _EACH_OPERATION * len((program.like or program).operations)
    return _distributions.get(
        (program, kind, what), make, lambda made: each + made.probabilities.size
    )


def _made(program: Program, kind: Callable[[int], Space]) -> Distribution:
    space = kind(program.num_qubits)
    return distribution_of(program, final_branches(program, space), space)


def expectations(program: Program, space: Space, observables: Sequence[PauliSum]) -> Real:
    """Expectation values at the end, averaged over what was measured before."""
    terms = terms_of(observables)
    values = paulis(program, space, terms.flips, terms.phases)
    pairs = zip(observables, terms.places, strict=True)
    return np.array([item.coefficients @ values[places] for item, places in pairs])


def paulis(
    program: Program, space: Space, flips: NDArray[np.int64], phases: NDArray[np.int64]
) -> Real:
    """Expectation values of Paulis at the end, see `Space.expectations`."""
    branches = final_branches(program, space)
    values = space.expectations(branches.states, flips, phases)
    return values / space.weights(branches.states).sum()


def final(program: Program, space: Space) -> NDArray[np.complex128]:
    """The density matrix at the end, averaged over what was measured before."""
    branches = final_branches(program, space)
    return space.density_matrix(branches.states) / space.weights(branches.states).sum()


def most_branches(program: Program, space: Space) -> float:
    """An upper limit of how many branches are followed at once; infinite where nobody knows."""
    layout = layout_of(program)
    if space.merges:
        return 2.0**layout.written
    return inf if layout.loops and layout.splits else 2.0**layout.splits


def fits(program: Program, space: Space) -> bool:
    """Whether a program's branches are few enough, and fit into the memory that is allowed."""
    branches = most_branches(program, space)
    needed = 3.0 * branches * space.bytes_each  # with what is made of them and what they were
    return branches <= MOST_BRANCHES and needed <= BUDGET
