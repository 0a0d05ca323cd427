"""Ours against Qiskit 1.4: the same programs, the same times, the same samples.

`tests/golden/README.md` says what the stored answers are and how they were made.
"""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from backline import pulse
from golden import (
    pulse_facts,
    pulse_mixed,
    pulse_programs,
    pulse_shapes,
    pulse_symbolic,
    written_table,
)

GOLDEN = json.loads(
    gzip.decompress((Path(__file__).parents[1] / "golden" / "pulse.json.gz").read_bytes())
)
WRITTEN = written_table.programs()
RIGHT_ALIGNED = {"right_then_left", "filtered_block"}
"""Written programs in which 1.4 turns the order of instructions without length round."""


def samples(row):
    return np.frombuffer(base64.b64decode(GOLDEN["samples"][row]), dtype="<c16")


def assert_same(facts, stored, *, ordered=True):
    if isinstance(stored, list):
        assert len(facts) == len(stored)
        for ours, theirs in zip(facts, stored, strict=True):
            assert_same(ours, theirs, ordered=ordered)
        return
    assert facts["duration"] == stored["duration"]
    if ordered:
        assert_same_rows(facts["instructions"], stored["instructions"])
        return
    ours, theirs = pulse_facts.by_channel(facts), pulse_facts.by_channel(stored)
    assert ours.keys() == theirs.keys()
    for channel, rows in ours.items():
        assert_same_rows(in_any_order(rows), in_any_order(theirs[channel]))


def in_any_order(rows):
    """Instructions of no length at the same time on a channel, in a fixed order.

    Qiskit 1.4 reverses them under right alignment; we keep the order of the program
    (docs/decisions/pulse-differences.md).
    """
    none = [row for row in rows if is_instant(row)]
    rest = [row for row in rows if not is_instant(row)]
    return sorted(none, key=str) + rest


def is_instant(row):
    kind = row[1]
    return kind.startswith(("Set", "Shift")) or kind == "Snapshot" or [kind, row[3]] == ["Delay", 0]


def assert_same_rows(ours, theirs):
    for mine, yours in zip(ours, theirs, strict=True):
        assert mine[:3] == yours[:3]
        for one, other in zip(mine[3:], yours[3:], strict=True):
            assert_same_operand(one, other)


def assert_same_operand(mine, yours):
    if isinstance(mine, np.ndarray):
        np.testing.assert_allclose(mine, samples(yours), rtol=0, atol=1e-12)
    elif isinstance(mine, float):
        assert mine == pytest.approx(yours, rel=1e-12, abs=1e-12)
    else:
        assert mine == yours


def test_there_are_enough_programs_and_none_is_forgotten():
    assert GOLDEN["qiskit"].startswith("1.4.")
    kinds = ("shapes", "symbolic", "random", "mixed", "written")
    assert sum(len(GOLDEN[kind]) for kind in kinds) >= 550
    assert len(GOLDEN["random"]) + len(GOLDEN["mixed"]) + len(GOLDEN["written"]) >= 400
    assert [[name, arguments] for name, arguments, _ in GOLDEN["shapes"]] == [
        list(row) for row in pulse_shapes.shapes()
    ]
    assert GOLDEN["written"].keys() == WRITTEN.keys()
    assert GOLDEN["symbolic"].keys() == pulse_symbolic.symbolic_pulses.keys()
    for seed, (description, _) in enumerate(GOLDEN["random"]):
        assert description == pulse_programs.random_description(seed)
    for seed, (description, _) in enumerate(GOLDEN["mixed"]):
        assert description == pulse_mixed.mixed_description(seed)


def test_every_instruction_and_alignment_is_among_them():
    text = json.dumps([GOLDEN["mixed"], GOLDEN["written"]])
    for kind in pulse.instructions.__all__:
        if kind not in ("Instruction", "Directive", "Reference"):
            assert f'"{kind}"' in text, kind
    for kind in ("left", "right", "sequential", "equispaced", "func", "reference"):
        assert f'"{kind}"' in text, kind


@pytest.mark.parametrize("number", range(len(GOLDEN["shapes"])))
def test_shape(number):
    name, arguments, row = GOLDEN["shapes"][number]
    ours = pulse_shapes.samples(pulse_shapes.make(pulse, name, arguments))
    np.testing.assert_allclose(ours, samples(row), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", GOLDEN["symbolic"])
def test_symbolic_pulse(name):
    ours = pulse_symbolic.symbolic_pulses[name](pulse).get_waveform().samples
    np.testing.assert_allclose(ours, samples(GOLDEN["symbolic"][name]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(len(GOLDEN["random"])))
def test_random_program(seed):
    description, stored = GOLDEN["random"][seed]
    facts = pulse_facts.facts(pulse, pulse_programs.described(pulse, description))
    assert_same(facts, stored, ordered='"right"' not in json.dumps(description))


@pytest.mark.parametrize("seed", range(len(GOLDEN["mixed"])))
def test_mixed_program(seed):
    description, stored = GOLDEN["mixed"][seed]
    facts = pulse_facts.facts(pulse, pulse_mixed.mixed(pulse, description))
    assert_same(facts, stored, ordered='"right"' not in json.dumps(description))


@pytest.mark.parametrize("name", GOLDEN["written"])
def test_written_program(name):
    facts = pulse_facts.facts(pulse, WRITTEN[name](pulse))
    assert_same(facts, GOLDEN["written"][name], ordered=name not in RIGHT_ALIGNED)
