"""States in the forms in which users give them, and the order in which they are numbered.

A state of qubits q_0 < q_1 < … with levels d_0, d_1, … is numbered as in Qiskit, the first qubit
being the fastest: (n_0, n_1, …) has the number n_0 + d_0 (n_1 + d_1 (n_2 + …)). In a label the
first qubit is the rightmost digit. The engine has its first site as the slowest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backline.errors import InputError

Complex = NDArray[np.complex128]

_TOLERANCE = 1e-8
_FORMS = (
    'a label such as "10", {qubit: level}, amplitudes, a density matrix, or a Statevector or '
    "DensityMatrix of Qiskit"
)


def named_qubits(given: Any) -> tuple[int, ...]:
    """The qubits that a state names, which have to be part of a simulation.

    Raises:
        InputError: If it names what is no number of a qubit.
    """
    if not isinstance(given, Mapping):
        return ()
    for qubit in given:
        if not _is_whole(qubit):
            raise InputError(f"a state is {_FORMS}; qubits are whole numbers, got {qubit!r:.80}")
    return tuple(given)


def state_of(given: Any, qubits: tuple[int, ...], levels: tuple[int, ...]) -> Complex:
    """A state as an array, numbered as in Qiskit.

    Args:
        given: None for the ground state, a label of levels, {qubit: level} with all others in
            level 0, an array of amplitudes (D,) or a density matrix (D, D), or something with
            such an array as its `data`. Arrays may also be over the lowest two levels of each
            qubit: (2**n,) or (2**n, 2**n).
        qubits: The n qubits of the simulation.
        levels: The levels of each; D is their product.

    Returns:
        Array (D,) or (D, D).

    Raises:
        InputError: If it is none of these, has another shape, or is not normalized.
    """
    if given is None or isinstance(given, str | Mapping):
        return _basis(_levels_of(given, qubits, levels), levels)
    array = _array(given)
    sizes = tuple(dict.fromkeys((math.prod(levels), 2 ** len(levels))))
    if array.ndim not in (1, 2) or len(set(array.shape)) != 1 or len(array) not in sizes:
        shapes = " or ".join(f"({size},) or ({size}, {size})" for size in sizes)
        raise InputError(
            f"a state of {_qubits(qubits)} with {', '.join(map(str, levels))} levels has the shape "
            f"{shapes}, got {array.shape}"
        )
    _check_norm(array)
    return array if len(array) == sizes[0] else _embedded(array, levels)


def from_engine(array: Complex, levels: tuple[int, ...], axes: int) -> Complex:
    """An array over the engine's states, numbered as in Qiskit instead.

    Args:
        array: Its last `axes` axes are over states.
        levels: The levels of each qubit.
        axes: How many of its axes are over states, 1 or 2.
    """
    turned = per_qubit(array, levels[::-1], axes)
    return np.ascontiguousarray(turned).reshape(array.shape)


def to_engine(array: Complex, levels: tuple[int, ...]) -> Complex:
    """A state (D,) or (D, D) that is numbered as in Qiskit, as the engine numbers it."""
    return from_engine(array, levels[::-1], array.ndim)


def per_qubit(array: NDArray[Any], levels: tuple[int, ...], axes: int) -> NDArray[Any]:
    """An array over states with an axis for each qubit instead, in the qubits' order.

    Args:
        array: Its last `axes` axes are over states.
        levels: The levels of each qubit.
        axes: How many of its axes are over states, 1 or 2.
    """
    count = len(levels)
    lead = array.ndim - axes
    tensor = array.reshape(*array.shape[:lead], *(levels[::-1] * axes))
    turned = [lead + k * count + n for k in range(axes) for n in reversed(range(count))]
    return tensor.transpose(*range(lead), *turned)


def _levels_of(
    given: str | Mapping[Any, Any] | None, qubits: tuple[int, ...], levels: tuple[int, ...]
) -> list[int]:
    if given is None:
        return [0] * len(qubits)
    if isinstance(given, str):
        if len(given) != len(qubits) or not (given.isascii() and given.isdigit()):
            raise InputError(
                f"a label has one digit a qubit, the first qubit's on the right: {given!r} does "
                f"not fit to {_qubits(qubits)}. Others join them with spectators=[...]"
            )
        wanted: Mapping[Any, Any] = dict(zip(qubits, map(int, reversed(given)), strict=True))
    else:
        wanted = given
    for qubit, level in wanted.items():
        if qubit not in qubits:
            raise InputError(f"qubit {qubit} is not among {_qubits(qubits)}")
        most = levels[qubits.index(qubit)]
        if not _is_whole(level) or level not in range(most):
            raise InputError(f"qubit {qubit} has the levels 0 to {most - 1}, got {level!r:.80}")
    return [int(wanted.get(qubit, 0)) for qubit in qubits]


def _basis(numbers: list[int], levels: tuple[int, ...]) -> Complex:
    state = np.zeros(levels[::-1], dtype=np.complex128)
    state[tuple(reversed(numbers))] = 1.0
    return state.reshape(-1)


def _array(given: Any) -> Complex:
    # An array of numpy has a `data` too, which is its buffer.
    raw = given if isinstance(given, np.ndarray) else getattr(given, "data", given)
    try:
        array = np.array(raw)
        if array.dtype.kind in "biufc":  # complex() would read texts, too
            return array.astype(np.complex128)
    except (TypeError, ValueError):  # rows of several lengths
        pass
    raise InputError(f"a state is {_FORMS}; got {given!r:.80}")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _check_norm(array: Complex) -> None:
    if array.ndim == 1:
        norm = float(np.linalg.norm(array))
        if not abs(norm - 1) < _TOLERANCE:
            raise InputError(f"amplitudes of a state have the norm 1, got {norm:g}")
        return
    if not np.allclose(array, array.conj().T, rtol=0, atol=_TOLERANCE):
        raise InputError("a density matrix is Hermitian, and this one is not")
    values = np.linalg.eigvalsh(array)
    if not (abs(values.sum() - 1) < _TOLERANCE and values[0] > -_TOLERANCE):
        raise InputError(
            f"a density matrix has the trace 1 and no negative eigenvalues, got "
            f"{values.sum():g} and {values[0]:g}"
        )


def _embedded(array: Complex, levels: tuple[int, ...]) -> Complex:
    """A state of the lowest two levels among all levels."""
    axes = len(levels) * array.ndim
    whole = np.zeros(levels[::-1] * array.ndim, dtype=np.complex128)
    whole[(slice(2),) * axes] = array.reshape((2,) * axes)
    return whole.reshape((math.prod(levels),) * array.ndim)


def _qubits(qubits: tuple[int, ...]) -> str:
    return ("qubit " if len(qubits) == 1 else "qubits ") + ", ".join(map(str, qubits))
