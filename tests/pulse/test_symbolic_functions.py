"""What sympy's functions give in numpy, against sympy's own arithmetic of 20 digits."""

import numpy as np
import pytest
import sympy as sp

from backline.pulse.library.formulas import formula
from backline.pulse.library.functions import FUNCTIONS

t = sp.Symbol("t")


def evaluated(expression, **values):
    return formula(expression, "a test")({name: np.asarray(v) for name, v in values.items()})


REAL = [0.3, 0.85]
COMPLEX = [0.3 + 0.4j, -0.7 + 0.2j]
FUNCTIONS_OF_ANY = [
    "exp",
    "log",
    "sin",
    "cos",
    "tan",
    "sec",
    "csc",
    "cot",
    "sinc",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "sech",
    "csch",
    "coth",
    "asinh",
    "acosh",
    "atanh",
    "erf",
    "erfc",
    "Abs",
    "arg",
    "re",
    "im",
    "conjugate",
    "sign",
]
FUNCTIONS_OF_REAL = ["floor", "ceiling", "frac"]
OTHERS = [
    t**2 - t / 3 + 0.1,
    t**-1,
    t**0.3,
    2**t,
    sp.sqrt(t) * sp.sqrt(2),
    t**t,
    (-t) ** sp.Rational(1, 3),
    sp.sqrt(t - 1),
    sp.pi * t + sp.E * t**2 + sp.GoldenRatio,
    sp.I * t,
    sp.Mod(t, 0.25),
    sp.Mod(-t, 0.25),
    sp.atan2(t, 0.2) + sp.atan2(-t, -0.2),
    sp.Heaviside(t - 0.5) + 2 * sp.Heaviside(t - 0.3, 0.25),
    sp.Max(t, 0.5) - sp.Min(t, 0.5, t**2),
    sp.Piecewise((t, t < 0.5), (2 * t, sp.And(t > 0.6, t < 0.9)), (0, True)),
    sp.Piecewise((1, t <= 0.3), (2, t >= 0.85)),
    sp.Piecewise((1, sp.Or(sp.Eq(t, 0.3), t > 2)), (2, sp.Ne(t, 0.3))),
    sp.Piecewise((1, sp.Xor(t < 0.5, t > 2)), (2, sp.Not(t < 0.2, evaluate=False))),
    sp.Piecewise((1, sp.ITE(t < 0.5, t < 0.2, t > 0.6)), (2, True)),
    sp.besselj(0, t) + sp.gamma(t),
]


def assert_agrees(expression, points):
    ours = evaluated(expression, t=points)
    theirs = [complex(expression.subs(t, point).evalf(20)) for point in points]
    np.testing.assert_allclose(ours, theirs, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", FUNCTIONS_OF_ANY)
def test_functions(name):
    function = getattr(sp, name)
    assert_agrees(function(t), REAL if name != "acosh" else [1.3, 4.0])
    assert_agrees(function(t), COMPLEX)


@pytest.mark.parametrize("name", FUNCTIONS_OF_REAL)
def test_functions_of_real_numbers(name):
    assert_agrees(getattr(sp, name)(3 * t), [*REAL, -0.4])


@pytest.mark.parametrize("expression", OTHERS, ids=str)
def test_other_functions(expression):
    assert_agrees(expression, REAL)


def test_every_function_was_compared():
    used = {node.func.__name__ for other in OTHERS for node in sp.preorder_traversal(other)}
    assert {*used, *FUNCTIONS_OF_ANY, *FUNCTIONS_OF_REAL} >= set(FUNCTIONS)


def test_outside_of_their_domains_functions_are_complex():
    np.testing.assert_allclose(evaluated(sp.sqrt(t), t=[-4.0, 4.0]), [2j, 2])
    np.testing.assert_allclose(evaluated(sp.log(t), t=[-1.0, 1.0]), [np.pi * 1j, 0])
    for function, inverse in ((sp.sin, sp.asin), (sp.cos, sp.acos), (sp.cosh, sp.acosh)):
        there = evaluated(inverse(t), t=[-2.5, 0.5, 2.5])
        np.testing.assert_allclose(evaluated(function(t), t=there), [-2.5, 0.5, 2.5], rtol=1e-14)
