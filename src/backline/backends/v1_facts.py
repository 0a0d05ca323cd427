"""What a device's own file said, for `configuration()`."""

from __future__ import annotations

from typing import Any

from backline.device.model import Device
from backline.units import to_hertz, to_seconds

_AS_WRITTEN = (
    "sample_name",
    "processor_type",
    "quantum_volume",
    "clops",
    "meas_levels",
    "meas_kernels",
    "discriminators",
    "parametric_pulses",
    "dynamic_reprate_enabled",
    "n_registers",
    "supported_features",
    "url",
)
_IN_MICROSECONDS = ("rep_times", "rep_delay_range", "default_rep_delay")
_IN_GIGAHERTZ = ("qubit_lo_range", "meas_lo_range")


def configuration_fields(device: Device) -> dict[str, Any]:
    """Fields of `configuration()` that a device's description has and a target has not.

    Args:
        device: The device; what an IBM file said beyond our model is in its `source`.

    Returns:
        The fields, in s and Hz; without those that are not known.
    """
    fields: dict[str, Any] = {}
    if device.basis_gates:
        fields["basis_gates"] = list(device.basis_gates)
    if device.max_shots is not None:
        fields["max_shots"] = device.max_shots
    if device.coordinates is not None:
        fields["coords"] = [list(place) for place in device.coordinates]
    if device.source.get("format") == "ibm":
        of_device = device.source.get("device", {})
        of_qubits = device.source.get("qubits", {})
        fields |= {name: of_device[name] for name in _AS_WRITTEN if name in of_device}
        fields |= {
            name: _converted(of_device[name], "us")
            for name in _IN_MICROSECONDS
            if name in of_device
        }
        fields |= {
            name: _converted(of_qubits[name], "GHz") for name in _IN_GIGAHERTZ if name in of_qubits
        }
    return fields


def _converted(value: Any, unit: str) -> Any:
    if isinstance(value, list | tuple):
        return [_converted(entry, unit) for entry in value]
    return to_hertz(value, unit) if unit == "GHz" else to_seconds(value, unit)
