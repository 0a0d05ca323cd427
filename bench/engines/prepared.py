"""What a tool gives to be measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


def _as_it_is(result: Any) -> Any:
    return result


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A case, ready to be run by a tool.

    Attributes:
        run: What is timed; each call does the whole case.
        answer: Makes the array that is judged from what `run` gave; not timed.
        parts: Named parts of the work that are timed on their own: each gives seconds.
    """

    run: Callable[[], Any]
    answer: Callable[[Any], Any] = _as_it_is
    parts: Mapping[str, Callable[[], float]] = field(default_factory=dict)
