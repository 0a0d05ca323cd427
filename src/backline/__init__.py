"""Backline: everything behind a quantum program.

>>> import backline
>>> backend = backline.load("manila")
>>> backend.num_qubits, backend.operation_names[:5]
(5, ['id', 'rz', 'sx', 'x', 'cx'])

The names below are imported when they are first used (PEP 562), so that `import backline` costs
no more than what a program needs of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backline import (
        backends,
        calibration,
        contract,
        device,
        engines,
        errors,
        formats,
        jobs,
        lowering,
        primitives,
        pulse,
        units,
        visualization,
    )
    from backline.backends import (
        BackendBase,
        BackendJob,
        BackendV2Converter,
        DeviceBackend,
        DeviceProvider,
        Experiment,
        devices,
        load,
        standard_options,
        transpile,
    )
    from backline.contract import (
        BackendV2,
        InstructionProperties,
        InstructionScheduleMap,
        Job,
        Option,
        Options,
        Provider,
        QubitProperties,
        Result,
        Target,
        pulse_gate,
    )
    from backline.device import Device
    from backline.engines.outcomes import Outcomes
    from backline.errors import BacklineError
    from backline.lowering import schedule, sequence

    __version__: str

_MODULES = (
    "backends",
    "calibration",
    "conformance",
    "contract",
    "device",
    "engines",
    "errors",
    "formats",
    "jobs",
    "lowering",
    "primitives",
    "pulse",
    "units",
    "visualization",
)

_NAMES = {
    "BackendBase": "backline.backends",
    "BackendJob": "backline.backends",
    "BackendV2": "backline.contract",
    "BackendV2Converter": "backline.backends",
    "BacklineError": "backline.errors",
    "Device": "backline.device",
    "DeviceBackend": "backline.backends",
    "DeviceProvider": "backline.backends",
    "Experiment": "backline.backends",
    "InstructionProperties": "backline.contract",
    "InstructionScheduleMap": "backline.contract",
    "Job": "backline.contract",
    "Option": "backline.contract",
    "Options": "backline.contract",
    "Outcomes": "backline.engines.outcomes",
    "Provider": "backline.contract",
    "QubitProperties": "backline.contract",
    "Result": "backline.contract",
    "Target": "backline.contract",
    "devices": "backline.backends",
    "load": "backline.backends",
    "pulse_gate": "backline.contract",
    "schedule": "backline.lowering",
    "sequence": "backline.lowering",
    "standard_options": "backline.backends",
    "transpile": "backline.backends",
}

__all__ = [
    "BackendBase",
    "BackendJob",
    "BackendV2",
    "BackendV2Converter",
    "BacklineError",
    "Device",
    "DeviceBackend",
    "DeviceProvider",
    "Experiment",
    "InstructionProperties",
    "InstructionScheduleMap",
    "Job",
    "Option",
    "Options",
    "Outcomes",
    "Provider",
    "QubitProperties",
    "Result",
    "Target",
    "__version__",
    "backends",
    "calibration",
    "conformance",
    "contract",
    "device",
    "devices",
    "engines",
    "errors",
    "formats",
    "jobs",
    "load",
    "lowering",
    "primitives",
    "pulse",
    "pulse_gate",
    "schedule",
    "sequence",
    "standard_options",
    "transpile",
    "units",
    "visualization",
]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(import_module(_NAMES[name]), name)
    elif name in _MODULES:
        value = import_module(f"backline.{name}")
    elif name == "__version__":
        from importlib.metadata import version  # not at the top: it costs more than all the rest

        value = version("backline")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
