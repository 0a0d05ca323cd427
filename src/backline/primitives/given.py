"""What a primitive is given: a backend, options, and pubs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from backline.backends import BackendBase
from backline.errors import InputError, OptionValueError

Pub = TypeVar("Pub")


def checked_backend(backend: Any) -> BackendBase:
    """The backend, if it is one of ours.

    Raises:
        InputError: If it is not.
    """
    if not isinstance(backend, BackendBase):
        raise InputError(
            f"a primitive of Backline needs a backend of Backline, as backline.load('manila'); "
            f"got {type(backend).__name__}. Qiskit's BackendSamplerV2 and BackendEstimatorV2 take "
            "any other"
        )
    return backend


def checked_seed(seed: int | None) -> int | None:
    """A seed, if it is one.

    Raises:
        OptionValueError: If it is not.
    """
    whole = isinstance(seed, int) and not isinstance(seed, bool)
    if seed is not None and not (whole and 0 <= seed < 2**63):
        raise OptionValueError(f"seed is None or a whole number from 0 to 2**63 - 1, got {seed!r}")
    return seed


def coerced(pubs: Iterable[Any], coerce: Callable[[Any], Pub], form: str) -> list[Pub]:
    """Pubs in Qiskit's form.

    Args:
        pubs: As a user gives them.
        coerce: Of one.
        form: What a pub may be, for messages.

    Raises:
        InputError: If one of them is none; says which and why.
    """
    found = []
    for index, pub in enumerate(pubs):
        try:
            found.append(coerce(pub))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise InputError(f"pub {index} is not {form}: {error}") from error
    return found
