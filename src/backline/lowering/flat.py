"""A pulse program as a flat list of bound instructions."""

from __future__ import annotations

from backline.errors import PulseError
from backline.pulse import Instruction, Schedule, ScheduleBlock
from backline.pulse.transforms import target_qobj_transform


def flat_instructions(schedule: Schedule | ScheduleBlock) -> tuple[tuple[int, Instruction], ...]:
    """(start, instruction) for everything in a program, by time; blocks and calls are resolved.

    At equal times the order is the program's own, with what takes no time first (as Qiskit 1.4),
    so that a phase set at a pulse's start holds for it.

    Args:
        schedule: The program.

    Raises:
        PulseError: If parameters are unbound.
        UnassignedReferenceError: If references are not assigned.
    """
    if schedule.is_parameterized():
        names = ", ".join(sorted(parameter.name for parameter in schedule.parameters))
        raise PulseError(
            f"{schedule.name!r} still has unbound parameters: {names}; "
            f"bind them with assign_parameters"
        )
    return target_qobj_transform(schedule).instructions
