"""The same seed gives the same shots, however many workers there are, and another seed others."""

import os
import subprocess
import sys

import numpy as np
import pytest

from gate_proof.proofs import PROOFS, cases
from gate_proof.test_methods import JUDGED

EVERYTHING = (14, 34)
SHOTS = 2_000


def shots_of(method, seed, shots=SHOTS):
    engines = ((judged, judged.engine(method)) for _, judged in cases(PROOFS[method], EVERYTHING))
    rows = [engine.run(one.circuit, shots=shots, seed=seed) for one, engine in engines]
    return [(outcome.bits, outcome.repeats) for outcome in rows]


def same(first, second):
    return all(
        np.array_equal(a, b) and (x is y is None or np.array_equal(x, y))
        for (a, x), (b, y) in zip(first, second, strict=True)
    )


@pytest.mark.parametrize("method", JUDGED)
def test_a_seed_gives_the_same_shots_again(method):
    shots = 50 if PROOFS[method].quick is None else SHOTS
    once = shots_of(method, 7, shots)
    assert same(once, shots_of(method, 7, shots))
    assert not same(once, shots_of(method, 8, shots))


IN_A_PROCESS = """
from backline.engines.gates import GateEngine
from gate_proof.test_seeds import shots_of
for bits, repeats in shots_of("automatic", 7):
    print(bits.tolist(), None if repeats is None else repeats.tolist())
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores are counted on Linux alone")
def test_one_core_gives_what_all_give():
    alone = f"import os; os.sched_setaffinity(0, {{0}})\n{IN_A_PROCESS}"
    texts = [
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for code in (alone, IN_A_PROCESS)
    ]
    assert texts[0] == texts[1]
    assert texts[0].count("\n") == len(EVERYTHING)
