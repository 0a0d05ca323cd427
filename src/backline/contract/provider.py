"""The contract of a provider: a place to find backends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qiskit.providers import BackendV2 as QiskitBackendV2

from backline.errors import BackendNotFoundError


class Provider(ABC):
    """Finds backends. A subclass gives them in `_all_backends`.

    Filters are a function of a backend, or facts that it must have: attributes
    (`num_qubits=5`), the least they must be (`min_num_qubits=5`), or, where the backend has no such
    attribute, fields of its `configuration()` (`simulator=False`, as in Qiskit 1.4).
    """

    @abstractmethod
    def _all_backends(self) -> Iterable[QiskitBackendV2]:
        """Every backend that there is."""

    def backends(
        self,
        name: str | None = None,
        filters: Callable[[Any], bool] | None = None,
        **facts: Any,
    ) -> list[Any]:
        """The backends that fit.

        Args:
            name: Their name; None for any.
            filters: True for a backend that fits; None for all.
            **facts: Attributes that they must have, or with `min_` in front the least they must
                be. A backend that does not have the attribute does not fit.
        """
        named = (item for item in self._all_backends() if name in (None, item.name))
        return fitting(named, filters, facts)

    def get_backend(
        self,
        name: str | None = None,
        filters: Callable[[Any], bool] | None = None,
        **facts: Any,
    ) -> Any:
        """The one backend that fits.

        Args:
            name: Its name; None for any.
            filters: True for a backend that fits; None for all.
            **facts: As for `backends`.

        Raises:
            BackendNotFoundError: If none fits, or several do; the message names which.
        """
        found = self.backends(name, filters, **facts)
        if len(found) == 1:
            return found[0]
        wanted = ", ".join(
            ([] if name is None else [repr(name)])
            + [f"{fact}={value!r}" for fact, value in facts.items()]
            + ([] if filters is None else ["its filters"])
        )
        if found:
            raise BackendNotFoundError(
                f"{len(found)} backends fit {wanted or 'any name'}, and one is wanted: "
                f"{_names(found)}",
                name=name,
            )
        raise BackendNotFoundError(
            f"no backend fits {wanted or 'any name'}: there are {_names(self._all_backends())}",
            name=name,
        )


def fitting(
    backends: Iterable[Any], filters: Callable[[Any], bool] | None, facts: Mapping[str, Any]
) -> list[Any]:
    """Those of some backends that fit; see `Provider.backends`."""
    return [
        backend
        for backend in backends
        if all(_fits(backend, fact, value) for fact, value in facts.items())
        and (filters is None or filters(backend))
    ]


def _fits(backend: Any, fact: str, wanted: Any) -> bool:
    found = _fact(backend, fact)
    if found is not None or not fact.startswith("min_"):
        return bool(found == wanted)
    found = _fact(backend, fact.removeprefix("min_"))
    return found is not None and bool(found >= wanted)


def _fact(backend: Any, fact: str) -> Any:
    try:
        return getattr(backend, fact)
    except (AttributeError, NotImplementedError):
        configuration = getattr(backend, "configuration", None)
        return getattr(configuration(), fact, None) if callable(configuration) else None


def _names(backends: Iterable[Any]) -> str:
    return ", ".join(sorted(str(backend.name) for backend in backends)) or "none"
