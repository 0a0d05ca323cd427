"""Every method gives the exact distribution, on random circuits with everything a device has."""

import pytest

import backline
from backline.engines.gates import METHODS
from gate_proof.devices import EDGES, Regime, target
from gate_proof.judging import ALARM, verdict
from gate_proof.proofs import CIRCUITS, JUDGED, PROOFS, SHOTS, UNPROVED, cases, pvalues

QUICK = [method for method in JUDGED if PROOFS[method].quick]

# One circuit of every kind, with all noise and T2 below and above T1, and some without noise.
FIRST = (0, 10, 11, 12, 13, 14, 30, 31, 32, 33, 34)


def test_every_method_is_judged_or_said_not_to_be():
    assert set(METHODS) <= PROOFS.keys() | UNPROVED.keys()


def test_the_circuits_have_every_gate_of_the_bundled_devices():
    used = set()
    for _, judged in cases(PROOFS["automatic"], range(CIRCUITS)):
        blocks = [judged.circuit]
        for block in blocks:
            used |= set(block.count_ops())
            blocks += [
                inner for item in block.data for inner in getattr(item.operation, "blocks", ())
            ]
    for name in backline.devices():
        assert set(backline.load(name).target.operation_names) <= used
    assert set(EDGES) <= used


@pytest.mark.parametrize(
    ("regime", "above"), [("below", False), ("above", True), ("pauli", None), ("frames", None)]
)
def test_the_devices_are_what_they_are_called(regime: Regime, above):
    known = target(regime).qubit_properties
    if above is None:
        assert all(qubit.t1 is None for qubit in known)
    else:
        assert any(qubit.t2 > qubit.t1 for qubit in known) is above


@pytest.mark.parametrize("method", QUICK)
def test_a_method_gives_the_exact_distribution(method):
    proof = PROOFS[method]
    assert verdict(pvalues(method, proof, FIRST, proof.quick)) > ALARM


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("method", JUDGED)
def test_a_method_gives_the_exact_distribution_of_fifty_circuits(method):
    """At 100,000 shots each; Aer's stabilizer at 5,000 and its product states at 1,000.

    These two go shot by shot: 7 to 14 ms and 30 ms for one shot of all fifty (two cores, shared
    with other work), which is 12 to 24 minutes and 50 for 100,000. `few` of theirs take so many.
    """
    proof = PROOFS[method]
    assert verdict(pvalues(method, proof, range(CIRCUITS), proof.shots)) > ALARM


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("method", [method for method in JUDGED if PROOFS[method].few])
def test_a_slow_method_gives_the_exact_distribution_of_few_circuits_at_as_many_shots(method):
    proof = PROOFS[method]
    assert verdict(pvalues(method, proof, proof.few, SHOTS)) > ALARM


def test_every_method_takes_a_hundred_thousand_shots_somewhere():
    assert all(proof.shots == SHOTS or proof.few for proof in PROOFS.values())
