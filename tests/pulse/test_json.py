"""Programs as JSON text, and what is no such text."""

import json
import pickle
import subprocess
import sys

import pytest
from qiskit.circuit import Parameter

from backline import pulse
from backline.errors import PulseError
from backline.pulse.codec import VERSION, to_dict
from backline.pulse.configuration import LoConfig, LoRange
from golden import written_table

D0 = pulse.DriveChannel(0)
WRITTEN = written_table.programs()


@pytest.mark.parametrize("name", WRITTEN)
def test_every_written_program_survives(name):
    made = WRITTEN[name](pulse)
    for program in made if isinstance(made, list) else [made]:
        if "AlignFunc" in repr(program):
            with pytest.raises(PulseError, match="contains a function"):
                pulse.to_json(program)
            continue
        text = pulse.to_json(program)
        again = pulse.from_json(text)
        assert again == program
        assert again.instructions == program.instructions
        assert (again.name, again.metadata) == (program.name, program.metadata)
        assert pulse.to_json(again) == text


def test_the_text_is_one_line_of_ascii_with_a_version():
    program = pulse.Schedule((3, pulse.Delay(4, D0, name="wärten")), name="π\n")
    text = pulse.to_json(program)
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text) == to_dict(program)
    assert json.loads(text)["version"] == VERSION
    again = pulse.from_json(text)
    assert (again.name, again.instructions[0][1].name) == ("π\n", "wärten")


def test_free_parameters_can_be_assigned_in_another_process():
    amp = Parameter("amp")
    with pulse.build() as program:
        pulse.play(pulse.Constant(10, 2 * amp), D0)
    code = (
        "import sys; from backline import pulse; "
        "program = pulse.from_json(sys.stdin.read()); "
        "print(pulse.to_json(program.assign_parameters({'amp': 0.25})))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        input=pulse.to_json(program),
        capture_output=True,
        text=True,
        check=True,
    )
    assert pulse.from_json(answer.stdout) == program.assign_parameters({amp: 0.25})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no JSON: Expecting value, line 1 column 1"),
        ("{", "no JSON: .*, line 1 column 2"),
        ('{"format": "backline.pulse",\n "version" 1}', "line 2 column 12"),
        ("OPENQASM 3.0;", "no JSON"),
        ("null", "no stored pulse program: None"),
        ("[]", "no stored pulse program"),
        ('{"format": "qobj"}', "no stored pulse program"),
        ('{"format": "backline.pulse"}', r"version None; version 1 can be read"),
        ('{"format": "backline.pulse", "version": 2}', r"version 2; version 1 can be read"),
        ('{"format": "backline.pulse", "version": "1"}', r"version '1'; version 1 can be read"),
        ('{"format": "backline.pulse", "version": 1}', "damaged"),
        ('{"version": NaN}', "NaN is no number of JSON"),
        ('{"version": -Infinity}', "-Infinity is no number of JSON"),
        ("[" * 100_000, "cannot be read"),
        ("1" * 5000, "cannot be read"),
    ],
)
def test_bad_text(text, message):
    with pytest.raises(PulseError, match=message):
        pulse.from_json(text)


@pytest.mark.parametrize("given", [None, 3, b"{}", {"format": "backline.pulse"}])
def test_only_text_is_read(given):
    with pytest.raises(PulseError, match=f"is text, got {type(given).__name__}"):
        pulse.from_json(given)


def test_only_programs_are_written():
    with pytest.raises(PulseError, match="a pulse program is a Schedule or ScheduleBlock"):
        pulse.to_json(pulse.Constant(10, 0.1))


def test_large_integers_in_metadata_stay_integers():
    program = pulse.Schedule(metadata={"seed": 10**400, "flag": True, "big": 1e308 * 1.5})
    again = pulse.from_json(pulse.to_json(program)).metadata
    assert again == {"seed": 10**400, "flag": True, "big": 1e308 * 1.5}
    assert type(again["seed"]) is int


def spread(number):
    return number / 4


EVERY_KIND = [
    pulse.transforms.AlignLeft(),
    pulse.transforms.AlignRight(),
    pulse.transforms.AlignSequential(),
    pulse.transforms.AlignEquispaced(Parameter("t") + 1),
    pulse.transforms.AlignFunc(100, spread),
    pulse.Kernel("k", weights=[1, 2]),
    pulse.Discriminator("d", level=0.5),
    LoRange(4e9, 5e9),
    pulse.SnapshotChannel(),
    pulse.DriveChannel(Parameter("q")),
]


@pytest.mark.parametrize("value", EVERY_KIND, ids=repr)
def test_every_other_kind_pickles(value):
    again = pickle.loads(pickle.dumps(value))
    assert again == value
    assert hash(again) == hash(value)
    assert repr(again) == repr(value)


def test_other_objects_pickle():
    config = pickle.loads(pickle.dumps(LoConfig({D0: 5e9}, {D0: (4e9, 6e9)})))
    assert config.qubit_los == {D0: 5e9}
    assert not LoRange(4e9, 6e9).includes(7e9)
    with pytest.raises(PulseError, match="out of its"):
        config.add_lo(D0, 7e9)
    table = pulse.InstructionScheduleMap()
    table.add("x", 0, pulse.Schedule(pulse.Play(pulse.Constant(10, 0.1), D0)))
    assert pickle.loads(pickle.dumps(table)) == table
    with pulse.build() as program:
        pulse.reference("x", "q0")
        pulse.call(pulse.ScheduleBlock() + pulse.Delay(3, D0), name="sub")
    assert pickle.loads(pickle.dumps(program.references)) == program.references
