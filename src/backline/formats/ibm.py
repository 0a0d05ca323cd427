"""IBM snapshots: conf, props and defs as `qiskit-ibm-runtime` ships and IBM's API gave them.

Everything but conf may be missing, and most of what is inside too. What is missing is None; what
is impossible is mended or left out; `Device.notes` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backline.device.model import Coupling, Device, Timing
from backline.errors import DeviceError, FormatError, QubitError
from backline.formats.ibm_calibrations import read_calibrations
from backline.formats.ibm_hamiltonian import Hamiltonian, read_hamiltonian
from backline.formats.ibm_lines import read_control_lines, read_drive_lines
from backline.formats.ibm_qubits import frequency_unit, read_gates, read_qubits
from backline.formats.ibm_schema import Conf, Defs, Props, TimingConf, check
from backline.formats.notes import Notes
from backline.units import to_seconds

_SHORTEST_NS = 1e-6  # a dt in ns is above this, one in s below
_PREFIXES = ("ibmq_", "ibm_", "fake_")
# What of the files speaks of the device as a whole (it stays true of a part of the device) …
_OF_DEVICE = (
    "backend_name",
    "sample_name",
    "processor_type",
    "quantum_volume",
    "clops",
    "meas_levels",
    "meas_kernels",
    "discriminators",
    "parametric_pulses",
    "rep_times",
    "rep_delay_range",
    "default_rep_delay",
    "dynamic_reprate_enabled",
    "open_pulse",
    "memory",
    "conditional",
    "n_registers",
    "supported_features",
    "supported_instructions",
    "url",
)
# … and what speaks of qubits by their number.
_OF_QUBITS = (
    "qubit_lo_range",
    "meas_lo_range",
    "acquisition_latency",
    "conditional_latency",
    "hamiltonian",
)


def device_from_dicts(
    conf: Mapping[str, Any],
    props: Mapping[str, Any] | None = None,
    defs: Mapping[str, Any] | None = None,
    *,
    name: str | None = None,
) -> Device:
    """Describe a device from the three JSON objects of a snapshot.

    Args:
        conf: The configuration.
        props: The measured properties.
        defs: The pulse defaults: frequencies and calibrated schedules.
        name: The device's short name; by default conf's `backend_name` without `ibmq_`.

    Raises:
        FormatError: If one of them has not the shape of a snapshot; names the field.
    """
    notes = Notes()
    configuration = check(Conf, conf, "conf")
    properties = check(Props, props or {}, "props")
    defaults = check(Defs, defs or {}, "defs")
    try:
        return _device(configuration, properties, defaults, _source(conf, props, defs), name, notes)
    except FormatError:
        raise
    except (DeviceError, QubitError) as error:
        raise FormatError(f"this snapshot describes no device: {error}") from None


def _device(
    conf: Conf,
    props: Props,
    defs: Defs,
    source: dict[str, Any],
    name: str | None,
    notes: Notes,
) -> Device:
    written = conf.hamiltonian
    hamiltonian = (
        read_hamiltonian(written.h_str, written.vars or {}, notes)
        if written and written.h_str
        else None
    )
    energies = hamiltonian or Hamiltonian()
    return Device(
        name=name or _short_name(conf.backend_name),
        qubits=read_qubits(conf, props, defs, energies, notes),
        basis_gates=tuple(conf.basis_gates or ()),
        gates=read_gates(conf, props, notes),
        couplings=_couplings(hamiltonian),
        drive_lines=read_drive_lines(energies, notes),
        control_lines=read_control_lines(conf, energies, notes),
        calibrations=read_calibrations(defs, notes, frequency_unit(defs.qubit_freq_est or ())),
        timing=_timing(conf, notes),
        meas_map=_groups(conf.meas_map),
        max_circuits=_limit(conf.max_experiments),
        max_shots=_limit(conf.max_shots),
        description=conf.description,
        backend_version=conf.backend_version,
        online_date=_date(conf.online_date, notes),
        coordinates=_coordinates(conf),
        notes=notes.lines(),
        source=source,
    )


def _timing(conf: Conf, notes: Notes) -> Timing:
    grid = conf.timing_constraints or TimingConf()
    return Timing(
        dt=_sample(conf.dt, "dt", notes),
        dtm=_sample(conf.dtm, "dtm", notes),
        granularity=grid.granularity,
        min_length=grid.min_length,
        pulse_alignment=grid.pulse_alignment,
        acquire_alignment=grid.acquire_alignment,
    )


def _sample(value: float | None, name: str, notes: Notes) -> float | None:
    if value is None:
        return None
    if not value > 0 or value == float("inf"):
        notes.add(f"{name} is {value:g}, taken as not known")
        return None
    if value < _SHORTEST_NS:
        notes.add(f"{name} is {value:g} in the file, taken as seconds (others have ns)")
        return value
    return to_seconds(value, "ns")


def _couplings(hamiltonian: Hamiltonian | None) -> tuple[Coupling, ...] | None:
    if hamiltonian is None:
        return None
    return tuple(
        Coupling(qubits=pair, strength=strength)
        for pair, strength in sorted(hamiltonian.couplings.items())
    )


def _groups(groups: list[list[int]] | None) -> tuple[tuple[int, ...], ...] | None:
    return None if groups is None else tuple(tuple(group) for group in groups)


def _limit(value: int | None) -> int | None:
    return value if value and value > 0 else None


def _date(text: str | None, notes: Notes) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        notes.add(f"online_date {text!r} is no date")
        return None


def _coordinates(conf: Conf) -> tuple[tuple[float, float], ...] | None:
    if conf.coords is None or len(conf.coords) != conf.n_qubits:
        return None
    return tuple(conf.coords)


def _short_name(name: str | None) -> str:
    for prefix in _PREFIXES:
        name = (name or "").removeprefix(prefix)
    return name or "device"


def _source(
    conf: Mapping[str, Any], props: Mapping[str, Any] | None, defs: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the files say beyond the model: of the device as a whole, and of its qubits."""
    device = {key: conf[key] for key in _OF_DEVICE if conf.get(key) is not None}
    qubits = {key: conf[key] for key in _OF_QUBITS if conf.get(key)}
    if props and props.get("last_update_date"):
        device["last_update_date"] = props["last_update_date"]
    if props and props.get("general"):
        qubits["general"] = props["general"]
    for key in ("buffer", "meas_kernel", "discriminator"):
        if defs and defs.get(key) is not None:
            device[key] = defs[key]
    return {"format": "ibm", "device": device, "qubits": qubits}
