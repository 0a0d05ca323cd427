"""Exact distributions of programs, which are what simulators of ours get: dense and plain."""

from __future__ import annotations

from functools import cache, reduce

import numpy as np
from qiskit.quantum_info import Kraus, Operator, SuperOp

from backline.engines.gates.channels import GateNoise
from backline.engines.gates.program import (
    Jump,
    JumpUnless,
    Measure,
    Noise,
    Operation,
    Program,
    Reset,
    Unitary,
)
from backline.engines.gates.reading import Reading
from gate_proof.reference import NOTHING, RESET, applied, merge, projected, weight

Places = dict[tuple[int, tuple[int, ...]], np.ndarray]
"""For each (index of the next operation, classical bits) a density matrix."""


def of_reading(reading: Reading) -> dict[int, float]:
    """Probability of each state of a circuit's classical bits: its parts are independent."""
    found = {0: 1.0}
    for part in reading.parts:
        after: dict[int, float] = {}
        for bits, share in of_program(part.program).items():
            own = sum(bit << slot for bit, slot in zip(bits, part.slots, strict=True))
            merge(after, {key | own: share * known for key, known in found.items()})
        found = after
    return found


def of_program(program: Program) -> dict[tuple[int, ...], float]:
    """Probability of each state of a program's slots."""
    rho = np.zeros((2,) * (2 * program.num_qubits), dtype=complex)
    rho[(0,) * rho.ndim] = 1.0
    going: Places = {(0, (0,) * program.num_slots): rho}
    done: dict[tuple[int, ...], float] = {}
    while going:
        place, bits = min(going)
        rho = going.pop((place, bits))
        if weight(rho) < NOTHING:
            continue
        if place == len(program.operations):
            merge(done, {bits: weight(rho)})
        else:
            merge(going, _after(program.operations[place], place, bits, rho))
    return done


def _after(item: Operation, place: int, bits: tuple[int, ...], rho: np.ndarray) -> Places:
    if isinstance(item, Measure):
        return _measured(item, place, bits, rho)
    if isinstance(item, Jump):
        return {(item.to, bits): rho}
    if isinstance(item, JumpUnless):
        return {(place + 1 if item.condition(bits) else item.to, bits): rho}
    return {(place + 1, bits): _evolved(item, rho)}


def _evolved(item: Unitary | Noise | Reset, rho: np.ndarray) -> np.ndarray:
    if isinstance(item, Unitary):
        return applied(SuperOp(Operator(item.matrix)).data, rho, item.qubits)
    if isinstance(item, Noise):
        return applied(_channel(item.channel), rho, item.qubits)
    return applied(RESET, rho, (item.qubit,))


def _measured(item: Measure, place: int, bits: tuple[int, ...], rho: np.ndarray) -> Places:
    wrong = (item.readout.p1_given_0, item.readout.p0_given_1) if item.readout else (0.0, 0.0)
    after: Places = {}
    for true in (0, 1):
        for read in (0, 1):
            share = wrong[true] if read != true else 1.0 - wrong[true]
            written = (*bits[: item.slot], read, *bits[item.slot + 1 :])
            merge(after, {(place + 1, written): share * projected(rho, item.qubit, true)})
    return after


@cache
def _channel(noise: GateNoise) -> np.ndarray:
    """From the definition: ρ → (1-λ) ρ + λ Tr(ρ) 1/D, then relaxation of each qubit."""
    dimension = 2 ** len(noise.relaxations)
    identity = np.eye(dimension).ravel()
    depolarized = (1.0 - noise.depolarizing) * np.eye(dimension**2)
    depolarized += noise.depolarizing / dimension * np.outer(identity, identity)
    each = [
        SuperOp(np.eye(4)) if one is None else SuperOp(Kraus(list(one.kraus())))
        for one in noise.relaxations
    ]
    return reduce(lambda low, high: low.expand(high), each).data @ depolarized
