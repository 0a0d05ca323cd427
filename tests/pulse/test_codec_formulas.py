"""Pulses of a user's shape as JSON, and what is no such pulse."""

import pytest
import sympy as sp
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import PulseError
from backline.pulse.codec import from_dict, to_dict
from golden.pulse_symbolic import symbolic_pulses
from pulse.test_codec import block, round_trip

A = Parameter("a")
D0 = pulse.DriveChannel(0)


@pytest.mark.parametrize("name", symbolic_pulses)
def test_pulses_of_a_users_shape(name):
    made = symbolic_pulses[name](pulse)
    (again,) = round_trip(block(pulse.Play(made, D0))).blocks
    assert type(again.pulse) is type(made)
    for field in ("parameters", "pulse_type", "name", "envelope", "constraints"):
        assert getattr(again.pulse, field) == getattr(made, field)
    assert again.pulse.valid_amp_conditions == made.valid_amp_conditions
    assert again.pulse.get_waveform() == made.get_waveform()


t, s = sp.symbols("t s")


def played(envelope, **options):
    given = {"limit_amplitude": False, **options}
    made = pulse.SymbolicPulse("Shape", 4, {"s": A}, envelope=envelope, **given)
    return block(pulse.Play(made, D0))


@pytest.mark.parametrize(
    "envelope",
    [
        sp.Rational(1, 3) * t + 0.1 * s - 7,
        sp.pi * t + sp.E + sp.I * s,
        sp.Piecewise((s, sp.And(t < 2, s > 0.1)), (t, sp.Or(t < 3, sp.Eq(s, 2))), (0, True)),
        sp.Piecewise(
            (s, sp.Xor(t < 2, s > 1)), (t, sp.ITE(t < 3, s < 1, s >= 2)), (0, sp.Ne(t, 3))
        ),
        sp.Max(t, s, sp.sqrt(2)) + sp.Min(t, 2 * s),
        sp.Mod(t, 2) + sp.floor(t / 2) + sp.Heaviside(t - 2) + sp.Heaviside(s, 0),
        sp.sech(t) + sp.erf(s) + sp.atan2(t, s) + sp.re(sp.exp(sp.I * t)) + sp.sign(t),
        sp.Add(t, t, sp.Mul(2, 3, evaluate=False), evaluate=False),
        sp.true,
        None,
    ],
    ids=str,
)
def test_formulas(envelope):
    program = played(envelope, constraints=s > 0, valid_amp_conditions=sp.Abs(s) <= 1)
    again = round_trip(program).blocks[0].pulse
    assert again.envelope == envelope
    assert again.constraints == (s > 0)
    assert again.valid_amp_conditions == (sp.Abs(s) <= 1)


def test_formulas_as_they_are_stored():
    program = played(2 * s * sp.exp(sp.I * t / 3))
    stored = to_dict(program)["program"]["elements"][0]["pulse"]
    assert stored == {
        "shape": "SymbolicPulse",
        "pulse_type": "Shape",
        "parameters": {"duration": 4, "s": "p0"},
        "limit_amplitude": False,
        "envelope": ["*", 2, "s", ["exp", ["*", ["/", 1, 3], ["I"], "t"]]],
    }


def test_formulas_forget_what_symbols_were_assumed_to_be():
    program = played(sp.Symbol("t", real=True) * s)
    assert from_dict(to_dict(program)) == program
    assert from_dict(to_dict(program)).blocks[0].pulse.envelope == t * s


@pytest.mark.parametrize(
    ("envelope", "message"),
    [
        (sp.besselj(0, t), r"the envelope of a Shape cannot be stored: it contains besselj"),
        (sp.Function("f")(t), r"it contains f\(t\)"),
        (t * sp.Float("0.1", 50), "cannot be stored exactly"),
        (sp.GoldenRatio * t, "it contains GoldenRatio"),
        (sp.Piecewise((s, t < sp.oo), (0, True)), "it contains oo"),
    ],
)
def test_formulas_that_cannot_be_stored(envelope, message):
    with pytest.raises(PulseError, match=message):
        to_dict(played(envelope))


def tower(base, height):
    return ["**", 9, tower(base, height - 1)] if height else base


def nested(function, depth, inner):
    for _ in range(depth):
        inner = [function, inner]
    return inner


@pytest.mark.parametrize(
    "formula",
    [
        tower(9, 5),
        ["**", "t", tower(9, 5)],
        ["**", ["**", ["**", 9, 999], 999], 999],
        ["floor", nested("exp", 4, 30)],
        ["piecewise", ["case", "t", ["<", ["floor", nested("exp", 4, 30)], "t"]]],
        ["and", ["<", ["Mod", nested("exp", 4, 30), 3], "t"], ["<", "t", 3]],
        ["Abs", ["+", nested("exp", 4, 30), ["I"]]],
        10**400,
        ["/", 1, 10**400],
        ["/", 1, 0],
        ["/", 1.5, 2],
        float("inf"),
        nested("sin", 5000, "t"),
        ["exp"],
        ["exp", 1, 2],
        ["eval", "t"],
        ["__class__", "t"],
        [],
        {},
        None,
        [["exp"], "t"],
        ["+", "t", True],
        ["exp", ["<", "t", 1]],
        ["and", "t", 3],
        ["case", "t", ["<", "t", 1]],
        ["piecewise", "t"],
        ["piecewise", ["case", ["<", "t", 1], "t"]],
        "x",
        "__import__('os')",
    ],
)
def test_damaged_formulas(formula):
    stored = to_dict(played(s * t))
    stored["program"]["elements"][0]["pulse"]["envelope"] = formula
    with pytest.raises(PulseError):
        from_dict(stored)


@pytest.mark.parametrize(
    "change",
    [
        {"shape": "symbolic"},
        {"pulse_type": 3},
        {"parameters": {"s": 1}},
        {"parameters": {"duration": 4, "s": 1, "t": 2}},
        {"parameters": {"duration": 4}},
        {"constraints": ["<", "t", 1]},
        {"shape": "ScalableSymbolicPulse"},
        {"parameters": {"duration": 4, "s": 3}, "limit_amplitude": True},
        {"parameters": {"duration": 4, "s": 3}, "constraints": ["<", "s", 1]},
    ],
    ids=str,
)
def test_damaged_pulses_of_a_users_shape(change):
    stored = to_dict(played(s * t))
    stored["program"]["elements"][0]["pulse"].update(change)
    with pytest.raises(PulseError):
        from_dict(stored)
