"""Qiskit's `Result`, found by schedules too."""

from __future__ import annotations

import operator
from typing import Any

from qiskit.result import Result as QiskitResult

from backline.pulse import Schedule, ScheduleBlock


class Result(QiskitResult):
    """The result of a job: Qiskit's, whose experiments are found by pulse programs too.

    `data`, `get_counts`, `get_memory`, `get_statevector` and `get_unitary` take the experiment as
    its index, its name, or the `QuantumCircuit`, `Schedule` or `ScheduleBlock` that ran, of which
    the name counts (as in Qiskit 1.4).
    """

    def data(self, experiment: Any = None) -> dict[str, Any]:
        """The data of an experiment as the backend gave them.

        Args:
            experiment: Which; None where there is only one.

        Raises:
            QiskitError: If there is no such experiment.
        """
        return super().data(_key(experiment))

    def get_counts(self, experiment: Any = None) -> Any:
        """How often each outcome came, keyed by bits, grouped by registers.

        Args:
            experiment: Which; None for all, as a list where there are several.

        Raises:
            QiskitError: If there is no such experiment, or it has no counts.
        """
        return super().get_counts(_key(experiment))

    def get_memory(self, experiment: Any = None) -> Any:
        """The outcome of each shot: texts of bits, or an array of complex levels.

        Args:
            experiment: Which; None where there is only one.

        Raises:
            QiskitError: If there is no such experiment, or its shots were not kept.
        """
        return super().get_memory(_key(experiment))

    def get_statevector(self, experiment: Any = None, decimals: int | None = None) -> Any:
        """The state that an experiment saved.

        Args:
            experiment: Which; None where there is only one.
            decimals: To round to; None for as they are.

        Raises:
            QiskitError: If there is no such experiment, or it saved no state.
        """
        return super().get_statevector(_key(experiment), decimals)

    def get_unitary(self, experiment: Any = None, decimals: int | None = None) -> Any:
        """The unitary that an experiment saved.

        Args:
            experiment: Which; None where there is only one.
            decimals: To round to; None for as they are.

        Raises:
            QiskitError: If there is no such experiment, or it saved no unitary.
        """
        return super().get_unitary(_key(experiment), decimals)


def _key(experiment: Any) -> Any:
    if isinstance(experiment, Schedule | ScheduleBlock):
        return experiment.name
    return operator.index(experiment) if hasattr(experiment, "__index__") else experiment
