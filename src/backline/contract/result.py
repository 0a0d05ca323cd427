"""Qiskit's `Result`, found by schedules too."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.result import Result as QiskitResult
from qiskit.result.models import ExperimentResultData

from backline.pulse import Schedule, ScheduleBlock


class TraceData(ExperimentResultData):
    """The data of an experiment at meas_level 0.

    It holds its traces as an array, and gives the nested lists of Qiskit's schema, which take
    eight times the memory, where somebody asks for its data.

    Args:
        traces: complex128 array (shots, slots, samples), or (slots, samples) averaged.
    """

    def __init__(self, traces: NDArray[np.complex128]) -> None:
        super().__init__()
        self.traces = traces

    @property
    def memory(self) -> list[Any]:
        """The traces as nested lists, a number being [real, imaginary]."""
        return pairs(self.traces)

    def to_dict(self) -> dict[str, Any]:
        """The data as JSON values."""
        return {"memory": self.memory}


def pairs(values: NDArray[np.complex128]) -> list[Any]:
    """Complex numbers as the lists [real, imaginary] of Qiskit's schema.

    Args:
        values: Of any shape.
    """
    return np.stack([values.real, values.imag], axis=-1).tolist()


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
        """The outcome of each shot as text, or an array of points or traces.

        What came (meas_level, meas_return) has this form:

        - 2: texts of bits, or of digits where higher levels are told apart; grouped by registers;
        - 1: complex points, (shots, slots), or (slots,) averaged;
        - 0: complex traces, (shots, slots, samples), or (slots, samples) averaged.

        Args:
            experiment: Which; None where there is only one.

        Raises:
            QiskitError: If there is no such experiment, or its shots were not kept.
        """
        key = _key(experiment)
        data = self._get_experiment(key).data
        return data.traces if isinstance(data, TraceData) else super().get_memory(key)

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
