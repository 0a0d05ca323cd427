"""What of a pulse program is compared between Qiskit 1.4 and Backline."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]


def facts(pulse: Any, program: Any) -> Any:
    """A program's flat form as plain data; of a list of programs, a list.

    Directives of a Schedule are kept; a block has none after scheduling. Samples are left as
    arrays for the caller.
    """
    if isinstance(program, list):
        return [facts(pulse, one) for one in program]
    block = isinstance(program, pulse.ScheduleBlock)
    flat = pulse.transforms.target_qobj_transform(program, remove_directives=block)
    return {
        "duration": flat.duration,
        "instructions": [[time, *_instruction(inst)] for time, inst in flat.instructions],
    }


def by_channel(stored: Facts) -> dict[str, list[Any]]:
    """The instructions of each channel, in order."""
    found: dict[str, list[Any]] = {}
    for row in stored["instructions"]:
        for name in row[2]:
            found.setdefault(name, []).append(row)
    return found


def _instruction(inst: Any) -> list[Any]:
    """Its type, channels and operands; for a barrier the channels are all, in any order."""
    used = sorted(_operand(channel) for channel in inst.channels)
    kind = type(inst).__name__
    return (
        [kind, used] if kind == "RelativeBarrier" else [kind, used, *map(_operand, inst.operands)]
    )


def _operand(operand: Any) -> Any:
    if hasattr(operand, "get_waveform"):
        return operand.get_waveform().samples
    if hasattr(operand, "samples"):
        return operand.samples
    if hasattr(operand, "params"):
        return f"{type(operand).__name__}({operand.name}, {sorted(operand.params.items())})"
    if hasattr(operand, "index") and not isinstance(operand, str):
        return f"{type(operand).__name__}({operand.index})"
    return operand
