"""Views of a `BackendV2` for code that was written for BackendV1.

They are built from the members of the backend, when they are asked for; what a backend does not
know is left out, or None where Qiskit 1.4 always had it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qiskit.circuit import Measure

from backline import pulse
from backline.contract.options import Options
from backline.contract.v1_configuration import Configuration, GateConfig, UchannelLO
from backline.contract.v1_defaults import PulseDefaults
from backline.contract.v1_properties import BackendProperties, GateProperties, Nduv

__all__ = [
    "BackendProperties",
    "Configuration",
    "PulseDefaults",
    "configuration",
    "defaults",
    "properties",
]

_CONTROL_FLOW = frozenset(
    {
        "if_else",
        "for_loop",
        "while_loop",
        "switch_case",
        "break_loop",
        "continue_loop",
        "break",
        "continue",
        "box",
    }
)
_NOT_BASIS = _CONTROL_FLOW | {"measure", "delay", "barrier"}


def configuration(backend: Any) -> Configuration:
    """The fixed facts of a backend's device.

    Args:
        backend: A `backline.contract.BackendV2`.
    """
    target = backend.target
    names = list(target.operation_names)
    edges = backend.coupling_map
    options = backend.options
    shots = options.declared.get("shots") if isinstance(options, Options) else None
    fields: dict[str, Any] = {
        "backend_name": backend.name,
        "backend_version": backend.backend_version,
        "n_qubits": backend.num_qubits,
        "basis_gates": [name for name in names if name not in _NOT_BASIS],
        "gates": [_gate(target, name) for name in names if name not in _NOT_BASIS],
        "coupling_map": None if edges is None else [list(edge) for edge in edges.get_edges()],
        "local": True,
        "simulator": False,
        "conditional": "if_else" in names,
        "open_pulse": False,
        "memory": "memory" in options,
        # a target has no way to forbid measuring twice, and nothing else refuses it
        "multi_meas_enabled": True,
        "max_shots": None if shots is None else shots.maximum,
        "max_experiments": backend.max_circuits,
        "supported_instructions": names,
        "description": backend.description,
        "online_date": backend.online_date,
        "dt": backend.dt,
        "dtm": _where_supported(backend, "dtm"),
        "meas_map": _where_supported(backend, "meas_map"),
        "timing_constraints": {
            name: getattr(target, name) or 1
            for name in ("granularity", "min_length", "pulse_alignment", "acquire_alignment")
        },
        "sample_name": None,
    }
    pairs = backend._control_pairs()
    if pairs is not None:
        fields |= _pulse_fields(backend, pairs)
    return Configuration({**fields, **backend._configuration_fields()})


def properties(backend: Any) -> BackendProperties | None:
    """What was measured on a backend's device; None where nothing was.

    Args:
        backend: A `backline.contract.BackendV2`.
    """
    target = backend.target
    known = target.qubit_properties or [None] * (target.num_qubits or 0)
    qubits = [[*_of_qubit(found), *_of_readout(target, q)] for q, found in enumerate(known)]
    gates = list(_gates(target))
    if not any(qubits) and not gates:
        return None
    return BackendProperties(backend.name, backend.backend_version, None, qubits, gates)


def defaults(backend: Any) -> PulseDefaults | None:
    """Frequencies and calibrations of a backend's device; None where it plays no pulses.

    Args:
        backend: A `backline.contract.BackendV2`.
    """
    schedules = backend.instruction_schedule_map
    if backend._control_pairs() is None and not schedules.instructions:
        return None
    known = backend.target.qubit_properties or [None] * (backend.num_qubits or 0)
    return PulseDefaults(
        [getattr(found, "frequency", None) for found in known],
        [getattr(found, "readout_frequency", None) for found in known],
        schedules,
    )


def _where_supported(backend: Any, name: str) -> Any:
    try:
        return getattr(backend, name)
    except NotImplementedError:
        return None


def _gate(target: Any, name: str) -> GateConfig:
    operation = target.operation_from_name(name)
    parameters = [
        getattr(parameter, "name", str(parameter)) for parameter in getattr(operation, "params", ())
    ]
    places = target.qargs_for_operation_name(name)
    everywhere = places is None or None in places
    return GateConfig(
        name, parameters, "", None if everywhere else sorted(list(place) for place in places)
    )


def _pulse_fields(backend: Any, pairs: Mapping[int, tuple[int, int]]) -> dict[str, Any]:
    channels = {
        f"{letter}{qubit}": _channel([qubit], kind, kind)
        for letter, kind in (("d", "drive"), ("m", "measure"), ("acquire", "acquire"))
        for qubit in range(backend.num_qubits)
    }
    controls: dict[tuple[int, int], list[pulse.ControlChannel]] = {}
    for index, (control, target) in sorted(pairs.items()):
        channels[f"u{index}"] = _channel([control, target], "cross-resonance", "control")
        controls.setdefault((control, target), []).append(pulse.ControlChannel(index))
    fields: dict[str, Any] = {
        "open_pulse": True,
        "channels": channels,
        "control_channels": controls,
        "n_uchannels": len(pairs),
        "qubit_channel_mapping": [
            [
                name
                for name, channel in channels.items()
                if qubit in channel["operates"]["qubits"] and channel["type"] != "acquire"
            ]
            for qubit in range(backend.num_qubits)
        ],
    }
    frequencies = backend._u_channel_lo()
    if frequencies is not None:
        fields["u_channel_lo"] = [[UchannelLO(*part) for part in parts] for parts in frequencies]
    hamiltonian = backend._hamiltonian()
    if hamiltonian is not None:
        fields["hamiltonian"] = dict(hamiltonian)
    levels = (
        backend.options.declared.get("meas_level") if isinstance(backend.options, Options) else None
    )
    if levels is not None and levels.choices:
        fields["meas_levels"] = list(levels.choices)
    return fields


def _channel(qubits: list[int], purpose: str, kind: str) -> dict[str, Any]:
    return {"operates": {"qubits": qubits}, "purpose": purpose, "type": kind}


def _of_qubit(found: Any) -> Iterator[Nduv]:
    for name, attribute, unit, factor in (
        ("T1", "t1", "us", 1e6),
        ("T2", "t2", "us", 1e6),
        ("frequency", "frequency", "GHz", 1e-9),
        ("anharmonicity", "anharmonicity", "GHz", 1e-9),
        ("prob_meas0_prep1", "p0_given_1", "", 1.0),
        ("prob_meas1_prep0", "p1_given_0", "", 1.0),
    ):
        value = getattr(found, attribute, None)
        if value is not None:
            yield Nduv(None, name, unit, value * factor)


def _of_readout(target: Any, qubit: int) -> Iterator[Nduv]:
    measures = [
        name
        for name in target.operation_names
        if isinstance(target.operation_from_name(name), Measure)
    ]
    found = (target[measures[0]] or {}).get((qubit,)) if measures else None
    if found is not None and found.error is not None:
        yield Nduv(None, "readout_error", "", found.error)
    if found is not None and found.duration is not None:
        yield Nduv(None, "readout_length", "ns", found.duration * 1e9)


def _gates(target: Any) -> Iterator[GateProperties]:
    for name in target.operation_names:
        if name in _NOT_BASIS:
            continue
        for qubits, found in (target[name] or {}).items():
            if qubits is None or found is None:
                continue
            values = []
            if found.error is not None:
                values.append(Nduv(None, "gate_error", "", found.error))
            if found.duration is not None:
                values.append(Nduv(None, "gate_length", "ns", found.duration * 1e9))
            if values:
                label = name + "_".join(map(str, qubits))
                yield GateProperties(list(qubits), name, values, label)
