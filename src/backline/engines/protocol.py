"""The one interface of everything that runs."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from backline.engines.outcomes import Outcomes

Program = TypeVar("Program", contravariant=True)


class Engine(Protocol, Generic[Program]):
    """A value that runs programs of one kind, and keeps no state between calls.

    The same program, shots and seed give the same outcomes, on however many workers.
    """

    def run(self, program: Program, *, shots: int, seed: int) -> Outcomes:
        """Run a program.

        Args:
            program: What this engine understands.
            shots: How often, at least 1.
            seed: Of the random numbers, 0 to 2**63 - 1.

        Raises:
            CapabilityError: If the engine lacks something that the program needs, before any
                work starts.
        """
        ...
