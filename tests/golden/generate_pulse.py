"""Write pulse.json.gz: what Qiskit 1.4 makes of the programs beside this file.

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

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np  # noqa: E402
import pulse_facts  # noqa: E402
import pulse_programs  # noqa: E402
import pulse_shapes  # noqa: E402
import qiskit  # noqa: E402
from qiskit import pulse  # noqa: E402

RANDOM_PROGRAMS = 200


def main() -> None:
    samples: list[str] = []
    rows: dict[str, int] = {}

    def keep(array: Any) -> int:
        text = base64.b64encode(np.asarray(array, dtype="<c16").tobytes()).decode()
        if text not in rows:
            rows[text] = len(samples)
            samples.append(text)
        return rows[text]

    def stored(facts: dict[str, Any]) -> dict[str, Any]:
        for channel in facts["channels"].values():
            for row in channel:
                row[:] = [keep(x) if isinstance(x, np.ndarray) else x for x in row]
        return facts

    golden: dict[str, Any] = {"qiskit": qiskit.__version__, "shapes": [], "random": []}
    for name, arguments in pulse_shapes.shapes():
        made = pulse_shapes.make(pulse, name, arguments)
        golden["shapes"].append([name, arguments, keep(pulse_shapes.samples(made))])
    for seed in range(RANDOM_PROGRAMS):
        description = pulse_programs.random_description(seed)
        program = pulse_programs.described(pulse, description)
        golden["random"].append([description, stored(pulse_facts.facts(pulse, program))])
    golden["written"] = {
        name: stored(pulse_facts.facts(pulse, write(pulse)))
        for name, write in pulse_programs.written_programs.items()
    }
    golden["samples"] = samples
    text = json.dumps(golden, separators=(",", ":"))
    path = Path(__file__).with_name("pulse.json.gz")
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(
        f"{path.name}: {len(golden['shapes'])} shapes, {len(golden['random'])} random and "
        f"{len(golden['written'])} written programs, {path.stat().st_size / 1e3:.0f} kB"
    )


if __name__ == "__main__":
    main()
