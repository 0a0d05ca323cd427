"""The same seed gives the same shots, however many workers there are, and another seed others."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from gate_proof.proofs import JUDGED, PROOFS, cases

EVERYTHING = (14, 34)
SHOTS = 2_000


def shots_of(method, seed, shots=SHOTS):
    """Every shot in its order, of circuits with everything in them."""
    return [
        replace(judged.engine(method), memory=True)
        .run(judged.circuit, shots=shots, seed=seed)
        .memory()
        for _, judged in cases(PROOFS[method], EVERYTHING)
    ]


@pytest.mark.parametrize("method", JUDGED)
def test_a_seed_gives_the_same_shots_again(method):
    shots = 50 if PROOFS[method].quick is None else SHOTS
    once = shots_of(method, 7, shots)
    assert once == shots_of(method, 7, shots)
    assert once != shots_of(method, 8, shots)


IN_A_PROCESS = """
import os
os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:{cores}])
from gate_proof.test_seeds import shots_of
print(shots_of("automatic", 7))
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are counted on Linux alone")
def test_one_core_gives_what_all_give():
    texts = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", IN_A_PROCESS.format(cores=cores)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for cores in (1, os.cpu_count())
    ]
    assert texts[0] == texts[1]
    assert texts[0].count("0x") == len(EVERYTHING) * SHOTS
