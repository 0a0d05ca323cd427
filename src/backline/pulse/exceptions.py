"""The errors of pulse programs, where Qiskit 1.4 has them; `backline.errors` has the whole tree."""

from backline.errors import (
    BackendNotSet,
    NoActiveBuilder,
    PulseError,
    UnassignedDurationError,
    UnassignedReferenceError,
)

__all__ = [
    "BackendNotSet",
    "NoActiveBuilder",
    "PulseError",
    "UnassignedDurationError",
    "UnassignedReferenceError",
]
