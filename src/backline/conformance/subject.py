"""A backend under test: how it is made, what it says, and how much may be asked of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit.exceptions import QiskitError

from backline.conformance.budget import Budget
from backline.conformance.facts import Facts
from backline.conformance.outcome import Failed, Skipped, shown, worded
from backline.contract.backend import BackendV2
from backline.errors import InputError

NOISIEST = 0.35
"""Stated errors above this say too little of what a result should be."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a run that should not happen was refused.

    Attributes:
        message: What was said.
        error: What was raised; None where the result says that it failed.
        job: The job, where there was one.
    """

    message: str
    error: BaseException | None
    job: Any = None


class Subject:
    """A backend and how to treat it.

    Args:
        source: A function that makes the backend, or the backend.
        name: Of the subject in reports; by default the backend's.
        budget: Jobs and shots.
        run: Whether anything may be run.
        strict: Check Backline's own clauses too, where the backend does not claim them.
        options: Given to every run.
    """

    def __init__(
        self,
        source: Any,
        *,
        name: str | None = None,
        budget: Budget | None = None,
        run: bool = True,
        strict: bool = False,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._source = source
        self._name = name
        self.budget = budget or Budget()
        self.may_run = run
        self.strict = strict
        self.run_options = dict(options or {})
        self._kept: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """Of the subject in reports."""
        return self._name or str(self.backend.name or type(self.backend).__name__)

    @property
    def factory(self) -> Callable[..., Any] | None:
        """What makes backends; None where only one was given."""
        return None if _is_backend(self._source) else self._source

    @property
    def maker(self) -> Callable[..., Any]:
        """What makes backends.

        Raises:
            Skipped: If only one was given.
        """
        if self.factory is None:
            raise Skipped("one backend was given, and nothing that makes another")
        return self.factory

    @cached_property
    def backend(self) -> Any:
        """The backend.

        Raises:
            InputError: If it cannot be made, or is none.
        """
        if self.factory is None:
            return self._source
        try:
            made = self.factory()
        except Exception as error:
            raise InputError(f"the backend cannot be made: {worded(error)}") from error
        if not hasattr(made, "run"):
            raise InputError(f"what was made is no backend, it has no run: {shown(made)}")
        return made

    @cached_property
    def spare(self) -> Any:
        """A second backend, whose options may be changed; options are put back after use."""
        return copy.deepcopy(self.backend) if self.factory is None else self.factory()

    @property
    def claims_contract(self) -> bool:
        """Whether Backline's own clauses are meant to hold."""
        return self.strict or isinstance(self.backend, BackendV2)

    @cached_property
    def facts(self) -> Facts:
        """What its target says."""
        return Facts.of(self.backend.target)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Its options before anything was changed."""
        options = self.backend.options
        known = getattr(options, "__dict__", None) or getattr(options, "_fields", None)
        return dict(known) if known else dict(options)

    def kept(self, key: str, make: Callable[[], Any]) -> Any:
        """Something that several checks look at, made once; a failure is kept too.

        Args:
            key: Its name.
            make: Makes it.
        """
        if key not in self._kept:
            try:
                self._kept[key] = (make(), None)
            except (Failed, Skipped) as raised:
                self._kept[key] = (None, raised)
        value, outcome = self._kept[key]
        if outcome is not None:
            raise type(outcome)(*outcome.args)
        return value

    # Programs

    def qubits(self, count: int) -> tuple[int, ...]:
        """Good qubits in a line.

        Args:
            count: How many.

        Raises:
            Skipped: If there are not so many.
        """
        found = self.facts.line(count)
        if found is None:
            raise Skipped(f"the device has no {count} coupled qubits")
        return found

    def native(self, circuit: QuantumCircuit, qubits: Sequence[int]) -> QuantumCircuit:
        """A circuit compiled for some qubits of the device.

        Args:
            circuit: On as many qubits.
            qubits: Where each of them goes.

        Raises:
            Skipped: If it cannot be compiled.
        """
        facts = self.facts
        try:
            if facts.everywhere:
                return transpile(circuit, basis_gates=facts.standard, optimization_level=1)
            return transpile(
                circuit,
                target=facts.target,
                initial_layout=list(qubits),
                optimization_level=1,
                seed_transpiler=1,
            )
        except QiskitError as error:
            raise Skipped(f"cannot be compiled for the device: {worded(error)}") from error

    def noise(self, *circuits: QuantumCircuit) -> float:
        """How much of a distribution the stated errors can move, generously.

        Args:
            *circuits: Compiled ones; the worst counts.
        """
        facts = self.facts
        if not facts.states_errors:
            return 0.0
        worst = 0.0
        for circuit in circuits:
            total = 0.02
            for step in circuit.data:
                where = tuple(circuit.find_bit(qubit).index for qubit in step.qubits)
                total += facts.error(step.operation.name, where) * 2
            worst = max(worst, total)
        return worst

    def too_noisy(self, *circuits: QuantumCircuit) -> None:
        """Skip where the stated errors leave nothing to see.

        Args:
            *circuits: Compiled ones.

        Raises:
            Skipped: If they are too large.
        """
        noise = self.noise(*circuits)
        if noise > NOISIEST:
            raise Skipped(f"its stated errors let about {noise:.0%} of the shots go astray")

    # Runs

    def run(self, programs: Any, **options: Any) -> Any:
        """Start a job, if there is one left.

        Args:
            programs: Of the run.
            **options: Of the run.

        Raises:
            Skipped: If nothing may be run, or the budget is used up.
        """
        if not self.may_run:
            raise Skipped("nothing is to be run (--no-run)")
        self.budget.spend(len(programs) if isinstance(programs, list) else 1)
        return self.backend.run(programs, **{**self.run_options, **options})

    def settings(self, seed: int | None = None, **more: Any) -> dict[str, Any]:
        """Options of a run: shots, and a seed where the backend takes one.

        Args:
            seed: The seed.
            **more: Further options.
        """
        chosen: dict[str, Any] = {}
        if "shots" in self.defaults:
            chosen["shots"] = self.budget.shots
        if seed is not None and "seed_simulator" in self.defaults:
            chosen["seed_simulator"] = seed
        return {**chosen, **more}

    def refusal(self, programs: Any, **options: Any) -> Refusal | None:
        """How a run that should not happen is refused; None where it gives a result.

        Args:
            programs: Of the run.
            **options: Of the run.

        Raises:
            Skipped: If nothing may be run, or the budget is used up.
        """
        try:
            job = self.run(programs, **options)
        except Skipped:
            raise
        except Exception as error:
            return Refusal(worded(error), error)
        try:
            result = job.result()
        except Exception as error:
            return Refusal(worded(error), error, job)
        entries = getattr(result, "results", [])
        if getattr(result, "success", False) and all(one.success for one in entries):
            return None
        said = [str(getattr(result, "status", "")), *(str(one.status) for one in entries)]
        return Refusal("; ".join(filter(None, said)), None, job)

    def restore(self, backend: Any) -> None:
        """Put a backend's options back as they were.

        Args:
            backend: This one, or the spare.
        """
        for name in ("shots", "memory", "seed_simulator"):
            if name in self.defaults:
                with suppress(Exception):
                    backend.set_options(**{name: self.defaults[name]})


def _is_backend(source: Any) -> bool:
    return hasattr(source, "target") and hasattr(source, "run") and not isinstance(source, type)
