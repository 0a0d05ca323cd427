"""Every bundled device as a backend, and a circuit that suits it."""

import functools

import pytest

import backline
from circuits import ghz_circuit


@functools.cache
def bundled(name):
    return backline.load(name)


@pytest.fixture(params=backline.devices())
def backend(request):
    return bundled(request.param)


@pytest.fixture
def ghz(backend):
    """A GHZ circuit on up to three qubits, measured."""
    return ghz_circuit(min(3, backend.num_qubits))
