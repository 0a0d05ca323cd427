"""Results of jobs as bytes, and back, with nothing altered.

Of a header's metadata, what JSON has no value for comes back as the text that describes it, and
tuples as lists.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from qiskit.result.models import ExperimentResult

from backline.backends.packing import pack, unpack
from backline.contract.result import Result, TraceData
from backline.errors import BacklineError, EngineError
from backline.jobs import describe

_VERSION = 1


def encode_result(result: Result, failures: Mapping[int, BaseException]) -> bytes:
    """A result as bytes.

    Args:
        result: Of a job that is over.
        failures: Its experiments that failed, by index.
    """
    entries: list[dict[str, Any]] = []
    parts: list[bytes] = []
    for entry in result.results:
        if isinstance(entry.data, TraceData):
            buffer = io.BytesIO()
            np.save(buffer, entry.data.traces, allow_pickle=False)
            # Their nested lists would take eight times the memory.
            row = _without_data(entry) | {"data": {}, "traces": len(parts)}
            parts.append(buffer.getvalue())
        else:
            row = entry.to_dict()
        entries.append(_with_texts(row))
    errors = [[index, *_error_row(error)] for index, error in failures.items()]
    whole = _without_entries(result) | {"results": entries}
    return pack({"version": _VERSION, "result": whole, "errors": errors}, parts)


def decode_result(data: bytes) -> tuple[Result, dict[int, BaseException]]:
    """The result that was stored, and the experiments that failed, by index.

    Args:
        data: Of `encode_result`.

    Raises:
        StoreError: If it is damaged.
    """
    head, parts = unpack(data, "a result")
    stored = head["result"]
    entries = []
    for row in stored.pop("results"):
        place = row.pop("traces", None)
        entry = ExperimentResult.from_dict(row)
        if place is not None:
            entry.data = TraceData(np.load(io.BytesIO(parts[place]), allow_pickle=False))
        entries.append(entry)
    failures = {index: _error_of(*row) for index, *row in head["errors"]}
    return Result(**stored, results=entries), failures


def _without_entries(result: Result) -> dict[str, Any]:
    entries, result.results = result.results, []
    try:
        return dict(result.to_dict())
    finally:
        result.results = entries


def _without_data(entry: ExperimentResult) -> dict[str, Any]:
    empty = ExperimentResult.from_dict({"shots": 0, "success": True, "data": {}})
    empty.__dict__ |= {name: value for name, value in entry.__dict__.items() if name != "data"}
    return dict(empty.to_dict())


def _with_texts(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose metadata has keys that JSON knows."""
    header = row.get("header")
    if isinstance(header, dict) and isinstance(header.get("metadata"), Mapping):
        metadata = {str(key): value for key, value in header["metadata"].items()}
        return row | {"header": header | {"metadata": metadata}}
    return row


def _error_row(error: BaseException) -> tuple[str, str, str]:
    """Code of our errors, class of others; message; both as one line."""
    ours = isinstance(error, BacklineError)
    return (type(error).code if ours else "", str(error), describe(error))  # type: ignore[attr-defined]


def _error_of(code: str, message: str, line: str) -> BaseException:
    found = _by_code().get(code)
    return EngineError(line) if found is None else found(message)


def _by_code() -> dict[str, type[BacklineError]]:
    classes, left = {}, [BacklineError]
    while left:
        one = left.pop()
        classes[one.code] = one
        left += one.__subclasses__()
    return classes
