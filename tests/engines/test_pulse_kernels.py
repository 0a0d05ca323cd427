"""Compiled loops beside the same by numpy."""

from __future__ import annotations

import numpy as np
import pytest

from backline.engines.pulses import compiled
from backline.engines.pulses.channels import Channels
from physics.random_models import random_model

DT = 2e-9 / 9


@pytest.mark.parametrize("levels", [(2,), (3,), (5,), (2, 3), (3, 3, 3), (2, 4, 3)])
def test_density_matrices_pass_flows_with_channels_between(levels):
    random = np.random.default_rng(9)
    model = random_model(random, levels, t1=(2e-9, 5e-9), t2=(2e-9, 5e-9))
    channel = Channels(model, DT).on_densities(3.0)
    size = int(np.prod(levels))
    flows = np.linalg.qr(_complex(random, 4, size, size))[0]
    states = _complex(random, 2, size, size)
    states = states + states.conj().swapaxes(1, 2)
    wanted = flows[0] @ states @ flows[0].conj().T
    for flow in flows[1:]:
        relaxed = (channel @ wanted.reshape(2, -1).T).T.reshape(wanted.shape)
        assert np.abs(relaxed - wanted).max() > 0.1  # the channel does something
        wanted = flow @ relaxed @ flow.conj().T
    found = compiled.densities(states, flows, channel)
    assert found is not None
    np.testing.assert_allclose(found, wanted, atol=1e-12 * np.abs(wanted).max())
    np.testing.assert_array_equal(found, found.conj().swapaxes(1, 2))


@pytest.mark.parametrize(
    ("states", "dimension", "wide"),
    [(1, 27, True), (1, 81, False), (2, 81, True), (2, 243, False), (3, 59049, True)],
)
def test_lanes_are_states_where_that_is_faster(states, dimension, wide):
    assert compiled.is_wide(states, dimension) is wide


def _complex(random, *shape):
    return random.normal(size=shape) + 1j * random.normal(size=shape)
