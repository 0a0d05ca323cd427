"""Programs made ready for the pulse engine: what is played, and on which part of the device."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qiskit.circuit import QuantumCircuit

from backline import lowering
from backline.contract.checks import Checked
from backline.contract.options import Options
from backline.contract.target import Target
from backline.device.channels import channel_frequencies
from backline.device.model import Device
from backline.engines.methods import PULSE_METHODS
from backline.engines.pulses import PulseEngine, Waveforms
from backline.errors import CapabilityError
from backline.pulse import Schedule, ScheduleBlock


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Played:
    """A program that is ready to run.

    Attributes:
        schedule: What is played.
        waveforms: The same, as arrays.
        engine: With the part of the device that the program needs; programs of one run that need
            the same part have the same.
        facts: What a result says of this choice, as JSON values: the `spectators`, and the
            couplings that are `left_out`, with their strengths in Hz.
    """

    schedule: Schedule | ScheduleBlock
    waveforms: Waveforms
    engine: PulseEngine
    facts: Mapping[str, Any]


class Player:
    """Makes the programs of one run ready, and keeps what they have in common.

    Args:
        device: The description.
        target: What follows from it.
        options: All options of a run of `DeviceBackend`.
    """

    def __init__(self, device: Device, target: Target, options: Options) -> None:
        self._device = device
        self._target = target
        self._options = options
        self._engines: dict[Any, tuple[PulseEngine, Mapping[str, Any]]] = {}

    def play(self, checked: Checked, joining: Collection[int] = ()) -> Played:
        """Make a program ready.

        Args:
            checked: A program that the target allows.
            joining: Qubits that are simulated too, beside the chosen spectators.

        Raises:
            CapabilityError: If the device's description lacks something, or more is needed than
                the engine can do.
            CalibrationError: If a gate must be played and has no schedule.
        """
        program = checked.program
        circuit = isinstance(program, QuantumCircuit)
        self._refuse_gaps(program.name)
        schedule = lowering.schedule(program, self._source) if circuit else checked.schedule
        schedule = program if schedule is None else schedule
        waveforms = lowering.compile(
            schedule,
            dt=self._target.dt,
            frequencies=self._frequencies,
            num_slots=program.num_clbits if circuit else None,
        )
        engine, facts = self._engine(waveforms, joining)
        return Played(schedule=schedule, waveforms=waveforms, engine=engine, facts=facts)

    @cached_property
    def _frequencies(self) -> dict[str, float]:
        return channel_frequencies(self._device)

    @cached_property
    def _source(self) -> Any:
        return lowering.source_of(self._target)

    def _refuse_gaps(self, name: str) -> None:
        device = self._device
        lacks = [
            what
            for what, there in (
                ("a Hamiltonian (couplings)", device.couplings is not None),
                ("drive lines", bool(device.drive_lines)),
                ("dt", device.timing.dt is not None),
            )
            if not there
        ]
        if lacks:
            raise CapabilityError(
                f"device {device.name!r} cannot play {name!r} as pulses: "
                f"its description lacks {' and '.join(lacks)}"
            )
        if self._options.noise_model is not None:
            raise CapabilityError(
                "noise_model is for engine='gates': pulses take their noise from the device"
            )
        if self._options.method not in (None, *PULSE_METHODS):
            raise CapabilityError(
                f"method {self._options.method!r} is for engine='gates': pulses have "
                f"{', '.join(map(repr, PULSE_METHODS))}"
            )

    def _engine(
        self, waveforms: Waveforms, joining: Collection[int]
    ) -> tuple[PulseEngine, Mapping[str, Any]]:
        """The engine for a program, and the facts about the part of the device that it has."""
        channels = frozenset(track.channel for track in waveforms.tracks)
        acquired = frozenset(item.qubit for item in waveforms.acquisitions)
        # Traces and points are those of resonators; published confusion needs none.
        seen = self._options.meas_level < 2 or any(
            item.classified for item in waveforms.acquisitions
        )
        key = (channels, acquired, seen, tuple(joining))
        if key not in self._engines:
            qubits, spectators = self._qubits(channels, acquired, joining)
            engine = self._made(qubits, sorted(acquired), seen=seen)
            self._engines[key] = engine, self._facts(qubits, spectators)
        return self._engines[key]

    def _qubits(
        self, channels: Collection[str], acquired: Collection[int], joining: Collection[int]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """All qubits of the simulation, and those among them that are not driven."""
        self._device.check_qubits(tuple(joining), "initial_state")
        touched = lowering.driven_qubits(channels, self._device)
        # A program that touches nothing still takes its time: let one qubit wait for it.
        waiting = touched or (*joining, *sorted(acquired), 0)[:1]
        chosen = self._options.spectators
        joined = {
            *waiting,
            *joining,
            *lowering.spectator_qubits(self._device, waiting, chosen),
        }
        return tuple(sorted(joined)), tuple(sorted(joined - set(touched)))

    def _made(self, qubits: Collection[int], acquired: list[int], *, seen: bool) -> PulseEngine:
        options, device = self._options, self._device
        engine = PulseEngine(
            lowering.pulse_model(device, tuple(qubits), resting=acquired),
            relaxation=options.noise and options.relaxation,
            readout_noise=options.noise and options.readout_noise,
            resonators=lowering.resonators(device, acquired) if seen else (),
            meas_level=options.meas_level,
            meas_return=options.meas_return,
            max_outcome_level=options.max_outcome_level,
            accuracy=options.accuracy,
            rwa=options.rwa,
            jit=options.jit,
            method=options.method,
            memory=options.memory,
        )
        engine.check()
        return engine

    def _facts(self, qubits: Collection[int], spectators: Collection[int]) -> Mapping[str, Any]:
        return {
            "spectators": list(spectators),
            "left_out": [
                {"qubits": list(item.qubits), "strength": item.strength}
                for item in lowering.left_out(self._device, qubits)
            ],
        }
