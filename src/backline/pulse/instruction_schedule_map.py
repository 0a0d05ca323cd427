"""Which pulse program implements which instruction on which qubits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from backline.errors import PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.calibration_entries import CalibrationEntry, as_entry
from backline.pulse.schedule import Schedule
from backline.pulse.values import integer

CircuitInstruction: TypeAlias = Any  # qiskit.circuit.Instruction (Qiskit ships no types)


class InstructionScheduleMap:
    """A mapping from instructions and qubits to pulse programs, with Qiskit 1.4's behaviour.

    Instructions are given by name or as Qiskit's `Instruction`, whose name counts and whose
    parameters do not. Qubits are an int or any iterable of ints.
    """

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __init__(self) -> None:
        self._entries: dict[str, dict[tuple[int, ...], CalibrationEntry]] = {}

    @property
    def instructions(self) -> list[str]:
        """Names of all instructions that have a definition."""
        return list(self._entries)

    def qubits_with_instruction(self, instruction: str | CircuitInstruction) -> list[Any]:
        """Qubits on which an instruction is defined: ints, or tuples for more than one qubit.

        Args:
            instruction: Its name or itself. One that is nowhere defined gives an empty list.
        """
        defined = self._entries.get(_name(instruction), {})
        return [qubits[0] if len(qubits) == 1 else qubits for qubits in defined]

    def qubit_instructions(self, qubits: int | Iterable[int]) -> list[str]:
        """Names of the instructions that are defined on exactly these qubits, in this order.

        Args:
            qubits: One qubit or several.
        """
        key = _qubits(qubits)
        return [name for name, defined in self._entries.items() if key in defined]

    def has(self, instruction: str | CircuitInstruction, qubits: int | Iterable[int]) -> bool:
        """Whether an instruction is defined on these qubits.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.
        """
        return _qubits(qubits) in self._entries.get(_name(instruction), {})

    def assert_has(
        self, instruction: str | CircuitInstruction, qubits: int | Iterable[int]
    ) -> None:
        """Refuse an instruction that is not defined on these qubits.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.

        Raises:
            PulseError: If it is not; the message says where it is defined.
        """
        self.entry(instruction, qubits)

    def get(
        self,
        instruction: str | CircuitInstruction,
        qubits: int | Iterable[int],
        *params: Any,
        **kwparams: Any,
    ) -> Schedule | ScheduleBlock:
        """The pulse program of an instruction.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.
            *params: Values of its parameters, in the order of `get_parameters`.
            **kwparams: Values of its parameters by name. A schedule's parameters without a value
                stay free; a function's must have one.

        Raises:
            PulseError: If it is not defined there, or the values do not fit its parameters.
        """
        return self.entry(instruction, qubits).get_schedule(*params, **kwparams)

    def entry(
        self, instruction: str | CircuitInstruction, qubits: int | Iterable[int]
    ) -> CalibrationEntry:
        """What gives the pulse program of an instruction; asking decodes nothing.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.

        Raises:
            PulseError: If it is not defined there.
        """
        name, key = _name(instruction), _qubits(qubits)
        defined = self._entries.get(name)
        if defined is None:
            raise PulseError(f"Operation '{name}' is not defined for this system.")
        if key not in defined:
            raise PulseError(
                f"Operation '{name}' exists, but is only defined for qubits "
                f"{self.qubits_with_instruction(name)}, and not for {key}."
            )
        return defined[key]

    def get_parameters(
        self, instruction: str | CircuitInstruction, qubits: int | Iterable[int]
    ) -> tuple[str, ...]:
        """Names of the parameters that an instruction's definition takes.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.

        Raises:
            PulseError: If it is not defined there.
        """
        return tuple(self.entry(instruction, qubits).get_signature().parameters)

    def add(
        self,
        instruction: str | CircuitInstruction,
        qubits: int | Iterable[int],
        schedule: Schedule | ScheduleBlock | Callable[..., Any] | CalibrationEntry,
        arguments: Sequence[str] | None = None,
    ) -> None:
        """Define an instruction on some qubits, or define it anew.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.
            schedule: The pulse program, or a function that returns it; both count as a user's own.
                Beyond Qiskit 1.4, an entry may be given, which says itself whose it is.
            arguments: Names of the schedule's parameters in the order in which `get` takes them.
                A function's own signature stands.

        Raises:
            PulseError: If there are no qubits, one of them is no whole number of 0 or more or is
                named twice, or `schedule` or `arguments` is not what it must be.
        """
        name, key = _name(instruction), _qubits(qubits)
        if not key:
            raise PulseError(f"Cannot add definition {name} with no target qubits.")
        if min(key) < 0 or len(set(key)) < len(key):
            raise PulseError(
                f"Cannot add definition {name} on qubits {key}: they must be different whole "
                "numbers of 0 or more."
            )
        entry = as_entry(schedule, arguments=arguments)
        self._entries.setdefault(name, {})[key] = entry

    def remove(self, instruction: str | CircuitInstruction, qubits: int | Iterable[int]) -> None:
        """Forget an instruction's definition on some qubits.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.

        Raises:
            PulseError: If it is not defined there.
        """
        name, key = _name(instruction), _qubits(qubits)
        self.entry(name, key)
        del self._entries[name][key]
        if not self._entries[name]:
            del self._entries[name]

    def pop(
        self,
        instruction: str | CircuitInstruction,
        qubits: int | Iterable[int],
        *params: Any,
        **kwparams: Any,
    ) -> Schedule | ScheduleBlock:
        """Remove an instruction's definition on some qubits, and return it as `get` does.

        Args:
            instruction: Its name or itself.
            qubits: One qubit or several, in the order of the instruction's arguments.
            *params: Values of its parameters, in order.
            **kwparams: Values of its parameters by name.

        Raises:
            PulseError: As `get`; nothing is removed then.
        """
        name, key = _name(instruction), _qubits(qubits)
        schedule = self.get(name, key, *params, **kwparams)
        self.remove(name, key)
        return schedule

    def has_custom_gate(self) -> bool:
        """Whether some definition is a user's own rather than the device maker's."""
        return any(
            entry.user_provided for defined in self._entries.values() for entry in defined.values()
        )

    def __copy__(self) -> InstructionScheduleMap:
        copied = type(self)()
        copied._entries = {name: dict(defined) for name, defined in self._entries.items()}
        return copied

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, InstructionScheduleMap):
            return NotImplemented
        return self._entries == other._entries

    def __repr__(self) -> str:
        on_one: dict[int, list[str]] = {}
        on_more: dict[tuple[int, ...], list[str]] = {}
        for name, defined in self._entries.items():
            for qubits in defined:
                if len(qubits) == 1:
                    on_one.setdefault(qubits[0], []).append(name)
                else:
                    on_more.setdefault(qubits, []).append(name)
        return "\n".join(
            [
                f"<{type(self).__name__}(1Q instructions:",
                *(f"  q{qubit}: {{{', '.join(names)}}}" for qubit, names in on_one.items()),
                "Multi qubit instructions:",
                *(f"  {qubits}: {{{', '.join(names)}}}" for qubits, names in on_more.items()),
                ")>",
            ]
        )


def _name(instruction: str | CircuitInstruction) -> str:
    if isinstance(instruction, str):
        return instruction
    if hasattr(instruction, "num_qubits") and isinstance(instruction.name, str):
        return instruction.name
    raise PulseError(
        "an instruction is given by its name or as a circuit Instruction, "
        f"not as {type(instruction).__name__}"
    )


def _qubits(qubits: int | Iterable[int]) -> tuple[int, ...]:
    try:
        if isinstance(qubits, Iterable):
            return tuple(integer(qubit) for qubit in qubits)
        return (integer(qubits),)
    except TypeError:
        raise PulseError(f"qubits are whole numbers, one or several, got {qubits!r}") from None
