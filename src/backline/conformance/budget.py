"""How much a check may ask of a machine."""

from __future__ import annotations

from dataclasses import dataclass

from backline.conformance.outcome import Skipped
from backline.errors import OptionValueError


@dataclass(slots=True)
class Budget:
    """The jobs and shots that checks may use together.

    Attributes:
        max_jobs: Jobs in all; a check that needs one more is skipped.
        shots: Of each circuit.
        jobs: How many jobs were started.
        circuits: How many circuits were in them.
    """

    max_jobs: int = 60
    shots: int = 512
    jobs: int = 0
    circuits: int = 0

    def __post_init__(self) -> None:
        if self.max_jobs < 0 or not 16 <= self.shots <= 100_000:
            raise OptionValueError(
                f"max_jobs must be at least 0 and shots from 16 to 100000, got {self.max_jobs} "
                f"and {self.shots}"
            )

    def spend(self, circuits: int) -> None:
        """Count a job.

        Args:
            circuits: How many are in it.

        Raises:
            Skipped: If it would be one too many.
        """
        if self.jobs >= self.max_jobs:
            raise Skipped(f"the budget of {self.max_jobs} jobs is used up")
        self.jobs += 1
        self.circuits += circuits
