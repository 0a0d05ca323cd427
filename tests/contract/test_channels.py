"""K30 to K33: channels."""

import numpy as np
import pytest

from backline import pulse
from backline.errors import QubitError

ONE = [
    ("drive_channel", pulse.DriveChannel),
    ("measure_channel", pulse.MeasureChannel),
    ("acquire_channel", pulse.AcquireChannel),
]


@pytest.mark.parametrize(("method", "kind"), ONE)
@pytest.mark.parametrize("qubit", [2, np.int64(2)])
def test_K30_K31_K32_a_qubits_channel(backend, method, kind, qubit):
    assert getattr(backend, method)(qubit) == kind(2)


@pytest.mark.parametrize(("method", "kind"), ONE)
@pytest.mark.parametrize("qubit", [-1, 3, 1.5, "0", None, True])
def test_K30_K31_K32_a_qubit_that_does_not_exist(backend, method, kind, qubit):
    with pytest.raises(QubitError):
        getattr(backend, method)(qubit)


@pytest.mark.parametrize("pair", [(0, 1), [0, 1], iter([0, 1]), np.array([0, 1]), range(2)])
def test_K33_a_pairs_channels(backend, pair):
    assert backend.control_channel(pair) == [pulse.ControlChannel(0)]


def test_K33_a_pair_may_have_several(backend):
    assert backend.control_channel((1, 2)) == [pulse.ControlChannel(2), pulse.ControlChannel(3)]


@pytest.mark.parametrize("pair", [(0, 2), (2, 1), (0, 3), (-1, 0), (0,), (0, 1, 2), (), 0, "01"])
def test_K33_a_pair_without(backend, pair):
    with pytest.raises(QubitError):
        backend.control_channel(pair)


def test_K33_the_error_names_the_pairs_that_there_are(backend):
    with pytest.raises(QubitError, match=r"for \(1, 1\): those from 1 are \(1, 0\), \(1, 2\)"):
        backend.control_channel((1, 1))


@pytest.mark.parametrize(
    ("method", "argument"), [*((name, 0) for name, _ in ONE), ("control_channel", (0, 1))]
)
def test_K30_to_K33_not_supported(plain, method, argument):
    with pytest.raises(NotImplementedError, match="'plain' plays no pulses"):
        getattr(plain, method)(argument)
