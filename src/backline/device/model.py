"""What a device is: one frozen description, of which every part may be missing.

Units are seconds and Hz throughout. The model of a device that drives are played on is::

    H/h = Σ_q f_q n_q + (α_q/2) n_q (n_q − 1)                  transmons, levels of each
        + Σ_(a,b) J_ab (a† b + a b†)                            exchange couplings
        + Σ_drive  Ω_q Re[s(t) e^{2πi f t}] (a_q + a_q†)        drive lines, f the channel's LO
        + Σ_control Ω_u Re[g_u s(t) e^{2πi f t}] (a_q + a_q†)   control lines, q the control qubit

with s(t) a channel's complex envelope, |s| ≤ 1. A drive strength Ω is the Rabi frequency (Hz) of a
resonant drive at amplitude 1.
"""

from __future__ import annotations

import cmath
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from backline.device.values import (
    check_count,
    check_not_negative,
    check_number,
    check_positive,
    check_probability,
    qubit_tuple,
)
from backline.errors import DeviceError, QubitError
from backline.pulse.calibration_entries import CalibrationEntry

_LARGEST_COUNT = 2**31 - 1  # what Qiskit's Target can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Readout:
    """How one qubit is read.

    Attributes:
        frequency: Resonator probe, in Hz.
        p1_given_0: Probability of reading 1 after preparing 0.
        p0_given_1: Probability of reading 0 after preparing 1.
        error: Mean assignment error, where only that is known.
        duration: Length of a measurement, in s.
        kappa: Linewidth of its resonator, in Hz.
        chi: Dispersive shift, in Hz, of either sign: half the distance between the resonator's
            frequencies with the qubit in 1 and in 0.
    """

    frequency: float | None = None
    p1_given_0: float | None = None
    p0_given_1: float | None = None
    error: float | None = None
    duration: float | None = None
    kappa: float | None = None
    chi: float | None = None

    def __post_init__(self) -> None:
        for name in ("p1_given_0", "p0_given_1", "error"):
            check_probability(name, getattr(self, name))
        check_positive("readout frequency", self.frequency)
        check_positive("readout duration", self.duration)
        check_positive("kappa", self.kappa)
        check_number("chi", self.chi, "Hz")
        if self.chi == 0:
            raise DeviceError("chi must not be 0: such a readout would tell no levels apart")


@dataclass(frozen=True, slots=True, kw_only=True)
class Qubit:
    """One transmon.

    Attributes:
        frequency: Transition 0-1, in Hz.
        anharmonicity: f_12 - f_01, in Hz; negative for a transmon.
        t1: Relaxation time, in s.
        t2: Coherence time, in s; at most twice `t1`.
        levels: Levels that a pulse simulation keeps, at least 2.
        readout: How it is read.
        operational: False for a qubit that its maker calls faulty.
    """

    frequency: float | None = None
    anharmonicity: float | None = None
    t1: float | None = None
    t2: float | None = None
    levels: int = 3
    readout: Readout = Readout()
    operational: bool = True

    def __post_init__(self) -> None:
        for name in ("frequency", "t1", "t2"):
            check_positive(name, getattr(self, name))
        check_number("anharmonicity", self.anharmonicity, "Hz")
        check_count("levels", self.levels, least=2)
        if self.t1 is not None and self.t2 is not None and self.t2 > 2 * self.t1 * (1 + 1e-9):
            raise DeviceError(f"t2 must be at most twice t1, got t2={self.t2} s and t1={self.t1} s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupling:
    """An exchange coupling J (a† b + a b†) between two qubits.

    Attributes:
        qubits: The two qubits, smaller first.
        strength: J, in Hz.
    """

    qubits: tuple[int, int]
    strength: float

    def __post_init__(self) -> None:
        qubits = qubit_tuple("a coupling", self.qubits)
        object.__setattr__(self, "qubits", qubits)
        if len(qubits) != 2 or not 0 <= qubits[0] < qubits[1]:
            raise DeviceError(f"a coupling joins two different qubits, smaller first: {qubits}")
        if self.strength is None:
            raise DeviceError(f"a coupling needs its strength in Hz: {qubits} has none")
        check_number(f"coupling of {qubits}", self.strength, "Hz")


@dataclass(frozen=True, slots=True, kw_only=True)
class DriveLine:
    """The drive line d{qubit} of one qubit, at that qubit's frequency.

    Attributes:
        qubit: The qubit that it drives.
        strength: Rabi frequency at amplitude 1, in Hz.
        reconciled: Whether the strength was taken from the qubit's own calibrated x pulse.
    """

    qubit: int
    strength: float
    reconciled: bool = False

    def __post_init__(self) -> None:
        if self.strength is None:
            raise DeviceError(f"drive line d{self.qubit} needs its strength in Hz")
        check_not_negative(f"strength of drive line d{self.qubit}", self.strength, "Hz")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlLine:
    """The control line u{index}: it drives one qubit at another's frequency.

    Attributes:
        index: The index of its `ControlChannel`.
        qubits: (control, target): the qubits that the line couples, by the device's channel list.
        drives: The qubit whose drive operator it acts on; None where not known.
        strength: Rabi frequency at amplitude 1, in Hz; None where not known.
        lo: Its frequency as a sum of qubit frequencies, ((qubit, complex scale), …).
        gain: Complex gain of the line at that frequency, 1 until it was reconciled.
        reconciled: Whether `gain` was fitted to the device's two-qubit calibrations.
        fidelity_before: Average gate fidelity of the fitted schedule with a gain of 1.
        fidelity_after: With `gain`.
    """

    index: int
    qubits: tuple[int, int]
    drives: int | None = None
    strength: float | None = None
    lo: tuple[tuple[int, complex], ...] = ()
    gain: complex = 1.0
    reconciled: bool = False
    fidelity_before: float | None = None
    fidelity_after: float | None = None

    def __post_init__(self) -> None:
        if self.index < 0:
            raise DeviceError(f"a control line's index is 0 or more, got {self.index}")
        qubits = qubit_tuple(f"control line u{self.index}", self.qubits)
        object.__setattr__(self, "qubits", qubits)
        if len(qubits) != 2:
            raise DeviceError(f"control line u{self.index} is for two qubits, got {qubits}")
        check_not_negative(f"strength of control line u{self.index}", self.strength, "Hz")
        if not cmath.isfinite(self.gain):
            raise DeviceError(f"gain of control line u{self.index} must be finite: {self.gain!r}")
        for name in ("fidelity_before", "fidelity_after"):
            check_probability(f"{name} of control line u{self.index}", getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One gate on certain qubits.

    Attributes:
        name: As in circuits: "x", "cx", "measure", …
        qubits: The qubits, in the order of its arguments.
        duration: In s; None where not known.
        error: 1 - average gate fidelity, in [0, 1]; None where not known. 1 means broken.
        parameters: Names of its parameters; needed for gates alone that Qiskit does not know.
    """

    name: str
    qubits: tuple[int, ...]
    duration: float | None = None
    error: float | None = None
    parameters: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "qubits", qubit_tuple(f"gate {self.name!r}", self.qubits))
        where = f"{self.name} on {self.qubits}"
        if not self.qubits or len(set(self.qubits)) != len(self.qubits):
            raise DeviceError(f"{where}: a gate stands on at least one qubit, each once")
        check_probability(f"error of {where}", self.error)
        check_not_negative(f"duration of {where}", self.duration, "s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The grid on which the device's instruments work.

    Attributes:
        dt: Length of an input sample, in s.
        dtm: Length of an output sample, in s.
        granularity: Pulse lengths are multiples of this, in samples.
        min_length: Shortest pulse, in samples.
        pulse_alignment: Pulses start at multiples of this, in samples.
        acquire_alignment: Acquisitions start at multiples of this, in samples.
    """

    dt: float | None = None
    dtm: float | None = None
    granularity: int = 1
    min_length: int = 1
    pulse_alignment: int = 1
    acquire_alignment: int = 1

    def __post_init__(self) -> None:
        for name in ("dt", "dtm"):
            check_positive(name, getattr(self, name))
        for name in ("granularity", "min_length", "pulse_alignment", "acquire_alignment"):
            value = getattr(self, name)
            check_count(name, value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Device:
    """One device: everything that is known of it, and nothing that is not.

    Attributes:
        name: Short name, such as "manila".
        qubits: Its qubits; their number is the device's width.
        basis_gates: Names of the gates that circuits may use. `gates` says on which qubits; one
            that it does not mention is allowed on all.
        gates: Gates on their qubits. Measurements are described by `Qubit.readout`.
        couplings: Exchange couplings; None where no Hamiltonian is known.
        drive_lines: One for each qubit that can be driven.
        control_lines: The control channels.
        calibrations: (gate name, qubits) to the entry that gives its schedule.
        timing: The instruments' grid.
        meas_map: Groups of qubits that are measured together; None where not known.
        max_circuits: Circuits in one job, None for no limit.
        max_shots: Shots of one circuit, None for no limit.
        description: A sentence.
        backend_version: Version of the device itself.
        online_date: Since when it is in service.
        coordinates: (column, row) of each qubit on a map, for drawing.
        notes: What was mended or left out when this description was read.
        source: What the maker's file said beyond this model, kept as it was (JSON values); what
            stands under "qubits" speaks of qubits by their number, and does not survive `subset`.
    """

    name: str
    qubits: tuple[Qubit, ...]
    basis_gates: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    couplings: tuple[Coupling, ...] | None = None
    drive_lines: tuple[DriveLine, ...] = ()
    control_lines: tuple[ControlLine, ...] = ()
    calibrations: Mapping[tuple[str, tuple[int, ...]], CalibrationEntry] = field(
        default_factory=dict
    )
    timing: Timing = Timing()
    meas_map: tuple[tuple[int, ...], ...] | None = None
    max_circuits: int | None = None
    max_shots: int | None = None
    description: str | None = None
    backend_version: str | None = None
    online_date: datetime | None = None
    coordinates: tuple[tuple[float, float], ...] | None = None
    notes: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._make_tuples()
        if not self.qubits:
            raise DeviceError(f"device {self.name!r} has no qubits")
        for name in ("max_circuits", "max_shots"):
            if getattr(self, name) is not None:
                check_count(name, getattr(self, name))
        self._check_each_once()
        if self.coordinates is not None and len(self.coordinates) != self.num_qubits:
            raise DeviceError(
                f"device {self.name!r} has {self.num_qubits} qubits, "
                f"and {len(self.coordinates)} of them have coordinates: give all or None"
            )
        object.__setattr__(self, "calibrations", MappingProxyType(dict(self.calibrations)))
        object.__setattr__(self, "source", MappingProxyType(dict(self.source)))
        for gate in self.gates:
            self.check_qubits(gate.qubits, gate.name)
        for coupling in self.couplings or ():
            self.check_qubits(coupling.qubits, "a coupling")
        for line in self.drive_lines:
            self.check_qubits((line.qubit,), "a drive line")
        for control in self.control_lines:
            who = f"control line u{control.index}"
            self.check_qubits(control.qubits, who)
            self.check_qubits(tuple(qubit for qubit, _ in control.lo), who)
            if control.drives is not None:
                self.check_qubits((control.drives,), who)
        for (name, qubits), entry in self.calibrations.items():
            self.check_qubits(qubits, f"the calibration of {name}")
            if not isinstance(entry, CalibrationEntry):
                raise DeviceError(
                    f"the calibration of {name} on {qubits} must be a CalibrationEntry such as "
                    f"ScheduleEntry(schedule), got {type(entry).__name__}"
                )
        for group in self.meas_map or ():
            self.check_qubits(group, "meas_map")

    def _make_tuples(self) -> None:
        """Take any sequence of the right parts, and refuse wrong ones."""
        for name, kind in (
            ("qubits", Qubit),
            ("basis_gates", str),
            ("gates", Gate),
            ("couplings", Coupling),
            ("drive_lines", DriveLine),
            ("control_lines", ControlLine),
        ):
            given = getattr(self, name)
            if name == "couplings" and given is None:
                continue
            if isinstance(given, str) or not isinstance(given, Iterable):
                raise DeviceError(f"{name} must be a tuple of {kind.__name__}, got {given!r}")
            parts = tuple(given)
            for part in parts:
                if not isinstance(part, kind):
                    raise DeviceError(f"{name} must be a tuple of {kind.__name__}, got {part!r}")
            object.__setattr__(self, name, parts)
        if not isinstance(self.timing, Timing):
            raise DeviceError(f"timing must be a Timing, got {self.timing!r}")
        if self.meas_map is not None:
            if not isinstance(self.meas_map, Iterable):
                raise DeviceError(f"meas_map must be groups of qubits, got {self.meas_map!r}")
            groups = tuple(qubit_tuple("a group of meas_map", group) for group in self.meas_map)
            object.__setattr__(self, "meas_map", groups)

    def _check_each_once(self) -> None:
        """Refuse two descriptions of one thing, of which one would be lost."""
        for what, keys in (
            ("gate", [(gate.name, gate.qubits) for gate in self.gates]),
            ("coupling", [coupling.qubits for coupling in self.couplings or ()]),
            ("drive line", [f"d{line.qubit}" for line in self.drive_lines]),
            ("control line", [f"u{line.index}" for line in self.control_lines]),
        ):
            for key, count in Counter[Any](keys).items():
                if count > 1:
                    raise DeviceError(
                        f"device {self.name!r} describes the {what} {key} {count} times, "
                        "and once is allowed"
                    )

    def __reduce__(self) -> tuple[Any, ...]:
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        fields["calibrations"] = dict(self.calibrations)
        fields["source"] = dict(self.source)
        return _device, (fields,)

    @property
    def num_qubits(self) -> int:
        """Number of qubits."""
        return len(self.qubits)

    def check_qubits(self, qubits: tuple[int, ...], what: str) -> None:
        """Refuse qubits that the device does not have.

        Args:
            qubits: Some qubits.
            what: Who names them, for the message.

        Raises:
            QubitError: If one of them is no qubit of this device.
        """
        for qubit in qubits:
            if not 0 <= qubit < self.num_qubits:
                raise QubitError(
                    f"{what} names qubit {qubit}, which device {self.name!r} does not have: "
                    f"its qubits are 0 to {self.num_qubits - 1}",
                    qubit=qubit,
                )


def _device(fields: dict[str, Any]) -> Device:
    return Device(**fields)
