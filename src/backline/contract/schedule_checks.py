"""Whether a device can play a pulse program as it stands."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from qiskit.transpiler import Target

from backline import pulse
from backline.errors import InputError, PulseError
from backline.pulse import transforms

_OF_QUBITS = (pulse.DriveChannel, pulse.MeasureChannel, pulse.AcquireChannel)


def check_schedule(
    schedule: Any,
    target: Target,
    *,
    device_name: str,
    channels: Collection[str] | None = None,
) -> pulse.Schedule:
    """Refuse a pulse program that the device cannot play as it stands.

    Drive, measure and acquire channels must be of qubits that exist. Pulses must begin on
    multiples of the target's `pulse_alignment`, have a length that is a multiple of `granularity`
    and at least `min_length`; acquisitions begin on multiples of `acquire_alignment`.

    Args:
        schedule: A `Schedule` or `ScheduleBlock`.
        target: What the device can do.
        device_name: For the message.
        channels: Names of the control channels that exist ("u0", …), others among them do no
            harm; None where that is not known.

    Returns:
        The program laid out in time; who goes on with it need not do that again.

    Raises:
        InputError: Naming the instruction, its channel and time, and what is allowed.
    """
    if not isinstance(schedule, pulse.Schedule | pulse.ScheduleBlock):
        raise InputError(f"a Schedule or ScheduleBlock is wanted, got {type(schedule).__name__}")
    name = f"schedule {schedule.name!r}"
    if schedule.is_parameterized():
        unbound = ", ".join(sorted(parameter.name for parameter in schedule.parameters))
        raise InputError(
            f"{name} has unbound parameters: {unbound}. "
            "Give them values: schedule.assign_parameters(...)."
        )
    if isinstance(schedule, pulse.ScheduleBlock):
        if unassigned := schedule.references.unassigned():
            raise InputError(
                f"{name} refers to subroutines that nobody assigned: "
                f"{', '.join(map(str, unassigned))}"
            )
        schedule = _flat(schedule, name)
    known = set() if channels is None else set(channels)
    for channel in schedule.channels:
        if isinstance(channel, _OF_QUBITS):
            _check_qubit(channel, target, device_name, name)
        elif isinstance(channel, pulse.ControlChannel) and channels is not None:
            _check_control(channel, known, device_name, name)
    for start, instruction in schedule.instructions:
        if isinstance(instruction, pulse.Play):
            _check_play(start, instruction, target, device_name)
        elif isinstance(instruction, pulse.Acquire):
            step = target.acquire_alignment or 1
            if start % step:
                raise _off_grid(start, instruction, device_name, "begins", start, step)
    return schedule


def _flat(block: Any, name: str) -> Any:
    try:
        return transforms.block_to_schedule(block)
    except PulseError as error:
        raise InputError(f"{name} cannot be laid out in time: {error}") from error


def _check_qubit(channel: Any, target: Target, device_name: str, name: str) -> None:
    number = target.num_qubits
    if number is not None and channel.index >= number:
        raise InputError(
            f"{name} uses channel {channel.name}, and device {device_name!r} has no qubit "
            f"{channel.index}: its qubits are 0 to {number - 1}",
            channel=channel.name,
            qubits=(channel.index,),
        )


def _check_control(channel: Any, known: set[str], device_name: str, name: str) -> None:
    if channel.name not in known:
        controls = sorted((k for k in known if k.startswith("u")), key=lambda k: (len(k), k))
        raise InputError(
            f"{name} uses channel {channel.name}, which device {device_name!r} does not have: "
            f"its control channels are {_span(controls)}",
            channel=channel.name,
        )


def _span(names: list[str]) -> str:
    if len(names) > 8:
        return f"{', '.join(names[:4])}, … {names[-1]}"
    return ", ".join(names) or "none"


def _check_play(start: int, play: Any, target: Target, device_name: str) -> None:
    alignment, granularity = target.pulse_alignment or 1, target.granularity or 1
    shortest = target.min_length or 1
    if start % alignment:
        raise _off_grid(start, play, device_name, "begins", start, alignment)
    if play.duration % granularity:
        raise _off_grid(start, play, device_name, "has a length of", play.duration, granularity)
    if 0 < play.duration < shortest:
        raise InputError(
            f"{_place(start, play)} has a length of {play.duration} samples; pulses on device "
            f"{device_name!r} have at least {shortest}",
            instruction=str(play.name),
            channel=play.channel.name,
        )


def _place(start: int, instruction: Any) -> str:
    kind = type(instruction).__name__.lower()
    label = f" {instruction.name!r}" if instruction.name else ""
    return f"{kind}{label} on {instruction.channel.name} at sample {start}"


def _off_grid(
    start: int, instruction: Any, device_name: str, verb: str, value: int, step: int
) -> InputError:
    below = value // step * step
    what = "" if verb == "begins" else f" {value}"
    return InputError(
        f"{_place(start, instruction)} {verb}{what} off the timing grid of device "
        f"{device_name!r}: it must be a multiple of {step} samples, such as {below} or "
        f"{below + step}",
        instruction=str(instruction.name),
        channel=instruction.channel.name,
    )
