"""What Aer's methods for wide circuits would take, from a look at a program.

Aer gets whole circuits; these are the methods that can do what ours cannot.
"""

from __future__ import annotations

from math import inf

from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Program,
    Unitary,
)
from backline.engines.gates.pruning import qubits_of

# Measured, in s: a job; making its circuit and noise, an operation; an operation on a shot of
# matrix product states at bond 1, and what a number of the bond's cube adds.
_JOB = 5e-3
_CONVERSION = 5e-5
_STEP = 4e-5
_BOND_CUBED = 2e-9
_WIDEST_BOND = 10
# An operation of the stabilizer method on a shot: a constant, and what each qubit adds.
_TABLEAU_STEP = 2e-7
_TABLEAU_QUBIT = 4e-9


def product_state_estimate(program: Program, shots: int) -> float:
    """Of matrix product states, in s: the right order of magnitude, and hardly more.

    A gate between two qubits doubles the bond of each cut between them, up to what the smaller
    side can hold. Real bonds are smaller. Noisy circuits of 3 to 8 layers on 8 to 40 qubits were
    within a factor of 5; of deep ones without noise this may be a hundred times too much. Beyond a
    bond of 1,024 the answer is infinite.
    """
    runs = shots if _needs_every_shot(program) else 1
    width = program.num_qubits
    bonds = [0] * (width + 1)
    seconds = 0.0
    for item in program.operations:
        qubits = qubits_of(item)
        low, high = (min(qubits), max(qubits)) if qubits else (0, 0)
        largest = 0
        for cut in range(low + 1, high + 1):
            if isinstance(item, Unitary):
                bonds[cut] = min(bonds[cut] + 1, cut, width - cut)
            largest = max(largest, bonds[cut])
        if largest > _WIDEST_BOND:
            return inf
        steps = 1 + high - low
        seconds += steps * (_STEP + _BOND_CUBED * 8.0**largest)
    return _JOB + _CONVERSION * len(program.operations) + runs * seconds


def stabilizer_estimate(program: Program, shots: int) -> float:
    """Of Aer's stabilizer method, in s; infinite where it cannot run the program.

    Whether gates are Clifford gates is for the caller to know.
    """
    noises = [item.channel for item in program.operations if isinstance(item, Noise)]
    if not all(channel.is_mixture for channel in noises):
        return inf
    operations = len(program.operations)
    step = _TABLEAU_STEP + _TABLEAU_QUBIT * program.num_qubits
    return _JOB + _CONVERSION * operations + shots * operations * step


def _needs_every_shot(program: Program) -> bool:
    """Whether shots differ before the end: through noise, or what was measured on the way."""
    measured: set[int] = set()
    return any(_is_random(item, measured) for item in program.operations)


def _is_random(item: Operation, measured: set[int]) -> bool:
    if isinstance(item, Measure):
        measured.add(item.qubit)
        return False
    if isinstance(item, Noise | Jump | JumpUnless):
        return True
    return not isinstance(item, Unitary) or not measured.isdisjoint(item.qubits)
