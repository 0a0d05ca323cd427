"""One parametrised program and values for it: a sweep, in the form that Aer takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Sized
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit

from backline.contract.checks import as_programs
from backline.errors import InputError, PulseError
from backline.pulse import Schedule, ScheduleBlock
from backline.pulse.transforms import block_to_schedule

_FORM = "{parameter: [its values]} for every program, or a list of one such dict a program"


def bound_programs(run_input: Any, binds: Any) -> list[Any]:
    """Every program with each of its sets of values, in order.

    Args:
        run_input: One program or several.
        binds: For each program a mapping of parameters (or their names) to as many values each,
            as Aer's `parameter_binds`; or one mapping for all programs. A program whose mapping
            is empty runs once, as it is.

    Returns:
        The programs, whose metadata have the values in `parameters`, by name.

    Raises:
        InputError: If it is none of these, a program does not have one of the parameters, or a
            value is NaN or infinite.
    """
    programs = as_programs(run_input)
    return [
        bound
        for program, mapping in zip(programs, _mappings(binds, len(programs)), strict=True)
        for bound in _bound(program, mapping)
    ]


def check_finite(circuit: QuantumCircuit, values: NDArray[np.float64]) -> None:
    """Refuse values of a circuit's parameters that are no numbers.

    Args:
        circuit: With parameters.
        values: Array (sets, parameters), in the order of `circuit.parameters`.

    Raises:
        InputError: If one is NaN or infinite, naming its parameter.
    """
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        row, column = wrong[0].tolist()
        raise InputError(
            f"parameter {circuit.parameters[column].name!r} of circuit {circuit.name!r} has the "
            f"value {values[row, column]} in set {row} of its values: values are finite numbers"
        )


def _mappings(binds: Any, count: int) -> Sequence[Mapping[Any, Any]]:
    if isinstance(binds, Mapping):
        return [binds] * count
    if not isinstance(binds, Sequence) or not all(isinstance(item, Mapping) for item in binds):
        raise InputError(f"parameter_binds are {_FORM}; got {binds!r:.80}")
    if len(binds) != count:
        raise InputError(
            f"parameter_binds are {_FORM}: {count} programs and {len(binds)} dicts are given"
        )
    return binds


def _bound(program: Any, mapping: Mapping[Any, Any]) -> Iterator[Any]:
    if not mapping:
        yield program
        return
    if isinstance(program, ScheduleBlock):
        program = _laid_out(program)
    columns: dict[Any, list[Any]] = {}
    for key, given in mapping.items():
        parameter = _parameter(program, key)
        if parameter in columns:
            raise InputError(f"parameter {parameter.name!r} is given twice: by itself and by name")
        columns[parameter] = _values(key, given)
    lengths = {parameter.name: len(values) for parameter, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise InputError(f"parameters must have equally many values each, got {lengths}")
    for values in zip(*columns.values(), strict=True):
        yield _assigned(program, dict(zip(columns, values, strict=True)))


def _parameter(program: Any, key: Any) -> Any:
    own = getattr(program, "parameters", ())
    for parameter in own:
        if key in (parameter, parameter.name):
            return parameter
    name = getattr(key, "name", key)
    there = ", ".join(sorted(item.name for item in own)) or "none"
    raise InputError(
        f"program {getattr(program, 'name', program)!r} has no parameter {name!r}: it has {there}"
    )


def _values(key: Any, given: Any) -> list[Any]:
    # A list's entries stay what they are: [16, 32.0] has a whole number in it.
    values = given.tolist() if isinstance(given, np.ndarray) else given
    listed = isinstance(values, Sequence) and not isinstance(values, str | bytes) and len(values)
    if not listed or any(isinstance(value, Sized) for value in values):
        raise InputError(
            f"parameter {getattr(key, 'name', key)!r} needs a list of values, got {given!r:.80}"
        )
    for place, value in enumerate(values):
        if isinstance(value, int | float | complex | np.number) and not np.isfinite(value):
            raise InputError(
                f"parameter {getattr(key, 'name', key)!r} has the value {value} at place {place}: "
                "values are finite numbers"
            )
    return list(values)


def _laid_out(block: ScheduleBlock) -> Schedule | ScheduleBlock:
    """A block laid out in time, once for all values, if none of them changes when things are."""
    try:
        laid_out = block_to_schedule(block)
    except PulseError:  # a duration is free, or a reference: with its values, it is laid out later
        return block
    # Parameters in a block's alignment would be gone.
    return laid_out if laid_out.parameters == block.parameters else block


def _assigned(program: Any, values: Mapping[Any, Any]) -> Any:
    assigned = program.assign_parameters(values, inplace=False)
    if isinstance(program, QuantumCircuit):
        assigned.name = program.name  # where Qiskit counts instances
    named = {parameter.name: value for parameter, value in values.items()}
    assigned.metadata = {**(program.metadata or {}), "parameters": named}
    return assigned
