"""Circuits become programs that mean the same: exactly, before any simulator has its say."""

import pytest

from backline.engines.gates.facts import Rules
from backline.engines.gates.reading import read
from gate_proof.devices import target
from gate_proof.programs import of_reading
from gate_proof.proofs import CIRCUITS, PROOFS, cases, exact


@pytest.mark.parametrize("proof", ["automatic", "stim"])
def test_a_hundred_circuits_are_read_right(proof):
    """Noise, waits, control flow, pruning and splitting, within what the reference leaves out."""
    for _, judged in cases(PROOFS[proof], range(CIRCUITS)):
        noise = judged.noise
        rules = Rules(noise.on, noise.idle, noise.readout)
        reading = read(judged.circuit, target(judged.regime), rules)
        found, expected = of_reading(reading), exact(judged)
        assert reading.trouble is None
        assert (
            max(abs(found.get(key, 0.0) - expected.get(key, 0.0)) for key in found | expected)
            < 1e-10
        ), judged.circuit.name
