"""What the tests of twins share."""

from dataclasses import replace

from backline import pulse
from backline.calibration.judging import judge
from backline.calibration.programs import pair_program
from backline.pulse.calibration_entries import ScheduleEntry


def stored_fidelity(device, gate, qubits, *, gain=None):
    """The average gate fidelity of a stored schedule as it is, no angle left free."""
    program = pair_program(device, gate, qubits)
    if gain is None:
        (gain,) = (line.gain for line in device.control_lines if line.index == program.line)
    return float(judge(program.blocks(gain), program.wanted, turned=False).fidelities[0])


def stripped(device):
    """The device with its lines as they were published."""
    lines = tuple(
        replace(line, gain=1.0, reconciled=False, fidelity_before=None, fidelity_after=None)
        for line in device.control_lines
    )
    return replace(device, control_lines=lines)


def with_schedule(device, gate, qubits, change):
    """The device with one schedule, all instructions of which went through a function."""
    changed = pulse.Schedule(name=gate)
    for start, instruction in device.calibrations[gate, qubits].get_schedule().instructions:
        changed.insert(start, change(instruction), inplace=True)
    calibrations = {**device.calibrations, (gate, qubits): ScheduleEntry(changed)}
    return replace(device, calibrations=calibrations)


def scaled_on_controls(factor):
    """A change that multiplies what control lines play."""

    def change(instruction):
        if not isinstance(instruction, pulse.Play) or not isinstance(
            instruction.channel, pulse.ControlChannel
        ):
            return instruction
        samples = factor * instruction.pulse.get_waveform().samples
        return pulse.Play(pulse.Waveform(samples), instruction.channel)

    return change
