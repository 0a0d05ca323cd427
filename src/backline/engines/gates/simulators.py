"""The simulators that run programs: what each refuses, what it costs, and how it is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.util import find_spec
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from backline.engines.gates import density, pure, trajectories
from backline.engines.gates.program import Program, Unitary

Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Simulator:
    """One way to run a program.

    Attributes:
        method: Its name, as users ask for it.
        package: Whose it is: "backline" or "stim".
        refusal: What a program has that it cannot run, for a sentence with "it has"; None if
            nothing.
        estimate: About how long a number of shots takes, in s; infinite where it cannot.
        run: (program, shots, seed) to bits, array (shots, slots), in a random order of shots.
        in_double: The same with double-precision numbers; None where `run` has these.
        run_counts: The same to rows of bits and how often each came, for those who do not ask in
            which order; None where that is not less work.
    """

    method: str
    package: str
    refusal: Callable[[Program], str | None]
    estimate: Callable[[Program, int], float]
    run: Callable[[Program, int, int], Bits]
    in_double: Callable[[Program, int, int], Bits] | None = None
    run_counts: Callable[[Program, int, int], tuple[Bits, NDArray[np.int64]]] | None = None


OWN_METHODS = ("statevector", "density_matrix", "trajectories", "stim")
"""The methods of these simulators; all others are Aer's."""


@lru_cache(maxsize=1)
def simulators() -> dict[str, Simulator]:
    """All that are there, by method; those that are slow to import come with the first run."""
    found = [_exact("statevector", pure), _exact("density_matrix", density)]
    if find_spec("numba") is not None:
        found.append(_trajectories())
    if find_spec("stim") is not None:  # there are platforms without wheels
        found.append(_stim())
    return {simulator.method: simulator for simulator in found}


def _ours(method: str, module: ModuleType) -> Simulator:
    return Simulator(
        method,
        "backline",
        module.refusal,
        module.estimate,
        lambda program, shots, seed: module.run(program, shots=shots, seed=seed),
    )


def _exact(method: str, module: ModuleType) -> Simulator:
    def counts(program: Program, shots: int, seed: int) -> tuple[Bits, NDArray[np.int64]]:
        rows, repeats = module.run_counts(program, shots=shots, seed=seed)
        return rows, repeats

    return replace(_ours(method, module), run_counts=counts)


def _trajectories() -> Simulator:
    def in_double(program: Program, shots: int, seed: int) -> Bits:
        return trajectories.run(program, shots=shots, seed=seed, single=False)

    return replace(_ours("trajectories", trajectories), in_double=in_double)


def _stim() -> Simulator:
    from backline.engines.gates import stim_runner

    return Simulator(
        "stim",
        "stim",
        stim_runner.refusal,
        stim_runner.estimate,
        lambda program, shots, seed: stim_runner.run(program, shots=shots, seed=seed),
    )


def is_clifford(program: Program) -> bool:
    """Whether all gates are Clifford gates; False also where nobody can tell, without Stim."""
    if "stim" not in simulators():
        return False
    from backline.engines.gates.cliffords import clifford_text

    return all(
        clifford_text(item.matrix) is not None
        for item in program.operations
        if isinstance(item, Unitary)
    )
