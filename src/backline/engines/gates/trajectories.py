"""Shots of noisy circuits as state vectors to which errors happen by chance.

Every channel does nothing with some probability (`splitting`), whatever the state. So the place
of the next error is drawn before anything is computed, and shots to which the same has happened
share one state: they are a group, which goes on until something happens to some of them. These get
a state of their own, and so on, depth first. A group of n shots passes a site without an error with
(1 - p)^n, so one exponential number says where its next error is; nothing is drawn shot by shot.

Measurements, resets and errors that depend on the state divide a group by its outcomes
(Dalibard, Castin, Mølmer, PRL 68, 580, 1992). The walk is compiled: `walk`.
"""

from __future__ import annotations

import itertools
import math
import os
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import lru_cache, partial
from types import ModuleType
from typing import TypeGuard

import numpy as np
import psutil
from numpy.typing import NDArray

from backline.engines.compiling import compiled
from backline.engines.gates.arrays import Kind
from backline.engines.gates.branching import layout_of
from backline.engines.gates.program import Measure, Noise, Operation, Program, Reset, Unitary
from backline.engines.gates.splitting import Paulis, sites_of
from backline.engines.gates.stack import ANSWERED, FIRST, LAST, LEVEL, STEP, levels_for, new_stack
from backline.engines.gates.tape import LEAST_QUBITS, Recorded, recorded
from backline.engines.seeds import spawned
from backline.engines.watching import look
from backline.errors import CapabilityError

_WIDEST = 6
_SMALL = 1 << 24  # bytes of a state that is there on any machine
_MOST_PARTS = 8
_FEW = 4  # so many states are enough for a part, where a second one can then have as many
_PATHS_IN_A_PART = 50
_WORTH_TWO = 12  # paths
_PASSES_OF_WIDE = 2  # a gate on k > 2 qubits takes so many times 2**k blocks of two
_WORK = 1 << 24  # amplitudes between two looks at who watches
# Measured, in s: an amplitude in a block of two qubits, one that is read at the end, an error, a
# path, a bit, an operation that is put on tape.
_AMPLITUDE = 7e-10
_AMPLITUDE_READ = 6e-10
_ERROR = 1e-6
_PATH = 3e-6
_BIT = 1e-8
_OPERATION = 7e-6
_AT_LEAST = 3e-4


def run(
    program: Program,
    *,
    shots: int,
    seed: int,
    single: bool = True,
    workers: int | None = None,
    budget: int | None = None,
) -> NDArray[np.uint8]:
    """Sample a program.

    Args:
        program: With gates on up to six qubits.
        shots: How often, at least 1.
        seed: The same seed gives the same shots, on however many workers.
        single: Whether amplitudes are single-precision numbers.
        workers: Threads; by default one a processor.
        budget: Bytes that all states together may take; by default half of the machine's memory.
            Other budgets may give other shots, of the same distribution.

    Returns:
        Array (shots, slots) of 0 and 1, in a random order.

    Raises:
        CapabilityError: If the program has what `refusal` says, or there is no compiled code for
            this platform.
    """
    loops = compiled("backline.engines.gates.walk")
    most = _budget() if budget is None else budget
    each = _bytes_of_a_state(program, single)
    trouble = _refusal(program, each, most) if loops is not None else "no compiled code here"
    if loops is None or trouble is not None:
        raise CapabilityError(f"trajectories cannot run a program that has {trouble}")
    kind: Kind = np.dtype(np.float32) if single else np.dtype(np.float64)
    record = recorded(program, kind, loops.products)
    bits = np.zeros((shots, program.num_slots), dtype=np.uint8)
    number, threads = _parts(record.hazard, shots, most // each, workers or os.cpu_count() or 1)
    bounds = np.linspace(0, shots, number + 1).astype(int)
    parts = [
        partial(_follow, loops, record, bits[low:high], spawned(seed, place), kind)
        for place, (low, high) in enumerate(itertools.pairwise(bounds))
    ]
    if len(parts) == 1 or threads == 1:
        for part in parts:
            part()
    else:
        with ThreadPoolExecutor(threads) as pool:
            # Whoever watches this thread watches those, too.
            followed = [pool.submit(copy_context().run, part) for part in parts]
            for future in followed:
                future.result()
    order = np.random.Generator(np.random.PCG64([seed, shots])).permutation(shots)
    return bits[order]


def refusal(program: Program) -> str | None:
    """What a program has that trajectories cannot run; None if nothing."""
    return _refusal(program, _bytes_of_a_state(program, single=True), _budget())


def estimate(program: Program, shots: int) -> float:
    """About how long `run` takes, in s."""
    sizes = _sizes(program)
    repeated = layout_of(program).repeats
    hazard, gates = sizes.hazard * repeated, sizes.gates * repeated
    hit = -math.expm1(-hazard)
    # How much of the program lies behind the first error, where there is one.
    behind = 1 - 1 / hazard + (1 - hit) / hit if hazard > 1e-6 else 0.5
    # Shots with the same one error share their path; those with several hardly ever do.
    once = shots * hazard * (1 - hit)
    shared = sizes.kinds * -math.expm1(-once / sizes.kinds) if sizes.kinds else 0.0
    paths = shots * hit - once + shared
    paths = min(shots, paths + 2.0 ** min(sizes.choices * repeated, 40) - 1)
    amplitudes = 2.0 ** max(program.num_qubits, LEAST_QUBITS)
    seconds = (1 + paths * behind) * gates * amplitudes * _AMPLITUDE
    seconds += (1 + paths) * amplitudes * _AMPLITUDE_READ
    seconds += shots * hazard * _ERROR + paths * _PATH + shots * program.num_slots * _BIT
    threads = min(os.cpu_count() or 1, _number_of_parts(paths))
    return _AT_LEAST + len(program.operations) * _OPERATION + seconds / threads


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What a program's cost follows from.

    Attributes:
        gates: Gates of two qubits, or what takes as long.
        hazard: Errors of a shot.
        kinds: How many different single errors there are.
        choices: Measurements and resets on the way.
    """

    gates: int
    hazard: float
    kinds: int
    choices: int


@lru_cache(maxsize=512)
def _sizes(program: Program) -> _Sizes:
    pairs = single = choices = kinds = 0
    hazard = 0.0
    busy: set[int] = set()
    for item in reversed(program.operations):
        if isinstance(item, Unitary):
            size = len(item.qubits)
            pairs += _PASSES_OF_WIDE << size if size > 2 else size - 1
            single += size == 1
            busy.update(item.qubits)
        elif isinstance(item, Noise):
            for site in sites_of(item.channel, item.qubits):
                hazard -= math.log1p(-site.probability)
                several = isinstance(site.event, Paulis)
                kinds += 4 ** len(item.qubits) - 1 if several else 1
            busy.update(item.qubits)
        elif isinstance(item, Measure | Reset):
            qubit = item.qubit
            choices += isinstance(item, Reset) or qubit in busy or program.branches
            busy.add(qubit)
    return _Sizes(pairs + min(single, program.num_qubits), hazard, kinds, choices)


def _refusal(program: Program, each: int, budget: int) -> str | None:
    if layout_of(program).widest > _WIDEST:  # of a gate, or its noise
        wide = next((item for item in program.operations if _wide(item)), None)
        if wide is not None:
            return f"{wide.name!r} on {len(wide.qubits)} qubits, where {_WIDEST} are the most"
    if each <= min(budget, _SMALL):
        return None
    available = min(budget, psutil.virtual_memory().available)
    if each > available:
        return (
            f"{program.num_qubits} entangled qubits, whose state takes about {each / 1e9:.3g} GB "
            f"of {available / 1e9:.3g} GB that it may take"
        )
    return None


def _wide(item: Operation) -> TypeGuard[Unitary]:
    return isinstance(item, Unitary) and len(item.qubits) > _WIDEST


@lru_cache(maxsize=1)
def _budget() -> int:
    return int(psutil.virtual_memory().total) // 2


def _bytes_of_a_state(program: Program, single: bool) -> int:
    return (8 if single else 16) << max(program.num_qubits, LEAST_QUBITS)


def _parts(hazard: float, shots: int, states: int, workers: int) -> tuple[int, int]:
    """Into how many parts shots are divided, and how many of these are followed at once.

    Each part walks the common path again, and needs as many states as its number of shots has
    bits. The number of parts depends on nothing that changes from run to run.
    """
    number = _number_of_parts(min(1.0, hazard) * shots)
    levels = states // 2 if states >= 2 * _FEW else states
    if levels < shots.bit_length():
        number = max(number, -(-shots // ((1 << levels) - 1)))
    needed = levels_for(-(-shots // number))
    return number, max(1, min(workers, states // needed))


def _number_of_parts(paths: float) -> int:
    return min(_MOST_PARTS, max(1 + int(paths) // _PATHS_IN_A_PART, 1 + (paths >= _WORTH_TWO)))


def _follow(
    loops: ModuleType, record: Recorded, bits: NDArray[np.uint8], stream: int, kind: Kind
) -> None:
    """Follow all shots of a part to their ends."""
    stack = new_stack(bits, record.num_qubits, record.widest, stream, np.empty(0, dtype=kind))
    while (answer := loops.walk(record.tape, stack, _WORK)) != loops.DONE:
        look()
        if answer == loops.ASKING:
            group = stack.groups[stack.control[LEVEL]]
            condition = record.conditions[int(group[STEP])]
            which = slice(group[FIRST], group[LAST])
            stack.holds[which] = [condition(row) for row in bits[which].tolist()]
            stack.control[ANSWERED] = 1
    look()
