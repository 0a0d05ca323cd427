"""The experiments of one run on one device: which engine runs them, and how."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qiskit.circuit import QuantumCircuit

from backline.backends.experiment import Experiment
from backline.contract.checks import Checked
from backline.contract.options import Options
from backline.contract.target import Target
from backline.device.model import Device
from backline.engines.gates import GateEngine, Ready
from backline.engines.outcomes import Outcomes
from backline.engines.watching import watched
from backline.errors import CapabilityError
from backline.jobs import raise_if_stopping

if TYPE_CHECKING:
    from backline.backends.playing import Played, Player

# Between a caution and who is to see it: Executor.prepare, DeviceBackend.prepare,
# BackendBase.run, its caller; one less from Executor.play.
_TO_THE_CALLER_OF_RUN = 5
_TO_THE_CALLER_OF_SOLVE = 4


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

    def __call__(self, chunk: Sequence[Experiment]) -> list[Outcomes | BaseException]:
        """Run experiments that belong together, as `chunking.chunks` cut them.

        Args:
            chunk: Experiments that `prepare` let through.

        """
        shots = self.options.shots
        with watched(lambda _: raise_if_stopping()):
            if isinstance(chunk[0].prepared, Ready):
                return self.gate_engine().run_batch(
                    [item.program for item in chunk],
                    shots=shots,
                    seeds=[item.seed for item in chunk],
                    ready=[item.prepared for item in chunk],
                )
            played = [item.prepared for item in chunk]
            entries = played[0].engine.run_batch(
                [item.waveforms for item in played],
                shots=shots,
                seeds=[item.seed for item in chunk],
            )
            return [_with_facts(*pair) for pair in zip(entries, played, strict=True)]

    def engine(self, checked: Checked) -> str:
        """The engine that a program runs on: "gates" or "pulses"."""
        if self.options.engine != "auto":
            return str(self.options.engine)
        plain = isinstance(checked.program, QuantumCircuit) and self.options.calibrations is None
        return "gates" if plain and not checked.carries_pulses else "pulses"

    def prepare(self, programs: Sequence[Checked]) -> list[Played | Ready]:
        """Refuse what the chosen engine or the device cannot do, and make the rest ready.

        Args:
            programs: The programs of a run, which the target allows.

        Returns:
            What is played of each program, or what the gate engine has read.

        Raises:
            CapabilityError: Saying what is missing.
            CalibrationError: If a gate must be played and has no schedule.
        """
        player: Player | None = None
        gates = self.gate_engine()
        reader = gates.reader()
        prepared: list[Played | Ready] = []
        for checked in programs:
            if self.engine(checked) == "gates":
                self.check_gates(checked)
                ready = gates.prepare(checked.program, shots=self.options.shots, reader=reader)
                prepared.append(ready)
                continue
            player = player or self._player()
            played = self._played(player, checked, (), _TO_THE_CALLER_OF_RUN)
            played.engine.instruments(played.waveforms).check(self.options.shots)
            prepared.append(played)
        return prepared

    def play(self, checked: Checked, joining: Collection[int]) -> Played:
        """Make one program ready to be solved.

        Args:
            checked: The program, which the target allows.
            joining: Qubits that are simulated too, beside the chosen spectators.

        Raises:
            CapabilityError: Saying what is missing.
            CalibrationError: If a gate must be played and has no schedule.
        """
        return self._played(self._player(), checked, joining, _TO_THE_CALLER_OF_SOLVE)

    def _player(self) -> Player:
        # The pulse engine, with all that it imports, is for those who play pulses.
        from backline.backends.playing import Player

        return Player(self.device, self.target, self.options)

    def _played(
        self, player: Player, checked: Checked, joining: Collection[int], stacklevel: int
    ) -> Played:
        """What is played of a program; its caller's caller is warned of what may go wrong."""
        from backline.backends.cautions import caution

        played = player.play(checked, joining)
        caution(checked.program.name, played.waveforms, self.device, stacklevel=stacklevel)
        return played

    def check_gates(self, checked: Checked) -> None:
        """Refuse what cannot run gate by gate with these options.

        Raises:
            CapabilityError: Saying why.
        """
        program, carries = checked.program, checked.carries_pulses
        if not isinstance(program, QuantumCircuit):
            raise CapabilityError(
                f"{program.name!r} is a pulse program, which engine='gates' does not run: "
                f"leave engine='auto', or choose 'pulses'"
            )
        if self.options.calibrations is not None or carries:
            raise CapabilityError(
                f"engine='gates' plays no pulses, and {program.name!r} "
                + ("carries some" if carries else "comes with calibrations")
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

    def gate_engine(self) -> GateEngine:
        """What runs circuits gate by gate with these options."""
        options = self.options
        return GateEngine(
            self.target,
            noise=options.noise,
            idle_noise=options.idle_noise,
            readout_noise=options.readout_noise,
            noise_model=options.noise_model,
            method=options.method,
            precision=options.precision,
            memory=options.memory,
        )


def _with_facts(entry: Outcomes | BaseException, played: Played) -> Outcomes | BaseException:
    if isinstance(entry, BaseException):
        return entry
    return replace(entry, metadata={**entry.metadata, **played.facts})
