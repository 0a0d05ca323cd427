"""Where the sites of a state are parted, so that gates of each part run over many lanes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from backline.engines.pulses.undriven import Pair

VECTOR = 4
"""Numbers in one of the processor's vectors."""

_OVERHEAD = 8  # of a loop, in lanes


def split(dims: tuple[int, ...], pairs: Sequence[Pair]) -> tuple[int, int] | None:
    """(one after the last site of the first phase, first site of the second), or None for one.

    All pairs must be within one of them, and few lanes should be made up.
    """
    best: tuple[float, tuple[int, int]] | None = None
    for last in range(1, len(dims)):
        first = min([last, *(pair.sites[0] for pair in pairs if pair.sites[1] >= last)])
        lanes = (math.prod(dims[last:]), math.prod(dims[:first]))
        of_first = last + sum(pair.sites[1] < last for pair in pairs)
        of_second = len(dims) - last + sum(pair.sites[1] >= last for pair in pairs)
        cost = sum(
            gates * (padded(count) + _OVERHEAD) / count
            for gates, count in zip((of_first, of_second), lanes, strict=True)
        )
        if best is None or cost < best[0]:
            best = cost, (last, first)
    return best[1] if best else None


def padded(numbers: int) -> int:
    """So many numbers, or a few more, that are whole vectors."""
    return -(-numbers // VECTOR) * VECTOR


def tile_lanes(rows: int, lanes: int, most: int, least: int = 1) -> int:
    """Lanes of a tile, where all tiles have about as many.

    Args:
        rows: Of a tile.
        lanes: In all.
        most: Numbers in a tile.
        least: Tiles, if there are lanes enough.
    """
    tiles = max(least, -(-padded(lanes) // max(1, most // rows)))
    return padded(-(-lanes // tiles))
