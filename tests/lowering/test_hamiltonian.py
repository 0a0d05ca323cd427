"""Models from the strings of a published Hamiltonian."""

from __future__ import annotations

import json
import math
from importlib import resources
from zipfile import ZipFile

import numpy as np
import pytest

from backline.engines.pulses import Drive, Exchange, PulseEngine, Site
from backline.errors import FormatError
from backline.formats import read_device
from backline.lowering import model_from_hamiltonian
from physics.reference import program, track

RAD_PER_NS = 2 * math.pi / 1e9


@pytest.fixture(scope="module")
def published():
    with resources.files("backline.formats").joinpath("bundled/manila.zip").open("rb") as file:
        return json.loads(ZipFile(file).read("conf_manila.json"))["hamiltonian"]


def test_manila_as_published(published):
    """Two ways of reading the same strings, and the numbers themselves."""
    model = model_from_hamiltonian(published)
    device = read_device("manila", reconcile=False)
    assert [site.levels for site in model.sites] == [3] * 5
    for site in model.sites:
        expected = published["vars"][f"wq{site.qubit}"] / RAD_PER_NS
        assert site.frequency == pytest.approx(expected, rel=1e-12)
        expected = published["vars"][f"delta{site.qubit}"] / RAD_PER_NS
        assert site.anharmonicity == pytest.approx(expected, rel=1e-12)
    assert {item.sites: item.strength for item in model.exchanges} == {
        item.qubits: pytest.approx(item.strength, rel=1e-12) for item in device.couplings
    }
    strengths = {item.channel: item.strength for item in model.drives if item.channel[0] == "d"}
    assert strengths == {
        f"d{k}": pytest.approx(published["vars"][f"omegad{k}"] / RAD_PER_NS, rel=1e-12)
        for k in range(5)
    }
    assert {item.channel for item in model.drives if item.channel[0] == "u"} == {
        f"u{line.index}" for line in device.control_lines
    }


def test_a_part_with_other_levels(published):
    model = model_from_hamiltonian(published, qubits=[2, 1], levels={1: 2})
    assert [(site.qubit, site.levels) for site in model.sites] == [(2, 3), (1, 2)]
    assert [item.sites for item in model.exchanges] == [(1, 0)]
    assert {item.site for item in model.drives if item.channel == "d2"} == {0}


def test_it_runs():
    """A resonant drive of Ω = 50 MHz for 10 ns is a π pulse."""
    model = model_from_hamiltonian(
        {
            "h_str": ["w/2*(I4-Z4)", "r*X4||D4"],
            "vars": {"w": 5e9 * RAD_PER_NS, "r": 50e6 * RAD_PER_NS},
        },
        levels=2,
    )
    assert model.sites == (Site(qubit=4, levels=2, frequency=5e9, anharmonicity=0.0),)
    assert model.drives == (Drive(channel="d4", site=0, strength=pytest.approx(50e6)),)
    lane = program(10, track("d4", [(0, np.ones(10))]))
    assert PulseEngine(model).populations(lane)[1] == pytest.approx(1, abs=1e-12)


def test_exchange_is_read():
    model = model_from_hamiltonian(
        {
            "h_str": ["w0*O0", "w1*O1", "j*(Sp0*Sm1+Sm0*Sp1)"],
            "vars": {"w0": 31.0, "w1": 30.0, "j": 0.01},
        }
    )
    assert model.exchanges == (
        Exchange(sites=(0, 1), strength=pytest.approx(0.01 / RAD_PER_NS, rel=1e-12)),
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "h_str, a list of terms"),
        ({"h_str": "w0*O0"}, "h_str, a list of terms"),
        ({"h_str": ["w0*O0*"], "vars": {"w0": 1.0}}, r"'w0\*O0\*' is left out"),
        ({"h_str": ["w0*O0"], "vars": {}}, "w0"),
        ({"h_str": ["z*Z0*Z1"], "vars": {"z": 1.0}}, "no frequency, anharmonicity, exchange"),
    ],
)
def test_what_cannot_be_read_is_said(given, says):
    with pytest.raises(FormatError, match=says):
        model_from_hamiltonian(given)


def test_qubits_that_are_not_there(published):
    with pytest.raises(FormatError, match=r"no frequency of qubits \[7\]"):
        model_from_hamiltonian(published, qubits=[0, 7])
