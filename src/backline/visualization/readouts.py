"""What pictures of readout data show: labels, values and the levels' clouds, from any source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backline.contract.result import Result
from backline.errors import OptionValueError

Source: TypeAlias = Result | Mapping[str, ArrayLike]
Complex = NDArray[np.complex128]
_Found: TypeAlias = tuple[str, Complex, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Series:
    """The data of one program, from one memory slot.

    Attributes:
        label: What it is called.
        values: Complex points (points,), or traces (shots, samples).
        facts: What the result says of its run.
    """

    label: str
    values: Complex
    facts: Mapping[str, Any]


def points_of(source: Source, slot: int) -> list[Series]:
    """Points in the IQ plane.

    Args:
        source: A result of meas_level 1, or points by label.
        slot: The memory slot, where it is a result.

    Raises:
        OptionValueError: If there are no such points.
    """
    return [
        Series(label=label, values=_flat(label, values), facts=facts)
        for label, values, facts in _series(source, slot, level=1, last=1)
    ]


def traces_of(source: Source, slot: int) -> list[Series]:
    """Traces of readout, at least one of each program.

    Args:
        source: A result of meas_level 0, or traces by label, (samples,) or (shots, samples).
        slot: The memory slot, where it is a result.

    Raises:
        OptionValueError: If there are no such traces.
    """
    return [
        Series(label=label, values=_rows(label, values), facts=facts)
        for label, values, facts in _series(source, slot, level=0, last=2)
    ]


def _series(source: Source, slot: int, *, level: int, last: int) -> list[_Found]:
    found: list[_Found]
    if isinstance(source, Mapping):
        found = [(label, _numbers(label, values), {}) for label, values in source.items()]
    else:
        found = [_of_result(source, k, slot, level, last) for k in range(len(source.results))]
    if not found:
        raise OptionValueError("there is nothing to draw: give a result, or values by label")
    return found


def _of_result(result: Result, index: int, slot: int, level: int, last: int) -> _Found:
    entry = result.results[index]
    if entry.meas_level != level or not hasattr(entry.data, "memory"):
        raise OptionValueError(
            f"experiment {index} has no data of meas_level={level}: run it with "
            f"meas_level={level} and meas_return='{'single' if level else 'avg'}'"
        )
    values = np.asarray(result.get_memory(index))
    slots = values.shape[-last]
    if not 0 <= slot < slots:
        raise OptionValueError(
            f"experiment {index} has no memory slot {slot}: it has slots 0 to {slots - 1}"
        )
    names = [other.header["name"] for other in result.results]
    name = str(names[index])
    label = name if names.count(name) == 1 else f"{name} ({index})"
    values = np.take(values, slot, axis=-last)
    lengths = entry.metadata.get("output_samples") if level == 0 else None
    return label, values if lengths is None else values[..., : lengths[slot]], entry.metadata


def _numbers(label: str, values: ArrayLike) -> Complex:
    try:
        return np.asarray(values, dtype=np.complex128)
    except (TypeError, ValueError):
        raise OptionValueError(f"{label!r} must be complex numbers, got {values!r:.60}") from None


def _flat(label: str, values: Complex) -> Complex:
    if values.ndim > 1 or values.size == 0:
        raise OptionValueError(
            f"{label!r} must be points of the shape (shots,), got {values.shape}"
        )
    return np.atleast_1d(values)


def _rows(label: str, values: Complex) -> Complex:
    if values.ndim not in (1, 2) or values.size == 0:
        raise OptionValueError(
            f"{label!r} must be traces of the shape (samples,) or (shots, samples), "
            f"got {values.shape}"
        )
    return np.atleast_2d(values)
