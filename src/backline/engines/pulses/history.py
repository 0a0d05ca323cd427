"""States and propagators at many times, in one pass over a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.engines.pulses.evolution import Densities, Evolution, StateVectors
from backline.engines.pulses.undriven import Complex
from backline.engines.watching import look
from backline.errors import EngineError

_NO_WEIGHT = 1e-14
_ALIKE = 1e-9  # elements of a Hermitian matrix, beside its largest one


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
    evolution: Evolution,
    times: Sequence[int],
    initial: NDArray[np.complexfloating[Any, Any]] | None = None,
) -> Complex:
    """What becomes of a state.

    Args:
        evolution: The program.
        times: In samples, ascending.
        initial: Dressed amplitudes (D,), or a density matrix (D, D); the ground state by default.

    Returns:
        Array (T, D), or (T, D, D) where T1 or T2 count or `initial` is a density matrix.

    Raises:
        EngineError: If the initial state has another shape, or is a matrix that is not Hermitian.
    """
    if initial is None:
        return _saved(evolution, evolution.ground(), times)[:, 0]
    state = checked_state(initial, evolution, mixed=True)
    if state.ndim == 2 and not isinstance(evolution, Densities):
        return _mixed(evolution, state, times)
    return _saved(evolution, evolution.from_dressed(state), times)[:, 0]


def checked_state(
    given: NDArray[np.complexfloating[Any, Any]], evolution: Evolution, *, mixed: bool
) -> Complex:
    """An initial state as an array of complex numbers.

    Args:
        given: Amplitudes (D,), or a density matrix (D, D).
        evolution: The program.
        mixed: Whether it may be a density matrix.

    Raises:
        EngineError: If it has another shape, or is a matrix that is not Hermitian.
    """
    state = np.asarray(given, dtype=np.complex128)
    size = evolution.undriven.dimension
    allowed = [(size,), (size, size)] if mixed else [(size,)]
    if state.shape not in allowed:
        raise EngineError(
            f"the initial state must have the shape {' or '.join(map(str, allowed))}, "
            f"got {state.shape}"
        )
    if state.ndim == 2 and not np.allclose(
        state, state.conj().T, rtol=0, atol=_ALIKE * float(np.abs(state).max())
    ):
        raise EngineError("a density matrix is Hermitian, and the initial state is not")
    return state


def saved_propagators(evolution: StateVectors, times: Sequence[int]) -> Complex:
    """The propagators from the start to each time.

    Args:
        evolution: The program, without T1 and T2.
        times: In samples, ascending.

    Returns:
        Array (T, D, D).
    """
    return _saved(evolution, evolution.dressed_states(), times).swapaxes(1, 2)


def _mixed(evolution: Evolution, density: Complex, times: Sequence[int]) -> Complex:
    """A density matrix under a unitary: its eigenstates, each by itself."""
    weights, vectors = np.linalg.eigh(density)
    kept = weights > _NO_WEIGHT
    states = np.concatenate([evolution.from_dressed(vector) for vector in vectors.T[kept]])
    evolved = _saved(evolution, states, times)
    mixed: Complex = np.einsum("k,tki,tkj->tij", weights[kept], evolved, evolved.conj())
    return mixed


def _saved(evolution: Evolution, states: Complex, times: Sequence[int]) -> Complex:
    saved = np.empty((len(times), *states.shape), dtype=np.complex128)
    clock = 0
    for place, time in enumerate(times):
        look(clock)
        if time > clock:
            states = evolution.advance(states, clock, time)
            clock = time
        saved[place] = evolution.to_dressed(states, time)
    return saved
