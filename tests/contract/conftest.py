import pytest

from contract.line import LineBackend, PlainBackend, make_backend, make_target


@pytest.fixture
def target():
    return make_target()


@pytest.fixture
def backend() -> LineBackend:
    return make_backend()


@pytest.fixture
def plain() -> PlainBackend:
    return PlainBackend(name="plain")
