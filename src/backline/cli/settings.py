"""What is asked of a run and what comes out of it, as plain values between processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What was asked of a run.

    Attributes:
        options: Options of the backend's `run`.
        optimization_level: Of the transpiler; None where programs run as they are.
        seed: Of the transpiler; None to let it draw one.
    """

    options: Mapping[str, Any]
    optimization_level: int | None
    seed: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What came out of one program.

    Attributes:
        counts: By outcome, registers parted by a space.
        memory: One outcome a shot, None where it was not asked for.
        shots: How often it ran.
        seed: Of its random numbers.
        metadata: What the engine says of the run.
        operations: How often each instruction was run.
        depth: Of the circuit that was run.
        qubits: The device's qubits that were used.
        seconds: How long transpiling and running took.
    """

    counts: Mapping[str, int]
    memory: list[str] | None
    shots: int
    seed: int | None
    metadata: Mapping[str, Any]
    operations: Mapping[str, int]
    depth: int
    qubits: tuple[int, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)
