"""How much memory an evolution needs, and how much there is."""

from __future__ import annotations

import math

import psutil

from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.undriven import LARGEST_DRESSED, largest_block
from backline.errors import CapabilityError

_COMPLEX = 16
_ENTRY = 12  # of a sparse matrix
_CHANNELS = 4
_MARGIN = 0.8
_COEFFICIENTS = 64 << 20
_ALWAYS = 256 << 20
_FEW = 81  # numbers of states for which there is no need to count


def check_memory(model: PulseModel, method: str, states: float) -> None:
    """Refuse what would not fit into the memory that is free, before any work.

    Args:
        model: The sites.
        method: "statevector", "density_matrix" or "trajectories".
        states: About how many states are held at once.

    Raises:
        CapabilityError: With what it needs, what there is, and what would need less.
    """
    if math.prod(site.levels for site in model.sites) * states <= _FEW:
        return
    needed = bytes_needed(model, method, states)
    if needed <= _ALWAYS or needed <= (free := float(psutil.virtual_memory().available)) * _MARGIN:
        return
    dimension = math.prod(site.levels for site in model.sites)
    advice = "fewer qubits or levels"
    if method == "density_matrix":
        advice += ", method='trajectories', or relaxation=False"
    raise CapabilityError(
        f"{len(model.sites)} transmons with {dimension} product states need about "
        f"{_readable(needed)} with method {method!r}, and {_readable(free)} are free: "
        f"use {advice}"
    )


def bytes_needed(model: PulseModel, method: str, states: float) -> float:
    """An upper bound of what an evolution holds at once, in bytes.

    Args:
        model: The sites.
        method: As of `check_memory`.
        states: Likewise.
    """
    dimension = float(math.prod(float(site.levels) for site in model.sites))
    density = method == "density_matrix"
    size = dimension**2 if density else dimension
    block = min(float(largest_block(model)), dimension)
    dressing = 3 * 8 * block**2 if block <= LARGEST_DRESSED else 0.0
    couplings = 3 * dimension * 16 * (len(model.exchanges) + len(model.couplings))
    of_states = (9 if density else 6) * _COMPLEX * size * states
    if density:  # some channels as sparse matrices
        entries = (site.levels**2 + site.levels * (site.levels - 1) / 2 for site in model.sites)
        of_states += _CHANNELS * _ENTRY * math.prod(entries)
    return of_states + dressing + couplings + 8 * dimension * len(model.sites) + _COEFFICIENTS


def _readable(count: float) -> str:
    return f"{count / 1e9:.2g} GB" if count < 1e11 else f"{count / 1e9:.0f} GB"
