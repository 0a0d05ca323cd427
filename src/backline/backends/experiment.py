"""One checked program of a job, with the seed that is its own."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backline.engines.seeds import spawned

# What every tool of the field takes for a seed, C++ engines with 32-bit seeds among them.
_ROOT_BITS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One program of a job.

    Attributes:
        program: A `QuantumCircuit`, `Schedule` or `ScheduleBlock` that the device's checks let
            through.
        index: Its place in the job, from 0.
        seed: Of its random numbers, 0 to 2**63 - 1. It follows from the job's `seed_simulator`
            and the index alone, so that it does not matter how a job is split or spread.
        prepared: What the backend's `prepare` gave for the program; None for most backends.
    """

    program: Any
    index: int
    seed: int
    prepared: Any = None

    @property
    def name(self) -> str:
        """The program's name."""
        return str(self.program.name)


def draw_seed() -> int:
    """A seed for a job that was given none."""
    return secrets.randbits(_ROOT_BITS)


def seeded(
    programs: Sequence[Any], seed: int, prepared: Sequence[Any] | None = None
) -> tuple[Experiment, ...]:
    """Number programs and give each a seed of its own.

    Args:
        programs: The programs of a job.
        seed: The job's seed, at least 0.
        prepared: What `Experiment.prepared` is for each.

    Example:
        >>> first, second = seeded(["a", "b"], 7)
        >>> first.seed == seeded(["a"], 7)[0].seed, first.seed == second.seed
        (True, False)
    """
    found = [None] * len(programs) if prepared is None else prepared
    return tuple(
        Experiment(program=program, index=index, seed=spawned(seed, index), prepared=entry)
        for index, (program, entry) in enumerate(zip(programs, found, strict=True))
    )
