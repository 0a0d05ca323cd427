"""One and two sites: whole propagators of many periods at once, by numpy alone."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from backline.engines.pulses.flows import Flow, products
from backline.engines.pulses.splitting import Pattern, Stretch, pattern
from backline.engines.pulses.undriven import Complex, Pair, Undriven
from backline.engines.watching import look

LARGEST_SITES = 2
"""Systems of up to this many sites are evolved here, and nothing is compiled for them."""

_PERIODS = 1024


def is_small(undriven: Undriven) -> bool:
    """Whether numpy alone evolves it."""
    return len(undriven.dims) <= LARGEST_SITES


def propagator(
    flows: list[Flow], pairs: tuple[Pair, ...], stretch: Stretch, substeps: int
) -> Complex:
    """The propagator of a stretch in the common frame.

    Args:
        flows: Of each site, in the common frame.
        pairs: The coupling, if there is one.
        stretch: Patterns of kicks.
        substeps: As in `Flow.flows`.

    Returns:
        Array (D, D).
    """
    factors = []
    for begin in range(0, stretch.count, _PERIODS):
        look()
        count = min(_PERIODS, stretch.count - begin)
        start = stretch.start + begin * stretch.pattern.period
        part = Stretch(start, count, stretch.pattern)
        if len(flows) == 1 and stretch.pattern.is_whole:  # without cuts in between
            length = count * stretch.pattern.period
            part = Stretch(start, 1, pattern(length, 0.0, float(length), None))
        factors.append(products(periods(flows, pairs, part, substeps)))
    return products(factors)


def periods(flows: list[Flow], pairs: tuple[Pair, ...], stretch: Stretch, substeps: int) -> Complex:
    """The propagator of each period, array (periods, D, D)."""
    local = [flow.flows(stretch, substeps) for flow in flows]
    together = local[0] if len(local) == 1 else _outer(*local)
    total = together[0]
    if len(stretch.pattern.times):
        for kick, flow in zip(kicks(pairs[0], stretch.pattern), together[1:], strict=True):
            total = flow @ (kick @ total)
    if len(total) == stretch.count:
        return total
    return np.broadcast_to(total, (stretch.count, *total.shape[1:]))


@lru_cache(maxsize=256)
def kicks(pair: Pair, pattern: Pattern, share: float = 1.0) -> Complex:
    """exp(-i w C) of a coupling for some share of each kick's weight, (kicks, size, size)."""
    weights = share * pattern.weights
    values, vectors = np.linalg.eigh(pair.operator)
    phases = np.exp(-1j * weights[:, None] * values)[:, None, :]
    made: Complex = (vectors * phases) @ vectors.conj().T
    return made


def _outer(a: Complex, b: Complex) -> Complex:
    size = a.shape[-1] * b.shape[-1]
    product = a[..., :, None, :, None] * b[..., None, :, None, :]
    return product.reshape(*product.shape[:-4], size, size)
