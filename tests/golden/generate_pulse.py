"""Write pulse.json.gz: what Qiskit 1.4 makes of the programs beside this file (see README.md).

Repeat it in an environment with `qiskit==1.4.*` (and nothing of Backline):

    python tests/golden/generate_pulse.py
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np  # noqa: E402
import qiskit  # noqa: E402
from qiskit import pulse  # noqa: E402

from golden import (  # noqa: E402
    pulse_facts,
    pulse_mixed,
    pulse_programs,
    pulse_shapes,
    pulse_symbolic,
    written_table,
)

RANDOM_PROGRAMS = 200
MIXED_PROGRAMS = 120


def main() -> None:
    samples: dict[str, int] = {}

    def keep(value: Any) -> Any:
        """Arrays by their number in the table of samples; lists and dicts of them likewise."""
        if isinstance(value, np.ndarray):
            text = base64.b64encode(value.astype("<c16").tobytes()).decode()
            return samples.setdefault(text, len(samples))
        if isinstance(value, list):
            return [keep(item) for item in value]
        if isinstance(value, dict):
            return {key: keep(item) for key, item in value.items()}
        return value

    def answer(program: Any) -> Any:
        return keep(pulse_facts.facts(pulse, program))

    golden: dict[str, Any] = {"qiskit": qiskit.__version__}
    golden["shapes"] = [
        [name, arguments, keep(pulse_shapes.samples(pulse_shapes.make(pulse, name, arguments)))]
        for name, arguments in pulse_shapes.shapes()
    ]
    golden["symbolic"] = {
        name: keep(write(pulse).get_waveform().samples)
        for name, write in pulse_symbolic.symbolic_pulses.items()
    }
    described = [pulse_programs.random_description(seed) for seed in range(RANDOM_PROGRAMS)]
    golden["random"] = [[d, answer(pulse_programs.described(pulse, d))] for d in described]
    mixed = [pulse_mixed.mixed_description(seed) for seed in range(MIXED_PROGRAMS)]
    golden["mixed"] = [[d, answer(pulse_mixed.mixed(pulse, d))] for d in mixed]
    golden["written"] = {
        name: answer(write(pulse)) for name, write in written_table.programs().items()
    }
    golden["samples"] = list(samples)
    text = json.dumps(golden, separators=(",", ":"))
    path = Path(__file__).with_name("pulse.json.gz")
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    kinds = ("shapes", "symbolic", "random", "mixed", "written")
    counts = {kind: len(golden[kind]) for kind in kinds}
    print(f"{path.name}: {counts}, {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
