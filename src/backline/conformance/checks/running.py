"""K40 and K42: what run takes, and in which order it answers."""

from __future__ import annotations

import copy

from qiskit.providers import Job

from backline.conformance import probes
from backline.conformance.outcome import expect, shown
from backline.conformance.registry import Basis, check
from backline.conformance.statistics import most_common
from backline.conformance.subject import Subject

_RUN = "BackendV2.run"


@check(
    "K40.a",
    "run of a circuit gives a Job",
    basis=Basis.REFERENCE,
    source=_RUN,
    needs=["run", "shots"],
)
def single(subject: Subject) -> None:
    """Everything that follows goes through the job."""
    job = probes.short(subject)
    expect(isinstance(job, Job), f"it gives {shown(job)}, no qiskit.providers.Job")


@check(
    "K40.b",
    "run of a list gives one Job with one result",
    basis=Basis.REFERENCE,
    source=_RUN,
    needs=["run"],
)
def several(subject: Subject) -> None:
    """One submission is one thing to wait for."""
    panel = probes.panel(subject)
    expect(isinstance(panel.job, Job), f"it gives {shown(panel.job)}")
    found = len(panel.result.results)
    expect(found == len(panel.names), f"{len(panel.names)} circuits have {found} results")


@check("K40.c", "run does not change the circuit", source=_RUN, needs=["run", "shots"])
def unchanged(subject: Subject) -> None:
    """The caller runs it again, somewhere else."""
    circuit = probes.flip(subject)
    before = copy.deepcopy(circuit)
    subject.run(circuit, **subject.settings(shots=16)).result()
    expect(circuit == before and circuit.name == before.name, "after the run it is another one")
    expect(circuit.metadata == before.metadata, f"its metadata became {shown(circuit.metadata)}")


@check(
    "K42.a",
    "results are in the order of the input",
    basis=Basis.REFERENCE,
    source="Result.results",
    needs=["run"],
)
def order(subject: Subject) -> None:
    """Results are looked up by their place."""
    panel = probes.panel(subject)
    found = [getattr(one.header, "name", None) if not isinstance(one.header, dict)
             else one.header.get("name") for one in panel.result.results]  # fmt: skip
    expect(found == panel.names, f"given {panel.names}, it names {found}")
    for name in panel.names:
        expected = panel.probes[name].expected
        if expected is not None and subject.noise(panel.probes[name].circuit) < 0.35:
            counts = panel.counts(name)
            expect(
                most_common(counts).replace(" ", "") == expected.replace(" ", ""),
                f"experiment {panel.index(name)} is {name!r} and gives {shown(counts)}",
            )


@check("K42.b", "a circuit may be in a list twice", source=_RUN, needs=["run", "shots"])
def twice(subject: Subject) -> None:
    """Repetitions are the usual way to see drift."""
    circuit = probes.flip(subject)
    most = subject.backend.max_circuits
    number = 2 if most is None else min(2, most)
    result = subject.run([circuit] * number, **subject.settings(shots=16)).result()
    sums = [sum(result.get_counts(k).values()) for k in range(number)]
    expect(sums == [16] * number, f"{number} times 16 shots gave {sums}")


@check(
    "K42.c",
    "more circuits than max_circuits are still one job",
    basis=Basis.BACKLINE,
    source="K42",
    needs=["run", "shots"],
)
def split(subject: Subject) -> None:
    """Splitting, and putting together, is the backend's work and not each caller's."""
    most = subject.backend.max_circuits
    number = 3 if most is None else min(most + 1, 301)
    job = subject.run([probes.flip(subject)] * number, **subject.settings(shots=16))
    found = len(job.result().results)
    expect(found == number, f"{number} circuits have {found} results")
