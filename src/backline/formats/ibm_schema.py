"""The shape of an IBM snapshot's three files: conf, props and defs.

Lenient: what a file may lack is None, what it says beyond this is kept as it is. Values are
judged later, by what they mean. The dicts that objects of BackendV1 give are of the same shape,
with complex numbers and dates as objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from backline.errors import FormatError

_Number = float | None
_Qubit = Annotated[int, Field(ge=0)]
Json = dict[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", protected_namespaces=())


class GateConf(_Part):
    """A gate of the configuration: where it may be used, and how it is defined."""

    name: str
    parameters: list[str] | None = None
    qasm_def: str | None = None
    coupling_map: list[list[_Qubit]] | None = None


def _parts(value: Any) -> Any:
    return (value.real, value.imag) if isinstance(value, complex) else value


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


class LoTerm(_Part):
    """One part of a control channel's frequency: a scale times a qubit's frequency."""

    q: _Qubit
    scale: Annotated[tuple[float, float], BeforeValidator(_parts)] = (1.0, 0.0)


class TimingConf(_Part):
    """The instruments' grid, in samples."""

    granularity: Annotated[int, Field(ge=1)] = 1
    min_length: Annotated[int, Field(ge=1)] = 1
    pulse_alignment: Annotated[int, Field(ge=1)] = 1
    acquire_alignment: Annotated[int, Field(ge=1)] = 1


class HamiltonianConf(_Part):
    """The Hamiltonian as strings, with variables in rad/ns."""

    h_str: list[str] | None = None
    vars: Json | None = None
    qub: dict[str, int] | None = None


class Channel(_Part):
    """One channel of the device."""

    operates: Json | None = None
    type: str | None = None


class Conf(_Part):
    """conf_*.json."""

    n_qubits: Annotated[int, Field(ge=1, le=100_000)]
    backend_name: str | None = None
    backend_version: str | None = None
    description: str | None = None
    online_date: Annotated[str | None, BeforeValidator(_iso)] = None
    basis_gates: list[str] | None = None
    gates: list[GateConf] | None = None
    coupling_map: list[list[_Qubit]] | None = None
    max_experiments: int | None = None
    max_shots: int | None = None
    dt: _Number = None
    dtm: _Number = None
    timing_constraints: TimingConf | None = None
    meas_map: list[list[_Qubit]] | None = None
    coords: list[tuple[float, float]] | None = None
    channels: dict[str, Channel] | None = None
    n_uchannels: int | None = None
    u_channel_lo: list[list[LoTerm]] | None = None
    hamiltonian: HamiltonianConf | None = None


class Value(_Part):
    """One measured value with its unit."""

    name: str
    unit: str | None = ""
    value: Any = None


class GateProps(_Part):
    """What was measured of one gate."""

    gate: str
    qubits: list[_Qubit]
    parameters: list[Value] | None = None


class Props(_Part):
    """props_*.json."""

    qubits: list[list[Value]] | None = None
    gates: list[GateProps] | None = None


class Samples(_Part):
    """A pulse of the library; its samples are judged when they are needed."""

    name: str
    samples: Any = None


class Command(_Part):
    """A stored schedule; its instructions are judged when they are decoded."""

    name: str
    qubits: list[_Qubit]
    sequence: list[Json] | None = None


class Defs(_Part):
    """defs_*.json."""

    qubit_freq_est: list[_Number] | None = None
    meas_freq_est: list[_Number] | None = None
    pulse_library: list[Samples] | None = None
    cmd_def: list[Command] | None = None


_Model = TypeVar("_Model", bound=_Part)


def check(model: type[_Model], values: Mapping[str, Any], where: str) -> _Model:
    """Read a JSON object as one of these shapes.

    Args:
        model: Conf, Props or Defs.
        values: The JSON object.
        where: What it is called in messages.

    Raises:
        FormatError: If it has another shape; names the first field that does.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join([where, *map(str, first["loc"])])
        count = error.error_count()
        others = f" ({count - 1} more like it)" if count > 1 else ""
        raise FormatError(
            f"{path}: {first['msg'][:1].lower()}{first['msg'][1:]}, got "
            f"{_short(first['input'])}{others}",
            field=path,
        ) from None


def _short(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"a {'JSON object' if isinstance(value, dict) else 'list'} of {len(value)}"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
