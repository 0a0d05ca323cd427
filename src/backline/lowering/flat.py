"""A pulse program as a flat list of bound instructions."""

from __future__ import annotations

from backline.errors import PulseError
from backline.pulse import Instruction, Schedule, ScheduleBlock
from backline.pulse.instructions import Directive
from backline.pulse.transforms import block_to_schedule


def flat_instructions(schedule: Schedule | ScheduleBlock) -> tuple[tuple[int, Instruction], ...]:
    """(start, instruction) for everything that does something, by time; blocks are resolved.

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
    laid_out = block_to_schedule(schedule) if isinstance(schedule, ScheduleBlock) else schedule
    return tuple([item for item in laid_out.instructions if not isinstance(item[1], Directive)])
