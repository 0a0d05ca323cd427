"""Ours against Qiskit 1.4: the same programs, the same times, the same samples.

`tests/golden/generate_pulse.py` says how the stored answers were made.
"""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from backline import pulse
from golden import pulse_facts, pulse_programs, pulse_shapes

GOLDEN = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "golden" / "pulse.json.gz").read_bytes())
)
RIGHT_ALIGNED = {"right_then_left", "filtered_block"}


def samples(row):
    return np.frombuffer(base64.b64decode(GOLDEN["samples"][row]), dtype="<c16")


def in_any_order(rows):
    """Instructions of no length at the same time on a channel, in a fixed order.

    Qiskit 1.4 reverses them under right alignment; we keep the order of the program
    (docs/decisions/pulse-differences.md).
    """
    none = [row for row in rows if is_instant(row)]
    rest = [row for row in rows if not is_instant(row)]
    return sorted(none, key=str) + rest


def is_instant(row):
    return row[1].startswith(("Set", "Shift")) or row[1:3] == ["Delay", 0]


def assert_same(facts, stored, *, ordered=True):
    assert facts["duration"] == stored["duration"]
    assert facts["channels"].keys() == stored["channels"].keys()
    for channel, rows in facts["channels"].items():
        expected = stored["channels"][channel]
        if not ordered:
            rows, expected = in_any_order(rows), in_any_order(expected)
        for ours, theirs in zip(rows, expected, strict=True):
            assert ours[:2] == theirs[:2], channel
            assert_same_operands(ours[2:], theirs[2:])


def assert_same_operands(ours, theirs):
    for mine, yours in zip(ours, theirs, strict=True):
        if isinstance(mine, np.ndarray):
            np.testing.assert_allclose(mine, samples(yours), rtol=0, atol=1e-12)
        elif isinstance(mine, float):
            assert mine == pytest.approx(yours, rel=1e-12, abs=1e-12)
        else:
            assert mine == yours


def test_there_are_enough_programs():
    assert GOLDEN["qiskit"].startswith("1.4.")
    assert len(GOLDEN["shapes"]) + len(GOLDEN["random"]) + len(GOLDEN["written"]) >= 350
    assert [[name, arguments] for name, arguments, _ in GOLDEN["shapes"]] == [
        list(row) for row in pulse_shapes.shapes()
    ]
    assert GOLDEN["written"].keys() == pulse_programs.written_programs.keys()


@pytest.mark.parametrize("number", range(len(GOLDEN["shapes"])))
def test_shape(number):
    name, arguments, row = GOLDEN["shapes"][number]
    ours = pulse_shapes.samples(pulse_shapes.make(pulse, name, arguments))
    np.testing.assert_allclose(ours, samples(row), rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(len(GOLDEN["random"])))
def test_random_program(seed):
    description, stored = GOLDEN["random"][seed]
    facts = pulse_facts.facts(pulse, pulse_programs.described(pulse, description))
    assert_same(facts, stored, ordered='"right"' not in json.dumps(description))


@pytest.mark.parametrize("name", GOLDEN["written"])
def test_written_program(name):
    program = pulse_programs.written_programs[name](pulse)
    facts = pulse_facts.facts(pulse, program)
    assert_same(facts, GOLDEN["written"][name], ordered=name not in RIGHT_ALIGNED)
