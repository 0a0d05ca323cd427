"""Consecutive intervals of a program, each of which can be applied to states by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

import numpy as np

from backline.engines.pulses import compiled
from backline.engines.pulses.gates import Circuit
from backline.engines.pulses.splitting import Step, Stretch, pattern
from backline.engines.pulses.undriven import Complex


class Intervals(Protocol):
    """What consecutive intervals do to states."""

    def __len__(self) -> int:
        """How many intervals."""
        ...

    def matrices(self, first: int, last: int) -> Complex:
        """Propagators of intervals in the common frame, array (last - first, D, D)."""
        ...

    def apply(self, k: int, states: Complex) -> Complex:
        """Take states, array (m, D), through one interval."""
        ...


class Matrices:
    """Intervals held as propagators.

    Args:
        matrices: Array (intervals, D, D).
    """

    def __init__(self, matrices: Complex) -> None:
        self._matrices = matrices

    def __len__(self) -> int:
        """How many intervals."""
        return len(self._matrices)

    def matrices(self, first: int, last: int) -> Complex:
        """Propagators of intervals in the common frame, array (last - first, D, D)."""
        return self._matrices[first:last]

    def apply(self, k: int, states: Complex) -> Complex:
        """Take states, array (m, D), through one interval."""
        return states @ self._matrices[k].T


class Rows:
    """Intervals held as coefficients of gates.

    Args:
        circuit: The gates.
        moving: Array (intervals, rows, width), as `Circuit.moving`.
        fixed: As `Circuit.fixed`.
    """

    def __init__(self, circuit: Circuit, moving: Complex, fixed: Complex) -> None:
        self._circuit, self._moving, self._fixed = circuit, moving, fixed

    def __len__(self) -> int:
        """How many intervals."""
        return len(self._moving)

    def matrices(self, first: int, last: int) -> Complex:
        """Propagators of intervals in the common frame, array (last - first, D, D)."""
        return compiled.propagators(self._circuit, self._moving[first:last], self._fixed)

    def apply(self, k: int, states: Complex) -> Complex:
        """Take states, array (m, D), through one interval."""
        return compiled.run(self._circuit, states, self._moving[k], self._fixed)


class Interleaved:
    """Parts of samples: all first parts, all second parts, … of the same samples.

    Args:
        parts: Intervals for each part of a sample, one a sample.
    """

    def __init__(self, parts: list[Intervals]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        """How many intervals."""
        return len(self._parts) * len(self._parts[0])

    def matrices(self, first: int, last: int) -> Complex:
        """Propagators of intervals in the common frame, array (last - first, D, D)."""
        each = len(self._parts)
        begin, end = first // each, -(-last // each)
        found = np.stack([part.matrices(begin, end) for part in self._parts], axis=1)
        return found.reshape(-1, *found.shape[2:])[first - begin * each : last - begin * each]

    def apply(self, k: int, states: Complex) -> Complex:
        """Take states, array (m, D), through one interval."""
        sample, part = divmod(k, len(self._parts))
        return self._parts[part].apply(sample, states)


def by_stretches(
    start: int,
    count: int,
    length: float,
    step: Step | None,
    made: Callable[[Stretch], Iterable[Intervals]],
) -> Iterator[Intervals]:
    """Equal intervals of whole samples, or several in each sample.

    Args:
        start: The first sample.
        count: How many intervals.
        length: Of each, in samples: whole, or a whole part of 1.
        step: Of the splitting.
        made: The intervals of a stretch, one a period, in one part or several of equal sizes.
    """
    if length >= 1:
        period = int(length)
        yield from made(Stretch(start, count, pattern(period, 0.0, length, step)))
        return
    each = round(1 / length)
    parts = [
        made(Stretch(start, count // each, pattern(1, k * length, (k + 1) * length, step)))
        for k in range(each)
    ]
    for together in zip(*parts, strict=True):
        yield Interleaved(list(together))
