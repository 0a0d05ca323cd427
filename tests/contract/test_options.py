"""K10 to K13: options are checked, and changed as a whole or not at all."""

import copy
import math
import pickle

import numpy as np
import pytest
from qiskit.providers import Options as QiskitOptions

from backline.contract import Option, Options
from backline.contract.options import merged, update
from backline.errors import OptionValueError, UnknownOptionError
from contract.line import LineBackend, make_backend


class QiskitsOwn(LineBackend):
    """An author who returns Qiskit's own class, with one of its validators."""

    @classmethod
    def _default_options(cls):
        options = QiskitOptions(shots=10, memory=False)
        options.set_validator("shots", (1, 100))
        return options


def test_K10_options_are_the_default_ones(backend):
    assert isinstance(backend.options, QiskitOptions)
    assert dict(backend.options) == {
        "shots": 1024,
        "memory": False,
        "scale": 1.0,
        "meas_return": "avg",
        "seed_simulator": None,
    }


def test_K10_two_backends_share_no_options():
    one, other = make_backend(), make_backend()
    one.set_options(shots=5)
    assert other.options.shots == 1024


def test_K10_a_shared_default_object_is_copied():
    shared = Options(shots=Option(3, type=int))

    class Shared(LineBackend):
        @classmethod
        def _default_options(cls):
            return shared

    Shared().set_options(shots=9)
    assert shared.shots == 3


def test_K11_the_constructor_and_set_options_update():
    backend = make_backend(shots=5)
    assert backend.options.shots == 5
    backend.set_options(shots=6, memory=True)
    assert (backend.options.shots, backend.options.memory) == (6, True)


@pytest.mark.parametrize("make", [make_backend, QiskitsOwn])
def test_K11_an_unknown_field_names_itself_the_nearest_and_the_valid(make):
    with pytest.raises(AttributeError) as caught:
        make(shot=5)
    assert isinstance(caught.value, UnknownOptionError)
    for name in ("'shot'", "'shots'", "memory"):
        assert name in str(caught.value)
    assert caught.value.details["options"] == ["shot"]
    assert "shots" in caught.value.details["allowed"]


@pytest.mark.parametrize("make", [make_backend, QiskitsOwn])
@pytest.mark.parametrize(
    ("bad", "error"),
    [({"shot": 3}, UnknownOptionError), ({"shots": 0}, OptionValueError)],
)
def test_K11_nothing_is_changed_when_one_field_is_bad(make, bad, error):
    backend = make()
    before = dict(backend.options)
    with pytest.raises(error):
        backend.set_options(memory=True, **bad)
    assert dict(backend.options) == before


@pytest.mark.parametrize("make", [make_backend, QiskitsOwn])
@pytest.mark.parametrize("name", ["get", "items", "keys", "update_options", "validator", "self"])
def test_K12_names_of_methods_are_no_options(make, name):
    """`get` is there as a method, which fools a check that asks for the attribute."""
    backend = make()
    with pytest.raises(UnknownOptionError, match=name):
        backend.set_options(**{name: 3})
    assert name not in dict(backend.options)


@pytest.mark.parametrize("name", ["get", "items", "merged", "self", "_fields"])
def test_K12_an_author_cannot_declare_such_a_name(name):
    with pytest.raises(OptionValueError, match=name):
        Options(**{name: Option(1, type=int)})


BAD = [
    ("shots", value)
    for value in (1.5, 3.0, math.nan, math.inf, True, np.True_, "10", None, 0, -1, 10**7)
]
BAD += [("shots", np.float64(3)), ("memory", 1), ("memory", "yes"), ("memory", None)]
BAD += [("scale", value) for value in (math.nan, math.inf, True, "1", -0.5, 1j)]
BAD += [("meas_return", "mean"), ("meas_return", None), ("seed_simulator", 1.5)]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_K12_bad_values_are_refused_everywhere(name, value):
    with pytest.raises(OptionValueError, match=name):
        make_backend(**{name: value})
    backend = make_backend()
    with pytest.raises(OptionValueError, match=name):
        backend.set_options(**{name: value})
    with pytest.raises(OptionValueError, match=name):
        backend.run([], **{name: value})
    with pytest.raises(OptionValueError, match=name):
        setattr(backend.options, name, value)
    with pytest.raises(OptionValueError, match=name):
        backend.options[name] = value
    assert backend.options == make_backend().options


def test_K12_a_bad_value_is_a_value_error_that_says_what_is_allowed(backend):
    with pytest.raises(ValueError, match=r"a whole number from 1 to 1000000, got 1\.5"):
        backend.set_options(shots=1.5)
    with pytest.raises(ValueError, match="one of 'avg', 'single', got 'mean'"):
        backend.set_options(meas_return="mean")


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("shots", np.int64(5), 5),
        ("shots", np.uint8(5), 5),
        ("memory", np.True_, True),
        ("scale", 2, 2.0),
        ("scale", np.float32(0.5), 0.5),
        ("seed_simulator", 2**70, 2**70),
        ("seed_simulator", None, None),
    ],
)
def test_K12_numpys_numbers_are_numbers(backend, name, value, kept):
    backend.set_options(**{name: value})
    found = backend.options[name]
    assert found == kept
    assert type(found) is type(kept)


def test_K12_a_bad_default_is_refused():
    with pytest.raises(OptionValueError, match="shots"):
        Options(shots=Option(0, type=int, minimum=1))


def test_K12_several_types():
    options = Options(level=Option(1, type=(int, str)))
    options.level = "all"
    assert options.level == "all"
    with pytest.raises(OptionValueError, match="a whole number or a text"):
        options.level = True


def test_K12_qiskits_validators_are_honoured():
    backend = QiskitsOwn()
    with pytest.raises(OptionValueError, match="shots"):
        backend.set_options(shots=101)
    with pytest.raises(OptionValueError, match="shots"):
        merged(backend.options, {"memory": True, "shots": 0})
    ours = Options(shots=Option(1, type=int))
    ours.set_validator("shots", (1, 10))
    with pytest.raises(OptionValueError, match="shots"):
        ours.update_options(shots=11)
    assert ours.shots == 1


def test_K12_reading_what_is_not_there(backend):
    with pytest.raises(UnknownOptionError, match="'shots'"):
        _ = backend.options.shot
    with pytest.raises(KeyError):
        _ = backend.options["shot"]
    assert backend.options.get("shot", 3) == 3


def test_K13_an_option_of_run_wins_for_that_run_alone(backend):
    job = backend.run([], shots=3)
    assert job.result()._metadata["options"]["shots"] == 3
    assert backend.options.shots == 1024


@pytest.mark.parametrize("make", [make_backend, QiskitsOwn])
def test_K13_merged_leaves_the_original_alone(make):
    options = make().options
    before = dict(options)
    changed = merged(options, {"shots": 50})
    assert changed.shots == 50
    assert dict(options) == before
    with pytest.raises(UnknownOptionError):
        merged(options, {"shots": 50, "get": 1})


def test_update_is_atomic_over_qiskits_options():
    options = QiskitOptions(a=1, b=2)
    options.set_validator("b", (1, 5))
    with pytest.raises(OptionValueError):
        update(options, {"a": 9, "b": 99})
    assert dict(options) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda options: pickle.loads(pickle.dumps(options))]
)
def test_copies_are_equal_checked_and_apart(backend, duplicate):
    copied = duplicate(backend.options)
    assert copied == backend.options
    copied.shots = 3
    assert backend.options.shots == 1024
    assert copied != backend.options
    with pytest.raises(OptionValueError):
        copied.shots = 0


def test_repr_shows_values():
    options = Options(shots=Option(3, type=int), kind=Option("a", type=str))
    assert repr(options) == str(options) == "Options(shots=3, kind='a')"
    assert options.declared["shots"].default == 3
