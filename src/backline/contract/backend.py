"""The contract of a backend: the whole of `BackendV2`, as Qiskit 1.4 had it."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from qiskit.circuit import Instruction
from qiskit.providers import BackendV2 as QiskitBackendV2
from qiskit.providers import Options as QiskitOptions
from qiskit.providers import QubitProperties as QiskitQubitProperties
from qiskit.transpiler import CouplingMap, InstructionDurations
from qiskit.transpiler import Target as QiskitTarget

from backline import pulse
from backline.contract import options as options_
from backline.contract import views
from backline.contract.job import Job
from backline.contract.qubits import existing
from backline.contract.views import BackendProperties, Configuration, PulseDefaults
from backline.errors import QubitError
from backline.pulse.instruction_schedule_map import InstructionScheduleMap


class BackendV2(QiskitBackendV2):
    """Everything behind a quantum program, and what each backend promises of it.

    A subclass gives `target`, `max_circuits`, `_default_options` and `run`; without one of them it
    cannot be instantiated. Where it can play pulses, it also returns its control lines from
    `_control_pairs` (or overrides the four channel methods). Every other member follows from these
    and may be overridden. `backline.backends.BackendBase` is the easier way to a whole backend.

    Two backends are equal when they are of one class, have the same name, description, dates and
    versions, options and `max_circuits`, and equal targets; who provides them makes no difference.
    A copy has options of its own.

    Args:
        provider: The provider that this backend is from.
        name: Of the backend.
        description: A sentence.
        online_date: When the device went into service.
        backend_version: Version of the device itself; `version` is that of this interface.
        **fields: Override the default options.

    Raises:
        UnknownOptionError: If an option does not exist (an AttributeError).
        OptionValueError: If an option's value is not allowed.
    """

    version = 2

    def __init__(
        self,
        provider: Any = None,
        name: str | None = None,
        description: str | None = None,
        online_date: datetime | None = None,
        backend_version: str | None = None,
        **fields: Any,
    ) -> None:
        super().__init__(
            provider=provider,
            name=name,
            description=description,
            online_date=online_date,
            backend_version=backend_version,
        )
        self._provider = provider
        self._options = copy.copy(self._default_options())
        options_.update(self._options, fields)

    @property
    @abstractmethod
    def target(self) -> QiskitTarget:
        """What the device can do; ours where it is to have calibrations."""

    @property
    @abstractmethod
    def max_circuits(self) -> int | None:
        """Most circuits or schedules in one job of the device; None for no limit."""

    @classmethod
    @abstractmethod
    def _default_options(cls) -> QiskitOptions:
        """The options of `run`, with their defaults: our `Options`, or Qiskit's."""

    @abstractmethod
    def run(self, run_input: Any, **options: Any) -> Job:
        """Run programs on the backend.

        Args:
            run_input: A `QuantumCircuit`, `Schedule` or `ScheduleBlock`, or a list that may mix
                them.
            **options: Win over `self.options` for this run alone.

        Raises:
            InputError: If the device cannot run a program; nothing is run then.
            UnknownOptionError: If an option does not exist (an AttributeError).
            OptionValueError: If an option's value is not allowed.
        """

    # What code outside needs of a device, and the reference has no member for.

    def _control_pairs(self) -> Mapping[int, tuple[int, int]] | None:
        """Index of each control channel to its (control, target) qubits.

        None, the default, says that the backend plays no pulses. Any mapping, also an empty one,
        says that it does; channel d, m and a of a qubit then have the qubit's number.
        """
        return None

    def _hamiltonian(self) -> Mapping[str, Any] | None:
        """The device's Hamiltonian as `configuration().hamiltonian` had it in Qiskit 1.4.

        Keys are h_str, osc, qub and vars; values of vars are in rad/s.
        """
        return None

    def _u_channel_lo(self) -> Sequence[Sequence[tuple[int, complex]]] | None:
        """Of each control channel, in order: its frequency as ((qubit, scale), …)."""
        return None

    def _configuration_fields(self) -> Mapping[str, Any]:
        """Further fields of `configuration()`, or other values for those it has.

        Units are those of its attributes: seconds and Hz.
        """
        return {}

    # Options

    @property
    def provider(self) -> Any:
        """The provider that this backend is from, or None."""
        return self._provider

    @property
    def options(self) -> Any:
        """How the backend is used, the defaults of `run`."""
        return self._options

    def set_options(self, /, **fields: Any) -> None:
        """Set options, all of the given ones or none.

        Args:
            **fields: Names and values.

        Raises:
            UnknownOptionError: If an option does not exist (an AttributeError).
            OptionValueError: If a value is not allowed.
        """
        options_.update(self._options, fields)

    # The device

    @property
    def num_qubits(self) -> int:
        """Number of qubits; None where any number will do."""
        return self.target.num_qubits

    @property
    def operations(self) -> list[Instruction]:
        """The instructions that the device has."""
        return list(self.target.operations)

    @property
    def operation_names(self) -> list[str]:
        """Names of the instructions that the device has."""
        return list(self.target.operation_names)

    @property
    def instructions(self) -> list[tuple[Instruction, tuple[int, ...]]]:
        """Every instruction with the qubits that it can be on."""
        return list(self.target.instructions)

    @property
    def coupling_map(self) -> CouplingMap | None:
        """Which pairs of qubits have a gate; None where all have."""
        return self.target.build_coupling_map()

    @property
    def instruction_durations(self) -> InstructionDurations:
        """How long each instruction takes."""
        return self.target.durations()

    @property
    def instruction_schedule_map(self) -> InstructionScheduleMap:
        """The calibrations in `target`, empty where the target is Qiskit's own.

        As in Qiskit 1.4, what is added to this map does not come into the target.
        """
        make = getattr(self.target, "instruction_schedule_map", None)
        return InstructionScheduleMap() if make is None else make()

    @property
    def dt(self) -> float | None:
        """Length of an input sample, in s; None where not defined."""
        return self.target.dt

    @property
    def dtm(self) -> float:
        """Length of an output sample, in s.

        Raises:
            NotImplementedError: If the backend does not say.
        """
        raise NotImplementedError(
            f"backend {self.name!r} does not say how long an output sample is (dtm)"
        )

    @property
    def meas_map(self) -> list[list[int]]:
        """Groups of qubits that are measured together.

        Raises:
            NotImplementedError: If the target does not say (`concurrent_measurements`).
        """
        groups = self.target.concurrent_measurements
        if groups is None:
            raise NotImplementedError(
                f"backend {self.name!r} does not say which qubits are measured together "
                "(meas_map): its target has no concurrent_measurements"
            )
        return [list(group) for group in groups]

    def qubit_properties(self, qubit: int | Iterable[int]) -> Any:
        """What is known of a qubit, or of several.

        Args:
            qubit: A qubit, or several.

        Returns:
            `QubitProperties`, or None where nothing is known; for several qubits a list of these
            in the same order.

        Raises:
            NotImplementedError: If the target has no qubit properties at all.
            QubitError: If a qubit does not exist.
        """
        known: Sequence[QiskitQubitProperties | None] | None = self.target.qubit_properties
        if known is None:
            raise NotImplementedError(f"backend {self.name!r} has no qubit properties")
        if isinstance(qubit, Iterable) and not isinstance(qubit, str):
            return [known[self._qubit(one)] for one in qubit]
        return known[self._qubit(qubit)]

    # Channels

    def drive_channel(self, qubit: int) -> pulse.DriveChannel:
        """The drive line of a qubit.

        Args:
            qubit: A qubit.

        Raises:
            NotImplementedError: If the backend plays no pulses.
            QubitError: If the qubit does not exist.
        """
        self._pulse_lines("drive")
        return pulse.DriveChannel(self._qubit(qubit))

    def measure_channel(self, qubit: int) -> pulse.MeasureChannel:
        """The readout stimulus of a qubit.

        Args:
            qubit: A qubit.

        Raises:
            NotImplementedError: If the backend plays no pulses.
            QubitError: If the qubit does not exist.
        """
        self._pulse_lines("measure")
        return pulse.MeasureChannel(self._qubit(qubit))

    def acquire_channel(self, qubit: int) -> pulse.AcquireChannel:
        """The readout of a qubit.

        Args:
            qubit: A qubit.

        Raises:
            NotImplementedError: If the backend plays no pulses.
            QubitError: If the qubit does not exist.
        """
        self._pulse_lines("acquire")
        return pulse.AcquireChannel(self._qubit(qubit))

    def control_channel(self, qubits: Iterable[int]) -> list[pulse.ControlChannel]:
        """The lines that couple two qubits.

        Args:
            qubits: (control, target), any iterable of ints.

        Raises:
            NotImplementedError: If the backend plays no pulses.
            QubitError: If a qubit does not exist, or there is no such line; the message says from
                where to where there is one.
        """
        pairs = self._pulse_lines("control")
        if isinstance(qubits, str) or not isinstance(qubits, Iterable):
            raise QubitError(f"control_channel takes (control, target), got {qubits!r}")
        pair = tuple(self._qubit(qubit) for qubit in qubits)
        found = [pulse.ControlChannel(index) for index, of in pairs.items() if tuple(of) == pair]
        if not found:
            there = sorted({tuple(of) for of in pairs.values() if tuple(of)[:1] == pair[:1]})
            raise QubitError(
                f"backend {self.name!r} has no control channel for {pair}: those from "
                f"{pair[0] if pair else 'nowhere'} are {', '.join(map(str, there)) or 'none'}",
                qubits=pair,
            )
        return found

    def _pulse_lines(self, kind: str) -> Mapping[int, tuple[int, int]]:
        pairs = self._control_pairs()
        if pairs is None:
            raise NotImplementedError(
                f"backend {self.name!r} plays no pulses, so it has no {kind} channels"
            )
        return pairs

    def _qubit(self, qubit: Any) -> int:
        return existing(qubit, self.num_qubits, of=f"backend {self.name!r}")

    # Views for code that was written for BackendV1

    def configuration(self) -> Configuration:
        """What was fixed about the device, in the shape of Qiskit 1.4's models."""
        return views.configuration(self)

    def properties(self) -> BackendProperties | None:
        """What was measured on the device, in the shape of Qiskit 1.4's model.

        None where nothing was.
        """
        return views.properties(self)

    def defaults(self) -> PulseDefaults | None:
        """Frequencies and calibrations, in the shape of Qiskit 1.4's model.

        None where the backend plays no pulses.
        """
        return views.defaults(self)

    # Copies

    def __copy__(self) -> BackendV2:
        reduced: Any = self.__reduce_ex__(4)
        make, arguments, *state = reduced
        copied = make(*arguments)
        if state and state[0] is not None:
            if hasattr(copied, "__setstate__"):
                copied.__setstate__(state[0])
            else:
                copied.__dict__.update(state[0])
        copied._options = copy.copy(copied._options)
        return copied

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or (
            self._identity() == other._identity()
            and self.options == other.options
            and (self.target is other.target or self.target == other.target)
        )

    def __hash__(self) -> int:
        return hash((type(self).__qualname__, self.name))

    def _identity(self) -> tuple[Any, ...]:
        return (
            self.name,
            self.description,
            self.online_date,
            self.backend_version,
            self.max_circuits,
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({self.name!r}, {self.num_qubits} qubits)>"
