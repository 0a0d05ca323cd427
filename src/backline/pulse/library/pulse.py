"""The base of all pulses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from backline.pulse.values import Assignment, Value

if TYPE_CHECKING:
    from backline.pulse.library.waveform import Waveform

TOLERANCE = 5e-8
"""By how much an amplitude may exceed 1: the rounding of files, not a margin."""


class Pulse(ABC):
    """A shape that can be played: frozen, hashable, and of a known length.

    Equality and hash look at what is played, not at the name.
    """

    __slots__ = ("_duration", "_limit", "_name")

    _duration: Value
    _name: str | None
    _limit: bool

    @property
    def duration(self) -> Value:
        """Length in samples; an int, or an expression of parameters."""
        return self._duration

    @property
    def name(self) -> str | None:
        """The name it was given."""
        return self._name

    @property
    def limit_amplitude(self) -> bool:
        """Whether amplitudes over 1 were refused."""
        return self._limit

    @property
    def id(self) -> int:
        """A number that no other living pulse has."""
        return id(self)

    @property
    @abstractmethod
    def parameters(self) -> dict[str, Value]:
        """Its parameters by name."""

    @property
    @abstractmethod
    def free(self) -> frozenset[Any]:
        """The parameters that are not bound yet."""

    @abstractmethod
    def get_waveform(self) -> Waveform:
        """The samples."""

    @abstractmethod
    def _bound(self, values: Assignment) -> Pulse:
        """This pulse with parameters replaced."""

    def is_parameterized(self) -> bool:
        """Whether some parameters are not bound yet."""
        return bool(self.free)
