"""Channels as p times doing nothing and 1 - p times the rest.

Whether the rest happens does not depend on the state, so that it can be drawn before the state is
known: shots to which nothing happens share one state. With the Choi matrix J of a channel and the
vector Ω of the identity's, J - p ΩΩ† stays positive up to p = 1 / <Ω|J⁺|Ω>. That is:

- Depolarizing with λ on n qubits does nothing with 1 - λ (1 - 4⁻ⁿ), and else one of the other Pauli
  operators, all alike.
- Relaxation with decay d and coherence c is block-diagonal in J: [[1, c], [c, 1-d]] and [d]. So
  p = (1 - d - c²) / (2 - d - 2 c), and the rest is two Kraus operators, which the state chooses
  from.

Where c <= 1 - d (T2 <= T1) relaxation is a mixture of nothing, Z and a reset, and is taken as that:
p is a little smaller, but which of the two happens is drawn without the state as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from backline.engines.gates.channels import GateNoise, Relaxation
from backline.engines.gates.program import Complex

_SMALLEST = 1e-15
_ALMOST = 1.0 - 2.0**-53


@dataclass(frozen=True, slots=True)
class Paulis:
    """One of the Pauli operators but the identity on some qubits, each as likely as the others.

    Attributes:
        qubits: Of the program.
    """

    qubits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PhaseFlip:
    """Z.

    Attributes:
        qubit: Of the program.
    """

    qubit: int


@dataclass(frozen=True, slots=True)
class Decay:
    """To the ground state, whatever the state was: a reset.

    Attributes:
        qubit: Of the program.
    """

    qubit: int


@dataclass(frozen=True, slots=True)
class Rest:
    """One of two Kraus operators, diag(stay) or jump · |0><1|, by the state.

    Attributes:
        qubit: Of the program.
        stay: Factors of the amplitudes of 0 and 1.
        jump: Of the amplitude that goes from 1 to 0.
    """

    qubit: int
    stay: tuple[float, float]
    jump: float

    def kraus(self) -> Complex:
        """Both operators, array (2, 2, 2)."""
        operators = np.zeros((2, 2, 2), dtype=np.complex128)
        operators[0] = np.diag(self.stay)
        operators[1, 0, 1] = self.jump
        return operators


Event = Paulis | PhaseFlip | Decay | Rest


@dataclass(frozen=True, slots=True)
class Site:
    """A place at which something may happen.

    Attributes:
        probability: That it does, in (0, 1); what always happens is 1 but for rounding.
        event: What happens then.
    """

    probability: float
    event: Event


def sites_of(channel: GateNoise, qubits: tuple[int, ...]) -> tuple[Site, ...]:
    """The sites of a channel, in their order.

    Args:
        channel: Depolarizing, then relaxation of each qubit.
        qubits: On which it acts.
    """
    strength = channel.depolarizing * (1.0 - 4.0 ** -len(qubits))
    sites = [Site(strength, Paulis(qubits))] if strength > _SMALLEST else []
    for qubit, relaxation in zip(qubits, channel.relaxations, strict=True):
        if relaxation is not None:
            sites.extend(_of_relaxation(relaxation, qubit))
    return tuple(Site(min(site.probability, _ALMOST), site.event) for site in sites)


def _of_relaxation(relaxation: Relaxation, qubit: int) -> list[Site]:
    mixture = relaxation.probabilities
    if mixture is None:
        return _of_coherent_relaxation(relaxation, qubit)
    _, phase_flip, reset = mixture
    # A reset swallows a phase flip before it: drawn one after the other, the flip is likelier.
    found = []
    if phase_flip > _SMALLEST:
        found.append(Site(phase_flip / (1.0 - reset), PhaseFlip(qubit)))
    if reset > _SMALLEST:
        found.append(Site(reset, Decay(qubit)))
    return found


def _of_coherent_relaxation(relaxation: Relaxation, qubit: int) -> list[Site]:
    decay, coherence = relaxation.decay, relaxation.coherence
    nothing = (1.0 - decay - coherence**2) / (2.0 - decay - 2.0 * coherence)
    nothing = min(max(nothing, 0.0), 1.0)
    rest = 1.0 - nothing
    if rest <= _SMALLEST:
        return []
    excited = (coherence - nothing) / rest
    jump = math.sqrt(max(0.0, 1.0 - excited**2))
    return [Site(rest, Rest(qubit, (1.0, excited), jump))]
