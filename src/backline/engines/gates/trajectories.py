"""Shots of noisy circuits as state vectors to which errors happen by chance.

Every channel does nothing with some probability (`splitting`), whatever the state. So the place
of the next error is drawn before anything is computed, and shots to which the same has happened
share one state: they are a group, which goes on until something happens to some of them. These get
a copy of the state, and so on, depth first. A group of n shots passes a site without an error with
(1 - p)^n, so one exponential number says where its next error is; nothing is drawn shot by shot.

Measurements, resets and errors that depend on the state divide a group by its outcomes
(Dalibard, Castin, Mølmer, PRL 68, 580, 1992).
"""

from __future__ import annotations

import itertools
import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache

import numpy as np
import psutil
from numpy.typing import NDArray

from backline.engines.compiling import compiled
from backline.engines.gates.arrays import Kind
from backline.engines.gates.branching import layout_of
from backline.engines.gates.compiled_program import Compiled, made_ready
from backline.engines.gates.fusion import Section
from backline.engines.gates.program import Measure, Noise, Program, Reset, Unitary
from backline.engines.gates.splitting import sites_of
from backline.engines.gates.trees import Tree
from backline.errors import CapabilityError

_MOST_PARTS = 8
_PATHS_IN_A_PART = 50
_STATES_AT_ONCE = 16  # of one thread: groups wait while what was split off them goes first
# Measured, in s: an amplitude in a gate of two qubits, one that is read at the end, an error.
_AMPLITUDE = 1.4e-9
_AMPLITUDE_READ = 1e-9
_ERROR = 6e-5
_BIT = 3e-8
_AT_LEAST = 1e-3


def run(
    program: Program, *, shots: int, seed: int, single: bool = True, workers: int | None = None
) -> NDArray[np.uint8]:
    """Sample a program.

    Args:
        program: With gates on one and two qubits.
        shots: How often, at least 1.
        seed: The same seed gives the same shots, on however many workers.
        single: Whether amplitudes are single-precision numbers.
        workers: Threads; by default one a processor.

    Returns:
        Array (shots, slots) of 0 and 1, in a random order.

    Raises:
        CapabilityError: If the program has what `refusal` says, or there is no compiled code for
            this platform.
    """
    kernels = compiled("backline.engines.gates.kernels")
    trouble = refusal(program) if kernels is not None else "no compiled code on this platform"
    if kernels is None or trouble is not None:
        raise CapabilityError(f"trajectories cannot run a program that has {trouble}")
    kind: Kind = np.dtype(np.float32) if single else np.dtype(np.float64)
    ready = made_ready(program, kind)
    bits = np.zeros((shots, program.num_slots), dtype=np.uint8)
    bounds = np.linspace(0, shots, _parts(ready, shots) + 1).astype(int)
    trees = [
        Tree(kernels, ready, bits[low:high], seed, number, kind)
        for number, (low, high) in enumerate(itertools.pairwise(bounds))
    ]
    if len(trees) == 1:
        trees[0].grow()
    else:
        with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
            # Whoever watches this thread watches those, too.
            grown = [pool.submit(copy_context().run, tree.grow) for tree in trees]
            for future in grown:
                future.result()
    np.random.Generator(np.random.PCG64([seed, shots])).shuffle(bits)
    return bits


def refusal(program: Program) -> str | None:
    """What a program has that trajectories cannot run; None if nothing."""
    wide = [item for item in program.operations if isinstance(item, Unitary) and _wide(item)]
    if wide:
        return f"{wide[0].name!r} on {len(wide[0].qubits)} qubits, where two are the most"
    needed = _STATES_AT_ONCE * 8 * 2**program.num_qubits
    available = psutil.virtual_memory().available
    if needed > available:
        return (
            f"{program.num_qubits} entangled qubits, whose states take about "
            f"{needed / 1e9:.3g} GB of {available / 1e9:.3g} GB that are free"
        )
    return None


def estimate(program: Program, shots: int) -> float:
    """About how long `run` takes, in s."""
    gates, hazard, choices = _sizes(program)
    repeated = layout_of(program).repeats
    hazard, gates = hazard * repeated, gates * repeated
    hit = -math.expm1(-hazard)
    # How much of the program lies behind the first error, where there is one.
    behind = 1 - 1 / hazard + (1 - hit) / hit if hazard > 1e-6 else 0.5
    paths = min(shots, shots * hit + 2.0 ** min(choices * repeated, 40) - 1)
    amplitudes = 2.0**program.num_qubits
    seconds = (1 + paths * behind) * gates * amplitudes * _AMPLITUDE
    seconds += (1 + paths) * amplitudes * _AMPLITUDE_READ
    threads = min(os.cpu_count() or 1, 1 + paths // _PATHS_IN_A_PART)
    errors = (shots * hazard + paths) * _ERROR
    return _AT_LEAST + seconds / threads + errors + shots * program.num_slots * _BIT


@lru_cache(maxsize=512)
def _sizes(program: Program) -> tuple[int, float, int]:
    """Gates of two qubits (or what takes as long), errors of a shot, choices on the way."""
    wide = single = choices = 0
    hazard = 0.0
    busy: set[int] = set()
    for item in reversed(program.operations):
        if isinstance(item, Unitary):
            wide += len(item.qubits) > 1
            single += len(item.qubits) == 1
            busy.update(item.qubits)
        elif isinstance(item, Noise):
            sites = sites_of(item.channel, item.qubits)
            hazard -= sum(math.log1p(-site.probability) for site in sites)
            busy.update(item.qubits)
        elif isinstance(item, Measure | Reset):
            qubit = item.qubit
            choices += isinstance(item, Reset) or qubit in busy or program.branches
            busy.add(qubit)
    return wide + min(single, program.num_qubits), hazard, choices


def _wide(gate: Unitary) -> bool:
    return len(gate.qubits) > 2


def _parts(ready: Compiled, shots: int) -> int:
    """Into how many trees shots are divided: each walks the common path again."""
    sections = [step for step in ready.steps if isinstance(step, Section)]
    hazard = sum(float(step.hazards[-1]) for step in sections if len(step.hazards))
    paths = min(1.0, hazard) * shots
    return int(min(_MOST_PARTS, shots, 1 + paths // _PATHS_IN_A_PART))
