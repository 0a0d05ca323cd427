"""One experiment on one device: which engine runs it, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qiskit.circuit import QuantumCircuit

from backline import lowering
from backline.backends.cautions import caution
from backline.backends.experiment import Experiment
from backline.contract.options import Options
from backline.contract.pulse_gates import carries_pulses
from backline.contract.target import Target
from backline.device.channels import channel_frequencies
from backline.device.model import Device
from backline.engines.gates import GateEngine
from backline.engines.outcomes import Outcomes
from backline.engines.pulses import PulseEngine, Waveforms
from backline.errors import CapabilityError

# Between a caution and who is to see it: _check_pulses, Executor.check, DeviceBackend.check,
# BackendBase.run, its caller.
_TO_THE_CALLER_OF_RUN = 5


@dataclass(frozen=True, slots=True)
class Executor:
    """Runs experiments on a device; a value that any number of threads may call.

    Attributes:
        device: The description.
        target: What follows from it.
        options: All options of a run of `DeviceBackend`.
    """

    device: Device
    target: Target
    options: Options

    def __call__(self, experiment: Experiment) -> Outcomes:
        """Run one experiment.

        Args:
            experiment: A program that `check` let through.

        Raises:
            BacklineError: What the lowering or the engine has to say against it.
        """
        program, shots = experiment.program, self.options.shots
        if self.engine(program) == "gates":
            return self._gate_engine().run(program, shots=shots, seed=experiment.seed)
        engine, waveforms = self._pulses(program, self._schedule(program))
        return engine.run(waveforms, shots=shots, seed=experiment.seed)

    def engine(self, program: Any) -> str:
        """The engine that a program runs on: "gates" or "pulses"."""
        if self.options.engine != "auto":
            return str(self.options.engine)
        plain = isinstance(program, QuantumCircuit) and self.options.calibrations is None
        return "gates" if plain and not carries_pulses(program) else "pulses"

    def check(self, program: Any) -> None:
        """Refuse what the chosen engine or the device cannot do.

        Args:
            program: A program that the target allows.

        Raises:
            CapabilityError: Saying what is missing.
            CalibrationError: If a gate must be played and has no schedule.
        """
        if self.engine(program) == "gates":
            self._check_gates(program)
        else:
            self._check_pulses(program)

    def _check_gates(self, program: Any) -> None:
        if not isinstance(program, QuantumCircuit):
            raise CapabilityError(
                f"{program.name!r} is a pulse program, which engine='gates' does not run: "
                f"leave engine='auto', or choose 'pulses'"
            )
        if self.options.calibrations is not None or carries_pulses(program):
            raise CapabilityError(
                f"engine='gates' plays no pulses, and {program.name!r} "
                + ("carries some" if carries_pulses(program) else "comes with calibrations")
                + ": leave engine='auto', or choose 'pulses'"
            )
        if self.options.meas_level != 2:
            raise CapabilityError(
                f"engine='gates' gives bits, which is meas_level=2, and no data of "
                f"meas_level={self.options.meas_level}: choose engine='pulses'"
            )
        if self.options.max_outcome_level != 1:
            raise CapabilityError(
                f"engine='gates' has qubits, whose outcomes are 0 and 1, and none up to "
                f"max_outcome_level={self.options.max_outcome_level}: choose engine='pulses'"
            )
        self._gate_engine().check(program)

    def _check_pulses(self, program: Any) -> None:
        device = self.device
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
                f"device {device.name!r} cannot play {program.name!r} as pulses: "
                f"its description lacks {' and '.join(lacks)}"
            )
        if self.options.noise_model is not None:
            raise CapabilityError(
                "noise_model is for engine='gates': pulses take their noise from the device"
            )
        # What no engine could play is said here, and not later.
        engine, waveforms = self._pulses(program, self._schedule(program))
        engine.check()
        engine.instruments(waveforms).check(self.options.shots)
        caution(program.name, waveforms, device, stacklevel=_TO_THE_CALLER_OF_RUN)

    def _schedule(self, program: Any) -> Any:
        """What is played: a circuit in pulses, a pulse program as it is."""
        if isinstance(program, QuantumCircuit):
            return lowering.schedule(program, self.target)
        return program

    def _pulses(self, program: Any, schedule: Any) -> tuple[PulseEngine, Waveforms]:
        """The engine with the part of the device that a schedule touches, and what it plays."""
        options, device = self.options, self.device
        waveforms = lowering.compile(
            schedule,
            dt=self.target.dt,
            frequencies=channel_frequencies(device),
            num_slots=program.num_clbits if isinstance(program, QuantumCircuit) else None,
        )
        acquired = sorted({acquisition.qubit for acquisition in waveforms.acquisitions})
        # A program that touches nothing still takes its time: let one qubit wait for it.
        qubits = lowering.touched_qubits(schedule, device) or (*acquired, 0)[:1]
        engine = PulseEngine(
            lowering.pulse_model(device, qubits, resting=acquired),
            relaxation=options.noise and options.relaxation,
            readout_noise=options.noise and options.readout_noise,
            resonators=lowering.resonators(device, acquired) if self._sees(waveforms) else (),
            meas_level=options.meas_level,
            meas_return=options.meas_return,
            max_outcome_level=options.max_outcome_level,
        )
        return engine, waveforms

    def _sees(self, waveforms: Waveforms) -> bool:
        """Whether traces or points play a part; published confusion needs none."""
        return self.options.meas_level < 2 or any(
            item.classified for item in waveforms.acquisitions
        )

    def _gate_engine(self) -> GateEngine:
        options = self.options
        return GateEngine(
            self.target,
            noise=options.noise,
            idle_noise=options.idle_noise,
            readout_noise=options.readout_noise,
            noise_model=options.noise_model,
            method=options.method,
            memory=options.memory,
        )
