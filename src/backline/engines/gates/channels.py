"""Noise channels as plain numbers, with closed formulas; every engine is fed from these.

A gate is followed by a depolarizing channel on its qubits and then by relaxation of each of them.
Relaxation for a time t takes the excited population down by ``decay = 1 - exp(-t/T1)`` and the
off-diagonal elements by ``coherence = exp(-t/T2)``; it goes to the ground state. The depolarizing
part is what is missing, after relaxation, to the gate's error, which is defined as

    error = 1 - average gate fidelity = 1 - (D F + 1) / (D + 1),   D = 2^n,

with F the process (entanglement) fidelity (Horodecki, Horodecki, Horodecki, PRA 60, 1888, 1999;
Nielsen, Phys. Lett. A 303, 249, 2002). Where relaxation alone is more than the error, nothing is
added to it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

EVENTS = "IXYZR"
"""What `GateNoise.mixture` draws for each qubit: a Pauli, or R, a reset to the ground state."""

_NEGLIGIBLE = 1e-14


@dataclass(frozen=True, slots=True)
class Relaxation:
    """Decay to the ground state and loss of phase, for a certain time.

    Attributes:
        decay: Probability that an excited qubit has decayed, in [0, 1].
        coherence: Factor of the off-diagonal elements, at most sqrt(1 - decay).
    """

    decay: float
    coherence: float

    @property
    def process_fidelity(self) -> float:
        """Overlap with doing nothing, F = (2 - decay + 2 coherence) / 4."""
        return (2.0 - self.decay + 2.0 * self.coherence) / 4.0

    @property
    def probabilities(self) -> tuple[float, float, float] | None:
        """Of nothing, Z and a reset, if the channel is a mixture of these; else None.

        It is one where T2 <= T1.
        """
        phase_flip = (1.0 - self.decay - self.coherence) / 2.0
        if phase_flip < -_NEGLIGIBLE:
            return None
        phase_flip = max(phase_flip, 0.0)
        return 1.0 - self.decay - phase_flip, phase_flip, self.decay

    def kraus(self) -> NDArray[np.complex128]:
        """Kraus operators, array (operators, 2, 2)."""
        rest = max(0.0, 1.0 - self.decay - self.coherence**2)
        operators = np.zeros((3, 2, 2), dtype=np.complex128)
        operators[0] = np.diag([1.0, self.coherence])
        operators[1, 1, 1] = math.sqrt(rest)
        operators[2, 0, 1] = math.sqrt(self.decay)
        return operators[[True, rest > 0.0, self.decay > 0.0]]


@dataclass(frozen=True, slots=True)
class GateNoise:
    """What follows a gate: depolarizing on all its qubits, then relaxation of each.

    Attributes:
        depolarizing: λ of ρ → (1-λ) ρ + λ Tr(ρ) 1/D, in [0, D²/(D²-1)].
        relaxations: One a qubit, in the gate's order; None for a qubit without.
    """

    depolarizing: float
    relaxations: tuple[Relaxation | None, ...]

    @property
    def average_gate_fidelity(self) -> float:
        """1 minus the gate's error, from the definition above."""
        dimension = 2 ** len(self.relaxations)
        process = (1.0 - self.depolarizing) * _process_fidelity(self.relaxations)
        process += self.depolarizing / dimension**2
        return (dimension * process + 1.0) / (dimension + 1.0)

    @property
    def is_mixture(self) -> bool:
        """Whether it is a mixture of Paulis and resets (T2 <= T1 on every qubit)."""
        return all(r is None or r.probabilities is not None for r in self.relaxations)

    def paulis(self) -> NDArray[np.float64]:
        """Probabilities of the depolarizing part, array (4,) * qubits in the order I, X, Y, Z."""
        qubits = len(self.relaxations)
        weights = np.full((4,) * qubits, self.depolarizing / 4**qubits)
        # 1 - the others, and not a sum: it must not be negative by rounding at the largest λ.
        weights[(0,) * qubits] = max(0.0, 1.0 - self.depolarizing * (1.0 - 4.0**-qubits))
        return weights

    def mixture(self) -> NDArray[np.float64]:
        """Probabilities of what happens to each qubit, both parts in one.

        Only where `is_mixture`. Array (5,) * qubits, each axis in the order of `EVENTS`. A reset
        swallows a Pauli before it, and Z after uniform Paulis is uniform Paulis: so the
        whole is (1-λ) ⊗ relaxations + λ ⊗ (uniform Paulis, then the reset).
        """
        calm, mixed = [], []
        for relaxation in self.relaxations:
            nothing, phase_flip, reset = _probabilities(relaxation)
            calm.append(np.array([nothing, 0.0, 0.0, phase_flip, reset]))
            mixed.append(np.array([(1.0 - reset) / 4.0] * 4 + [reset]))
        weights = (1.0 - self.depolarizing) * reduce(np.multiply.outer, calm)
        weights = weights + self.depolarizing * reduce(np.multiply.outer, mixed)
        return np.asarray(np.clip(weights, 0.0, None))


@dataclass(frozen=True, slots=True)
class ReadoutNoise:
    """Wrong readings of one qubit.

    Attributes:
        p1_given_0: Probability of reading 1 after preparing 0.
        p0_given_1: Probability of reading 0 after preparing 1.
    """

    p1_given_0: float
    p0_given_1: float


def relaxation(duration: float | None, t1: float | None, t2: float | None) -> Relaxation | None:
    """Relaxation for a time.

    Args:
        duration: In s.
        t1: In s; without it nothing decays.
        t2: In s; more than 2 t1 counts as 2 t1, the most that is possible, and so does None.

    Returns:
        The channel, or None where nothing is known or nothing happens.
    """
    if duration is None or not duration > 0.0:  # written so that NaN is nothing, too
        return None
    rate, dephasing = _rate(t1), _rate(t2)
    dephasing = max(dephasing, rate / 2.0)
    if rate == 0.0 and dephasing == 0.0:
        return None
    return Relaxation(-math.expm1(-duration * rate), math.exp(-duration * dephasing))


def gate_noise(error: float | None, relaxations: tuple[Relaxation | None, ...]) -> GateNoise | None:
    """The noise of a gate of a given error.

    Args:
        error: 1 - average gate fidelity; None for unknown. What lies beyond the reach of a
            depolarizing channel (an error of 1 marks a broken gate) gets the strongest one.
        relaxations: Of each of its qubits during the gate.

    Returns:
        The noise, or None where there is none.
    """
    strength = _depolarizing(error, relaxations)
    if strength == 0.0 and all(r is None for r in relaxations):
        return None
    return GateNoise(strength, relaxations)


def readout_noise(
    p1_given_0: float | None, p0_given_1: float | None, error: float | None
) -> ReadoutNoise | None:
    """The readout of one qubit; what is unknown of the two comes from the mean error, or is 0."""
    usual = 0.0 if error is None else error
    zero = usual if p1_given_0 is None else p1_given_0
    one = usual if p0_given_1 is None else p0_given_1
    if not (0.0 <= zero <= 1.0 and 0.0 <= one <= 1.0) or zero == one == 0.0:
        return None
    return ReadoutNoise(zero, one)


def _rate(time: float | None) -> float:
    return 1.0 / time if time is not None and time > 0.0 else 0.0


def _depolarizing(error: float | None, relaxations: tuple[Relaxation | None, ...]) -> float:
    if error is None or not error > 0.0:
        return 0.0
    dimension = 2 ** len(relaxations)
    before = _process_fidelity(relaxations)
    wanted = ((dimension + 1.0) * (1.0 - error) - 1.0) / dimension
    strength = (before - wanted) / (before - 1.0 / dimension**2)
    largest = dimension**2 / (dimension**2 - 1.0)
    # Also right where relaxation is so strong that before <= 1/D²: depolarizing then repairs.
    if before <= wanted or before <= 1.0 / dimension**2 or strength < _NEGLIGIBLE:
        return 0.0
    return min(strength, largest)


def _process_fidelity(relaxations: tuple[Relaxation | None, ...]) -> float:
    return math.prod(1.0 if r is None else r.process_fidelity for r in relaxations)


def _probabilities(relaxation: Relaxation | None) -> tuple[float, float, float]:
    if relaxation is None:
        return 1.0, 0.0, 0.0
    probabilities = relaxation.probabilities
    if probabilities is None:
        raise ArithmeticError("coherence > 1 - decay (T2 > T1) is no mixture")
    return probabilities
