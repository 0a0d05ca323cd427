"""Clifford programs with Pauli noise through Stim (Gidney, Quantum 5, 497, 2021)."""

from __future__ import annotations

from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np
import stim
from numpy.typing import NDArray

from backline.engines.gates.program import Measure, Noise, Program
from backline.engines.gates.stim_text import (
    NotStimError,
    Recorded,
    StimCircuit,
    noise_lines,
    stim_circuit,
)

# Measured: translation of an operation, and an operation on one shot, in s.
_PER_OPERATION = 3e-6
_PER_SHOT = 1.5e-10
_PER_OUTCOME = 4e-9
_START = 2e-4

_translated: WeakKeyDictionary[Program, StimCircuit | NotStimError] = WeakKeyDictionary()


def refusal(program: Program) -> str | None:
    """What a program has that Stim cannot run, for a sentence with "it has"; None if nothing."""
    found = _translation(program)
    return str(found) if isinstance(found, NotStimError) else None


def estimate(program: Program, shots: int) -> float:
    """About how long a run takes, in s; of a program that Stim can run."""
    operations = len(program.operations)
    measured = sum(isinstance(item, Measure) for item in program.operations)
    each = operations * _PER_SHOT + measured * _PER_OUTCOME
    return _START + operations * _PER_OPERATION + shots * each


def run(program: Program, *, shots: int, seed: int) -> NDArray[np.uint8]:
    """Sample a program.

    Args:
        program: For which there is no `refusal`.
        shots: How many.
        seed: Of the random numbers.

    Returns:
        Array (shots, slots) of 0 and 1, every shot independent of the others.

    Raises:
        NotStimError: If Stim cannot run it.
    """
    found = _translation(program)
    if isinstance(found, NotStimError):
        raise found
    record = stim.Circuit(found.text).compile_sampler(seed=seed).sample(shots)
    rng = np.random.default_rng([seed, 1])
    bits = np.zeros((shots, program.num_slots), dtype=np.uint8)
    for column, entry in enumerate(found.record):
        bits[:, entry.slot] = _read(record[:, column], entry, rng)
    return bits


def _translation(program: Program) -> StimCircuit | NotStimError:
    # Nearly all devices have T1: most programs need no look at their matrices.
    refused = _refused_noise(program.like or program)
    if refused is not None:
        return refused
    found = _translated.get(program)
    if found is None:
        try:
            found = stim_circuit(program)
        except NotStimError as error:
            found = error.with_traceback(None)
        _translated[program] = found
    return found


@lru_cache(maxsize=512)
def _refused_noise(program: Program) -> NotStimError | None:
    try:
        for item in program.operations:
            if isinstance(item, Noise):
                noise_lines(item)
    except NotStimError as error:
        return error.with_traceback(None)
    return None


def _read(true: NDArray[np.bool_], entry: Recorded, rng: np.random.Generator) -> NDArray[np.bool_]:
    """What is read of true outcomes."""
    if entry.flips is None:
        return true
    p1_given_0, p0_given_1 = entry.flips
    return true ^ (rng.random(len(true)) < np.where(true, p0_given_1, p1_given_0))
