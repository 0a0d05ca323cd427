"""What a case of bad input is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One bad input: what is done, the class of the error, and what its message must say."""

    title: str
    do: Callable[[], object]
    error: type[Exception]
    says: tuple[str, ...]
