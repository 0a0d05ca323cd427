"""Whole programs as JSON text."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from backline.errors import PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.codec.programs import from_dict, to_dict
from backline.pulse.schedule import Schedule


def to_json(program: Schedule | ScheduleBlock) -> str:
    """A program as JSON text, to be kept in a file or sent to somebody.

    Args:
        program: The program. Parameters may be free, references unassigned.

    Returns:
        One line of ASCII text, with a version. `from_json` gives an equal program.

    Raises:
        PulseError: If something in it cannot be stored, such as the function of an `AlignFunc`.

    >>> from backline import pulse
    >>> program = pulse.Schedule((10, pulse.Delay(20, pulse.DriveChannel(0))))
    >>> pulse.from_json(pulse.to_json(program)) == program
    True
    """
    return json.dumps(to_dict(program), allow_nan=False)


def from_json(text: str) -> Schedule | ScheduleBlock:
    """The program that a text stands for.

    Args:
        text: What `to_json` gave, in this version of Backline or an earlier one.

    Raises:
        PulseError: If it is no JSON, no stored program, one of a later version, or impossible.
    """
    if not isinstance(text, str):
        raise PulseError(f"a stored pulse program is text, got {type(text).__name__}")
    try:
        stored: Any = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise PulseError(
            f"this is no stored pulse program, for it is no JSON: {error.msg}, "
            f"line {error.lineno} column {error.colno}"
        ) from None
    except (RecursionError, ValueError) as error:  # of brackets, or of the digits of a number
        raise PulseError(f"this stored pulse program cannot be read: {error}") from None
    return from_dict(stored)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
