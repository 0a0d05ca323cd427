"""Many programs in one job: parametrised, in chunks, over workers, with progress and cancel."""

import threading
import time

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterVector
from qiskit.providers import JobStatus

import backline
from backends.bench_device import bench, square, wait
from backends.toy import Toy
from backline import pulse
from backline.backends import chunking
from backline.backends.experiment import Experiment
from backline.engines.pulses import PulseEngine, look
from backline.engines.pulses.readout.instruments import Instruments
from backline.errors import BacklineError, InputError, JobCancelledError, OptionValueError
from backline.jobs import Batch, TaskRun, TaskStatus, WorkerPool, map_in_order, one_by_one, stopping

AMPLITUDES = np.linspace(0, 1, 9)


def rabi(amp, name="rabi"):
    return square(amp=amp, name=name, measured=True)


def counts(job):
    return [entry.data.counts for entry in job.result(30).results]


def parameters(job):
    return [entry.header["metadata"]["parameters"] for entry in job.result(30).results]


# One program and values


@pytest.mark.parametrize("free", ["Parameter", "name"])
def test_a_schedule_with_values_is_the_list_of_its_schedules(free):
    backend, amp = bench(1), Parameter("amp")
    key = amp if free == "Parameter" else "amp"
    job = backend.run(rabi(amp), parameter_binds=[{key: AMPLITUDES}], seed_simulator=3)
    alone = backend.run([rabi(value) for value in AMPLITUDES], seed_simulator=3)
    assert counts(job) == counts(alone)
    assert parameters(job) == [{"amp": value} for value in AMPLITUDES]
    assert [entry.header["name"] for entry in job.result().results] == ["rabi"] * 9


def test_a_free_duration_is_laid_out_for_each_value():
    backend, length = bench(1), Parameter("length")
    program = square(length, 0.5, measured=True)
    job = backend.run(program, parameter_binds={length: [20, 40]}, shots=100)
    assert parameters(job) == [{"length": 20}, {"length": 40}]
    half_a_turn, whole_turn = counts(job)
    assert half_a_turn.get("0x1", 0) > 95
    assert whole_turn.get("0x0", 0) > 95


def test_a_delay_of_free_length_moves_what_comes_after():
    backend, gap = bench(1, t1=1e-6), Parameter("gap")
    with pulse.build(name="t1") as program:
        pulse.play(pulse.Constant(20, 0.5), pulse.DriveChannel(0))
        pulse.delay(gap, pulse.DriveChannel(0))
        pulse.barrier(pulse.DriveChannel(0), pulse.AcquireChannel(0))
        pulse.acquire(100, pulse.AcquireChannel(0), pulse.MemorySlot(0))
    job = backend.run(program, parameter_binds=[{gap: [0, 1000, 3000]}], shots=4000)
    found = [entry.get("0x1", 0) / 4000 for entry in counts(job)]
    np.testing.assert_allclose(found, np.exp([0, -1, -3]), atol=0.04)  # 5 sigma


def test_several_programs_each_with_its_values():
    backend = bench(1)
    a, b = Parameter("a"), Parameter("b")
    job = backend.run(
        [rabi(a, "first"), rabi(0.5, "second"), rabi(a * b, "third")],
        parameter_binds=[{a: [0.1, 0.2]}, {}, {a: [0.3, 0.4], b: np.array([0.5, 1.0])}],
    )
    entries = job.result(30).results
    assert [entry.header["name"] for entry in entries] == ["first"] * 2 + ["second"] + ["third"] * 2
    assert [entry.header["metadata"].get("parameters") for entry in entries] == [
        {"a": 0.1},
        {"a": 0.2},
        None,
        {"a": 0.3, "b": 0.5},
        {"a": 0.4, "b": 1.0},
    ]


def test_one_mapping_is_for_all_programs():
    backend, a = bench(1), Parameter("a")
    job = backend.run([rabi(a, "first"), rabi(a, "second")], parameter_binds={a: [0.1, 0.2]})
    assert [entry.header["name"] for entry in job.result(30).results] == [
        "first",
        "first",
        "second",
        "second",
    ]


def test_circuits_take_values_on_any_backend():
    theta = Parameter("theta")
    circuit = QuantumCircuit(1, 1, name="turn", metadata={"mine": 1})
    circuit.rz(theta, 0)
    circuit.measure(0, 0)
    backend = backline.load("manila")
    for options in ({}, {"engine": "pulses"}):
        job = backend.run(circuit, parameter_binds=[{theta: [0.0, 1.0]}], shots=100, **options)
        entries = job.result(30).results
        assert [entry.header["name"] for entry in entries] == ["turn", "turn"]
        assert [entry.header["metadata"] for entry in entries] == [
            {"mine": 1, "parameters": {"theta": value}} for value in (0.0, 1.0)
        ]
    assert circuit.metadata == {"mine": 1}
    assert circuit.parameters == {theta}
    plain = QuantumCircuit(1, 1, name="plain")
    plain.x(0)
    assert len(Toy().run([plain], parameter_binds=[{}]).result(30).results) == 1


@pytest.mark.parametrize(
    ("binds", "says"),
    [
        ([{"amp": [1]}, {"amp": [1]}], "1 programs and 2 dicts are given"),
        ([], "1 programs and 0 dicts"),
        (7, "got 7"),
        ([7], r"got \[7\]"),
        ("amp", "got 'amp'"),
        ([{"amp": 1}], "'amp' needs a list of values, got 1"),
        ([{"amp": []}], r"got \[\]"),
        ([{"amp": [[1]]}], "needs a list of values"),
        ([{"other": [1]}], "program 'rabi' has no parameter 'other': it has amp, phase"),
        ([{Parameter("amp"): [1]}], "has no parameter 'amp': it has amp"),
        ([{3: [1]}], "has no parameter 3"),
        ([{"amp": [0.1, 0.2], "phase": [0.1]}], "equally many values each, got .*'amp': 2"),
        ([{"amp": [0.1, 0.2]}], "unbound parameters: phase"),
        ([{"amp": [[1], [1, 2]]}], "needs a list of values"),
        ([{"amp": {1: 2}}], "needs a list of values"),
        ([{"amp": "abc"}], "needs a list of values"),
        ([{"amp": (value for value in [0.1])}], "needs a list of values"),
        ([{"amp": np.array(0.1)}], "needs a list of values"),
    ],
)
def test_what_are_no_values_is_refused(binds, says):
    amp, phase = Parameter("amp"), Parameter("phase")
    with pulse.build(name="rabi") as program:
        pulse.shift_phase(phase, pulse.DriveChannel(0))
        pulse.play(pulse.Constant(20, amp), pulse.DriveChannel(0))
    with pytest.raises(InputError, match=says):
        bench(1).run(program, parameter_binds=binds)


def test_values_that_a_program_cannot_take_are_refused():
    amp = Parameter("amp")
    with pytest.raises(BacklineError, match="amp"):
        bench(1).run(rabi(amp), parameter_binds=[{amp: [0.5, 7.0]}])
    with pytest.raises(InputError, match="'amp' is given twice"):
        bench(1).run(rabi(amp), parameter_binds={amp: [0.5], "amp": [0.6]})
    for value, says in (
        (np.nan, "finite"),
        ("a", "needs a list"),
        (None, "number"),
        (True, "True"),
    ):
        with pytest.raises(BacklineError, match=says):
            bench(1).run(rabi(amp), parameter_binds={amp: [0.5, value]})
    vector = ParameterVector("v", 2)
    job = bench(1).run(
        rabi(vector[0] * vector[1]), parameter_binds=[{vector[0]: [1, 0.5], vector[1]: [0.5, 1]}]
    )
    assert parameters(job) == [{"v[0]": 1, "v[1]": 0.5}, {"v[0]": 0.5, "v[1]": 1}]


# Chunks and workers


def test_programs_of_one_model_are_run_together(monkeypatch):
    sizes = []
    run_batch = PulseEngine.run_batch

    def counted(self, programs, **options):
        sizes.append(len(programs))
        return run_batch(self, programs, **options)

    monkeypatch.setattr(PulseEngine, "run_batch", counted)
    backend = bench(2)
    programs = [rabi(amp) for amp in np.linspace(0, 1, 70)]
    job = backend.run([*programs, square(qubit=1, measured=True), rabi(0.5), wait(10)])
    assert len(job.result(60).results) == 73
    assert sorted(sizes) == [1, 1, 1, 6, 64]


def test_long_programs_stay_alone():
    backend = bench(1)
    programs = [wait(90_000), wait(90_000), wait(10), wait(10)]
    options = backend._chosen({}, "error")
    prepared = backend.prepare(backend._checked(programs, options), options)
    experiments = [
        Experiment(program=program, index=k, seed=k, prepared=entry)
        for k, (program, entry) in enumerate(zip(programs, prepared, strict=True))
    ]
    assert [len(chunk) for chunk in chunking.chunks(experiments)] == [1, 1, 2]


def test_chunks_of_a_failed_worker_fail_each():
    broke = RuntimeError("broke")
    found = list(one_by_one([("a", "b"), ("c",)], [broke, [3]]))
    assert found == [broke, broke, 3]


def test_an_experiment_that_fails_fails_alone(monkeypatch):
    count = Instruments.count

    def sometimes(self, *arguments, **options):
        if abs(self.waveforms.tracks[0].envelopes[0][0]) > 0.9:
            raise RuntimeError("too strong")
        return count(self, *arguments, **options)

    monkeypatch.setattr(Instruments, "count", sometimes)
    job = bench(1).run([rabi(0.1), rabi(0.95), rabi(0.2)])
    job.wait_for_final_state(30)
    assert [entry.success for entry in job.result(partial=True).results] == [True, False, True]
    assert list(job.errors()) == [1]


def test_one_worker_or_many_give_the_same(monkeypatch):
    backend = bench(2, t1=2e-6)
    programs = [rabi(amp) for amp in np.linspace(0, 1, 5)]
    programs += [square(qubit=1, amp=amp, measured=True) for amp in np.linspace(0, 1, 5)]
    many = counts(backend.run(programs, seed_simulator=11, spectators=1))
    monkeypatch.setattr(
        "backline.backends.device.map_in_order",
        lambda function, items: map_in_order(function, items, helpers=0),
    )
    one = counts(backend.run(programs, seed_simulator=11, spectators=1))
    monkeypatch.setattr(
        "backline.backends.device.map_in_order",
        lambda function, items: map_in_order(
            function, items, helpers=4, submit=WorkerPool(5).submit
        ),
    )
    assert many == one == counts(backend.run(programs, seed_simulator=11, spectators=1))
    assert len({str(entry) for entry in one}) > 5


def test_a_parametrised_sweep_is_the_same_on_one_worker_or_many(monkeypatch):
    backend, amp = bench(1), Parameter("amp")
    sweep = {amp: np.linspace(0, 1, 130)}  # of several chunks
    found = []
    for helpers, workers in ((0, 1), (1, 2), (6, 7)):
        monkeypatch.setattr(
            "backline.backends.device.map_in_order",
            lambda function, items, helpers=helpers, workers=workers: map_in_order(
                function, items, helpers=helpers, submit=WorkerPool(workers).submit
            ),
        )
        job = backend.run(rabi(amp), parameter_binds=sweep, seed_simulator=3, memory=True)
        found.append([entry.data.memory for entry in job.result(60).results])
    assert found[0] == found[1] == found[2]
    assert len({tuple(shots) for shots in found[0]}) > 100


def test_the_seed_of_an_experiment_does_not_depend_on_the_others():
    backend = bench(1)
    whole = counts(backend.run([rabi(amp) for amp in AMPLITUDES], seed_simulator=5))
    assert counts(backend.run([rabi(amp) for amp in AMPLITUDES[:4]], seed_simulator=5)) == whole[:4]


def test_lowering_is_done_once(monkeypatch):
    done = []
    compiled = backline.lowering.compile

    def counted(*args, **options):
        done.append(args)
        return compiled(*args, **options)

    monkeypatch.setattr("backline.lowering.compile", counted)
    counts(bench(1).run([rabi(0.1), rabi(0.2)]))
    assert len(done) == 2


# Cancel and progress


def long_program(width, duration, amp=0.05):
    """Smooth pulses on some qubits at once, and a measurement after them."""
    drives = [pulse.DriveChannel(qubit) for qubit in range(width)]
    with pulse.build(name="long") as program:
        for k, drive in enumerate(drives):
            pulse.play(pulse.Gaussian(duration, amp, duration / 4 + k), drive)
        pulse.barrier(*drives, pulse.AcquireChannel(0))
        pulse.acquire(100, pulse.AcquireChannel(0), pulse.MemorySlot(0))
    return program


def wait_until_it_works(job):
    while job.status() is not JobStatus.RUNNING:
        time.sleep(0.01)
    time.sleep(0.3)


@pytest.mark.parametrize("relaxation", [False, True])
def test_cancel_reaches_into_a_long_solve(relaxation):
    backend = bench(3, t1=1e-5, relaxation=relaxation)
    assert backend.run(long_program(3, 1)).result().success  # what is compiled, is so by now
    job = backend.run([square(measured=True), *[long_program(3, 5000)] * 200])
    wait_until_it_works(job)
    start = time.monotonic()
    assert job.cancel()
    job.wait_for_final_state(10)
    assert time.monotonic() - start < 1.0
    assert job.status() is JobStatus.CANCELLED
    done, total = job.progress()
    assert 1 <= done < total == 201
    kept = [entry.success for entry in job.result(partial=True).results]
    assert kept == [True] * done + [False] * (total - done)
    with pytest.raises(JobCancelledError, match=f"after {done} of 201"):
        job.result()
    # The workers are free again.
    assert bench(1).run(square(measured=True)).result(10).success


@pytest.mark.parametrize("relaxation", [False, True])
def test_cancel_ends_long_programs_on_five_transmons(relaxation):
    backend = bench(5, t1=1e-5, relaxation=relaxation)
    assert backend.run(long_program(5, 1)).result().success
    job = backend.run([long_program(5, 8000)] * 40)
    wait_until_it_works(job)
    start = time.monotonic()
    assert job.cancel()
    job.wait_for_final_state(10)
    assert time.monotonic() - start < 1.0
    assert job.progress().done < 40


def test_cancel_ends_a_sweep_and_keeps_what_is_over():
    backend, amp = bench(3), Parameter("amp")
    with pulse.build(name="sweep") as program:
        for qubit in range(3):
            pulse.play(pulse.Gaussian(2000, amp, 500), pulse.DriveChannel(qubit))
        pulse.barrier(pulse.DriveChannel(0), pulse.AcquireChannel(0))
        pulse.acquire(100, pulse.AcquireChannel(0), pulse.MemorySlot(0))
    job = backend.run(program, parameter_binds={amp: np.linspace(0, 0.3, 1000)}, shots=10)
    while job.progress().done == 0:
        time.sleep(0.005)
    start = time.monotonic()
    assert job.cancel()
    job.wait_for_final_state(10)
    assert time.monotonic() - start < 1.0
    done, total = job.progress()
    assert 0 < done < total == 1000
    kept = [entry.success for entry in job.result(partial=True).results]
    assert kept == [True] * done + [False] * (total - done)


def test_an_impatient_user_loses_nothing():
    job = bench(2).run(long_program(2, 4000), seed_simulator=1)

    def interrupt(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.result(progress=interrupt)
    heard = []
    assert job.result(60, progress=heard.append).success
    assert heard[-1] == 1
    with pytest.raises(KeyboardInterrupt):  # the last report comes when it is over
        job.result(progress=interrupt)
    assert job.result().success


def test_nothing_stops_outside_of_a_run():
    assert not stopping()
    look(1.0)


def test_helpers_know_of_the_cancel():
    begun, seen = threading.Barrier(3), []

    def work(item):
        begun.wait(10)
        deadline = time.monotonic() + 10
        while not stopping() and time.monotonic() < deadline:
            time.sleep(0.005)
        seen.append((item, stopping()))
        raise JobCancelledError("gave up")

    run = TaskRun([Batch(2, lambda: map_in_order(work, ["a", "b"], helpers=1))])
    run.start(WorkerPool(1).submit)
    begun.wait(10)
    assert run.cancel()
    assert run.wait(10)
    assert run.progress == (0, 2)
    while len(seen) < 2:  # the run is over with the first that gives up
        time.sleep(0.005)
    assert sorted(seen) == [("a", True), ("b", True)]


def test_a_batch_that_gives_up_as_a_whole_is_no_failure():
    begun = threading.Event()

    def work():
        begun.set()
        while not stopping():
            time.sleep(0.005)
        raise JobCancelledError("gave up")
        yield

    run = TaskRun([Batch(2, work)])
    run.start()
    assert begun.wait(10)
    assert run.cancel()
    assert run.wait(10)
    assert run.status is TaskStatus.CANCELLED
    assert run.progress == (0, 2)


def test_progress_of_a_job_is_heard_while_waiting():
    backend = bench(2, t1=1e-6)
    program = long_program(2, 3000)
    heard = []
    result = backend.run([program] * 4).result(progress=heard.append)
    assert result.success
    assert heard == sorted(heard)
    assert all(0 <= done <= 1 for done in heard)
    assert len(heard) >= 2
    job = backend.run([program] * 4)
    with pytest.raises(backline.errors.JobTimeoutError, match="0 of 4"):
        job.result(0.01, progress=heard.append)
    with pytest.raises(OptionValueError, match="progress is True, False or a function"):
        job.result(progress=3)
    job.cancel()
