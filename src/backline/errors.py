"""Every error that Backline raises, in one tree.

::

    BacklineError (QiskitError)
    ├── PulseError                      a pulse program that makes no sense
    │   ├── UnassignedDurationError     its duration is still a parameter
    │   │   └── UnassignedReferenceError    it refers to a subroutine that nobody assigned
    │   ├── UnknownParameterError (KeyError)   it has no parameter of that name
    │   ├── PulseTypeError (TypeError)  a part of it is of the wrong kind
    │   ├── NoActiveBuilder             a builder function outside of `pulse.build`
    │   └── BackendNotSet               a builder function that needs a backend, without one
    ├── DeviceError (ValueError)        an impossible device description
    │   └── FormatError                 a file that cannot be read as what it claims to be
    ├── UnitError (ValueError)          a unit that does not exist, or a fraction of a sample
    ├── QubitError (IndexError)         a qubit that the device does not have
    ├── UnknownOptionError (AttributeError)   an option that does not exist
    ├── OptionValueError (ValueError)   an option whose value is not allowed
    ├── InputError (ValueError)         a program that the device cannot run
    ├── CalibrationError                a gate without a calibrated schedule
    │   └── MissingCalibrationError (KeyError)   asked of a target that has none
    ├── EngineError                     an engine that could not finish
    │   ├── CapabilityError             an engine asked for what it cannot do
    │   └── WorkerLostError             the process that ran it died, more than once
    ├── BackendPropertyError (LookupError)   what `properties()` does not know
    ├── BackendNotFoundError (QiskitBackendNotFoundError)
    └── JobError (qiskit JobError)
        ├── JobTimeoutError (qiskit JobTimeoutError)
        ├── JobCancelledError           a result asked of a cancelled job
        ├── JobNotFoundError (LookupError)   no job of that id in the store
        └── StoreError                  a store that cannot be read or written

Each class carries a stable `code` for programs, and a message for people that says what is
wrong, where, and what is allowed. Extra facts (the instruction, the qubits, the experiment's
index) are in `details`, and survive a process pool.

Three warnings (UserWarning) are no errors: `DeviceWarning` says, once for each file that is read,
what of a device's description was mended or left out, and once a pair that its control lines are
not fitted; `ProgramWarning` that a program can run and may not be what was meant; `OptionWarning`
names options that were left out because the caller asked for that.
"""

from __future__ import annotations

from typing import Any, ClassVar

from qiskit.exceptions import QiskitError
from qiskit.providers import JobError as QiskitJobError
from qiskit.providers import JobTimeoutError as QiskitJobTimeoutError
from qiskit.providers import QiskitBackendNotFoundError


class BacklineError(QiskitError):
    """The root of all errors of Backline.

    Args:
        message: What is wrong, where, and what is allowed.
        **details: Facts for programs, kept in `details`; picklable values only.
    """

    code: ClassVar[str] = "backline"

    def __init__(self, *message: str, **details: Any) -> None:
        super().__init__(*message)
        self.details: dict[str, Any] = details

    def __str__(self) -> str:
        # Qiskit's errors print the repr of their message, with its quotes and escapes.
        return " ".join(self.args)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.details)


def _rebuild(
    cls: type[BacklineError], message: tuple[str, ...], details: dict[str, Any]
) -> BacklineError:
    return cls(*message, **details)


class PulseError(BacklineError):
    """A pulse program that makes no sense: overlap, bad amplitude, unbound parameter."""

    code = "pulse"


class UnassignedDurationError(PulseError):
    """A duration that is still a parameter where a number is needed."""

    code = "pulse.unassigned_duration"


class UnassignedReferenceError(UnassignedDurationError):
    """A reference to a subroutine that nobody assigned: how long it is, nobody knows."""

    code = "pulse.unassigned_reference"


class UnknownParameterError(PulseError, KeyError):
    """A program was given a value for a parameter that it does not have."""

    code = "pulse.unknown_parameter"


class PulseTypeError(PulseError, TypeError):
    """A part of a pulse program is of the wrong kind."""

    code = "pulse.type"


class NoActiveBuilder(PulseError):  # noqa: N818 - Qiskit 1.x's name
    """A builder function was called outside of `pulse.build`."""

    code = "pulse.no_active_builder"


class BackendNotSet(PulseError):  # noqa: N818 - Qiskit 1.x's name
    """A builder function needs a backend, and `pulse.build` was given none."""

    code = "pulse.backend_not_set"


class DeviceError(BacklineError, ValueError):
    """An impossible device description."""

    code = "device"


class FormatError(DeviceError):
    """A file that cannot be read as what it claims to be."""

    code = "device.format"


class QubitError(BacklineError, IndexError):
    """A qubit that the device does not have."""

    code = "qubit"


class UnknownOptionError(BacklineError, AttributeError):
    """An option that does not exist."""

    code = "option.unknown"


class OptionValueError(BacklineError, ValueError):
    """An option whose value is not allowed."""

    code = "option.value"


class InputError(BacklineError, ValueError):
    """A program that the device cannot run; `details` says which instruction and qubits."""

    code = "input"


class CalibrationError(BacklineError):
    """A gate without a calibrated schedule."""

    code = "calibration"


class EngineError(BacklineError):
    """An engine that could not finish."""

    code = "engine"


class CapabilityError(EngineError):
    """An engine asked for what it cannot do, said before any work starts."""

    code = "engine.capability"


class WorkerLostError(EngineError):
    """The worker that ran something died, and so did those that tried again."""

    code = "engine.worker_lost"


class BackendNotFoundError(BacklineError, QiskitBackendNotFoundError):
    """No backend of that name."""

    code = "backend.not_found"


class JobError(BacklineError, QiskitJobError):
    """A job that failed, or was asked for what it cannot give."""

    code = "job"


class JobTimeoutError(JobError, QiskitJobTimeoutError):
    """A job that did not end in the time it was given."""

    code = "job.timeout"


class JobCancelledError(JobError):
    """A result was asked of a cancelled job."""

    code = "job.cancelled"


class JobNotFoundError(JobError, LookupError):
    """No job of that id in the store."""

    code = "job.not_found"


class StoreError(JobError):
    """A store of jobs that cannot be read or written; what was accepted before stays."""

    code = "job.store"


class DeviceWarning(UserWarning):
    """What of a device's description was mended, left out or not fitted; see `Device.notes`."""


class ProgramWarning(UserWarning):
    """A program that can run, and may not be what was meant."""


class OptionWarning(UserWarning):
    """An option that does not exist was left out, as `unknown_options="warn"` asked for."""


class MissingCalibrationError(CalibrationError, KeyError):
    """A target was asked for a calibration that it does not have."""

    code = "calibration.missing"


class BackendPropertyError(BacklineError, LookupError):
    """`properties()` was asked for what is not known of the device."""

    code = "backend.property"
