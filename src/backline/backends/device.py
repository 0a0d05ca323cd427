"""The backend of a described device: contract, device, engines and jobs together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit

from backline.backends.base import BackendBase, standard_options
from backline.backends.binds import check_finite
from backline.backends.described import DescribedBackend
from backline.backends.experiment import Experiment
from backline.backends.progress import Report
from backline.backends.spectators import SpectatorsOption
from backline.backends.state_forms import named_qubits
from backline.contract.checks import Checked
from backline.contract.circuit_checks import has_angle_bounds
from backline.contract.options import Option, Options, merged
from backline.contract.pulse_gates import carries_pulses
from backline.contract.run_calibrations import RunCalibrations
from backline.contract.target import Target
from backline.device.subset import subset
from backline.engines.gates import METHODS, PRECISIONS
from backline.engines.methods import PULSE_METHODS
from backline.engines.outcomes import Outcomes
from backline.errors import CapabilityError, InputError
from backline.jobs import map_in_order, one_by_one

if TYPE_CHECKING:
    from qiskit.quantum_info import DensityMatrix, Statevector

    from backline.backends.execution import Executor
    from backline.backends.solution import Solution
    from backline.backends.sweep_run import SweepRun
    from backline.engines.gates.ending import Ending


class DeviceBackend(DescribedBackend, BackendBase):
    """A device that runs circuits gate by gate or as pulses, with its noise.

    Args:
        device: The description. Of what it lacks, only what needs it does not work.
        provider: The provider that this backend is from.
        name: Of the backend; by default the device's.
        include_broken: Keep what its maker calls broken in the target.
        **options: Override the default options, as `set_options` does. `store`, `workers` and
            `on_restart` are those of `BackendBase`.

    Options:

    - `shots` (1024), `memory` (False), `seed_simulator` (None: drawn, and in the result);
    - `engine`: "auto" runs circuits on gates, and schedules, circuits that carry pulses and runs
      with `calibrations` on pulses; "gates"; "pulses";
    - `calibrations`: schedules of gates in place of the device's (pulses): an
      `InstructionScheduleMap`, `{(name, qubits): schedule}`, or Qiskit 1.4's
      `{name: {(qubits, parameters): schedule}}`;
    - `noise`, `idle_noise`, `readout_noise` (gates), `relaxation` (T1 and T2 of pulses), all True;
    - `spectators` (0): which qubits pulses are simulated with, beside those that they drive: up to
      so many couplings away, or a list of qubits;
    - `noise_model`: an Aer noise model in place of the device's (gates);
    - `method`: None for the choice by cost; of gates "statevector", "density_matrix",
      "trajectories", "stim" or one of Aer's, of pulses the first three;
    - `precision` ("single"; "double"): of amplitudes of trajectories (gates);
    - `accuracy` (1e-6): allowed error of amplitudes; 1e-4 is quick, 1e-10 tight (pulses);
    - `rwa` (True): whether drives are simulated without the terms that turn at about twice their
      carrier (pulses);
    - `jit` (False): whether drives of one and two qubits are compiled, as those of more always are:
      the first run takes some seconds (once on a machine), later ones less, which pays in loops
      over thousands of short programs (pulses);
    - `meas_level` (2; of pulses also 1 for points in the IQ plane, and 0 for raw traces),
      `meas_return` of these two ("avg"; "single" for each shot);
    - `max_outcome_level` (1): outcomes of pulses up to this level; above 1, or with None for no
      limit, counts and memory are strings of digits.
    """

    _device_print: str | None = None

    @classmethod
    def _default_options(cls) -> Options:
        return standard_options(
            engine=Option(
                "auto",
                type=str,
                choices=("auto", "gates", "pulses"),
                help='"auto" runs circuits on gates, and what has pulses of its own on pulses',
            ),
            calibrations=Option(
                None,
                type=object,
                allow_none=True,
                help="schedules of gates, in place of the device's (pulses)",
            ),
            noise=Option(True, type=bool, help="False for an ideal device"),
            idle_noise=Option(True, type=bool, help="qubits that wait decay (gates)"),
            readout_noise=Option(True, type=bool, help="readings may be wrong"),
            relaxation=Option(True, type=bool, help="T1 and T2 count (pulses)"),
            spectators=SpectatorsOption(
                0,
                type=object,
                help="qubits that are simulated without being driven: up to so many couplings "
                "away from those that are, or a list of qubits (pulses)",
            ),
            noise_model=Option(
                None, type=object, allow_none=True, help="of Aer, in place of the device's (gates)"
            ),
            method=Option(
                None,
                type=str,
                choices=tuple(dict.fromkeys((*METHODS, *PULSE_METHODS))),
                allow_none=True,
                help="how states are computed, None for the choice by cost",
            ),
            precision=Option(
                "single",
                type=str,
                choices=PRECISIONS,
                help="of amplitudes of trajectories (gates)",
            ),
            accuracy=Option(
                1e-6,
                type=float,
                minimum=1e-12,
                maximum=0.1,
                help="allowed error of amplitudes: 1e-4 is quick, 1e-10 tight (pulses)",
            ),
            rwa=Option(
                True, type=bool, help="False keeps counter-rotating terms of drives (pulses)"
            ),
            jit=Option(
                False,
                type=bool,
                help="drives of one and two qubits are compiled, too, for thousands of short "
                "programs (pulses)",
            ),
            meas_level=Option(
                2,
                type=int,
                choices=(0, 1, 2),
                help="1 for points in the IQ plane, 0 for raw traces (pulses)",
            ),
            meas_return=Option(
                "avg", type=str, choices=("single", "avg"), help="of meas_level 0 and 1"
            ),
            max_outcome_level=Option(
                1,
                type=int,
                minimum=1,
                maximum=9,
                allow_none=True,
                help="higher outcomes count as this one, None for no limit (pulses)",
            ),
        )

    def check(self, program: Any, options: Options) -> None:
        """Refuse what the chosen engine or the device's description cannot do.

        Args:
            program: A program that the target allows.
            options: All options of this run.

        Raises:
            CapabilityError: Saying what is missing.
            CalibrationError: If a gate must be played and has no schedule.
        """
        pulses = isinstance(program, QuantumCircuit) and carries_pulses(program)
        self.prepare([Checked(program, None, pulses)], options)

    def prepare(self, programs: Sequence[Checked], options: Options) -> Sequence[Any]:
        """Check the programs of a run, and lower those that are played as pulses.

        Args:
            programs: All of the run's, which the target allows.
            options: All options of this run.

        Raises:
            CapabilityError: Saying what is missing.
            CalibrationError: If a gate must be played and has no schedule.
        """
        return self._executor(options).prepare(programs)

    def execute(
        self, experiments: Sequence[Experiment], options: Options
    ) -> Iterable[Outcomes | BaseException]:
        """Run checked experiments, spread over idle workers.

        Args:
            experiments: In the order of the job's input.
            options: All options of the run.
        """
        cut = self._parts(experiments)
        return one_by_one(cut, map_in_order(self._executor(options), cut))

    def solve(
        self,
        program: Any,
        *,
        initial_state: Any = None,
        times: Any = None,
        what: str = "states",
        progress: bool | Report = False,
        **options: Any,
    ) -> Solution:
        """What a program does to the qubits over time, instead of counts.

        It is played as pulses, and nothing is measured: states are those that a measurement would
        find at each time. Those qubits are simulated that the program drives, with the chosen
        `spectators` and what `initial_state` names.

        Args:
            program: A `Schedule`, a `ScheduleBlock`, or a compiled circuit.
            initial_state: None for the ground state; a label of levels, one digit a simulated
                qubit, as "10" for the second of two in level 1; `{qubit: level}`, all others in
                level 0; amplitudes or a density matrix, over all levels or over the lowest two of
                each qubit; a `Statevector` or `DensityMatrix` of Qiskit.
            times: When states are saved, each at the nearest edge of a sample: None for start and
                end, a number of equidistant times, "samples" for every sample, or an array of
                seconds. All but the last end where the last acquisition begins, if there is one.
            what: "states", or "propagators" for these and the propagators of the Hamiltonian. T1
                and T2 take no part then.
            progress: True for a bar on a terminal or in a notebook, after a second; or a function,
                which is called now and then with the part that is done, from 0 to 1, and with 1
                at the end. What it raises stops the evolution.
            **options: Win over `self.options` for this call alone, those of pulses: `relaxation`
                (False for pure states), `noise`, `spectators`, `calibrations`, ….

        Raises:
            InputError: If the program cannot run on this device, or the initial state does not
                fit.
            CapabilityError: If the device's description lacks something, or the simulation is too
                large.
            OptionValueError: If an option's value, `times` or `what` is not allowed.
            UnknownOptionError: If an option does not exist.

        Example:
            >>> import backline
            >>> from backline import pulse
            >>> backend = backline.load("manila")
            >>> with pulse.build(backend, name="x") as program:
            ...     pulse.play(pulse.Drag(160, 0.2, 40, -0.6), pulse.drive_channel(0))
            >>> solution = backend.solve(program, times=11, relaxation=False)
            >>> solution
            <Solution of 'x': 11 states up to 35.5556 ns, qubit 0 with 3 levels>
            >>> solution.populations(0).shape
            (11, 3)
        """
        from backline.backends import solving

        solving.check_request(what, options)
        chosen = self._chosen({**options, "engine": "pulses"}, "error")
        programs = self._checked(program, chosen)
        if len(programs) != 1:
            raise InputError(f"solve takes one program at a time, and {len(programs)} are given")
        played = self._executor(chosen).play(programs[0], named_qubits(initial_state))
        return solving.solution_of(
            played, initial_state=initial_state, times=times, what=what, progress=progress
        )

    def state(
        self, circuit: QuantumCircuit, *, qubits: Sequence[int] | None = None, **options: Any
    ) -> Statevector | DensityMatrix:
        """The state in which a circuit ends, exactly, instead of counts.

        Measurements at the very end are left out, and all qubits end at one moment, as they would
        if all of them were measured then; what was measured before is averaged over.
        `probabilities()`, `expectation_value()`, `draw()` and more come with Qiskit's classes.

        Args:
            circuit: One that the device can run, gate by gate.
            qubits: Of the circuit, in the order that the state shall have; the others are traced
                out. None for all of the circuit's; of a circuit that was compiled, for those that
                it had before, wherever they are now, so that qubit k is still qubit k.
            **options: Win over `self.options` for this call alone: `noise`, `idle_noise`.

        Returns:
            A `Statevector` where nothing is random (no noise, and no reset or measurement before
            the end), with its global phase; else a `DensityMatrix`.

        Raises:
            CapabilityError: If the state is too large, the circuit has what only Aer can run, or
                there is a `noise_model`.
            InputError: If the circuit cannot run on this device, or a qubit is asked for twice.
            QubitError: If the circuit does not have one of the qubits.

        Example:
            >>> import backline
            >>> from qiskit import QuantumCircuit
            >>> backend = backline.load("manila")
            >>> circuit = QuantumCircuit(2)
            >>> _ = circuit.x(0)
            >>> _ = circuit.cx(0, 1)
            >>> backend.state(circuit, noise=False).probabilities_dict()
            {np.str_('11'): np.float64(1.0)}
            >>> round(float(backend.state(circuit).purity().real), 3)
            0.98
        """
        from backline.backends import states

        (end,) = self.endings(circuit, **options)
        return states.state_of(end, qubits)

    def endings(
        self, circuit: QuantumCircuit, values: Any = None, **options: Any
    ) -> Iterable[Ending]:
        """What `state` and exact expectation values are computed from.

        Args:
            circuit: As of `state`; it may have parameters.
            values: Array (sets, parameters): values of these, in the order of
                `circuit.parameters`. None for a circuit without.
            **options: As of `state`.

        Returns:
            One for each set of values, read when its turn comes.

        Raises:
            CapabilityError: If the circuit has what only Aer can run, or there is a `noise_model`.
            InputError: If the circuit cannot run on this device, or a value is NaN or infinite.
        """
        from backline.engines.gates.ending import endings
        from backline.engines.gates.facts import Rules

        chosen = self._chosen({**options, "engine": "gates", "method": None}, "error")
        table = np.zeros((1, 0)) if values is None else np.asarray(values, dtype=np.float64)
        check_finite(circuit, table)
        target = self._run_target(chosen)
        # Gates that are allowed with some angles alone make every set a case of its own.
        for row in table if has_angle_bounds(target) else table[:1]:
            bound = circuit.assign_parameters(row) if len(row) else circuit
            programs = self._checked(bound, chosen)
            if len(programs) != 1:
                raise InputError(f"one circuit at a time has a state, not {len(programs)}")
            self._executor(chosen).check_gates(programs[0])
        if chosen.noise and chosen.noise_model is not None:
            raise CapabilityError(
                "exact states have the device's noise, and not that of a noise_model: run the "
                "circuit on Aer with it"
            )
        rules = Rules(chosen.noise, chosen.noise and chosen.idle_noise, False)
        return endings(circuit, table, target, rules)

    def _at_once(
        self, circuit: QuantumCircuit, table: NDArray[np.float64], seed: int, options: Options
    ) -> SweepRun | None:
        from backline.backends.sweep_run import sweep_run

        executor = self._executor(options)
        if has_angle_bounds(executor.target):
            return None
        (first,) = self._checked(circuit.assign_parameters(table[0]), options)
        if executor.engine(first) != "gates":
            return None
        executor.check_gates(first)
        return sweep_run(circuit, table, executor.gate_engine(), shots=options.shots, seed=seed)

    def _parts(self, experiments: Sequence[Experiment]) -> list[tuple[Experiment, ...]]:
        from backline.backends.chunking import chunks

        return chunks(experiments)

    def _fingerprint(self) -> str:
        if self._device_print is None:
            self._device_print = self._printed()
        return f"{super()._fingerprint()} {self._device_print}"

    def _printed(self) -> str:
        device = self._device
        parts = (
            device.qubits,
            device.gates,
            device.couplings,
            device.drive_lines,
            device.control_lines,
            device.timing,
        )
        return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()[:32]

    def _executor(self, options: Options) -> Executor:
        # The engines, with all that they import, cost more than the rest: only runs pay.
        from backline.backends.execution import Executor

        return Executor(self._device, self._run_target(options), options)

    def _run_target(self, options: Options) -> Target:
        calibrations = options.calibrations
        return self.target if calibrations is None else calibrations.target

    def _chosen(self, given: Mapping[str, Any], unknown_options: str) -> Options:
        chosen = super()._chosen(given, unknown_options)
        if chosen.calibrations is None:
            return chosen
        calibrations = RunCalibrations.of(
            chosen.calibrations,
            self.target,
            device_name=str(self.name),
            channels=self._channel_names(),
        )
        return merged(chosen, {"calibrations": calibrations})

    def subset(self, qubits: Sequence[int]) -> DeviceBackend:
        """A smaller device with the same data and calibrations, and these options.

        Its target is made from the description: what was changed in this backend's stays behind.

        Args:
            qubits: Some of this device's qubits, each once; they are numbered anew in this order.

        Raises:
            QubitError: If the device does not have one of them.
            DeviceError: If there is none, or one twice.
        """
        smaller = subset(self._device, qubits)
        return type(self)(
            smaller,
            self.provider,
            name=self.name,
            include_broken=self._include_broken,
            store=self._store,
            workers=self._workers,
            on_restart=self._on_restart,
            **dict(self.options),
        )
