"""From outcomes to `qiskit.result.Result`, in the documented formats, here and nowhere else."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any

import numpy as np
import qiskit
from qiskit.circuit import QuantumCircuit
from qiskit.result.models import ExperimentResult, ExperimentResultData

from backline.backends.experiment import Experiment
from backline.contract.pulse_gates import is_pulse_gate
from backline.contract.result import Result, TraceData, pairs
from backline.engines.outcomes import Outcomes
from backline.errors import EngineError

# What a header says of bits, by which Qiskit would read the digits of higher levels as bits.
_OF_BITS = {"memory_slots", "creg_sizes"}


def to_result(
    results: Sequence[ExperimentResult],
    *,
    backend_name: str | None,
    backend_version: str | None,
    job_id: str,
    date: datetime | None,
    time_taken: float | None,
    options: Mapping[str, Any],
) -> Result:
    """One result of a whole job.

    Args:
        results: One for each experiment, in the order of the job's input.
        backend_name: Of the backend that ran it.
        backend_version: Of the device itself.
        job_id: Of the job.
        date: When it ended.
        time_taken: In s, from its start to its end.
        options: Every option that it ran with; what JSON has no value for is kept as text.
    """
    success = all(result.success for result in results)
    return Result(
        backend_name=backend_name,
        backend_version=backend_version,
        job_id=job_id,
        success=success,
        results=list(results),
        date=None if date is None else date.isoformat(),
        status="COMPLETED" if success else "PARTIAL COMPLETED",
        time_taken=time_taken,
        options={name: _plain(value) for name, value in options.items()},
        versions=dict(versions()),
    )


def experiment_result(
    experiment: Experiment, outcomes: Outcomes, options: Mapping[str, Any]
) -> ExperimentResult:
    """The result of one experiment that ran.

    Args:
        experiment: What ran.
        outcomes: What came of it.
        options: The job's options; `memory`, `meas_level` and `meas_return` say what is kept,
            where a backend has them.

    Raises:
        EngineError: If the outcomes are not of the kind or shape that was asked for.
    """
    if not isinstance(outcomes, Outcomes):
        raise EngineError(
            f"an experiment's result must be Outcomes or an exception, "
            f"got {type(outcomes).__name__}"
        )
    level = int(options.get("meas_level", 2))
    width = _width(outcomes, level)
    header = _header(experiment.program, width)
    if level == 2:
        data = _classified(experiment, outcomes, header, memory=bool(options.get("memory", False)))
        if outcomes.digits is not None:
            header = {key: header[key] for key in header.keys() - _OF_BITS}
    else:
        meas_return = str(options.get("meas_return", "avg"))
        data = _unclassified(experiment, outcomes, header, level, meas_return)
    return ExperimentResult(
        shots=outcomes.shots,
        success=True,
        data=data,
        header=header,
        status="DONE",
        metadata={key: _plain(value) for key, value in outcomes.metadata.items()},
        **_settings(experiment, options),
    )


def failed_result(
    experiment: Experiment, error: BaseException, options: Mapping[str, Any]
) -> ExperimentResult:
    """The place of an experiment that failed: no data, and a status that says why.

    Args:
        experiment: What failed.
        error: Why.
        options: The job's options.
    """
    return ExperimentResult(
        shots=0,
        success=False,
        data=ExperimentResultData(),
        header=_header(experiment.program, 0),
        status=f"ERROR: {error}",
        **_settings(experiment, options),
    )


@cache
def versions() -> Mapping[str, str]:
    """The versions that a result depends on."""
    return {
        "backline": version("backline"),
        "qiskit": qiskit.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
    }


def _settings(experiment: Experiment, options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "meas_level": int(options.get("meas_level", 2)),
        "meas_return": str(options.get("meas_return", "single")),
        "seed": experiment.seed,
        "seed_simulator": options.get("seed_simulator"),
    }


def _classified(
    experiment: Experiment, outcomes: Outcomes, header: Mapping[str, Any], *, memory: bool
) -> ExperimentResultData:
    if not header["memory_slots"] or not _measures(experiment.program):
        return ExperimentResultData()
    if outcomes.bits is None:
        raise EngineError(f"no bits came back of {experiment.name!r}, which measures some")
    width = outcomes.bits.shape[1]
    if width != header["memory_slots"]:
        raise EngineError(
            f"{width} bits a shot came back of {experiment.name!r}, "
            f"which has {header['memory_slots']}"
        )
    counts: dict[str, int] = outcomes.counts()
    shots = outcomes.memory() if memory else None
    if outcomes.digits is not None:
        # Qiskit takes strings of digits as they are: what it does to bits is done here.
        sizes = [size for _, size in header.get("creg_sizes", [])]
        counts = {_grouped(key, sizes): count for key, count in counts.items()}
        shots = None if shots is None else [_grouped(key, sizes) for key in shots]
    if shots is None:
        return ExperimentResultData(counts=counts)
    return ExperimentResultData(counts=counts, memory=shots)


def _unclassified(
    experiment: Experiment,
    outcomes: Outcomes,
    header: Mapping[str, Any],
    level: int,
    meas_return: str,
) -> ExperimentResultData:
    if outcomes.iq is None:
        if not header["memory_slots"] or not _measures(experiment.program):
            return ExperimentResultData()
        raise EngineError(
            f"no data of measurement level {level} came back of {experiment.name!r}, "
            f"which measures some"
        )
    slots = header["memory_slots"]
    shape = (outcomes.shots, slots) if meas_return == "single" else (slots,)
    given = outcomes.iq.shape if level == 1 else outcomes.iq.shape[:-1]
    if given != shape:
        raise EngineError(
            f"data of measurement level {level} ({meas_return}) came back with shape "
            f"{outcomes.iq.shape}, and must have {shape}"
            + (" before the axis of samples" if level == 0 else "")
        )
    if level == 0:
        return TraceData(outcomes.iq)
    return ExperimentResultData(memory=pairs(outcomes.iq))


def _grouped(digits: str, sizes: Sequence[int]) -> str:
    """Digits grouped by registers, the first register rightmost."""
    stops = np.cumsum(sizes[::-1]).tolist() or [len(digits)]
    return " ".join(digits[start:stop] for start, stop in zip([0, *stops[:-1]], stops, strict=True))


def _header(program: Any, width: int) -> dict[str, Any]:
    """What a reader of the result must know of the program, as Aer writes it.

    A circuit says itself how wide its memory is; a schedule's is as wide as what came back.
    """
    header: dict[str, Any] = {"name": program.name, "metadata": dict(program.metadata or {})}
    if not isinstance(program, QuantumCircuit):
        header["memory_slots"] = width
        return header
    registers = [bit for register in program.cregs for bit in register]
    # Bits outside of registers, or in two of them, would be read at the wrong place: no register
    # sizes then, and counts are plain strings of all bits.
    tiled = registers == program.clbits
    header["memory_slots"] = program.num_clbits
    header["creg_sizes"] = [[r.name, r.size] for r in program.cregs] if tiled else []
    header["clbit_labels"] = _labels(program.cregs) if tiled else []
    header["n_qubits"] = program.num_qubits
    header["qreg_sizes"] = [[r.name, r.size] for r in program.qregs]
    header["qubit_labels"] = _labels(program.qregs)
    header["global_phase"] = float(program.global_phase)
    return header


def _width(outcomes: Outcomes, level: int) -> int:
    if outcomes.bits is not None:
        return int(outcomes.bits.shape[1])
    axes = () if outcomes.iq is None else outcomes.iq.shape
    slots = axes[-1:] if level == 1 else axes[-2:-1]
    return int(slots[0]) if slots else 0


def _labels(registers: Sequence[Any]) -> list[list[Any]]:
    return [[register.name, place] for register in registers for place in range(register.size)]


def _measures(program: Any) -> bool:
    """Whether a program writes to its memory at all."""
    if not isinstance(program, QuantumCircuit):
        return True
    # From the end, where measurements mostly are; and no gate's operation is asked for, because
    # Qiskit would make it anew.
    return any(
        any(_measures(block) for block in instruction.operation.blocks)
        if instruction.is_control_flow()
        else instruction.name == "measure" or _reads(instruction)
        for instruction in reversed(program.data)
    )


def _reads(instruction: Any) -> bool:
    """Whether it is a pulse gate that acquires."""
    return bool(instruction.clbits) and is_pulse_gate(instruction.params)


def _plain(value: Any) -> Any:
    """A value that JSON knows; everything else as the text that describes it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return repr(value)
