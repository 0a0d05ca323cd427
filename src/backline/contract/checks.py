"""What a backend checks before it runs anything; each check can be called alone.

>>> from qiskit import QuantumCircuit
>>> from qiskit.circuit.library import CXGate
>>> from backline.contract.target import Target
>>> target = Target(num_qubits=3)
>>> target.add_instruction(CXGate(), {(0, 1): None, (1, 2): None})
>>> circuit = QuantumCircuit(3)
>>> _ = circuit.cx(0, 2)
>>> check_circuit(circuit, target, device_name="line")  # doctest: +ELLIPSIS
Traceback (most recent call last):
...
backline.errors.InputError: cx on (0, 2) is not on device 'line': ...
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from qiskit import QuantumCircuit
from qiskit.transpiler import Target

from backline.contract.circuit_checks import check_circuit
from backline.contract.schedule_checks import check_schedule
from backline.errors import InputError
from backline.pulse import Schedule, ScheduleBlock

__all__ = [
    "Checked",
    "as_programs",
    "check_circuit",
    "check_programs",
    "check_schedule",
    "checked_programs",
]

_PROGRAMS = (QuantumCircuit, Schedule, ScheduleBlock)
_WANTED = "a QuantumCircuit, a Schedule or a ScheduleBlock, or a list of these"


class Checked(NamedTuple):
    """A program that a device can run.

    Attributes:
        program: As it was given.
        schedule: A pulse program laid out in time; None for a circuit.
        carries_pulses: Whether it is a circuit with pulse gates.
    """

    program: Any
    schedule: Schedule | None
    carries_pulses: bool = False


def check_programs(
    run_input: Any,
    target: Target,
    *,
    device_name: str,
    channels: Collection[str] | None = None,
) -> list[Any]:
    """Refuse what a device cannot run, or give it back as a list; see `checked_programs`."""
    checked = checked_programs(run_input, target, device_name=device_name, channels=channels)
    return [item.program for item in checked]


def checked_programs(
    run_input: Any,
    target: Target,
    *,
    device_name: str,
    channels: Collection[str] | None = None,
) -> list[Checked]:
    """Refuse what a device cannot run, or give it back with what the checks found out.

    Args:
        run_input: A `QuantumCircuit`, `Schedule` or `ScheduleBlock`, or several, mixed or not.
        target: What the device can do.
        device_name: For the message.
        channels: Names of the control channels that exist; None where that is not known.

    Returns:
        The programs in their order.

    Raises:
        InputError: As `check_circuit` and `check_schedule`, or if there is nothing to run.
            `details["index"]` is the place of the program in the input.
    """
    checked = []
    for index, program in enumerate(as_programs(run_input)):
        schedule, pulses = None, False
        try:
            if isinstance(program, QuantumCircuit):
                pulses = check_circuit(program, target, device_name=device_name, channels=channels)
            elif isinstance(program, _PROGRAMS):
                schedule = check_schedule(
                    program, target, device_name=device_name, channels=channels
                )
            else:
                raise InputError(f"{_WANTED} can be run, and not {_named(program)}")
        except InputError as error:
            where = f"program {index} of the list: " if program is not run_input else ""
            raise type(error)(
                where + error.message, **{**error.details, "index": index}
            ) from error.__cause__
        checked.append(Checked(program, schedule, pulses))
    return checked


def as_programs(run_input: Any) -> list[Any]:
    """What is given to run, as a list.

    Args:
        run_input: One program or several.

    Raises:
        InputError: If there is none.
    """
    if isinstance(run_input, _PROGRAMS):
        return [run_input]
    if not isinstance(run_input, Iterable) or isinstance(run_input, str | bytes | Mapping):
        raise InputError(f"{_WANTED} can be run, and not {_named(run_input)}")
    programs = list(run_input)
    if not programs:
        raise InputError(f"an empty list was given to run: {_WANTED} is wanted")
    return programs


def _named(program: Any) -> str:
    return "None" if program is None else f"a {type(program).__name__}"
