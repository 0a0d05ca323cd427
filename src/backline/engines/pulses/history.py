"""States and propagators at many times, in one pass over a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.evolution import Evolution
from backline.engines.pulses.undriven import Complex
from backline.engines.pulses.watching import look
from backline.errors import EngineError

_NO_WEIGHT = 1e-14


@dataclass(frozen=True, kw_only=True, eq=False)
class History:
    """What a program did, at the times that were asked for.

    Attributes:
        states: In the dressed basis and the qubits' own frames, numbered as in
            `PulseEngine.final_state`: amplitudes (T, D), density matrices (T, D, D), or
            propagators (T, D, D), whose columns are what each dressed state became.
        metadata: How it was computed, as JSON values.
    """

    states: Complex
    metadata: Mapping[str, Any]


def saved_states(
    prepared: Evolution,
    times: Sequence[int],
    initial: NDArray[np.complexfloating[Any, Any]] | None = None,
) -> Complex:
    """What becomes of a state.

    Args:
        prepared: The program.
        times: In samples, ascending.
        initial: Dressed amplitudes (D,), or a density matrix (D, D); the ground state by default.

    Returns:
        Array (T, D), or (T, D, D) where T1 or T2 count or `initial` is a density matrix.

    Raises:
        EngineError: If the initial state has another shape.
    """
    if initial is None:
        return _saved(prepared, prepared.ground(), times)[:, 0]
    state = np.asarray(initial, dtype=np.complex128)
    size = prepared.undriven.dimension
    if state.shape not in ((size,), (size, size)):
        raise EngineError(
            f"the initial state must have the shape {(size,)} or {(size, size)}, got {state.shape}"
        )
    if state.ndim == 2 and prepared.relaxation is None:
        return _mixed(prepared, state, times)
    return _saved(prepared, prepared.from_dressed(state), times)[:, 0]


def saved_propagators(prepared: Evolution, times: Sequence[int]) -> Complex:
    """The propagators from the start to each time.

    Args:
        prepared: The program, without T1 and T2.
        times: In samples, ascending.

    Returns:
        Array (T, D, D).
    """
    dressed = prepared.undriven.vectors.T.astype(np.complex128)
    return _saved(prepared, dressed, times).swapaxes(1, 2)


def _mixed(prepared: Evolution, density: Complex, times: Sequence[int]) -> Complex:
    """A density matrix under a unitary: its eigenstates, each by itself."""
    weights, vectors = np.linalg.eigh(density)
    kept = weights > _NO_WEIGHT
    states = np.concatenate([prepared.from_dressed(vector) for vector in vectors.T[kept]])
    evolved = _saved(prepared, states, times)
    mixed: Complex = np.einsum("k,tki,tkj->tij", weights[kept], evolved, evolved.conj())
    return mixed


def _saved(prepared: Evolution, states: Complex, times: Sequence[int]) -> Complex:
    saved = np.empty((len(times), *states.shape), dtype=np.complex128)
    clock = 0
    for place, time in enumerate(times):
        look(clock)
        if time > clock:
            states = prepared.advance(states, clock, time)
            clock = time
        saved[place] = prepared.to_dressed(states, time)
    return saved
