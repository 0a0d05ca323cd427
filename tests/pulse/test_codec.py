"""Programs as JSON, and what is no program."""

import copy
import json
import subprocess
import sys

import numpy as np
import pytest
from qiskit.circuit import Parameter, ParameterVector

from backline import pulse
from backline.errors import PulseError
from backline.pulse.codec import from_dict, to_dict
from golden import pulse_programs
from pulse.test_library import every_shape
from pulse.test_values import INSTRUCTIONS

D0 = pulse.DriveChannel(0)
A, B, V = Parameter("a"), Parameter("b - c"), ParameterVector("v", 3)


def round_trip(program):
    stored = json.loads(json.dumps(to_dict(program), allow_nan=False))
    again = from_dict(stored)
    assert again == program
    assert type(again) is type(program)
    assert again.parameters == program.parameters
    assert (again.name, again.metadata) == (program.name, program.metadata)
    assert to_dict(again) == stored
    return again


def block(*elements):
    made = pulse.ScheduleBlock(name="block")
    for element in elements:
        made.append(element)
    return made


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=str)
def test_instructions(instruction):
    (again,) = round_trip(block(instruction)).blocks
    assert again == instruction
    assert again.name == instruction.name


@pytest.mark.parametrize("shape", every_shape())
def test_shapes(shape):
    (again,) = round_trip(block(pulse.Play(shape, D0))).blocks
    assert type(again.pulse) is type(shape)
    assert again.pulse.parameters == shape.parameters


@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed):
    program = pulse_programs.described(pulse, pulse_programs.random_description(seed))
    again = round_trip(program)
    assert again.instructions == program.instructions
    round_trip(pulse.transforms.target_qobj_transform(program))


def test_samples_are_exact():
    rng = np.random.default_rng(7)
    samples = (rng.normal(size=50) + 1j * rng.normal(size=50)) / 5
    samples[0] = 1 + 5e-8  # is cut when the waveform is made, and must not be cut again
    program = block(
        pulse.Play(pulse.Waveform(samples, name="w"), D0),
        pulse.Play(pulse.Waveform([3.0], limit_amplitude=False), D0),
    )
    for one, other in zip(round_trip(program).blocks, program.blocks, strict=True):
        assert one.pulse.samples.tobytes() == other.pulse.samples.tobytes()
        assert one.pulse.limit_amplitude == other.pulse.limit_amplitude


def test_samples_may_be_pairs():
    stored = to_dict(block(pulse.Play(pulse.Waveform([0.1, 0.2j]), D0)))
    stored["program"]["elements"][0]["pulse"]["samples"] = [[0.1, 0], [0, 0.2]]
    assert from_dict(stored) == block(pulse.Play(pulse.Waveform([0.1, 0.2j]), D0))


def test_parameters_keep_their_identity():
    program = block(
        pulse.Play(pulse.Gaussian(A, V[2] / 7, B), D0), pulse.Delay(A, pulse.DriveChannel(V[0]))
    )
    again = round_trip(program)
    values = {A: 10, B: 3, V: [2, 0, 0.7]}
    assert not again.assign_parameters(values, inplace=False).parameters
    assert again.assign_parameters(values) == program.assign_parameters(values)


@pytest.mark.parametrize(
    "expression",
    [
        A + 1,
        2 * A - B / 3,
        -(A**2),
        (-A) ** 2,
        A ** (B - 0.5),
        (A + B) * (A - B),
        A / (B / 3),
        1.2345678901234567e-7 * A,
        A + 1e300,
        (0.1 + 0.3j) * A * B,
        A - 2.5j,
        (A + B).sin() + A.cos() * B.tan(),
        A.arcsin() + A.arccos() + A.arctan(),
        A.exp() - B.log() + abs(A) + A.conjugate() + B.sign(),
        A * V[1] + V[2],
    ],
    ids=str,
)
def test_expressions(expression):
    program = block(pulse.Play(pulse.Constant(10, expression), D0))
    assert round_trip(program).blocks[0].pulse.amp == expression


def test_numbers_keep_their_kind():
    program = block(pulse.SetFrequency(5e9, D0), pulse.SetFrequency(5, D0))
    assert [type(i.frequency) for i in round_trip(program).blocks] == [float, int]
    schedule = pulse.Schedule(pulse.Play(pulse.Constant(1, A), D0))
    round_trip(schedule.assign_parameters({A: 0.3 - 0.4j}))


def test_references_and_subroutines():
    with pulse.build(name="sub") as sub:
        pulse.delay(A, D0)
        pulse.reference("inside")
    with pulse.build() as program:
        pulse.call(sub, name="sub")
        with pulse.align_right():
            pulse.reference("later", "q0")
            pulse.call(sub, name="sub")
        with pulse.align_equispaced(A * 10):
            pulse.call(pulse.Schedule((3, pulse.Delay(4, D0))))
    again = round_trip(program)
    assert again.references == program.references
    assert again.references.unassigned() == (("later", "q0"),)
    again.assign_references({("later", "q0"): pulse.ScheduleBlock()})
    assert program.references.unassigned() == (("later", "q0"),)


def test_nested_schedules_stay_nested():
    inner = pulse.Schedule((3, pulse.Delay(4, D0)), name="inner")
    again = round_trip(pulse.Schedule((5, inner), name="outer"))
    assert again.children == ((5, inner),)
    assert again.children[0][1].name == "inner"


def test_metadata():
    program = block(pulse.Delay(3, D0))
    program.metadata = {"xs": [1, 2.5, None, True], "deep": {"z": 1 + 2j, "text": "a"}}
    round_trip(program)
    program.metadata = {"array": np.array([[1, 2], [3, 4]]), "n": np.int64(3), "inf": float("inf")}
    again = from_dict(json.loads(json.dumps(to_dict(program))))
    assert again.metadata["array"].tolist() == [[1, 2], [3, 4]]
    assert (again.metadata["n"], again.metadata["inf"]) == (3, float("inf"))


def test_what_cannot_be_stored():
    program = block(pulse.Delay(3, D0))
    for metadata in ({"f": len}, {3: 4}, {"$complex": 1}):
        program.metadata = metadata
        with pytest.raises(PulseError, match="metadata of 'block' cannot be stored"):
            to_dict(program)
    with pulse.build(default_alignment=pulse.transforms.AlignFunc(10, len)) as spread:
        pulse.delay(3, D0)
    with pytest.raises(PulseError, match="contains a function"):
        to_dict(spread)
    with pytest.raises(PulseError, match="a pulse program is"):
        to_dict(3)


GOOD = to_dict(block(pulse.Play(pulse.Constant(10, A), D0), pulse.Delay(3, D0)))


def damaged(change):
    stored = copy.deepcopy(GOOD)
    change(stored)
    return stored


@pytest.mark.parametrize(
    "stored",
    [
        3,
        None,
        {},
        {"format": "qasm"},
        damaged(lambda s: s.update(version=2)),
        damaged(lambda s: s.pop("program")),
        damaged(lambda s: s.pop("parameters")),
        damaged(lambda s: s.update(parameters=[])),
        damaged(lambda s: s.update(program=s["program"]["elements"][1])),
        damaged(lambda s: s["parameters"][0].update(uuid="x")),
        damaged(lambda s: s["program"].update(kind="circuit")),
        damaged(lambda s: s["program"].update(alignment="middle")),
        damaged(lambda s: s["program"].update(alignment={})),
        damaged(lambda s: s["program"].update(elements=3)),
        damaged(lambda s: s["program"].update(references=[[["x"], None], 3])),
        damaged(lambda s: s["program"]["elements"][1].update(value=-1)),
        damaged(lambda s: s["program"]["elements"][1].update(value=None)),
        damaged(lambda s: s["program"]["elements"][1].update(value="p0 +")),
        damaged(lambda s: s["program"]["elements"][1].update(value="p7")),
        damaged(lambda s: s["program"]["elements"][1].update(value="__import__('os')")),
        damaged(lambda s: s["program"]["elements"][1].update(value="p0.uuid")),
        damaged(lambda s: s["program"]["elements"][1].update(value="9**9**9**9")),
        damaged(lambda s: s["program"]["elements"][1].update(value="(" * 5000 + "p0")),
        damaged(lambda s: s["program"]["elements"][1].update(value="p0+" * 40000 + "p0")),
        damaged(lambda s: s["program"]["elements"][1].update(channel="d")),
        damaged(lambda s: s["program"]["elements"][1].update(channel="x3")),
        damaged(lambda s: s["program"]["elements"][1].update(channel=3)),
        damaged(lambda s: s["program"]["elements"][0]["pulse"].update(shape="Blob")),
        damaged(lambda s: s["program"]["elements"][0]["pulse"]["parameters"].pop("amp")),
        damaged(lambda s: s["program"]["elements"][0]["pulse"]["parameters"].update(amp=2)),
        damaged(
            lambda s: s["program"]["elements"][0].update(
                pulse={"shape": "Waveform", "samples": "AAA"}
            )
        ),
    ],
)
def test_damaged_programs(stored):
    with pytest.raises(PulseError):
        from_dict(stored)


def test_a_stored_program_is_read_by_another_process():
    program = block(pulse.ShiftPhase(A * B + V[1], D0))
    code = (
        "import json, sys; from backline.pulse.codec import from_dict, to_dict;"
        "print(json.dumps(to_dict(from_dict(json.load(sys.stdin)))))"
    )
    text = json.dumps(to_dict(program))
    answer = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True
    )
    assert json.loads(answer.stdout) == json.loads(text)
