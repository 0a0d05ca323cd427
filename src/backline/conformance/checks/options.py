"""K10 to K13: options, and what is said of wrong ones."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

from qiskit.providers import Options

from backline.conformance import probes
from backline.conformance.outcome import Skipped, expect, expect_error, shown
from backline.conformance.registry import Basis, check
from backline.conformance.subject import Subject

_UNKNOWN = "shotz"
_FACTS = (
    "num_qubits",
    "n_qubits",
    "dt",
    "dtm",
    "coupling_map",
    "basis_gates",
    "target",
    "meas_map",
)


def _makes_with(subject: Subject, **options: Any) -> Any:
    """A backend made with options, where what makes it takes any."""
    try:
        taken = list(inspect.signature(subject.maker).parameters.values())
    except (TypeError, ValueError):
        taken = []
    if not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in taken):
        raise Skipped("what makes the backend takes no options")
    return subject.maker(**options)


def _refuses_unknown(subject: Subject, kind: type[Exception]) -> Exception:
    unknown = {_UNKNOWN: 3}
    return expect_error(
        partial(subject.spare.set_options, **unknown), kind, f"set_options({_UNKNOWN}=3)"
    )


@check("K10.a", "options is an Options", basis=Basis.REFERENCE, source="BackendV2.options")
def kind(subject: Subject) -> None:
    """Tools read and copy options with the methods of that class."""
    found = subject.backend.options
    expect(isinstance(found, Options), f"options is {shown(found)}")


@check("K10.b", "options has what _default_options() gives", source="BackendV2._default_options")
def names(subject: Subject) -> None:
    """An option that is lost between class and instance cannot be set."""
    given = type(subject.backend)._default_options()
    lost = [name for name in dict(given.items()) if not hasattr(subject.backend.options, name)]
    expect(not lost, f"options lacks {', '.join(lost)}")


@check("K10.c", "facts of the device are no options", basis=Basis.BACKLINE, source="K10")
def no_facts(subject: Subject) -> None:
    """Who could set the number of qubits would have a target that is wrong."""
    found = [name for name in _FACTS if name in subject.defaults]
    expect(not found, f"{', '.join(found)} can be set as options")


@check(
    "K11.a",
    "set_options changes an option",
    basis=Basis.REFERENCE,
    source="BackendV2.set_options",
    needs=["shots"],
)
def sets(subject: Subject) -> None:
    """It is the documented way to set the defaults of later runs."""
    spare = subject.spare
    wanted = spare.options.shots + 5
    spare.set_options(shots=wanted)
    found = spare.options.shots
    subject.restore(spare)
    expect(found == wanted, f"after set_options(shots={wanted}) shots is {found}")


@check(
    "K11.b",
    "set_options of an unknown field raises AttributeError",
    basis=Basis.REFERENCE,
    source="BackendV2.set_options",
)
def unknown(subject: Subject) -> None:
    """A misspelt option that is taken silently changes nothing, and nobody notices."""
    _refuses_unknown(subject, AttributeError)


@check("K11.c", "the refusal of an unknown field names it", source="BackendV2.set_options")
def names_unknown(subject: Subject) -> None:
    """Of ten options in one call, the reader has to know which."""
    error = _refuses_unknown(subject, Exception)
    expect(_UNKNOWN in str(error), f"the message does not name {_UNKNOWN!r}: {error}")


@check(
    "K11.d",
    "the refusal of an unknown field names the nearest one",
    basis=Basis.BACKLINE,
    source="K11",
    needs=["shots"],
)
def nearest(subject: Subject) -> None:
    """Most unknown options are misspelt ones."""
    error = _refuses_unknown(subject, Exception)
    rest = str(error).replace(_UNKNOWN, "")
    expect("shots" in rest, f"of {_UNKNOWN!r} it does not say 'shots': {error}")


@check(
    "K11.e",
    "of a call with an unknown field nothing is set",
    source="BackendV2.set_options",
    needs=["shots"],
)
def all_or_nothing(subject: Subject) -> None:
    """Half of a refused change is a state that nobody asked for."""
    spare = subject.spare
    before = spare.options.shots
    expect_error(
        lambda: spare.set_options(shots=before + 7, **{_UNKNOWN: 3}),
        Exception,
        f"set_options(shots={before + 7}, {_UNKNOWN}=3)",
    )
    after = spare.options.shots
    subject.restore(spare)
    expect(after == before, f"the call was refused, and shots went from {before} to {after}")


@check(
    "K11.f",
    "the constructor takes options",
    basis=Basis.REFERENCE,
    source="BackendV2(**fields)",
    needs=["factory", "shots"],
)
def constructed(subject: Subject) -> None:
    """Fields of the constructor override the default options."""
    found = _makes_with(subject, shots=77).options.shots
    expect(found == 77, f"made with shots=77 it has {found}")


@check(
    "K11.g",
    "the constructor refuses unknown options with AttributeError",
    basis=Basis.REFERENCE,
    source="BackendV2(**fields)",
    needs=["factory"],
)
def constructed_unknown(subject: Subject) -> None:
    """The reference says so, for the same reason as of set_options."""
    _makes_with(subject)
    expect_error(lambda: _makes_with(subject, **{_UNKNOWN: 3}), AttributeError, f"{_UNKNOWN}=3")


def _bounded(subject: Subject) -> None:
    """Skip where nothing says what shots may be."""
    if subject.claims_contract:
        return
    if "shots" not in getattr(subject.backend.options, "validator", {}):
        raise Skipped("its options have no validator for shots")


def _refuses(subject: Subject, *values: Any) -> None:
    _bounded(subject)
    spare = subject.spare
    try:
        for value in values:
            before = spare.options.shots
            expect_error(
                partial(spare.set_options, shots=value),
                Exception,
                f"set_options(shots={value!r})",
            )
            after = spare.options.shots
            expect(after == before, f"shots={value!r} was refused, and is {after!r} all the same")
    finally:
        subject.restore(spare)


@check(
    "K12.a", "shots of a wrong type are refused", source="Options.set_validator", needs=["shots"]
)
def wrong_type(subject: Subject) -> None:
    """What is refused when it is set need not be searched for when it is run."""
    _refuses(subject, "many")


@check("K12.b", "shots out of bounds are refused", source="Options.set_validator", needs=["shots"])
def out_of_bounds(subject: Subject) -> None:
    """No device does anything -1 times."""
    _refuses(subject, -1)


@check(
    "K12.c",
    "NaN, fractions and booleans are no shots",
    basis=Basis.BACKLINE,
    source="K12",
    needs=["shots"],
)
def no_numbers(subject: Subject) -> None:
    """Bounds alone let them pass, and a device does something with them."""
    _refuses(subject, float("nan"), 1.5, True)


@check(
    "K12.d",
    "the constructor refuses values that are not allowed",
    basis=Basis.BACKLINE,
    source="K12",
    needs=["factory", "shots"],
)
def constructed_badly(subject: Subject) -> None:
    """A backend that was made with them is wrong before anybody runs anything."""
    _makes_with(subject)
    expect_error(lambda: _makes_with(subject, shots=-1), ValueError, "shots=-1 of the constructor")


@check("K12.e", "a run of -1 shots gives no result", source="BackendV2.run", needs=["run", "shots"])
def run_badly(subject: Subject) -> None:
    """What comes back would be a result of something else than what was asked for."""
    found = subject.refusal(probes.flip(subject), shots=-1)
    expect(found is not None, "run(shots=-1) gave a result")


@check(
    "K12.f",
    "run refuses values that are not allowed before it starts a job",
    basis=Basis.BACKLINE,
    source="K12",
    needs=["run", "shots"],
)
def run_refuses(subject: Subject) -> None:
    """A job that waited an hour to fail is an hour lost."""
    circuit = probes.flip(subject)
    for value in (-1, "many"):
        expect_error(
            partial(subject.run, circuit, shots=value), ValueError, f"run(shots={value!r})"
        )


@check(
    "K12.g",
    "seed_simulator may be None",
    source="AerSimulator's options",
    needs=["seed"],
)
def no_seed(subject: Subject) -> None:
    """It is the default, and who has set a seed must be able to take it away."""
    spare = subject.spare
    spare.set_options(seed_simulator=5)
    spare.set_options(seed_simulator=None)
    found = spare.options.seed_simulator
    subject.restore(spare)
    expect(found is None, f"set to None, seed_simulator is {found!r}")


@check(
    "K13.a",
    "shots given to run win over the options",
    basis=Basis.REFERENCE,
    source="BackendV2.run",
    needs=["run", "shots"],
)
def run_wins(subject: Subject) -> None:
    """If a key is also in the options, the value given to run is used."""
    found = sum(probes.short(subject).result().get_counts(0).values())
    expect(found == probes.SHORT, f"asked for {probes.SHORT} shots, it gave {found}")


@check(
    "K13.b",
    "shots given to run do not stay",
    basis=Basis.REFERENCE,
    source="BackendV2.run",
    needs=["run", "shots"],
)
def run_forgets(subject: Subject) -> None:
    """They are meant for this run alone."""
    before = subject.defaults["shots"]
    probes.short(subject).result()
    after = subject.backend.options.shots
    subject.restore(subject.backend)
    expect(after == before, f"shots were {before} before a run with {probes.SHORT}, now {after}")


@check(
    "K13.c",
    "without shots in run, those of the options hold",
    basis=Basis.REFERENCE,
    source="BackendV2.options",
    needs=["run", "shots"],
)
def options_hold(subject: Subject) -> None:
    """Options exist to be the defaults of run."""
    backend = subject.backend
    backend.set_options(shots=probes.SHORT + 2)
    try:
        counts = subject.run(probes.flip(subject)).result().get_counts()
    finally:
        subject.restore(backend)
    found = sum(counts.values())
    expect(found == probes.SHORT + 2, f"set to {probes.SHORT + 2} shots, it gave {found}")


@check(
    "K13.d",
    "run refuses unknown options with AttributeError",
    basis=Basis.BACKLINE,
    source="K13",
    needs=["run"],
)
def run_unknown(subject: Subject) -> None:
    """A misspelt option would have no effect, and nobody would notice."""
    circuit = probes.flip(subject)
    expect_error(
        lambda: subject.run(circuit, **{_UNKNOWN: 3}), AttributeError, f"run({_UNKNOWN}=3)"
    )
