"""Channels and instructions as JSON values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backline.errors import PulseError
from backline.pulse import instructions as inst
from backline.pulse.channels import (
    AcquireChannel,
    Channel,
    ControlChannel,
    DriveChannel,
    MeasureChannel,
    MemorySlot,
    RegisterSlot,
    SnapshotChannel,
)
from backline.pulse.codec import json_values
from backline.pulse.codec.expressions import Reader, Writer
from backline.pulse.codec.pulses import decode_pulse, encode_pulse
from backline.pulse.configuration import Discriminator, Kernel

_CHANNELS: dict[str, type[Channel]] = {
    "d": DriveChannel,
    "u": ControlChannel,
    "m": MeasureChannel,
    "a": AcquireChannel,
    "slot": MemorySlot,
    "reg": RegisterSlot,
}
_CHANNEL_CODES = {kind: code for code, kind in _CHANNELS.items()}
_TIMED: dict[str, type[inst.Instruction]] = {
    "delay": inst.Delay,
    "time_blockade": inst.TimeBlockade,
    "shift_phase": inst.ShiftPhase,
    "set_phase": inst.SetPhase,
    "shift_frequency": inst.ShiftFrequency,
    "set_frequency": inst.SetFrequency,
}
"""Instructions of one value and one channel."""
_TIMED_KINDS = {kind: name for name, kind in _TIMED.items()}


def encode_channel(channel: Channel, to: Writer) -> str:
    """A channel as a string: "d0", "slot3", or "d:p0" where its index is an expression."""
    if isinstance(channel, SnapshotChannel):
        return "snapshot"
    code = _CHANNEL_CODES.get(type(channel))
    if code is None:
        raise PulseError(f"channels of the kind {type(channel).__name__} cannot be stored")
    if channel.is_parameterized():
        return f"{code}:{to.value(channel.index)}"
    return f"{code}{channel.index}"


def decode_channel(text: str, by: Reader) -> Channel:
    """The channel that was encoded."""
    if text == "snapshot":
        return SnapshotChannel()
    code, colon, expression = text.partition(":")
    if colon:
        return _CHANNELS[code](by.value(expression))
    code = text.rstrip("0123456789")
    return _CHANNELS[code](int(text[len(code) :]))


def encode_instruction(instruction: inst.Instruction, to: Writer) -> dict[str, Any]:
    """An instruction by its kind and operands."""
    row = _encode_operands(instruction, to)
    shown = None if isinstance(instruction, inst.Reference) else instruction.name
    if shown is not None:
        row["name"] = shown
    return row


def _encode_operands(instruction: inst.Instruction, to: Writer) -> dict[str, Any]:
    kind = _TIMED_KINDS.get(type(instruction))
    if kind is not None:
        value, channel = instruction.operands
        return {"kind": kind, "value": to.value(value), "channel": encode_channel(channel, to)}
    if isinstance(instruction, inst.Play):
        return {
            "kind": "play",
            "pulse": encode_pulse(instruction.pulse, to),
            "channel": encode_channel(instruction.channel, to),
        }
    if isinstance(instruction, inst.Acquire):
        return _encode_acquire(instruction, to)
    if isinstance(instruction, inst.RelativeBarrier):
        channels = [encode_channel(channel, to) for channel in instruction.channels]
        return {"kind": "barrier", "channels": channels}
    if isinstance(instruction, inst.Reference):
        return {"kind": "reference", "keys": list(instruction.ref_keys)}
    if isinstance(instruction, inst.Snapshot):
        return {"kind": "snapshot", "label": instruction.label, "type": instruction.type}
    raise PulseError(f"instructions of the kind {type(instruction).__name__} cannot be stored")


def decode_instruction(row: dict[str, Any], by: Reader) -> inst.Instruction:
    """The instruction that was encoded."""
    kind, name = row["kind"], row.get("name")
    if kind in _TIMED:
        make: Callable[..., inst.Instruction] = _TIMED[kind]
        return make(by.value(row["value"]), decode_channel(row["channel"], by), name)
    if kind == "play":
        pulse = decode_pulse(row["pulse"], by)
        channel: Any = decode_channel(row["channel"], by)
        return inst.Play(pulse, channel, name)
    if kind == "acquire":
        return _decode_acquire(row, by)
    if kind == "barrier":
        channels = [decode_channel(channel, by) for channel in row["channels"]]
        return inst.RelativeBarrier(*channels, name=name)
    if kind == "reference":
        return inst.Reference(*row["keys"])
    if kind == "snapshot":
        return inst.Snapshot(row["label"], row["type"], name)
    raise PulseError(f"there is no instruction of the kind {kind!r}")


def _encode_acquire(acquire: inst.Acquire, to: Writer) -> dict[str, Any]:
    row: dict[str, Any] = {
        "kind": "acquire",
        "duration": to.value(acquire.duration),
        "channel": encode_channel(acquire.channel, to),
    }
    for field, slot in (("mem_slot", acquire.mem_slot), ("reg_slot", acquire.reg_slot)):
        if slot is not None:
            row[field] = encode_channel(slot, to)
    for field, step in (("kernel", acquire.kernel), ("discriminator", acquire.discriminator)):
        if step is not None:
            params = json_values.encode(step.params, f"the {field} {step.name!r}")
            row[field] = {"name": step.name, "params": params}
    return row


def _decode_acquire(row: dict[str, Any], by: Reader) -> inst.Acquire:
    parts: dict[str, Any] = {}
    for field in ("channel", "mem_slot", "reg_slot"):
        if field in row:
            parts[field] = decode_channel(row[field], by)
    for field, kind in (("kernel", Kernel), ("discriminator", Discriminator)):
        if field in row:
            stored = row[field]
            parts[field] = kind(stored["name"], **json_values.decode(stored["params"]))
    return inst.Acquire(by.value(row["duration"]), name=row.get("name"), **parts)
