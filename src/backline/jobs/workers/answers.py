"""What comes back from a worker, as bytes that can be read in any case."""

from __future__ import annotations

import pickle
from typing import Any

import cloudpickle

from backline.errors import EngineError
from backline.jobs.run import describe


def packed(good: bool, value: Any) -> bytes:
    """An answer as bytes. What cannot be read again, as some exceptions, becomes an error.

    Args:
        good: Whether the value was returned; False if it was raised.
        value: What was.
    """
    try:
        data = cloudpickle.dumps((good, value))
        if not good or _has_errors(value):
            pickle.loads(data)  # some can be pickled, and not read again
        return data
    except BaseException as error:
        if isinstance(value, list):
            return cloudpickle.dumps((good, [_readable(entry) for entry in value]))
        shown = value if isinstance(value, BaseException) else error
        return pickle.dumps((False, EngineError(describe(shown))))


def unpacked(data: bytes) -> Any:
    """What was returned.

    Args:
        data: Of `packed`.

    Raises:
        BaseException: What was raised.
    """
    good, value = pickle.loads(data)
    if good:
        return value
    raise value


def _has_errors(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(entry, BaseException) for entry in value)


def _readable(entry: Any) -> Any:
    try:
        pickle.loads(cloudpickle.dumps(entry))
    except BaseException as error:
        return EngineError(describe(entry if isinstance(entry, BaseException) else error))
    return entry
