"""Seeds that follow from one."""

from __future__ import annotations

import numpy as np


def spawned(seed: int, *places: int) -> int:
    """A seed of its own for each place.

    Args:
        seed: Of all of them.
        places: Whole numbers, at least 0.

    Returns:
        From 0 to 2**63 - 1.

    >>> spawned(1, 0) == spawned(1, 0), spawned(1, 0) == spawned(1, 1)
    (True, False)
    """
    sequence = np.random.SeedSequence(seed, spawn_key=places)
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(1))
