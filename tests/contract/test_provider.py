"""Providers find backends."""

import pytest
from qiskit.providers import QiskitBackendNotFoundError

from backline.contract import Provider
from backline.errors import BackendNotFoundError
from contract.line import LineBackend, PlainBackend


class Two(Provider):
    def _all_backends(self):
        return [LineBackend(name="line"), PlainBackend(name="plain"), LineBackend(name="other")]


def names(found):
    return [backend.name for backend in found]


def test_backends_by_name_and_filters():
    assert names(Two().backends()) == ["line", "plain", "other"]
    assert names(Two().backends("plain")) == ["plain"]
    assert names(Two().backends(filters=lambda b: "l" in b.name)) == ["line", "plain"]
    assert names(Two().backends(num_qubits=3, filters=lambda b: b.name == "line")) == ["line"]
    assert Two().backends("nobody") == []


@pytest.mark.parametrize(
    ("facts", "fitting"),
    [
        ({"num_qubits": 3}, 3),
        ({"num_qubits": 5}, 0),
        ({"min_num_qubits": 3}, 3),
        ({"min_num_qubits": 4}, 0),
        ({"dtm": 4e-9}, 2),  # not supported by one of them
        ({"min_dtm": 1e-9}, 2),
        ({"open_pulse": True}, 2),  # a field of configuration()
        ({"simulator": False, "n_qubits": 3}, 3),
        ({"colour": "blue"}, 0),
    ],
)
def test_backends_by_facts(facts, fitting):
    assert len(Two().backends(**facts)) == fitting


def test_get_backend():
    assert Two().get_backend("plain").name == "plain"
    assert Two().get_backend(open_pulse=False).name == "plain"


def test_no_backend_fits():
    with pytest.raises(BackendNotFoundError, match="'nobody': there are line, other, plain"):
        Two().get_backend("nobody")
    with pytest.raises(QiskitBackendNotFoundError, match="num_qubits=9"):
        Two().get_backend(num_qubits=9)


def test_several_backends_fit():
    with pytest.raises(BackendNotFoundError, match=r"2 backends fit open_pulse=True.*line, other"):
        Two().get_backend(open_pulse=True)
    with pytest.raises(BackendNotFoundError, match="3 backends fit any name"):
        Two().get_backend()
