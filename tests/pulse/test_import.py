"""What importing pulse programs costs."""

import subprocess
import sys

CODE = """
import sys
import numpy, qiskit.circuit, qiskit.providers
before = set(sys.modules)
import backline.pulse, backline.pulse.codec
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(" ".join(sorted(new - set(sys.stdlib_module_names))))
"""


def test_nothing_beyond_numpy_and_circuits_is_imported():
    answer = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
    )
    assert set(answer.stdout.split()) <= {"backline", "numpy"}
