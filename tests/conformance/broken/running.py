"""Backends whose runs and jobs are wrong: K12, K13, K40 to K42, K44."""

from types import SimpleNamespace

from qiskit import QuantumCircuit
from qiskit.providers import JobStatus

from backline import pulse
from backline.errors import BacklineError, InputError
from conformance.broken.tools import Proxy, always, breaks, job, options, result
from conformance.good import Good, Late, Small, flip


def _valid(given):
    shots = given.get("shots", 1)
    return given if type(shots) is int and shots > 0 else {**given, "shots": 10}


options("K12.e K12.f", _valid)
options("K13.a", lambda given: {**given, "shots": 100})
options("K13.c", lambda given: {"shots": 1024, **given})
options("K13.d", lambda given: {**given, "unknown_options": "ignore"})


@breaks("K13.b")
class Remembering(Good):
    def run(self, run_input, **given):
        self.set_options(**given)
        return super().run(run_input)


# K40 and K42


@breaks("K40.a")
class NoJob(Good):
    def run(self, run_input, **given):
        return Proxy(super().run(run_input, **given))


def _only_last(found):
    del found.results[:-1]


result("K40.b K42.b", _only_last)


@breaks("K40.c")
class Renaming(Good):
    def run(self, run_input, **given):
        job = super().run(run_input, **given)
        if isinstance(run_input, QuantumCircuit):
            run_input.name += "-done"
        return job


@breaks("K40.d", "K40.f")
class NoSchedules(Good):
    def run(self, run_input, **given):
        many = run_input if isinstance(run_input, list) else [run_input]
        if any(isinstance(one, pulse.Schedule) for one in many):
            raise TypeError("this runs circuits")
        return super().run(run_input, **given)


@breaks("K40.e")
class NoBlocks(Good):
    def run(self, run_input, **given):
        if isinstance(run_input, pulse.ScheduleBlock):
            raise TypeError("a block is no schedule")
        return super().run(run_input, **given)


result("K42.a", lambda found: found.results.reverse())


@breaks("K42.c")
class Limited(Good):
    max_circuits = always(2)

    def run(self, run_input, **given):
        if isinstance(run_input, list) and len(run_input) > 2:
            raise InputError("at most 2 circuits a job")
        return super().run(run_input, **given)


# K41

job("K41.a", status=lambda self: JobStatus.RUNNING)
job("K41.b", job_id=lambda self: "job")
job("K41.c", backend=lambda self: None)
job("K41.d", done=lambda self: False)


def _gives_up(self, timeout=None, wait=5, callback=None):
    raise TimeoutError("it takes too long")


def _other_each_time(self):
    self.looks = getattr(self, "looks", 0) + 1
    looks = self.looks
    return SimpleNamespace(get_counts=lambda *where: {"0": looks}, success=True)


job("K41.e", wait_for_final_state=_gives_up)
job("K41.f", result=_other_each_time)
job("K41.g", cancel=lambda self: True)
job("K41.i", status=lambda self: "DONE")
job(
    "K41.j",
    wait_for_final_state=lambda self, **given: None,
    in_final_state=lambda self: False,
)


@breaks("K41.h")
class LooksDone(Late):
    def late(self, job, error):
        job = super().late(job, error)
        job.status = lambda: JobStatus.DONE
        return job


# K44


class _Takes(Good):
    """Runs something else than what it cannot run."""

    def run(self, run_input, **given):
        try:
            return super().run(run_input, **given)
        except (BacklineError, TypeError):
            return super().run(flip())


breaks(*(f"K44.{letter}" for letter in "abcefgijk"))(_Takes)


@breaks("K44.d")
class EitherWay(Small):
    def run(self, run_input, **given):
        try:
            return super().run(run_input, **given)
        except BacklineError:
            circuit = QuantumCircuit(3, 1)
            circuit.measure(0, 0)
            return super().run(circuit)


@breaks("K44.h")
class Curt(Good):
    def run(self, run_input, **given):
        try:
            return super().run(run_input, **given)
        except BacklineError as error:
            raise InputError("this cannot be run") from error
