"""`configuration()`: the fixed facts of a device, as code for BackendV1 reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backline import pulse
from backline.contract.qubits import existing
from backline.errors import QubitError

# Attributes in s and Hz, and what Qiskit 1.4's dictionaries had: ns, us and GHz.
_NANO = ("dt", "dtm")
_MICRO = ("rep_times", "rep_delay_range", "default_rep_delay")
_GIGA = ("qubit_lo_range", "meas_lo_range")


@dataclass(frozen=True, slots=True)
class GateConfig:
    """One gate of a device.

    Attributes:
        name: Its name.
        parameters: Names of its parameters.
        qasm_def: Its definition in OpenQASM 2; empty, for Qiskit knows it.
        coupling_map: Where it is; None for everywhere.
    """

    name: str
    parameters: list[str]
    qasm_def: str = ""
    coupling_map: list[list[int]] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The gate as Qiskit 1.4 wrote it."""
        gate = {"name": self.name, "parameters": self.parameters, "qasm_def": self.qasm_def}
        return gate if self.coupling_map is None else {**gate, "coupling_map": self.coupling_map}


@dataclass(frozen=True, slots=True)
class UchannelLO:
    """A part of a control channel's frequency.

    Attributes:
        q: A qubit.
        scale: How often its frequency counts.
    """

    q: int
    scale: complex

    def to_dict(self) -> dict[str, Any]:
        """The part as Qiskit 1.4 wrote it."""
        return {"q": self.q, "scale": self.scale}


class Configuration:
    """The fixed facts of a device, in the shape of Qiskit 1.4's `PulseBackendConfiguration`.

    Facts are attributes, in s and Hz: backend_name, backend_version, n_qubits, num_qubits,
    basis_gates, gates, coupling_map, dt, dtm, meas_map, timing_constraints, max_shots,
    max_experiments, simulator, local, open_pulse, memory, conditional, supported_instructions,
    description, online_date; with pulses also channels, control_channels, n_uchannels,
    u_channel_lo, qubit_channel_mapping and, where known, hamiltonian. What a backend adds in
    `_configuration_fields` is there too.

    Args:
        fields: The facts.
    """

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = dict(fields)

    def __getattr__(self, name: str) -> Any:
        if name == "_fields":
            raise AttributeError(name)  # copying and pickling ask before it is set
        try:
            return self._fields[name]
        except KeyError:
            raise AttributeError(
                f"the configuration has no {name!r}: it has {', '.join(sorted(self._fields))}"
            ) from None

    @property
    def num_qubits(self) -> int:
        """Number of qubits, as `n_qubits`."""
        number: int = self._fields["n_qubits"]
        return number

    @property
    def sample_rate(self) -> float | None:
        """Input samples a second."""
        dt = self._fields.get("dt")
        return None if dt is None else 1.0 / dt

    def drive(self, qubit: int) -> pulse.DriveChannel:
        """The drive line of a qubit.

        Args:
            qubit: A qubit.

        Raises:
            QubitError: If it does not exist.
        """
        return pulse.DriveChannel(self._qubit(qubit))

    def measure(self, qubit: int) -> pulse.MeasureChannel:
        """The readout stimulus of a qubit.

        Args:
            qubit: A qubit.

        Raises:
            QubitError: If it does not exist.
        """
        return pulse.MeasureChannel(self._qubit(qubit))

    def acquire(self, qubit: int) -> pulse.AcquireChannel:
        """The readout of a qubit.

        Args:
            qubit: A qubit.

        Raises:
            QubitError: If it does not exist.
        """
        return pulse.AcquireChannel(self._qubit(qubit))

    def control(self, qubits: Iterable[int]) -> list[pulse.ControlChannel]:
        """The lines that couple two qubits.

        Args:
            qubits: (control, target).

        Raises:
            QubitError: If there is no such line.
        """
        pair = tuple(qubits)
        found: Mapping[Any, list[pulse.ControlChannel]] = self._fields.get("control_channels", {})
        if pair not in found:
            raise QubitError(
                f"there is no control channel for {pair}: there are those for "
                f"{', '.join(map(str, found)) or 'no qubits'}",
                qubits=pair,
            )
        return list(found[pair])

    def get_channel_qubits(self, channel: Any) -> list[int]:
        """The qubits that a channel works on.

        Args:
            channel: A channel.

        Raises:
            QubitError: If the device does not have it.
        """
        described = self._fields.get("channels", {}).get(_name(channel))
        if described is None:
            raise QubitError(f"the device has no channel {_name(channel)}")
        return list(described["operates"]["qubits"])

    def get_qubit_channels(self, qubit: int | Iterable[int]) -> list[Any]:
        """The channels that work on a qubit, or on exactly several in this order.

        Args:
            qubit: One qubit or several.
        """
        channels = self._fields.get("channels", {})
        found = {name: channel["operates"]["qubits"] for name, channel in channels.items()}
        if isinstance(qubit, Iterable):
            exactly = list(qubit)
            return [_channel(name) for name, qubits in found.items() if qubits == exactly]
        return [_channel(name) for name, qubits in found.items() if qubit in qubits]

    def describe(self, channel: pulse.ControlChannel) -> dict[pulse.DriveChannel, complex]:
        """The drive channels whose frequencies a control channel's is made of.

        Args:
            channel: A control channel.

        Raises:
            QubitError: If it is none, or its frequency is not known.
        """
        known = self._fields.get("u_channel_lo") or []
        if not isinstance(channel, pulse.ControlChannel) or channel.index >= len(known):
            raise QubitError(f"{channel} is no control channel with a known frequency")
        return {pulse.DriveChannel(part.q): part.scale for part in known[channel.index]}

    def to_dict(self) -> dict[str, Any]:
        """The facts in the shape and units (ns, us, GHz) of Qiskit 1.4's dictionaries."""
        made = {k: v for k, v in self._fields.items() if k != "control_channels"}
        made["gates"] = [gate.to_dict() for gate in made["gates"]]
        for names, factor in ((_NANO, 1e9), (_MICRO, 1e6), (_GIGA, 1e-9)):
            for name in names:
                if made.get(name) is not None:
                    made[name] = scaled(made[name], factor)
        if made.get("u_channel_lo") is not None:
            made["u_channel_lo"] = [[part.to_dict() for part in u] for u in made["u_channel_lo"]]
        if made.get("hamiltonian") is not None:
            variables = {k: v * 1e-9 for k, v in made["hamiltonian"]["vars"].items()}
            made["hamiltonian"] = {**made["hamiltonian"], "vars": variables}
        return made

    def _qubit(self, qubit: int) -> int:
        return existing(qubit, self.num_qubits, of=f"device {self.backend_name!r}")

    def __repr__(self) -> str:
        return f"Configuration({self._fields['backend_name']!r}, {self.num_qubits} qubits)"


def scaled(value: Any, factor: float) -> Any:
    """Numbers, also in nested lists, times a factor.

    Args:
        value: A number, None, or a list of these.
        factor: The factor.
    """
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [scaled(one, factor) for one in value]
    return value * factor


_KINDS: dict[str, Any] = {
    "d": pulse.DriveChannel,
    "u": pulse.ControlChannel,
    "m": pulse.MeasureChannel,
    "acquire": pulse.AcquireChannel,
}


def _channel(name: str) -> Any:
    kind = name.rstrip("0123456789")
    return _KINDS[kind](int(name[len(kind) :]))


def _name(channel: Any) -> str:
    if isinstance(channel, pulse.AcquireChannel):
        return f"acquire{channel.index}"  # as the dictionary of channels calls it
    return str(channel.name)
