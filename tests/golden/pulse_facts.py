"""What of a pulse program is compared between Qiskit 1.4 and Backline."""

from __future__ import annotations

from typing import Any


def facts(pulse: Any, program: Any) -> dict[str, Any]:
    """A program's flat form as plain data; pulses are left as objects for the caller."""
    flat = pulse.transforms.target_qobj_transform(program)
    channels: dict[str, list[Any]] = {}
    for time, inst in flat.instructions:
        row = [time, type(inst).__name__, *(_operand(operand) for operand in inst.operands)]
        for used in inst.channels:
            channels.setdefault(f"{type(used).__name__}({used.index})", []).append(row)
    return {"duration": flat.duration, "channels": dict(sorted(channels.items()))}


def _operand(operand: Any) -> Any:
    if hasattr(operand, "get_waveform"):
        return operand.get_waveform().samples
    if hasattr(operand, "samples"):
        return operand.samples
    if hasattr(operand, "index"):
        return f"{type(operand).__name__}({operand.index})"
    return operand
