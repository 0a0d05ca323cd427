"""`backline reconcile` as people and programs use it."""

import json

import pytest
from typer.testing import CliRunner

import backline
from backline.cli.app import app


def invoke(*arguments):
    return CliRunner().invoke(app, ["reconcile", *map(str, arguments)])


def test_a_table_shows_before_and_after():
    result = invoke("manila", "--pairs", "2-1")
    assert result.exit_code == 0
    assert "cx 1, 2" in result.stdout
    assert "0.9985" in result.stdout
    assert "1 of 1 pairs are fitted; 2 of 2 gates reach 0.99" in result.stdout
    assert "nothing is stored" in result.stdout


def test_the_device_is_stored(tmp_path):
    path = tmp_path / "twin.json.gz"
    result = invoke("manila", "--pairs", "1-2", "--out", path, "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["stored"] == str(path)
    assert document["device"] == "manila"
    (line,) = document["lines"]
    assert line["line"] == 2
    backend = backline.load(path)
    (stored,) = (item for item in backend.device.control_lines if item.index == 2)
    assert stored.gain == complex(*line["gain"])
    assert stored.fidelity_after == line["gates"][0]["after"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("armonk",), 1, "cannot be reconciled"),
        (("manila", "--pairs", "0-3"), 1, "is no pair of device 'manila'"),
        (("manila", "--pairs", "0,1"), 2, "0-1,1-2"),
        (("manila", "--out", "twin.txt"), 2, ".json"),
        (("manila", "--out", "no/such/folder/twin.json"), 2, "no folder"),
        (("nowhere",), 1, "no device and no file"),
    ],
)
def test_what_is_wrong_is_said(arguments, code, message):
    result = invoke(*arguments)
    assert result.exit_code == code
    assert message in " ".join((result.stdout + result.stderr).split())
