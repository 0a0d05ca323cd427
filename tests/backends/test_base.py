"""What `BackendBase.run` does before and around an author's `execute`."""

import copy
import pickle
import threading

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.providers import Options as QiskitOptions

from backends.toy import Toy, flips
from backline import pulse
from backline.backends import BackendBase, Experiment
from backline.engines.outcomes import Outcomes
from backline.errors import (
    DeviceError,
    InputError,
    OptionValueError,
    OptionWarning,
    UnknownOptionError,
)


def test_K3_authors_must_give_target_and_execute():
    with pytest.raises(TypeError, match="execute"):
        BackendBase()


def test_K40_a_circuit_alone_is_a_job_with_one_experiment():
    job = Toy().run(flips(0))
    assert job.result(10).get_counts() == {"001": 1024}


def test_K42_one_result_in_input_order_whatever_max_circuits_is():
    circuits = [flips(*((place,) if place < 3 else ()), name=f"c{place}") for place in range(5)]
    backend = Toy(at_once=2)
    result = backend.run(circuits, shots=4).result(10)
    assert [len(experiments) for experiments, _ in backend.calls] == [2, 2, 1]
    assert result.get_counts() == [{"001": 4}, {"010": 4}, {"100": 4}, {"000": 4}, {"000": 4}]
    assert [entry.header["name"] for entry in result.results] == ["c0", "c1", "c2", "c3", "c4"]
    assert result.get_counts("c1") == {"010": 4}


def test_K13_a_run_option_wins_for_that_run_alone():
    backend = Toy(shots=5)
    assert sum(backend.run(flips(), shots=7).result(10).get_counts().values()) == 7
    assert sum(backend.run(flips()).result(10).get_counts().values()) == 5
    assert backend.options.shots == 5


def test_K13_execute_gets_the_merged_options():
    backend = Toy(gain=2.0)
    backend.run(flips(), shots=3).result(10)
    ((experiments, options),) = backend.calls
    assert (options.gain, options.shots, options.memory) == (2.0, 3, False)
    assert isinstance(options.seed_simulator, int)
    assert isinstance(experiments[0], Experiment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("shots", 0),
        ("shots", -1),
        ("shots", 1.5),
        ("shots", True),
        ("shots", float("nan")),
        ("shots", "10"),
        ("shots", None),
        ("memory", 1),
        ("seed_simulator", -1),
        ("seed_simulator", 2**63),
        ("seed_simulator", 0.5),
        ("gain", float("nan")),
        ("gain", 11),
    ],
)
def test_K12_bad_values_are_refused_before_any_work(name, value):
    backend = Toy()
    with pytest.raises(OptionValueError, match=name):
        backend.run(flips(), **{name: value})
    assert backend.calls == []


def test_K11_an_unknown_option_is_an_error_that_names_the_nearest():
    backend = Toy()
    with pytest.raises(UnknownOptionError, match=r"(?s)shot\b.*shots"):
        backend.run(flips(), shot=3)
    assert backend.calls == []


def test_unknown_options_may_be_ignored():
    assert Toy().run(flips(), shot=3, shots=2, unknown_options="ignore").result(10).success


def test_unknown_options_may_be_warned_of():
    with pytest.warns(OptionWarning, match="'toy' has no option 'shot'"):
        job = Toy().run(flips(), shot=3, shots=2, unknown_options="warn")
    assert job.result(10).get_counts() == {"000": 2}


def test_unknown_options_has_three_values():
    with pytest.raises(OptionValueError, match="'error', 'warn', 'ignore'"):
        Toy().run(flips(), unknown_options="hide")


@pytest.mark.parametrize("run_input", [[], None, "circuit", [flips(), 3]])
def test_K44_what_is_no_program_is_refused(run_input):
    backend = Toy()
    with pytest.raises(InputError):
        backend.run(run_input)
    assert backend.calls == []


def test_K44_all_programs_are_checked_before_any_is_run():
    wrong = QuantumCircuit(1, name="wrong")
    wrong.h(0)
    backend = Toy(at_once=1)
    with pytest.raises(InputError, match="h"):
        backend.run([flips(), wrong])
    assert backend.calls == []


def test_an_author_may_refuse_what_the_target_allows():
    class Picky(Toy):
        def check(self, program, options):
            if program.num_clbits > options.shots:
                raise InputError(f"{program.name!r} has too many bits")

    backend = Picky()
    assert backend.run(flips(), shots=3).result(10).success
    with pytest.raises(InputError, match="'big' has too many bits"):
        backend.run([QuantumCircuit(1, 1), flips(name="big")], shots=2)
    assert len(backend.calls) == 1


def test_K10_an_author_may_use_qiskit_s_own_options():
    class Plain(Toy):
        @classmethod
        def _default_options(cls):
            return QiskitOptions(shots=4, memory=True)

    backend = Plain()
    result = backend.run(flips(0), shots=2).result(10)
    assert result.get_memory() == ["001", "001"]
    assert result.options["seed_simulator"] == result.results[0].seed_simulator
    assert backend.options.shots == 4
    with pytest.raises(UnknownOptionError, match="shot"):
        backend.run(flips(0), shot=2)


def test_K44_a_backend_without_channels_plays_no_pulses():
    backend = Toy()
    with pytest.raises(InputError, match="'toy' plays no pulses, and 'tone' is a pulse program"):
        backend.run([flips(), pulse.Schedule(name="tone")])
    assert backend.calls == []


def seeds(backend):
    return [experiment.seed for experiments, _ in backend.calls for experiment in experiments]


def test_seeds_depend_on_seed_and_index_and_not_on_how_a_job_is_split():
    whole, split, first = Toy(), Toy(at_once=1), Toy()
    for backend, count in ((whole, 4), (split, 4), (first, 1)):
        backend.run([flips()] * count, seed_simulator=11).result(10)
    assert seeds(whole) == seeds(split)
    assert seeds(first) == seeds(whole)[:1]
    assert len(set(seeds(whole))) == 4
    assert all(0 <= seed < 2**63 for seed in seeds(whole))
    # As numpy's documented spawning gives them.
    child = np.random.SeedSequence(11).spawn(4)[3]
    assert seeds(whole)[3] == int(child.generate_state(1, np.uint64)[0]) >> 1


def test_a_seed_that_was_drawn_is_in_the_result_and_repeats_the_run():
    backend = Toy()
    result = backend.run([flips(), flips()]).result(10)
    drawn = result.results[0].seed_simulator
    backend.run([flips(), flips()], seed_simulator=drawn).result(10)
    assert seeds(backend)[:2] == seeds(backend)[2:]
    assert [entry.seed for entry in result.results] == seeds(backend)[:2]
    assert result.options["seed_simulator"] == drawn
    assert backend.options.seed_simulator is None


def test_two_runs_without_a_seed_draw_different_ones():
    backend = Toy()
    backend.run(flips()).result(10)
    backend.run(flips()).result(10)
    assert len(set(seeds(backend))) == 2


def test_a_seed_of_none_keeps_the_backends_own():
    """Qiskit Runtime's local mode passes on a seed of None where nobody chose one."""
    backend = Toy(seed_simulator=5)
    result = backend.run(flips(), seed_simulator=None).result(10)
    backend.run(flips()).result(10)
    assert result.options["seed_simulator"] == 5
    assert len(set(seeds(backend))) == 1
    assert backend.prepared(flips(), seed_simulator=None).options.seed_simulator == 5


def test_a_seed_of_none_is_drawn_where_the_backend_has_none():
    backend = Toy()
    backend.run(flips(), seed_simulator=None).result(10)
    backend.run(flips(), seed_simulator=None).result(10)
    assert len(set(seeds(backend))) == 2


def test_a_numpy_seed_is_a_seed():
    backend = Toy()
    backend.run(flips(), seed_simulator=np.int64(3)).result(10)
    backend.run(flips(), seed_simulator=3).result(10)
    assert len(set(seeds(backend))) == 1


def test_two_jobs_at_once_do_not_mix():
    backend = Toy()
    jobs = [backend.run([flips(place % 3)] * 3, shots=place + 1) for place in range(8)]
    for place, job in enumerate(jobs):
        key = format(1 << place % 3, "03b")
        assert job.result(10).get_counts() == [{key: place + 1}] * 3
    assert len({job.job_id() for job in jobs}) == 8


def test_a_program_may_change_once_its_job_has_been_made():
    go = threading.Event()
    backend = Toy(shots=3)
    circuit = flips(0, name="before", call=lambda: go.wait(10), place=1)
    job = backend.run([circuit, circuit])
    circuit.x(1)
    circuit.measure(1, 1)
    circuit.name = "after"
    circuit.metadata["place"] = 2
    go.set()
    result = job.result(10)
    assert result.get_counts(0) == result.get_counts(1) == {"001": 3}
    assert [entry.header["name"] for entry in result.results] == ["before"] * 2
    assert result.results[1].header["metadata"]["place"] == 1


@pytest.mark.parametrize("kind", [pulse.Schedule, pulse.ScheduleBlock])
def test_a_pulse_program_may_change_once_its_job_has_been_made(kind):
    class Pulses(Toy):
        def _control_pairs(self):
            return {}

        def one(self, experiment, options):
            go.wait(10)
            return Outcomes(shots=1, bits=np.array([[len(experiment.program.channels)]]))

    def add(channel):
        program.append(pulse.Delay(16, channel), inplace=True)

    go = threading.Event()
    program = kind(name="p", metadata={"place": 1})
    add(pulse.DriveChannel(0))
    job = Pulses(shots=1).run(program)
    add(pulse.DriveChannel(1))
    program.metadata["place"] = 2
    go.set()
    assert job.result(10).get_counts(program) == {"1": 1}
    assert job.result().results[0].header["metadata"] == {"place": 1}


@pytest.mark.parametrize("limit", [0, -1])
def test_K27_a_limit_that_lets_nothing_through_is_an_error(limit):
    backend = Toy(at_once=limit)
    with pytest.raises(DeviceError, match=rf"'toy' has max_circuits={limit}: .* at least 1"):
        backend.run(flips())
    assert backend.calls == []


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda backend: pickle.loads(pickle.dumps(backend))]
)
def test_K4_copies_work_while_a_job_runs(again):
    go = threading.Event()
    backend = Toy(shots=3)
    job = backend.run(flips(call=lambda: go.wait(10)))
    backend.calls.clear()
    other = again(backend)
    assert other.run(flips(1)).result(10).get_counts() == {"010": 3}
    go.set()
    assert job.result(10).get_counts() == {"000": 3}
