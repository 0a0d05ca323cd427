"""Whole programs as JSON values.

::

    {"format": "backline.pulse", "version": 1,
     "parameters": [{"name", "uuid"} or {"name", "uuid", "vector", "length", "index"}, …],
     "program": a schedule or block}

    schedule   {"kind": "schedule", "name", "metadata"?, "children": [[time, program], …]}
    block      {"kind": "block", "name", "metadata"?, "elements": [program, …],
                "alignment": "left" | "right" | "sequential" | {"equispaced": value},
                "references"?: [[[key, …], block or null], …]}
    others     {"kind": "play", "pulse", "channel"}
               {"kind": "delay" | "time_blockade" | "shift_phase" | "set_phase"
                        | "shift_frequency" | "set_frequency", "value", "channel"}
               {"kind": "acquire", "duration", "channel", "mem_slot"?, "reg_slot"?,
                "kernel"?, "discriminator"?: {"name", "params"}}
               {"kind": "barrier", "channels"}, {"kind": "reference", "keys"},
               {"kind": "snapshot", "label", "type"}; all but references may have a "name"
    pulse      {"shape": "Gaussian", …, "parameters": {name: value}, "name"?,
                "limit_amplitude"?: false}
               {"shape": "Waveform", "samples": base64 of little-endian complex128, or
                [[re, im], …]}
               {"shape": "SymbolicPulse" | "ScalableSymbolicPulse", "pulse_type", "parameters",
                "envelope"?, "constraints"?, "valid_amp_conditions"?: formulas, …}
    channel    "d0", "u0", "m0", "a0", "slot0", "reg0", "snapshot"; "d:p0" by an expression
    value      a number, {"$complex": [re, im]}, or an expression such as "2*p0 + 1", where p0 is
               the first of the table of parameters
    formula    a number, a symbol's name, true, false, or [function, formula, …], such as
               ["*", "amp", ["exp", ["*", ["I"], "angle"]]]; functions are those of sympy
               (`codec/formulas.py` lists them), ["/", 1, 3], ["pi"], ["E"], ["I"] constants, and
               ["piecewise", ["case", value, condition], …] the first whose condition holds
"""

from __future__ import annotations

from typing import Any

from backline.errors import BacklineError, PulseError
from backline.pulse.alignments import (
    AlignEquispaced,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from backline.pulse.block import ScheduleBlock
from backline.pulse.codec import json_values
from backline.pulse.codec.expressions import Reader, Writer
from backline.pulse.codec.pieces import decode_instruction, encode_instruction
from backline.pulse.instructions import Instruction
from backline.pulse.schedule import Schedule

VERSION = 1
"""Version of what `to_dict` gives. `from_dict` reads this and all before it."""

_ALIGNMENTS: dict[str, type[AlignmentKind]] = {
    "left": AlignLeft,
    "right": AlignRight,
    "sequential": AlignSequential,
}
_ALIGNMENT_NAMES = {kind: name for name, kind in _ALIGNMENTS.items()}


def to_dict(program: Schedule | ScheduleBlock) -> dict[str, Any]:
    """A program as JSON values.

    Args:
        program: The program. Parameters may be free, references unassigned.

    Returns:
        A dict that `json.dumps` takes.

    Raises:
        PulseError: If something in it cannot be stored, such as the function of an `AlignFunc`.
    """
    writer = Writer()
    encoded = _encode(program, writer)
    return {
        "format": "backline.pulse",
        "version": VERSION,
        "parameters": writer.table,
        "program": encoded,
    }


def from_dict(stored: dict[str, Any]) -> Schedule | ScheduleBlock:
    """The program that was stored.

    Args:
        stored: What `to_dict` gave.

    Raises:
        PulseError: If it is no stored program, of a later version, or impossible.
    """
    if not isinstance(stored, dict) or stored.get("format") != "backline.pulse":
        raise PulseError(f"this is no stored pulse program: {stored!r:.100}")
    version = stored.get("version")
    if version != VERSION:
        raise PulseError(
            f"this pulse program was stored in version {version!r}; version {VERSION} can be read"
        )
    try:
        program = _decode(stored["program"], Reader(stored["parameters"]))
    except BacklineError:
        raise
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as error:
        raise PulseError(
            f"this stored pulse program is damaged: {type(error).__name__}: {error}"
        ) from None
    if isinstance(program, Instruction):
        raise PulseError("a stored pulse program is a schedule or block, this is an instruction")
    return program


def _encode(program: Any, to: Writer, shared: bool = False) -> dict[str, Any]:
    """Encode a program; `shared` for a block whose references are those of the block around."""
    if isinstance(program, Instruction):
        return encode_instruction(program, to)
    if isinstance(program, Schedule):
        row: dict[str, Any] = {"kind": "schedule", "name": program.name}
        row["children"] = [[time, _encode(child, to)] for time, child in program._children]
    elif isinstance(program, ScheduleBlock):
        row = {"kind": "block", "name": program.name}
        row["alignment"] = _encode_alignment(program.alignment_context, to)
        row["elements"] = [_encode(element, to, shared=True) for element in program._elements]
    else:
        raise PulseError(f"a pulse program is a Schedule or ScheduleBlock, got {program!r:.100}")
    if program.metadata:
        what = f"the metadata of {program.name!r}"
        row["metadata"] = json_values.encode(program.metadata, what)
    if shared or not isinstance(program, ScheduleBlock) or not program.references:
        return row
    row["references"] = [
        [list(keys), None if block is None else _encode(block, to)]
        for keys, block in program.references.items()
    ]
    return row


def _decode(row: dict[str, Any], by: Reader) -> Any:
    kind = row["kind"]
    if kind not in ("schedule", "block"):
        return decode_instruction(row, by)
    metadata = json_values.decode(row.get("metadata", {}))
    if kind == "schedule":
        schedule = Schedule(name=row["name"], metadata=metadata)
        for time, child in row["children"]:
            schedule._insert(time, _decode(child, by))
        return schedule
    block = ScheduleBlock(row["name"], metadata, _decode_alignment(row["alignment"], by))
    for element in row["elements"]:
        block.append(_decode(element, by))
    assigned: dict[Any, Any] = {
        tuple(keys): _decode(subroutine, by)
        for keys, subroutine in row.get("references", [])
        if subroutine is not None
    }
    return block.assign_references(assigned)


def _encode_alignment(alignment: AlignmentKind, to: Writer) -> Any:
    if isinstance(alignment, AlignEquispaced):
        return {"equispaced": to.value(alignment.duration)}
    name = _ALIGNMENT_NAMES.get(type(alignment))
    if name is None:
        raise PulseError(f"the alignment {alignment} cannot be stored: it contains a function")
    return name


def _decode_alignment(stored: Any, by: Reader) -> AlignmentKind:
    if isinstance(stored, str):
        return _ALIGNMENTS[stored]()
    return AlignEquispaced(by.value(stored["equispaced"]))
