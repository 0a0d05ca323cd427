"""A place for a subroutine that is assigned later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from backline.errors import PulseError, UnassignedReferenceError
from backline.pulse.channels import Channel
from backline.pulse.instructions.base import Instruction
from backline.pulse.values import NO_PARAMETERS, Assignment, Value


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Reference(Instruction):
    """A place for a subroutine, known by its keys.

    Args:
        name: First key.
        *extra_keys: Further keys.

    Raises:
        PulseError: If a key is no string or contains one of the reserved "::" and ",".
    """

    scope_delimiter: ClassVar[str] = "::"
    """Reserved: stands between the references of nested programs."""
    key_delimiter: ClassVar[str] = ","
    """Reserved: stands between the keys of a reference."""

    ref_keys: tuple[str, ...]
    """The keys, first one first."""

    def __init__(self, name: str, *extra_keys: str) -> None:
        for key in (name, *extra_keys):
            if not isinstance(key, str):
                raise PulseError(f"keys of a Reference must be strings, got {key!r}")
            if self.scope_delimiter in key or self.key_delimiter in key:
                raise PulseError(f"keys of a Reference must not contain '::' or ',', got {key!r}")
        object.__setattr__(self, "ref_keys", (name, *extra_keys))

    @property
    def name(self) -> str:
        """First key."""
        return self.ref_keys[0]

    @property
    def duration(self) -> Value:
        """Not known before the subroutine is assigned.

        Raises:
            UnassignedReferenceError: Always.
        """
        raise self._unassigned()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Not known before the subroutine is assigned.

        Raises:
            UnassignedReferenceError: Always.
        """
        raise self._unassigned()

    @property
    def operands(self) -> tuple[Any, ...]:
        """The keys."""
        return self.ref_keys

    @property
    def parameters(self) -> frozenset[Any]:
        """None of its own."""
        return NO_PARAMETERS

    def _bound(self, values: Assignment) -> Reference:
        return self

    def _unassigned(self) -> UnassignedReferenceError:
        return UnassignedReferenceError(
            f"nobody has assigned a subroutine to {self.ref_keys}: "
            "do so with assign_references, then schedule the block"
        )

    def __repr__(self) -> str:
        return f"Reference({', '.join(map(repr, self.ref_keys))})"
