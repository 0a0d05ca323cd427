"""Which names are public, and where each of them is described.

A name is public when a public module lists it in `__all__`; of a module without `__all__`, when it
is defined there and has no underscore in front. Many names can be imported from several modules.
Each is described once, where its users import it from, and listed everywhere.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Generic

ROOT = "backline"
_MISSING = object()

AT_HOME = frozenset({"backline.errors", "backline.units"})
"""Modules whose own names are described there, though others have them too."""


@cache
def modules() -> tuple[str, ...]:
    """Every public module: packages, and modules that a package names as public."""
    return tuple(sorted(module for module in _reachable(ROOT) if names(module)))


@cache
def names(module: str) -> tuple[str, ...]:
    """The public names of a module, without its modules.

    Args:
        module: Its full name.
    """
    return tuple(
        name
        for name in _listed(import_module(module))
        if not isinstance(_value(module, name), ModuleType)
    )


def homes() -> dict[tuple[str, str], str]:
    """Where every public name of every public module is described.

    Returns:
        Full names, by module and name.
    """
    return {
        (module, name): f"{home(module, name)}.{name}"
        for module in modules()
        for name in names(module)
    }


@cache
def home(module: str, name: str) -> str:
    """The module whose page describes a name.

    Args:
        module: Where it can be imported from.
        name: The name.
    """
    value = _value(module, name)
    origin = getattr(value, "__module__", None)
    if origin in AT_HOME:
        return str(origin)
    if not _has_identity(value):
        return module
    places = [other for other in modules() if name in names(other) and _value(other, name) is value]
    return min(places, key=lambda place: (place.count("."), place))


def bases_described_elsewhere(value: type) -> tuple[str, ...] | None:
    """Where a class's inherited members stop to be described with it.

    Members of a base that is not public itself are described with the class.

    Args:
        value: The class.

    Returns:
        Names of bases whose members are described elsewhere, or None where no base is hidden.
    """
    above = value.__mro__[1:]
    hidden = [base for base in above if _ours(base) and base not in _described()]
    return tuple(base.__name__ for base in above if base not in hidden) if hidden else None


def described_as(name: str) -> str | None:
    """Where a name of ours is described, by whatever path somebody calls it.

    Args:
        name: Its full name, as in a signature.

    Returns:
        The full name by which it is described, "" for what exists and is not public, and None for
        what does not exist.
    """
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            value: Any = import_module(".".join(parts[:length]))
        except ImportError:
            continue
        chain = [value := getattr(value, part, _MISSING) for part in parts[length:]]
        if _MISSING in chain:
            return None
        home = _home_of().get(id(chain[0]))
        return ".".join((home, *parts[length + 1 :])) if home else ""
    return None


@cache
def _home_of() -> dict[int, str]:
    return {id(_value(module, name)): described for (module, name), described in homes().items()}


def shown_bases(bases: tuple[Any, ...]) -> list[Any]:
    """The bases of a class as its reader sees them: public ones in place of hidden ones.

    Args:
        bases: Of the class.
    """
    shown: list[Any] = []
    for base in bases:
        origin = getattr(base, "__origin__", base)
        hidden = isinstance(origin, type) and _ours(origin) and origin not in _described()
        shown += shown_bases(origin.__bases__) if hidden else [base]
    names_nothing = (object, Generic)
    return [
        base
        for base in dict.fromkeys(shown)
        if getattr(base, "__origin__", base) not in names_nothing and not _above(base, shown)
    ]


def _above(base: Any, others: list[Any]) -> bool:
    """Whether a class is a base of another one, and says nothing that the other does not."""
    return isinstance(base, type) and any(
        isinstance(other, type) and other is not base and issubclass(other, base)
        for other in others
    )


@cache
def _described() -> frozenset[Any]:
    values = (_value(module, name) for module in modules() for name in names(module))
    return frozenset(value for value in values if isinstance(value, type))


def _ours(value: Any) -> bool:
    return str(getattr(value, "__module__", "")).split(".")[0] == ROOT


def _reachable(name: str) -> Iterator[str]:
    module = import_module(name)
    yield name
    packages = {
        found.name for found in pkgutil.iter_modules(getattr(module, "__path__", ())) if found.ispkg
    }
    named = {
        item
        for item in _listed(module)
        if isinstance(_value(name, item), ModuleType) and _ours_module(_value(name, item))
    }
    for child in sorted({*packages, *named}):
        if not child.startswith("_"):
            yield from _reachable(f"{name}.{child}")


def _ours_module(module: ModuleType) -> bool:
    return module.__name__.split(".")[0] == ROOT


def _listed(module: ModuleType) -> tuple[str, ...]:
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return tuple(name for name in listed if not name.startswith("__"))
    return tuple(
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    )


def _value(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


def _has_identity(value: Any) -> bool:
    return isinstance(value, type) or inspect.isroutine(value)
