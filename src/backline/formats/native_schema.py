"""The shape of Backline's own device files, version 1; `docs/device-format.md` explains it.

Every part mirrors a class of `backline.device.model`, by the same names and in the same units,
and is checked by building that class: what a device cannot be, a file cannot hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, model_validator

from backline.device import model
from backline.errors import QubitError

FORMAT: Final = "backline.device"
VERSION: Final = 1


def _complex(value: Any) -> complex:
    match value:
        case complex():
            return value
        case [int() | float() as real, int() | float() as imag]:
            return complex(real, imag)
        case int() | float() if not isinstance(value, bool):
            return complex(value)
    raise ValueError("a complex number is written [real, imaginary]")


Complex = Annotated[
    Any, PlainValidator(_complex), PlainSerializer(lambda value: [value.real, value.imag])
]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", strict=True, from_attributes=True, allow_inf_nan=False
    )
    builds: ClassVar[type | None] = None

    @model_validator(mode="after")
    def _buildable(self) -> _Part:
        self.build()
        return self

    def build(self) -> Any:
        """The object of `backline.device.model` that this part describes."""
        if self.builds is None:
            return self
        return self.builds(
            **{name: _built(getattr(self, name)) for name in type(self).model_fields}
        )


def _built(value: Any) -> Any:
    if isinstance(value, _Part):
        return value.build()
    if isinstance(value, tuple):
        return tuple(_built(item) for item in value)
    return value


class ReadoutPart(_Part):
    """`Readout`."""

    builds = model.Readout
    frequency: float | None = None
    p1_given_0: float | None = None
    p0_given_1: float | None = None
    error: float | None = None
    duration: float | None = None
    kappa: float | None = None
    chi: float | None = None


class QubitPart(_Part):
    """`Qubit`."""

    builds = model.Qubit
    frequency: float | None = None
    anharmonicity: float | None = None
    t1: float | None = None
    t2: float | None = None
    levels: int = 3
    readout: ReadoutPart = ReadoutPart()
    operational: bool = True


class CouplingPart(_Part):
    """`Coupling`."""

    builds = model.Coupling
    qubits: tuple[int, int]
    strength: float


class DriveLinePart(_Part):
    """`DriveLine`."""

    builds = model.DriveLine
    qubit: int
    strength: float
    reconciled: bool = False


class ControlLinePart(_Part):
    """`ControlLine`."""

    builds = model.ControlLine
    index: int
    qubits: tuple[int, int]
    drives: int | None = None
    strength: float | None = None
    lo: tuple[tuple[int, Complex], ...] = ()
    gain: Complex = 1.0 + 0.0j
    reconciled: bool = False
    fidelity_before: float | None = None
    fidelity_after: float | None = None


class GatePart(_Part):
    """`Gate`."""

    builds = model.Gate
    name: str
    qubits: tuple[int, ...]
    duration: float | None = None
    error: float | None = None
    parameters: tuple[str, ...] | None = None


class TimingPart(_Part):
    """`Timing`."""

    builds = model.Timing
    dt: float | None = None
    dtm: float | None = None
    granularity: int = 1
    min_length: int = 1
    pulse_alignment: int = 1
    acquire_alignment: int = 1


class CalibrationPart(_Part):
    """One calibrated schedule, in the form of `backline.pulse.codec`."""

    gate: str
    qubits: tuple[int, ...]
    schedule: dict[str, Any]
    user_provided: bool = False
    arguments: tuple[str, ...] | None = None


class DeviceFile(_Part):
    """A whole file."""

    format: Literal["backline.device"] = FORMAT
    version: Literal[1] = VERSION
    name: str
    description: str | None = None
    backend_version: str | None = None
    online_date: datetime | None = None
    timing: TimingPart = TimingPart()
    qubits: tuple[QubitPart, ...]
    basis_gates: tuple[str, ...] = ()
    gates: tuple[GatePart, ...] = ()
    couplings: tuple[CouplingPart, ...] | None = None
    drive_lines: tuple[DriveLinePart, ...] = ()
    control_lines: tuple[ControlLinePart, ...] = ()
    meas_map: tuple[tuple[int, ...], ...] | None = None
    max_circuits: int | None = None
    max_shots: int | None = None
    coordinates: tuple[tuple[float, float], ...] | None = None
    notes: tuple[str, ...] = ()
    source: dict[str, Any] = {}
    calibrations: tuple[CalibrationPart, ...] = ()

    @model_validator(mode="after")
    def _qubits_exist(self) -> DeviceFile:
        try:
            self.device(())
            for part in self.calibrations:
                for qubit in part.qubits:
                    if not 0 <= qubit < len(self.qubits):
                        raise ValueError(
                            f"a calibration of {part.gate} names qubit {qubit}, "
                            f"and the qubits are 0 to {len(self.qubits) - 1}"
                        )
        except QubitError as error:
            raise ValueError(str(error.message)) from None
        return self

    def device(self, calibrations: Iterable[tuple[Any, Any]]) -> model.Device:
        """The device.

        Args:
            calibrations: Pairs of (gate name, qubits) and the entry of its calibration.
        """
        others = set(type(self).model_fields) - {"format", "version", "calibrations"}
        return model.Device(
            **{name: _built(getattr(self, name)) for name in others},
            calibrations=dict(calibrations),
        )
