"""Qubits and gates of an IBM snapshot, with what is impossible mended or left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from qiskit.circuit.library import get_standard_gate_name_mapping

from backline.device.model import Gate, Qubit, Readout
from backline.errors import FormatError
from backline.formats.ibm_hamiltonian import Hamiltonian
from backline.formats.ibm_schema import Conf, Defs, Props, Value
from backline.formats.notes import Notes
from backline.units import UnitError, to_hertz, to_seconds

_LOWEST_HERTZ = 1e6  # a frequency in GHz is below this, one in Hz above
_NOT_GATES = ("measure", "delay", "if_else", "for_loop", "while_loop", "switch_case")


def frequency_unit(frequencies: Iterable[float | None]) -> str:
    """The unit of a snapshot's frequencies: GHz, or Hz in old files (poughkeepsie)."""
    return "Hz" if any(value and value > _LOWEST_HERTZ for value in frequencies) else "GHz"


def read_qubits(
    conf: Conf, props: Props, defs: Defs, hamiltonian: Hamiltonian, notes: Notes
) -> tuple[Qubit, ...]:
    """Put together what the files say of each qubit.

    The frequency is the LO that the pulses were calibrated at (defs), else the measured one
    (props), else the Hamiltonian's.

    Args:
        conf: The configuration.
        props: The measured properties, empty where there are none.
        defs: The pulse defaults, empty where there are none.
        hamiltonian: Its Hamiltonian.
        notes: Takes what was mended or left out.
    """
    measured = props.qubits or []
    if len(measured) > conf.n_qubits:
        raise FormatError(
            f"props.qubits speaks of {len(measured)} qubits, conf.n_qubits of {conf.n_qubits}"
        )
    levels = (conf.hamiltonian.qub if conf.hamiltonian else None) or {}
    qubit_los = _hertz_list(defs.qubit_freq_est)
    readout_los = _hertz_list(defs.meas_freq_est)
    return tuple(
        _qubit(
            index,
            {value.name: value for value in measured[index]} if index < len(measured) else None,
            (_at(qubit_los, index), hamiltonian.frequencies.get(index)),
            hamiltonian.anharmonicities.get(index),
            _at(readout_los, index),
            levels.get(str(index), 3),
            notes,
        )
        for index in range(conf.n_qubits)
    )


def _qubit(
    index: int,
    measured: dict[str, Value] | None,
    frequencies: tuple[float | None, float | None],
    anharmonicity: float | None,
    readout_frequency: float | None,
    levels: int,
    notes: Notes,
) -> Qubit:
    def note(remark: str) -> None:
        notes.about_qubit(remark, index)

    def get(name: str, convert: Callable[[float, str], float] | None) -> float | None:
        return _measured(measured, name, convert, note) if measured is not None else None

    def positive(name: str, convert: Callable[[float, str], float] | None) -> float | None:
        value = get(name, convert)
        if value is not None and value <= 0:
            note(f"{name} is {value:g}, taken as not known")
            return None
        return value

    t1, t2 = positive("T1", to_seconds), positive("T2", to_seconds)
    if measured is not None:
        for name, value in (("T1", t1), ("T2", t2)):
            if value is None and name not in measured:
                note(f"{name} is not in the file")
    if t1 is not None and t2 is not None and t2 > 2 * t1:
        note("T2 above 2·T1, set to 2·T1")
        t2 = 2 * t1
    lo, model = frequencies
    frequency = next(
        (value for value in (lo, positive("frequency", to_hertz), model) if value), None
    )
    if anharmonicity is None:
        # Missing values are 0 in these files, and a transmon's is never 0.
        anharmonicity = get("anharmonicity", to_hertz) or None
        if anharmonicity is None and model is not None:
            note("anharmonicity is not known")
    error, p0, p1 = (
        _probability(get(name, None), name, note)
        for name in ("readout_error", "prob_meas0_prep1", "prob_meas1_prep0")
    )
    operational = get("operational", None)
    if operational == 0:
        note("called faulty in the file")
    return Qubit(
        frequency=frequency,
        anharmonicity=anharmonicity,
        t1=t1,
        t2=t2,
        levels=max(levels, 2),
        readout=Readout(
            frequency=readout_frequency if readout_frequency and readout_frequency > 0 else None,
            p1_given_0=p1,
            p0_given_1=p0,
            error=error,
            duration=positive("readout_length", to_seconds),
        ),
        operational=operational != 0,
    )


def read_gates(conf: Conf, props: Props, notes: Notes) -> tuple[Gate, ...]:
    """Gates on their qubits: all that conf or props name, with what props say of them.

    Args:
        conf: The configuration.
        props: The measured properties, empty where there are none.
        notes: Takes what was mended or left out.
    """
    standard = get_standard_gate_name_mapping()
    parameters = {
        gate.name: tuple(gate.parameters or ())
        for gate in conf.gates or ()
        if gate.name not in standard
    }
    gates = {
        (gate.name, tuple(qubits)): Gate(
            name=gate.name, qubits=tuple(qubits), parameters=parameters.get(gate.name)
        )
        for gate in conf.gates or ()
        if gate.name not in _NOT_GATES
        for qubits in gate.coupling_map or ()
    }
    gates |= _unplaced(conf, props, {name for name, _ in gates}, notes)
    broken: dict[str, list[tuple[int, ...]]] = {}
    for measured in props.gates or ():
        if measured.gate in _NOT_GATES:
            continue
        qubits = tuple(measured.qubits)
        values = {value.name: value for value in measured.parameters or ()}
        where = f"{measured.gate} on {qubits}"

        def note(remark: str, where: str = where) -> None:
            notes.add(f"{where}: {remark}")

        duration = _measured(values, "gate_length", to_seconds, note)
        if duration is not None and duration < 0:
            note(f"duration is {duration:g} s, taken as not known")
            duration = None
        error = _measured(values, "gate_error", None, note)
        if error is not None and error < 0:
            note(f"error is {error:g}, taken as not known")
            error = None
        operational = _measured(values, "operational", None, note)
        if (error is not None and error >= 1) or operational == 0:
            broken.setdefault(measured.gate, []).append(qubits)
            error = 1.0
        gates[measured.gate, qubits] = Gate(
            name=measured.gate,
            qubits=qubits,
            duration=duration,
            error=error,
            parameters=parameters.get(measured.gate),
        )
    for name, places in broken.items():
        all_of_them = len(places) == sum(gate == name for gate, _ in gates)
        where = "everywhere" if all_of_them else f"on {', '.join(map(str, places))}"
        notes.add(f"{name} is broken (error of 1 or more, or called faulty) {where}")
    return tuple(gates.values())


def _unplaced(
    conf: Conf, props: Props, placed: set[str], notes: Notes
) -> dict[tuple[str, tuple[int, ...]], Gate]:
    """Basis gates of which the files do not say where: on two qubits, the coupling map does."""
    standard = get_standard_gate_name_mapping()
    placed = placed | {gate.gate for gate in props.gates or ()}
    found = {}
    for name in conf.basis_gates or ():
        if name in placed or name in _NOT_GATES:
            continue
        if name not in standard:
            notes.add(f"gate {name} is left out: it is no gate of Qiskit, and has no qubits")
        elif standard[name].num_qubits == 2 and conf.coupling_map is not None:
            for qubits in map(tuple, conf.coupling_map):
                found[name, qubits] = Gate(name=name, qubits=qubits)
    return found


def _measured(
    values: dict[str, Value] | None,
    name: str,
    convert: Callable[[float, str], float] | None,
    note: Callable[[str], None],
) -> float | None:
    """One value in s or Hz; None where it is missing or no number."""
    if values is None or name not in values:
        return None
    value: Any = values[name].value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        note(f"{name} is {value!r}, taken as not known")
        return None
    unit = values[name].unit or ""
    if convert is None:
        return float(value)
    try:
        return convert(float(value), unit.replace("μ", "u"))
    except UnitError:
        note(f"{name} has the unit {unit!r}, taken as not known")
        return None


def _probability(value: float | None, name: str, note: Callable[[str], None]) -> float | None:
    if value is not None and not 0 <= value <= 1:
        note(f"{name} is {value:g}, taken as not known")
        return None
    return value


def _hertz_list(values: Sequence[float | None] | None) -> list[float | None]:
    unit = frequency_unit(values or ())
    return [
        to_hertz(value, unit) if value and math.isfinite(value) else None for value in values or ()
    ]


def _at(values: Sequence[float | None], index: int) -> float | None:
    return values[index] if index < len(values) else None
