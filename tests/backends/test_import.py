"""What importing Backline costs: nothing that a program does not use."""

import subprocess
import sys

import pytest

HEAVY = ("matplotlib", "numba", "qiskit_aer", "pydantic", "typer", "rich", "scipy")


def loaded_after(code, *names):
    script = f"import sys\n{code}\nprint([m for m in {names!r} if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    return ended.stdout.strip().splitlines()[-1]


def test_importing_backline_imports_nothing_heavy():
    assert loaded_after("import backline", *HEAVY, "backline.backends", "qiskit") == "[]"


def test_importing_pulse_imports_nothing_heavy():
    light = tuple(name for name in HEAVY if name != "scipy")  # qiskit.circuit imports scipy
    assert loaded_after("import backline.pulse", *light, "backline.backends") == "[]"


def test_loading_a_device_needs_neither_aer_nor_pictures():
    code = "import backline; backline.load('manila')"
    names = ("matplotlib", "numba", "qiskit_aer", "typer", "backline.engines.pulses")
    assert loaded_after(code, *names) == "[]"


def test_running_a_circuit_needs_no_pulse_engine():
    code = (
        "import backline; from qiskit import QuantumCircuit; circuit = QuantumCircuit(1, 1); "
        "circuit.x(0); circuit.measure(0, 0); backline.load('manila').run(circuit).result()"
    )
    assert loaded_after(code, "backline.engines.pulses") == "[]"


def test_every_public_name_resolves_and_is_listed():
    import backline

    listed = dir(backline)
    for name in backline.__all__:
        assert getattr(backline, name) is not None
        assert name in listed
    assert set(backline._NAMES) | set(backline._MODULES) | {"__version__"} == set(backline.__all__)


def test_names_are_those_of_the_modules():
    import backline
    from backline.backends import DeviceBackend
    from backline.contract import Target

    assert backline.DeviceBackend is DeviceBackend
    assert backline.Target is Target
    assert backline.pulse.__name__ == "backline.pulse"
    assert backline.__version__.count(".") == 2


def test_a_name_that_does_not_exist_is_an_attribute_error():
    import backline

    with pytest.raises(AttributeError, match="module 'backline' has no attribute 'lod'"):
        backline.lod  # noqa: B018
