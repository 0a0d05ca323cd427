"""A pulse given sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backline.errors import PulseError
from backline.pulse.library.pulse import Pulse
from backline.pulse.values import NO_PARAMETERS, Assignment, Value


class Waveform(Pulse):
    """Samples of a pulse, one a dt.

    Args:
        samples: Complex array (duration,); copied.
        name: A name for displays.
        epsilon: Samples whose norm exceeds 1 by no more than this are scaled to norm 1.
        limit_amplitude: Whether norms over 1 are refused; True by default.

    Raises:
        PulseError: If the samples are no row of finite numbers, or one has a norm over
            1 + epsilon.

    >>> Waveform([0.1, 0.2j]).samples
    array([0.1+0.j , 0. +0.2j])
    """

    __slots__ = ("_hash", "_samples")

    _samples: NDArray[np.complex128]
    _hash: int | None

    def __init__(
        self,
        samples: ArrayLike,
        name: str | None = None,
        epsilon: float = 1e-7,
        limit_amplitude: bool | None = None,
    ) -> None:
        try:
            array = np.array(samples, dtype=np.complex128)
        except (TypeError, ValueError) as error:
            raise PulseError(f"samples of a Waveform must be numbers: {error}") from None
        if array.ndim != 1:
            raise PulseError(f"samples of a Waveform must be one row, got the shape {array.shape}")
        array += 0.0  # -0.0 becomes 0.0, so that equal samples have equal bytes and hashes
        limit = limit_amplitude is not False
        _refuse_infinite(array)
        if limit:
            _scale(array, epsilon)
        self._set_up(array, name, limit)

    def _set_up(self, samples: NDArray[np.complex128], name: str | None, limit: bool) -> None:
        """Keep samples that are checked, and that nobody else has."""
        samples.flags.writeable = False
        self._samples = samples
        self._duration = len(samples)
        self._name = name
        self._limit = limit
        self._hash = None

    @property
    def samples(self) -> NDArray[np.complex128]:
        """complex128 array (duration,), read-only."""
        return self._samples

    @property
    def parameters(self) -> dict[str, Value]:
        """None, for samples are numbers."""
        return {}

    @property
    def free(self) -> frozenset[Any]:
        """None, for samples are numbers."""
        return NO_PARAMETERS

    def get_waveform(self) -> Waveform:
        """Itself."""
        return self

    def _bound(self, values: Assignment) -> Waveform:
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Waveform):
            return NotImplemented
        return self is other or np.array_equal(self._samples, other._samples)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self._duration, self._samples.tobytes()))
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        return _raw, (self._samples, self._name, self._limit)

    def __copy__(self) -> Waveform:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Waveform:
        return self

    def __repr__(self) -> str:
        # All digits, so that it evaluates; of more than 50 samples only some.
        with np.printoptions(threshold=50, floatmode="unique"):
            given = [repr(self._samples) if self._duration else "[]"]
        if self._name is not None:
            given.append(f"name={self._name!r}")
        if not self._limit:
            given.append("limit_amplitude=False")
        return f"Waveform({', '.join(given)})"


def _raw(samples: NDArray[np.complex128], name: str | None, limit: bool) -> Waveform:
    """A Waveform of a row of samples whose norms are known to fit: nothing is scaled again."""
    array = samples + 0.0  # a copy without -0.0
    _refuse_infinite(array)
    waveform = Waveform.__new__(Waveform)
    waveform._set_up(array, name, limit)
    return waveform


def _refuse_infinite(samples: NDArray[np.complex128]) -> None:
    finite = np.isfinite(samples)
    if not finite.all():
        at = int(np.argmin(finite))
        raise PulseError(f"sample {at} of a Waveform must be a finite number, got {samples[at]}")


def _scale(samples: NDArray[np.complex128], epsilon: float) -> None:
    """Scale norms that exceed 1 by no more than epsilon to 1, in place, and refuse larger ones."""
    norms = np.abs(samples)
    over = norms > 1.0
    if not over.any():
        return
    at = int(np.argmax(norms))
    if norms[at] > 1.0 + epsilon:
        raise PulseError(
            f"sample {at} of a Waveform has norm {norms[at]:.9g}, and at most 1 is allowed "
            "(limit_amplitude=False lifts the limit for this pulse)"
        )
    samples[over] /= norms[over]
    # Dividing may leave a norm of 1 plus one rounding, which would be refused elsewhere.
    still = np.abs(samples) > 1.0
    samples[still] *= 1.0 - np.finfo(np.float64).eps
