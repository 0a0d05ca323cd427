"""What a job runs, as bytes, and back: circuits as QPY, pulse programs as our JSON."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qiskit import QuantumCircuit, qpy

from backline.backends.packing import pack, unpack
from backline.backends.results import versions
from backline.errors import BacklineError, StoreError
from backline.pulse import from_json, to_json

_VERSION = 1
_PLAIN = (bool, int, float, str, type(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHead:
    """What is stored of a job beside its programs.

    Attributes:
        settings: Every option that it runs with.
        retries: As of `run`.
        origin: What `load` was given for its backend; None where the backend is not from there.
        fingerprint: Of the backend.
        versions: Of what accepted it.
        names: Of its programs.
        bound_to_process: Why it cannot be taken up by another process; None if it can.
    """

    settings: Mapping[str, Any]
    retries: int
    origin: Mapping[str, Any] | None
    fingerprint: str
    versions: Mapping[str, str]
    names: Sequence[str]
    bound_to_process: str | None


def encode_programs(
    programs: Sequence[Any],
    settings: Mapping[str, Any],
    *,
    retries: int,
    origin: Mapping[str, Any] | None,
    fingerprint: str,
) -> bytes:
    """A job as bytes.

    Args:
        programs: Circuits and pulse programs, bound.
        settings: Every option that it runs with.
        retries: As of `run`.
        origin: What `load` was given for its backend.
        fingerprint: Of the backend.

    Raises:
        StoreError: If a program cannot be stored, saying why.
    """
    circuits = [program for program in programs if isinstance(program, QuantumCircuit)]
    texts = [None if isinstance(item, QuantumCircuit) else _text(item) for item in programs]
    unknown = [name for name, value in settings.items() if not _is_plain(value)]
    reason = None
    if unknown:
        named = ", ".join(map(repr, unknown))
        reason = f"its option {named} is an object that is not stored"
    head = {
        "version": _VERSION,
        "settings": dict(settings),
        "retries": retries,
        "origin": origin,
        "fingerprint": fingerprint,
        "versions": dict(versions()),
        "names": [str(program.name) for program in programs],
        "bound_to_process": reason,
        "pulses": texts,
    }
    return pack(head, [_qpy(circuits)] if circuits else [])


def decode_head(data: bytes) -> JobHead:
    """What is stored of a job beside its programs.

    Args:
        data: Of `encode_programs`.

    Raises:
        StoreError: If it is damaged, or of a later version.
    """
    head, _ = _opened(data)
    return JobHead(**{name: head[name] for name in JobHead.__dataclass_fields__})


def decode_programs(data: bytes) -> list[Any]:
    """The programs of a job.

    Args:
        data: Of `encode_programs`.

    Raises:
        StoreError: If it is damaged, or of a later version.
    """
    head, parts = _opened(data)
    try:
        circuits = iter(qpy.load(io.BytesIO(parts[0])) if parts else ())
        return [next(circuits) if text is None else from_json(text) for text in head["pulses"]]
    except Exception as error:  # QPY raises whatever comes
        raise StoreError(f"the programs of a job cannot be read: {error}") from error


def _opened(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    head, parts = unpack(data, "a job")
    if head.get("version") != _VERSION:
        raise StoreError(
            f"a job was stored in version {head.get('version')!r}; version {_VERSION} can be read"
        )
    return head, parts


def _qpy(circuits: Sequence[QuantumCircuit]) -> bytes:
    stream = io.BytesIO()
    try:
        qpy.dump(list(circuits), stream, metadata_serializer=_Texts)
    except Exception as error:  # QPY raises whatever comes
        names = ", ".join(repr(circuit.name) for circuit in circuits[:5])
        raise StoreError(f"circuits ({names}) cannot be stored as QPY: {error}") from error
    return stream.getvalue()


def _text(program: Any) -> str:
    try:
        return to_json(program)
    except BacklineError as error:
        raise StoreError(f"{program.name!r} cannot be stored: {error}") from error


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


class _Texts(json.JSONEncoder):
    """Metadata that JSON has no value for is kept as the text that describes it."""

    def default(self, value: Any) -> Any:
        return repr(value)
