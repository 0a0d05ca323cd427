"""Finding a backend by the name of what makes it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

from backline.conformance.outcome import worded
from backline.errors import InputError


def load_source(place: str) -> Any:
    """What makes a backend, or the backend.

    Args:
        place: "module:factory", where factory is a class, a function without required arguments,
            or a backend; dots reach into it. "backline:NAME" with the name of a bundled device is
            that device. Modules of the current folder are found too.

    Raises:
        InputError: If there is no such thing.

    Example:
        >>> load_source("qiskit_aer:AerSimulator").__name__
        'AerSimulator'
    """
    module_name, colon, attribute = place.partition(":")
    if not (module_name and colon and attribute):
        raise InputError(f"a backend is named as module:factory, got {place!r}")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as error:
        raise InputError(f"module {module_name!r} cannot be imported: {error}") from error
    except Exception as error:
        raise InputError(f"module {module_name!r} raised {worded(error)}") from error
    if module_name == "backline" and not hasattr(found, attribute):
        return _bundled(attribute)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise InputError(f"{place!r}: {getattr(found, '__name__', found)!r} has no {part!r}")
        found = getattr(found, part)
    if not callable(found) and not hasattr(found, "run"):
        raise InputError(f"{place!r} is neither a backend nor something that makes one")
    return found


def _bundled(name: str) -> Any:
    from backline.backends.catalog import load

    load(name)  # says what there is, if it is none

    def make(**options: Any) -> Any:
        return load(name, **options)

    return make
