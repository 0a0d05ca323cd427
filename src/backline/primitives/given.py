"""What a primitive is given: a backend, options, and pubs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from backline.backends import BackendBase
from backline.backends.experiment import draw_seed
from backline.errors import InputError, OptionValueError

Pub = TypeVar("Pub")


class OnBackend:
    """What both primitives have: a backend, its options, and a seed.

    Args:
        backend: What runs the circuits.
        seed: Of the random numbers; None draws one for each call.
        options: Of the backend.

    Raises:
        InputError: If the backend is not one of Backline's.
        OptionValueError: If the seed is none.
    """

    def __init__(
        self, backend: BackendBase, seed: int | None, options: Mapping[str, Any] | None
    ) -> None:
        self._backend = checked_backend(backend)
        self._seed = checked_seed(seed)
        self._options = dict(options or {})

    @property
    def backend(self) -> BackendBase:
        """What runs the circuits."""
        return self._backend

    @property
    def seed(self) -> int | None:
        """Of the random numbers; None where each call draws one."""
        return self._seed

    @property
    def options(self) -> dict[str, Any]:
        """Of the backend."""
        return dict(self._options)

    def _seed_of_call(self) -> int:
        return draw_seed() if self._seed is None else self._seed

    def _facts(self, seed: int) -> dict[str, Any]:
        """The metadata of a result."""
        return {"version": 2, "backend": str(self._backend.name), "seed": seed}


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
