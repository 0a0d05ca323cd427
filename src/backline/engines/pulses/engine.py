"""The pulse engine: pulses on the Hamiltonian of a device.

It integrates the Schrödinger or Lindblad equation of coupled transmons with several levels, with
or without the rotating-wave approximation. What comes out is in the dressed basis: the eigenstates
of the Hamiltonian without drives, which is what a device prepares and measures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import KW_ONLY, dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from backline.engines.methods import PULSE_METHODS
from backline.engines.outcomes import Outcomes
from backline.engines.pulses.batches import Arrived, arrive_together
from backline.engines.pulses.channels import relaxes
from backline.engines.pulses.evolution import Densities, Evolution, StateVectors
from backline.engines.pulses.history import (
    History,
    checked_state,
    saved_propagators,
    saved_states,
)
from backline.engines.pulses.measurement import at_once, find_together, sample_levels
from backline.engines.pulses.methods import (
    check_columns,
    check_method,
    prepared,
    unitary,
)
from backline.engines.pulses.model import PulseModel
from backline.engines.pulses.readout.instruments import Instruments
from backline.engines.pulses.readout.resonator import Resonator
from backline.engines.pulses.threads import one_thread
from backline.engines.pulses.tones import check_program
from backline.engines.pulses.undriven import Complex, Real
from backline.engines.pulses.waveforms import Waveforms
from backline.errors import OptionValueError

P = ParamSpec("P")
T = TypeVar("T")


def _calm(
    method: Callable[Concatenate[PulseEngine, P], T],
) -> Callable[Concatenate[PulseEngine, P], T]:
    """Run a method with linear algebra on one thread; compiled code for one site has none."""

    @wraps(method)
    def calm(engine: PulseEngine, /, *args: P.args, **named: P.kwargs) -> T:
        with nullcontext() if engine.jit and len(engine.model.sites) == 1 else one_thread():
            return method(engine, *args, **named)

    return calm


@dataclass(frozen=True)
class PulseEngine:
    """Runs `Waveforms` on a `PulseModel`.

    Attributes:
        model: The sites, couplings and drives.
        relaxation: Whether T1 and T2 count, where the model has them.
        readout_noise: Whether readout is imperfect.
        resonators: Readout resonators of acquired qubits; a qubit without one has a resonator of
            which nothing is known (`readout.resonator.standard_resonator`).
        meas_level: 2 for outcomes, 1 for points in the IQ plane, 0 for traces.
        meas_return: "single", or "avg" for the mean over all shots (levels 1 and 0).
        max_outcome_level: Higher outcomes count as this one (level 2); None for no limit. With 1,
            outcomes are bits.
        accuracy: Allowed error of amplitudes, in (0, 0.1]. The engine estimates its error by
            trying better steps, and takes the longest that keep it.
        rwa: Whether the rotating-wave approximation is made: terms of the drives that turn at
            about twice a carrier are left out. Couplings are taken as they are in either case.
        jit: Whether drives of one and two sites are compiled, as those of more sites always are.
            The first run then takes some seconds (once on a machine), and later ones a fraction
            of the time, which pays in loops over thousands of short programs.
        method: "statevector", "density_matrix", "trajectories" (samples of an open system by
            chance), or None for the cheapest that does.
        memory: Whether the order of shots is kept.

    Example:
        A resonant drive of 50 MHz for 10 ns is a π pulse:

        >>> import numpy as np
        >>> from backline.engines.pulses import Drive, PulseEngine, PulseModel, Site
        >>> from backline.engines.pulses import Track, Waveforms
        >>> model = PulseModel(
        ...     sites=(Site(qubit=0, levels=2, frequency=5e9, anharmonicity=-3e8),),
        ...     drives=(Drive(channel="d0", site=0, strength=50e6),),
        ... )
        >>> track = Track(
        ...     channel="d0", starts=np.array([0]), envelopes=(np.ones(10, complex),),
        ...     frame_starts=np.array([0]), frequencies=np.array([5e9]), phases=np.array([0.0]),
        ... )
        >>> program = Waveforms(
        ...     dt=1e-9, duration=10, tracks=(track,), acquisitions=(), num_slots=0
        ... )
        >>> PulseEngine(model).populations(program).round(9).tolist()
        [0.0, 1.0]
    """

    model: PulseModel
    _: KW_ONLY
    relaxation: bool = True
    readout_noise: bool = True
    resonators: tuple[Resonator, ...] = ()
    meas_level: int = 2
    meas_return: str = "single"
    max_outcome_level: int | None = 1
    accuracy: float = 1e-6
    rwa: bool = True
    jit: bool = False
    method: str | None = None
    memory: bool = False

    def __post_init__(self) -> None:
        for name in ("relaxation", "readout_noise", "rwa", "jit", "memory"):
            if not isinstance(getattr(self, name), bool):
                raise OptionValueError(f"{name} is True or False, got {getattr(self, name)!r}")
        if self.meas_level not in (0, 1, 2):
            raise OptionValueError(f"meas_level must be 0, 1 or 2, got {self.meas_level!r}")
        if self.meas_return not in ("single", "avg"):
            raise OptionValueError(
                f"meas_return must be 'single' or 'avg', got {self.meas_return!r}"
            )
        if self.max_outcome_level is not None and not self.max_outcome_level >= 1:
            raise OptionValueError(
                f"max_outcome_level must be at least 1 or None, got {self.max_outcome_level!r}"
            )
        if not 0.0 < self.accuracy <= 0.1:
            raise OptionValueError(f"accuracy must be in (0, 0.1], got {self.accuracy!r}")
        if self.method is not None and self.method not in PULSE_METHODS:
            raise OptionValueError(
                f"method must be one of {', '.join(map(repr, PULSE_METHODS))}, or None, "
                f"got {self.method!r}"
            )

    @property
    def state_size(self) -> int:
        """Numbers that a state is made of, D amplitudes, or D² where T1 or T2 count."""
        size = math.prod(site.levels for site in self.model.sites)
        return size**2 if self.relaxation and relaxes(self.model) else size

    def check(self) -> None:
        """Refuse what is out of reach, before any work.

        Raises:
            CapabilityError: If the model is too large.
        """
        check_method(self.model, relaxation=self.relaxation, method=self.method, shots=1)

    @_calm
    def run(self, waveforms: Waveforms, *, shots: int, seed: int) -> Outcomes:
        """Run a program and measure it.

        Qubits are projected at the first sample of their acquisition, and go on from there. A
        program without acquisitions has no bits.

        Args:
            waveforms: The program.
            shots: How often, at least 1.
            seed: Of the random numbers, 0 to 2**63 - 1; the same seed gives the same outcome.

        Raises:
            CapabilityError: If the model is too large, or traces would take too much memory.
            EngineError: If the program does not fit the model, or the accuracy is out of reach.
            InputError: If an acquisition cannot be read as it asks for.
            OptionValueError: If there are no shots.
        """
        return self._run(waveforms, shots, seed, None)

    def _run(
        self, waveforms: Waveforms, shots: int, seed: int, arrived: Arrived | None
    ) -> Outcomes:
        if shots < 1:
            raise OptionValueError(f"shots must be at least 1, got {shots}")
        if arrived is None:
            check_program(self.model, waveforms)
        instruments = self.instruments(waveforms)
        instruments.check(shots)
        acquisitions = instruments.acquisitions
        positions = {site.qubit: k for k, site in enumerate(self.model.sites)}
        if arrived is None:
            last = max((item.start for item in acquisitions if item.qubit in positions), default=0)
            evolution = self._prepare(waveforms, last, shots=shots)
        else:
            evolution = arrived.evolution
        metadata = self._metadata(evolution)
        if not acquisitions:
            return Outcomes(shots=shots, metadata=metadata)
        random = np.random.Generator(np.random.PCG64(seed))
        if self._countable(evolution, instruments, positions):
            populations = None if arrived is None else arrived.populations
            found = find_together(evolution, acquisitions, positions, populations)
            return instruments.count(found, shots, random, metadata, memory=self.memory)
        states = None if arrived is None else arrived.states
        sampled = sample_levels(evolution, acquisitions, positions, shots, random, states)
        return instruments.read(sampled, random, metadata)

    def _countable(
        self, evolution: Evolution, instruments: Instruments, positions: dict[int, int]
    ) -> bool:
        """Whether all shots share one state and are read at once."""
        acquisitions = instruments.acquisitions
        if evolution.method == "trajectories" or not at_once(acquisitions, positions):
            return False
        sites = (positions.get(item.qubit) for item in acquisitions)
        levels = [1 if site is None else self.model.sites[site].levels for site in sites]
        return instruments.countable(levels)

    def instruments(self, waveforms: Waveforms) -> Instruments:
        """What reads a program's acquisitions.

        Args:
            waveforms: The program.
        """
        return Instruments(
            waveforms=waveforms,
            sites={site.qubit: site for site in (*self.model.sites, *self.model.resting)},
            resonators={resonator.qubit: resonator for resonator in self.resonators},
            noise=self.readout_noise,
            meas_level=self.meas_level,
            meas_return=self.meas_return,
            max_outcome_level=self.max_outcome_level,
        )

    def run_batch(
        self, programs: Sequence[Waveforms], *, shots: int, seeds: Sequence[int]
    ) -> Iterator[Outcomes | BaseException]:
        """Run several programs on the same model.

        Short ones that measure once, after equally many samples, are evolved together.

        Args:
            programs: The programs.
            shots: How often each.
            seeds: One for each program.

        Yields:
            What `run` gives for each, or the exception that it raises.
        """
        arrived = self._arrive(programs, [self._measured_at(item) for item in programs])
        for k, (waveforms, seed) in enumerate(zip(programs, seeds, strict=True)):
            entry: Outcomes | BaseException
            try:
                if k in arrived:
                    entry = self._run(waveforms, shots, seed, arrived[k])
                else:
                    entry = self.run(waveforms, shots=shots, seed=seed)
            except BaseException as error:  # a result like any other
                entry = error
            yield entry

    @_calm
    def history(
        self,
        waveforms: Waveforms,
        times: Sequence[int],
        initial: NDArray[np.complexfloating[Any, Any]] | None = None,
        *,
        propagators: bool = False,
    ) -> History:
        """States or propagators at many times, in one pass.

        Args:
            waveforms: The program; its acquisitions are not read.
            times: In samples, ascending, from 0 to the program's duration.
            initial: Dressed amplitudes (D,) or a density matrix (D, D), not normalised; the ground
                state by default.
            propagators: Whether propagators are wanted. They are those of the Hamiltonian alone,
                without T1 and T2, and have no initial state.

        Raises:
            CapabilityError: If the model is too large.
            EngineError: If the program or the initial state does not fit the model, or the
                accuracy is out of reach.
        """
        stop = max(times, default=0)
        if propagators:
            unitary = self._prepare_unitary(waveforms, stop)
            flows = saved_propagators(unitary, times)
            return History(states=flows, metadata=self._metadata(unitary))
        evolution = self._prepare(waveforms, stop)
        states = saved_states(evolution, times, initial)
        return History(states=states, metadata=self._metadata(evolution))

    def populations(self, waveforms: Waveforms | Sequence[Waveforms]) -> Real:
        """Populations of the dressed levels before readout.

        They are those at the start of the last acquisition, or at the end of a program without
        any. No measurement disturbs them.

        Args:
            waveforms: The program, or several; short ones that end after equally many samples are
                evolved together.

        Returns:
            Array (levels of site 0, levels of site 1, …), which sums to 1; of several programs
            (programs, levels of site 0, …).
        """
        if isinstance(waveforms, Waveforms):
            return self._populations(waveforms)
        arrived = self._arrive(waveforms, [_end_of(item) for item in waveforms])
        shape = tuple(site.levels for site in self.model.sites)
        found = [
            arrived[k].populations.reshape(shape) if k in arrived else self._populations(item)
            for k, item in enumerate(waveforms)
        ]
        return np.array(found).reshape(-1, *shape)

    @_calm
    def _populations(self, waveforms: Waveforms) -> Real:
        stop = _end_of(waveforms)
        evolution = self._prepare(waveforms, stop)
        states = evolution.advance(evolution.ground(), 0, stop)
        return evolution.populations(states)[0].reshape(evolution.undriven.dims)

    @_calm
    def final_state(
        self, waveforms: Waveforms, initial: NDArray[np.complexfloating[Any, Any]] | None = None
    ) -> Complex:
        """The state at the end of a program, in the dressed basis and the qubits' own frames.

        Each qubit's frame turns at its dressed 0-1 transition, all phases being 0 at the start.
        Dressed state (n_0, n_1, …) is number ``numpy.ravel_multi_index((n_0, n_1, …), levels)``.

        Args:
            waveforms: The program; its acquisitions are not read.
            initial: Dressed amplitudes (D,) or, where T1 or T2 count, also a density matrix
                (D, D); the ground state by default. It is not normalised.

        Returns:
            Amplitudes (D,), or a density matrix (D, D) where T1 or T2 count.
        """
        evolution = self._prepare(waveforms, waveforms.duration)
        states = evolution.ground()
        if initial is not None:
            mixed = isinstance(evolution, Densities)
            states = evolution.from_dressed(checked_state(initial, evolution, mixed=mixed))
        states = evolution.advance(states, 0, waveforms.duration)
        return evolution.to_dressed(states, waveforms.duration)[0]

    @_calm
    def propagator(self, waveforms: Waveforms) -> Complex:
        """The propagator of a whole program, in the dressed basis and the qubits' own frames.

        It is that of the Hamiltonian alone: T1 and T2 take no part in it. Phase instructions
        shape what is played after them; what they leave behind for a later program is not in it.

        Compared with the matrix of a circuit, mind that devices calibrate rz(θ) as a shift of the
        phase by -θ. Played as Re[s e^{i (2π f t + φ)}], that turns axes like RZ(-θ). The matrices
        of such calibrations are those of the circuit after complex conjugation and Z on every
        qubit: sx stays sx, a CNOT is a CNOT times Z of its control. Populations are the same.

        Args:
            waveforms: The program; its acquisitions are not read.

        Returns:
            Array (D, D), dressed states numbered as in `final_state`.
        """
        evolution = self._prepare_unitary(waveforms, waveforms.duration)
        states = evolution.advance(evolution.dressed_states(), 0, waveforms.duration)
        return evolution.to_dressed(states, waveforms.duration).T

    def _measured_at(self, waveforms: Waveforms) -> int | None:
        """Where a program is measured, if there is one such place."""
        qubits = {site.qubit for site in self.model.sites}
        starts = {item.start for item in waveforms.acquisitions if item.qubit in qubits}
        return starts.pop() if len(starts) == 1 else None

    @_calm
    def _arrive(
        self, programs: Sequence[Waveforms], stops: Sequence[int | None]
    ) -> dict[int, Arrived]:
        """Programs that are evolved together."""
        return arrive_together(
            self.model, programs, stops,
            relaxation=self.relaxation, accuracy=self.accuracy, rwa=self.rwa, jit=self.jit,
            method=self.method,
        )  # fmt: skip

    def _prepare(self, waveforms: Waveforms, stop: int, shots: int | None = None) -> Evolution:
        return prepared(
            self.model,
            waveforms,
            stop=stop,
            relaxation=self.relaxation,
            accuracy=self.accuracy,
            rwa=self.rwa,
            jit=self.jit,
            method=self.method,
            shots=shots,
        )

    def _prepare_unitary(self, waveforms: Waveforms, stop: int) -> StateVectors:
        check_columns(self.model)
        return unitary(
            self.model, waveforms,
            stop=stop, accuracy=self.accuracy, rwa=self.rwa, jit=self.jit,
        )  # fmt: skip

    def _metadata(self, evolution: Evolution) -> dict[str, Any]:
        return {
            "engine": "pulses",
            **evolution.metadata,
            "accuracy": self.accuracy,
            "qubits": [site.qubit for site in self.model.sites],
            "resting": [site.qubit for site in self.model.resting],
            "levels": [site.levels for site in self.model.sites],
            "rwa": self.rwa,
            "basis": "dressed" if evolution.undriven.dresses else "product",
        }


def _end_of(waveforms: Waveforms) -> int:
    """The first sample of the last acquisition, or the end of a program without any."""
    return max((item.start for item in waveforms.acquisitions), default=waveforms.duration)
