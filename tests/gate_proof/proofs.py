"""Which circuits each method is judged on, and how often they are run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec

from qiskit import QuantumCircuit

from backline.engines.gates import METHODS, GateEngine
from gate_proof.circuits import KINDS, random_circuit
from gate_proof.devices import Regime, target
from gate_proof.judging import pvalue
from gate_proof.reference import Noise, distribution

CIRCUITS = 50
SHOTS = 100_000

_CHOOSING = ("branching", "everything")

_OPTIONS = (
    # Five circuits each, one of every kind.
    Noise(on=False),
    Noise(on=False),
    Noise(),
    Noise(),
    Noise(idle=False),
    Noise(readout=False),
    Noise(),
    Noise(),
    Noise(idle=False),
    Noise(idle=False, readout=False),
)


@dataclass(frozen=True)
class Proof:
    """How a method is judged.

    Attributes:
        regimes: T1 and T2 of the device, in turns.
        feedback: The same, for circuits that choose by outcomes; None for no difference.
        clifford: Whether it is for Clifford circuits alone.
        noisy: Whether it knows noise.
        without: Gates that it does not know.
        shots: Of each circuit in the long proof.
        few: Circuits that take `SHOTS` in it, where not all do.
        quick: Of each of the first circuits in the short one; None where that takes too long.
    """

    regimes: tuple[Regime, Regime] = ("below", "above")
    feedback: Regime | None = None
    clifford: bool = False
    noisy: bool = True
    without: Collection[str] = ()
    shots: int = SHOTS
    few: Collection[int] = ()
    quick: int | None = 20_000


PROOFS = {
    "automatic": Proof(),
    "statevector": Proof(noisy=False),
    "density_matrix": Proof(),
    "trajectories": Proof(),
    # Stim's feedback is Paulis without noise, on what is misread as often from 0 as from 1.
    "stim": Proof(regimes=("pauli", "pauli"), feedback="frames", clifford=True),
    # Aer's own, a shot at a time: 100,000 shots of all fifty would take 12 to 24 minutes, and 50.
    "stabilizer": Proof(
        regimes=("below", "pauli"),
        clifford=True,
        without=("rx", "rzz"),
        shots=5_000,
        few=(11, 14),
        quick=None,
    ),
    "matrix_product_state": Proof(shots=1_000, few=(14,), quick=None),
}

_NEEDED = {"stim": "stim", "trajectories": "numba"}
"""Modules without which a method does not run; they have no wheels on some platforms."""

JUDGED = [
    method
    for method in METHODS
    if method in PROOFS and (method not in _NEEDED or find_spec(_NEEDED[method]))
]

UNPROVED = {
    "extended_stabilizer": "approximates, and knows no noise beyond Paulis",
    "tensor_network": "needs a GPU",
}


@dataclass(frozen=True, eq=False)
class Case:
    """One circuit on one device."""

    circuit: QuantumCircuit
    regime: Regime
    noise: Noise

    def engine(self, method: str) -> GateEngine:
        """The engine that runs it."""
        return GateEngine(
            target(self.regime),
            method=method,
            noise=self.noise.on,
            idle_noise=self.noise.idle,
            readout_noise=self.noise.readout,
        )


@lru_cache(maxsize=1024)
def case(
    number: int, regime: Regime, clifford: bool, without: Collection[str], noisy: bool = True
) -> Case:
    """The circuit of a number below `CIRCUITS`."""
    kind, noise = KINDS[number % len(KINDS)], _OPTIONS[number // len(KINDS)]
    noise = noise if noisy else Noise(on=False)
    circuit = random_circuit(number, kind, clifford=clifford, without=without)
    return Case(circuit, regime, noise)


@lru_cache(maxsize=1024)
def exact(judged: Case) -> dict[int, float]:
    """What must come out."""
    return distribution(judged.circuit, target(judged.regime), judged.noise)


def cases(proof: Proof, numbers: Collection[int]) -> Iterator[tuple[int, Case]]:
    """The circuits of a proof."""
    for number in numbers:
        regime = proof.regimes[number // (CIRCUITS // 5) % 2]
        if proof.feedback is not None and KINDS[number % len(KINDS)] in _CHOOSING:
            regime = proof.feedback
        yield number, case(number, regime, proof.clifford, proof.without, proof.noisy)


def pvalues(method: str, proof: Proof, numbers: Collection[int], shots: int) -> list[float]:
    """One for each circuit."""
    return [
        pvalue(
            judged.engine(method).run(judged.circuit, shots=shots, seed=1000 + number).counts(),
            exact(judged),
        )
        for number, judged in cases(proof, numbers)
    ]
