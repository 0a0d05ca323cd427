"""What is known of one qubit."""

from __future__ import annotations

from typing import Any

from qiskit.providers import QubitProperties as QiskitQubitProperties

_FIELDS = (
    "t1",
    "t2",
    "frequency",
    "anharmonicity",
    "readout_frequency",
    "p1_given_0",
    "p0_given_1",
)


class QubitProperties(QiskitQubitProperties):
    """Qiskit's `QubitProperties`, with what else a device may know; None where it does not.

    Subclasses may add attributes of their own; they survive copies and pickles. Two are equal
    when they are of one class and all their values are equal.

    Attributes:
        t1: Relaxation time, in s.
        t2: Coherence time, in s.
        frequency: Transition 0-1, in Hz.
        anharmonicity: f_12 - f_01, in Hz; negative for a transmon.
        readout_frequency: Resonator probe, in Hz.
        p1_given_0: Probability of reading 1 after preparing 0.
        p0_given_1: Probability of reading 0 after preparing 1.
    """

    __hash__ = None  # type: ignore[assignment]  # mutable, as Qiskit's

    anharmonicity: float | None
    readout_frequency: float | None
    p1_given_0: float | None
    p0_given_1: float | None

    def __new__(
        cls,
        t1: float | None = None,
        t2: float | None = None,
        frequency: float | None = None,
        anharmonicity: float | None = None,
        readout_frequency: float | None = None,
        p1_given_0: float | None = None,
        p0_given_1: float | None = None,
        *_args: Any,
        **_kwargs: Any,
    ) -> QubitProperties:
        """Make the Rust part of the object, which takes the first three only."""
        self = super().__new__(cls, t1, t2, frequency)
        self.anharmonicity = anharmonicity
        self.readout_frequency = readout_frequency
        self.p1_given_0 = p1_given_0
        self.p0_given_1 = p0_given_1
        return self

    def __getstate__(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in ("t1", "t2", "frequency")}
        return own | self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            setattr(self, name, value)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.__getstate__() == other.__getstate__()

    def __repr__(self) -> str:
        known = ((name, getattr(self, name)) for name in _FIELDS)
        fields = ", ".join(f"{name}={value}" for name, value in known if value is not None)
        return f"{type(self).__name__}({fields})"
