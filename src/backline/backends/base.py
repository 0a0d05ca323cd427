"""The base class for authors of backends."""

from __future__ import annotations

import copy
import warnings
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import QuantumCircuit
from qiskit.result.models import ExperimentResult
from qiskit.transpiler import Target

from backline.backends import launching
from backline.backends.binds import bound_programs, check_finite
from backline.backends.experiment import Experiment, draw_seed, seeded
from backline.backends.finding import JobFinder
from backline.backends.job import BackendJob
from backline.backends.remote import remote_entries
from backline.backends.results import experiment_result
from backline.contract.backend import BackendV2
from backline.contract.checks import Checked, checked_programs
from backline.contract.options import Option, Options, merged
from backline.engines.outcomes import Outcomes
from backline.errors import DeviceError, InputError, OptionValueError, OptionWarning
from backline.jobs import Batch, JobPlan
from backline.jobs.store import JobStore, open_store
from backline.jobs.store.records import ON_RESTART
from backline.jobs.workers import chosen_workers

if TYPE_CHECKING:
    from backline.backends.stored_job import StoredJob
    from backline.backends.sweep_run import SweepRun

UNKNOWN_OPTIONS = ("error", "warn", "ignore")


def standard_options(**more: Option) -> Options:
    """The options that tools expect of every backend: shots, memory and seed_simulator.

    Args:
        **more: A backend's own options.
    """
    return Options(
        shots=Option(
            1024, type=int, minimum=1, maximum=2**31 - 1, help="how often each experiment is run"
        ),
        memory=Option(False, type=bool, help="keep the outcome of every shot"),
        seed_simulator=Option(
            None,
            type=int,
            minimum=0,
            maximum=2**63 - 1,
            allow_none=True,
            help="makes runs repeatable; None draws one for each and records it in the result",
        ),
        **more,
    )


class BackendBase(BackendV2):
    """A backend of your own: give `target` and `execute`, the rest comes with it.

    `run` merges and validates the options, checks every program against the target before any
    work starts, gives each a seed, splits the job at `max_circuits`, and works on it in the
    background. The job is a `BackendJob`, the result one `Result` in the order of the input.

    To write one:

    - `target` (property): what the device can do.
    - `execute(experiments, options)`: run checked experiments.
    - `_default_options()` (classmethod, where `standard_options()` is not all): your options.
    - `max_circuits` (property, where there is a limit): experiments in one call of `execute`.
    - `check(program, options)` (where the target does not say everything): refuse what cannot
      run.
    - `prepare(programs, options)` (where checking is half of the work): keep what it found for
      `execute`.

    A backend is copied and pickled by its clients (Qiskit Runtime's local mode does), and runs
    several jobs at once: keep locks, connections and pools out of its attributes, and what
    `execute` changes out of `self`.

    Args:
        store: Where jobs are kept: a store or its URL (`backline.jobs.store.open_store`). None
            keeps them as long as the object that `run` gave.
        workers: What runs experiments: None for threads of this process, or
            `backline.jobs.workers.processes(...)`, `backline.jobs.workers.dask(...)`, or
            "processes".
        on_restart: What becomes of a job of the store that was running when its process died:
            "resume" has it run again, "mark" makes it an error.
        *args: Of `BackendV2`.
        **fields: Of `BackendV2`.
    """

    _origin: Mapping[str, Any] | None = None
    """What `load` was given, where it made this backend."""

    def __init__(
        self,
        *args: Any,
        store: Any = None,
        workers: Any = None,
        on_restart: str = "resume",
        **fields: Any,
    ) -> None:
        super().__init__(*args, **fields)
        if on_restart not in ON_RESTART:
            raise OptionValueError(
                f"on_restart must be one of {', '.join(map(repr, ON_RESTART))}, got {on_restart!r}"
            )
        self._store = None if store is None else open_store(store)
        self._workers = chosen_workers(workers)
        self._on_restart = on_restart

    @classmethod
    def _default_options(cls) -> Options:
        return standard_options()

    @property
    def max_circuits(self) -> int | None:
        """Most experiments in one call of `execute`; None for no limit. Jobs have no limit."""
        return None

    @abstractmethod
    def execute(
        self, experiments: Sequence[Experiment], options: Options
    ) -> Iterable[Outcomes | BaseException]:
        """Run checked experiments, on a worker thread.

        Args:
            experiments: At most `max_circuits`, in the order of the job's input.
            options: All options of this run, with `seed_simulator` filled in.

        Returns:
            One entry an experiment, in order, as a list or a generator. An exception as a value
            fails that experiment alone; one that is raised fails all that are still to come.
            A generator can be cancelled between its entries, and shows its progress.
        """

    def check(self, program: Any, options: Options) -> None:
        """Refuse a program that the target allows and this backend cannot run.

        Args:
            program: A circuit or schedule of the run's input.
            options: All options of this run.

        Raises:
            InputError: Or another `BacklineError`, before any work starts.
        """

    def prepare(self, programs: Sequence[Checked], options: Options) -> Sequence[Any]:
        """Check the programs of a run, and keep what `execute` needs of the work that it took.

        Args:
            programs: All of the run's, which the target allows.
            options: All options of this run.

        Returns:
            One entry a program, which comes to `execute` as `Experiment.prepared`.

        Raises:
            InputError: Or another `BacklineError`, before any work starts.
        """
        for checked in programs:
            self.check(checked.program, options)
        return [None] * len(programs)

    def run(
        self,
        run_input: Any,
        *,
        parameter_binds: Any = None,
        unknown_options: str = "error",
        tags: Iterable[str] = (),
        priority: int = 0,
        time_limit: float | None = None,
        retries: int = 0,
        **options: Any,
    ) -> BackendJob:
        """Run circuits and schedules.

        The job has copies of them: they may be changed and used again while it runs.

        Args:
            run_input: A `QuantumCircuit`, `Schedule` or `ScheduleBlock`, or a list that may mix
                them.
            parameter_binds: Values of the programs' parameters, as Aer takes them: a list of one
                dict a program, each of parameters (or names) to as many values each, or one dict
                for all. Each program runs with each of its sets of values, in their order, and
                its result's header has them in `metadata["parameters"]`.
            unknown_options: What to do with options that this backend does not have: "error",
                "warn" or "ignore".
            tags: Words to find the job by, in its store.
            priority: Of the jobs that wait, one with a higher number begins first.
            time_limit: Longest run of the job in s; then it is stopped as `cancel` does, and
                what is not over fails with a `JobTimeoutError`. None for no limit.
            retries: How often experiments are tried again, after longer and longer pauses, that
                failed for reasons that pass (`backline.jobs.is_retryable`).
            **options: Win over `self.options` for this run alone; `seed_simulator=None` is as if
                it were not given.

        Returns:
            The job, queued or running.

        Raises:
            InputError: If a program cannot run on this device; nothing is run then.
            UnknownOptionError: If an option does not exist.
            OptionValueError: If an option's value is not allowed.
            StoreError: If the backend's store does not take the job: nothing is run then.
        """
        plan = JobPlan(tags=_tuple(tags), priority=priority, time_limit=time_limit, retries=retries)
        chosen = self._chosen(options, unknown_options)
        if parameter_binds is not None:
            run_input = bound_programs(run_input, parameter_binds)
        programs = self._checked(run_input, chosen)
        prepared = self.prepare(programs, chosen)
        seed, chosen = _seed_of(None, chosen)
        settings = {**dict(chosen), "seed_simulator": seed}
        experiments = seeded([_kept(item.program) for item in programs], seed, prepared)
        return launching.launched(self, experiments, chosen, settings, plan)

    @property
    def store(self) -> JobStore | None:
        """Where its jobs are kept; None for nowhere."""
        return self._store

    def job(self, job_id: str) -> BackendJob | StoredJob:
        """A job of this backend that is in its store.

        Args:
            job_id: Its id.

        Raises:
            JobNotFoundError: If there is none.
            JobError: If the backend has no store.
        """
        return self._jobs.job(job_id)

    def jobs(self, **filters: Any) -> list[BackendJob | StoredJob]:
        """The jobs of this backend that are in its store, the newest first.

        Args:
            **filters: `status`, `since`, `tags`, `limit`: see `DeviceProvider.jobs`.

        Raises:
            JobError: If the backend has no store.
        """
        return self._jobs.jobs(backend=str(self.name), **filters)

    def resume(self) -> list[BackendJob]:
        """Take up the jobs in its store that wait and that nobody is about to run.

        Those are jobs whose process ended before they were over. `load` does this by itself.

        Returns:
            The jobs, which run now.

        Raises:
            JobError: If the backend has no store.
        """
        return self._jobs.resumed(self)

    @property
    def _jobs(self) -> JobFinder:
        return JobFinder(self._store, lambda head: self, f"backend {self.name!r}")

    def _fingerprint(self) -> str:
        """What tells this backend from others of its name, as text."""
        return f"{self.name} {self.backend_version or ''}".strip()

    def _parts(self, experiments: Sequence[Experiment]) -> Sequence[Sequence[Experiment]]:
        """Experiments as workers get them; what comes out must not depend on it."""
        return [(experiment,) for experiment in experiments]

    def prepared(self, run_input: Any, *, seed: int | None = None, **options: Any) -> PreparedRun:
        """Check programs as `run` does, for clients that want plain arrays and no `Result`.

        Args:
            run_input: As of `run`.
            seed: Of the random numbers; None draws one. Wins over `seed_simulator`.
            **options: As of `run`.

        Raises:
            InputError: If a program cannot run on this device.
            UnknownOptionError: If an option does not exist.
            OptionValueError: If an option's value is not allowed.
        """
        return self._prepared(run_input, *_seed_of(seed, self._chosen(options, "error")))

    def _prepared(self, run_input: Any, seed: int, chosen: Options) -> PreparedRun:
        programs = self._checked(run_input, chosen)
        entries = self.prepare(programs, chosen)
        experiments = seeded([item.program for item in programs], seed, entries)
        return PreparedRun(self, experiments, chosen)

    def prepared_sweep(
        self, circuit: QuantumCircuit, values: Any, *, seed: int | None = None, **options: Any
    ) -> PreparedRun | SweepRun:
        """Check a circuit with many sets of values for its parameters, as `prepared` does.

        Args:
            circuit: With parameters.
            values: Array (sets, parameters), in the order of `circuit.parameters`.
            seed: As of `prepared`.
            **options: As of `run`.

        Raises:
            InputError: If the program cannot run on this device, or a value is NaN or infinite.
            UnknownOptionError: If an option does not exist.
            OptionValueError: If an option's value is not allowed.
        """
        table = np.asarray(values, dtype=np.float64)
        check_finite(circuit, table)
        number, chosen = _seed_of(seed, self._chosen(options, "error"))
        at_once = self._at_once(circuit, table, number, chosen) if len(table) > 1 else None
        if at_once is not None:
            return at_once
        bound = [circuit.assign_parameters(row) for row in table]
        return self._prepared(bound, number, chosen)

    def _at_once(
        self, circuit: QuantumCircuit, table: NDArray[np.float64], seed: int, options: Options
    ) -> SweepRun | None:
        """A sweep whose circuit is read once; None where sets have to be run one by one."""
        return None

    def _divided(self, experiments: Sequence[Experiment]) -> list[Sequence[Experiment]]:
        """Experiments in parts of at most `max_circuits`.

        Raises:
            DeviceError: If that is no limit.
        """
        limit = self.max_circuits
        if limit is not None and limit < 1:
            raise DeviceError(
                f"backend {self.name!r} has max_circuits={limit!r}: it must be at least 1, or "
                f"None for no limit"
            )
        size = limit or max(1, len(experiments))
        firsts = range(0, len(experiments), size)
        return [experiments[first : first + size] for first in firsts]

    def _run_target(self, options: Options) -> Target:
        """The target that holds for a run with these options."""
        return self.target

    def _channel_names(self) -> set[str] | None:
        """The control channels; None where the backend plays no pulses."""
        pairs = self._control_pairs()
        return None if pairs is None else {f"u{index}" for index in pairs}

    def _checked(self, run_input: Any, options: Options) -> list[Checked]:
        """The programs of a run, all of which the target allows (K44)."""
        channels = self._channel_names()
        programs = checked_programs(
            run_input, self._run_target(options), device_name=str(self.name), channels=channels
        )
        for program, schedule, pulses in programs if channels is None else ():
            if schedule is not None or pulses:
                what = "carries pulses" if schedule is None else "is a pulse program"
                raise InputError(
                    f"backend {self.name!r} plays no pulses, and {program.name!r} {what}"
                )
        return programs

    def _chosen(self, given: Mapping[str, Any], unknown_options: str) -> Options:
        """The options of one run (K11 to K13)."""
        if unknown_options not in UNKNOWN_OPTIONS:
            raise OptionValueError(
                f"unknown_options must be one of {', '.join(map(repr, UNKNOWN_OPTIONS))}, "
                f"got {unknown_options!r}"
            )
        known = set(dict(self.options))
        unknown = [name for name in given if name not in known]
        if unknown and unknown_options == "warn":
            warnings.warn(
                f"{self.name!r} has no option {', '.join(map(repr, unknown))}: ignored. "
                f"Its options are {', '.join(sorted(known))}",
                OptionWarning,
                stacklevel=3,
            )
        if unknown_options != "error":
            given = {name: value for name, value in given.items() if name in known}
        if "seed_simulator" in given and given["seed_simulator"] is None:
            # Clients pass on seeds that nobody chose, and those are no reason to forget ours.
            given = {name: value for name, value in given.items() if name != "seed_simulator"}
        return merged(self.options, given)

    def _batch(
        self,
        experiments: Sequence[Experiment],
        options: Options,
        settings: Mapping[str, Any],
    ) -> Batch[ExperimentResult]:
        def work(
            some: Sequence[Experiment],
        ) -> Iterator[ExperimentResult | BaseException]:
            if self._workers is None:
                return self._entries(some, options, settings)
            return remote_entries(self, self._workers, self._parts(some), options, settings)

        return Batch(
            len(experiments),
            lambda: work(experiments),
            lambda places: work([experiments[place] for place in places]),
        )

    def _entries(
        self, experiments: Sequence[Experiment], options: Options, settings: Mapping[str, Any]
    ) -> Iterator[ExperimentResult | BaseException]:
        """What comes of experiments that run here."""
        for place, entry in enumerate(self.execute(experiments, options)):
            if isinstance(entry, BaseException) or place >= len(experiments):
                yield entry  # one too many is for the run to refuse
            else:
                yield _converted(experiments[place], entry, settings)


@dataclass(frozen=True, slots=True)
class PreparedRun:
    """Programs that were checked and can be run.

    Attributes:
        backend: What runs them.
        experiments: The programs, which must not be changed before they are run.
        options: All options of the run.
    """

    backend: BackendBase
    experiments: tuple[Experiment, ...]
    options: Options

    def outcomes(self) -> list[Outcomes]:
        """Run them, and wait.

        Raises:
            BaseException: What was raised for the first experiment that failed.
        """
        found: list[Outcomes] = []
        for part in self.backend._divided(self.experiments):
            for entry in self.backend.execute(part, self.options):
                if isinstance(entry, BaseException):
                    raise entry
                found.append(entry)
        return found


def _seed_of(seed: int | None, options: Options) -> tuple[int, Options]:
    """The seed that is given, or of the options, or drawn; and the options with it."""
    known = dict(options)
    if seed is None:
        seed = known.get("seed_simulator")
    if seed is None:
        seed = draw_seed()
    return seed, merged(options, {"seed_simulator": seed}) if "seed_simulator" in known else options


def _tuple(tags: Iterable[str]) -> tuple[str, ...]:
    return (tags,) if isinstance(tags, str) else tuple(tags)


def _kept(program: Any) -> Any:
    """A program as it is now: its owner may change it while the job waits."""
    kept = copy.copy(program)
    if isinstance(program, QuantumCircuit):
        # That shares its instructions, which circuit.copy() does not. But circuit.copy() makes
        # deep copies of metadata, which may hold what cannot be copied.
        kept.metadata = {}
        kept = kept.copy()
        kept.metadata = dict(program.metadata)
    return kept


def _converted(
    experiment: Experiment, outcomes: Outcomes, settings: Mapping[str, Any]
) -> ExperimentResult | BaseException:
    try:
        return experiment_result(experiment, outcomes, settings)
    except Exception as error:  # an engine that gave nonsense fails this experiment alone
        return error
