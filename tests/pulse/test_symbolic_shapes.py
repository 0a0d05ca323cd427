"""The sympy expressions of the shapes that are known by name give the same pulses."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from backline import pulse
from backline.pulse.library.formulas import formula

t, duration, amp, angle = sp.symbols("t duration amp angle")


def samples(pulse_):
    return pulse_.get_waveform().samples


few = settings(max_examples=25, deadline=None)
lengths = st.integers(1, 120)
sizes = st.floats(-1, 1)
turns = st.floats(-7, 7)
widths = st.floats(0.05, 1.0)
flat = st.floats(0, 1)


def named(kind, *options):
    """Pulses of a shape, its other parameters drawn from these."""
    return st.builds(lambda n, a, g, *rest: kind(n, a, g, *rest), lengths, sizes, turns, *options)


SHAPES = {
    "Constant": named(lambda n, a, g: pulse.Constant(n, a, g)),
    "Gaussian": named(lambda n, a, g, w: pulse.Gaussian(n, a, w * n, g), widths),
    "GaussianDeriv": named(
        lambda n, a, g, w: pulse.GaussianDeriv(n, a, w * n, g, limit_amplitude=False), widths
    ),
    "Drag": named(
        lambda n, a, g, w, b: pulse.Drag(n, a, w * n, b, g, limit_amplitude=False), widths, turns
    ),
    "GaussianSquare": named(
        lambda n, a, g, w, f: pulse.GaussianSquare(n, a, w * n, f * n, g), widths, flat
    ),
    "GaussianSquareDrag": named(
        lambda n, a, g, w, f, b: pulse.GaussianSquareDrag(
            n, a, w * n, b, f * n, g, limit_amplitude=False
        ),
        widths,
        flat,
        turns,
    ),
    "gaussian_square_echo": named(
        lambda n, a, g, w, f, b: pulse.gaussian_square_echo(n, a / 2, w * n, f * n, g, b / 2, 0.3),
        widths,
        flat,
        sizes,
    ),
    "Sech": named(lambda n, a, g, w: pulse.Sech(n, a, w * n, g), widths),
    "SechUnlifted": named(lambda n, a, g, w: pulse.Sech(n, a, w * n, g, zero_ends=False), widths),
    "SechDeriv": named(
        lambda n, a, g, w: pulse.SechDeriv(n, a, w * n, g, limit_amplitude=False), widths
    ),
    **{
        kind.__name__: named(
            lambda n, a, g, p, f, kind=kind: kind(n, a, p, f, g), turns, st.floats(0.001, 0.499)
        )
        for kind in (pulse.Sin, pulse.Cos, pulse.Sawtooth, pulse.Triangle, pulse.Square)
    },
}


def from_its_expressions(shape):
    """The same pulse, given by what the shape shows of itself."""
    kind = pulse.SymbolicPulse
    parameters = dict(shape.parameters)
    arguments = [parameters.pop("duration")]
    if isinstance(shape, pulse.ScalableSymbolicPulse):
        kind = pulse.ScalableSymbolicPulse
        arguments += [parameters.pop("amp"), parameters.pop("angle")]
    return kind(
        shape.pulse_type,
        *arguments,
        parameters,
        limit_amplitude=shape.limit_amplitude,
        envelope=shape.envelope,
        constraints=shape.constraints,
        valid_amp_conditions=shape.valid_amp_conditions,
    )


def test_every_shape_is_compared():
    assert SHAPES.keys() == pulse.library.SHAPES.keys()


@pytest.mark.parametrize("name", SHAPES)
@few
@given(data=st.data())
def test_expressions_of_a_shape_give_its_samples(name, data):
    shape = data.draw(SHAPES[name])
    made = from_its_expressions(shape)
    assert made.parameters == shape.parameters
    wide = max(1.0, np.abs(samples(shape)).max())
    np.testing.assert_allclose(samples(made), samples(shape), rtol=0, atol=1e-12 * wide)


@pytest.mark.parametrize("name", SHAPES)
@few
@given(data=st.data())
def test_conditions_of_a_shape_bound_its_amplitude(name, data):
    shape = data.draw(SHAPES[name])
    numbers = {field: np.float64(value) for field, value in shape.parameters.items()}
    if shape.constraints is not None:
        assert formula(shape.constraints, "a test")(numbers)
    if formula(shape.valid_amp_conditions, "a test")(numbers):
        assert np.abs(samples(shape)).max() <= 1 + 1e-12


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        (pulse.Gaussian(10, 0.1, 2), {"sigma": 0}),
        (pulse.Drag(10, 0.1, 2, 1), {"sigma": -1}),
        (pulse.GaussianSquare(10, 0.1, 2, 4), {"width": 11, "sigma": 2, "duration": 10}),
        (pulse.gaussian_square_echo(10, 0.1, 2, 6), {"width": -1, "sigma": 2, "duration": 10}),
        (pulse.Sin(10, 0.1, 0), {"freq": 0.5}),
    ],
)
def test_constraints_of_a_shape_fail_where_it_is_refused(shape, values):
    numbers = {name: np.float64(values.get(name, 1)) for name in shape.parameters}
    assert not formula(shape.constraints, "a test")(numbers)


def test_shapes_are_symbolic_pulses():
    gaussian = pulse.Gaussian(10, 0.1, 2)
    assert isinstance(gaussian, pulse.SymbolicPulse)
    assert not isinstance(pulse.gaussian_square_echo(10, 0.1, 2, 6), pulse.ScalableSymbolicPulse)
    assert gaussian.envelope is pulse.Gaussian(20, 0.3, 4).envelope
    assert gaussian.envelope.free_symbols == {t, duration, amp, angle, sp.Symbol("sigma")}
    assert pulse.Constant(10, 0.1).constraints is None
