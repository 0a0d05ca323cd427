"""Fidelities, angles and rotations, on matrices that are known."""

import numpy as np
import pytest
from scipy.stats import unitary_group

from backline.calibration.judging import (
    best_with_rotation_after,
    best_with_rotations,
    ideal,
    judge,
)

Z = np.diag([1.0, -1.0])


def turned(first, second):
    return np.diag(np.exp(1j * np.array([0, second, first, first + second])))


def test_the_gate_itself_is_perfect():
    for name in ("cx", "ecr"):
        found = judge(ideal(name)[None], ideal(name), turned=False)
        assert found.fidelities[0] == pytest.approx(1)
        assert found.leakages[0] == pytest.approx(0)


def test_a_cx_as_played_is_a_cnot_but_for_z_on_the_control():
    cnot = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    assert np.allclose(ideal("cx"), cnot @ np.kron(Z, np.eye(2)))


def test_doing_nothing_is_a_poor_cx():
    """|tr Z⊗Z·CNOT·Z⊗Z|² = |1 + 1 + 0|² = 4, and tr 1 = 4: (4 + 4) / 20."""
    found = judge(np.eye(4, dtype=complex)[None], ideal("cx"), turned=False)
    assert found.fidelities[0] == pytest.approx(0.4)


def test_leakage_and_its_fidelity():
    """A gate that keeps a share p of all amplitude: (16 p + 4 p) / 20 = p."""
    found = judge(np.sqrt(0.9) * ideal("ecr")[None], ideal("ecr"))
    assert found.leakages[0] == pytest.approx(0.1)
    assert found.fidelities[0] == pytest.approx(0.9)


@pytest.mark.parametrize("seed", range(5))
def test_local_angles_are_found_and_taken_back(seed):
    random = np.random.default_rng(seed)
    angles = random.uniform(-np.pi, np.pi, (4, 2))
    blocks = np.array([turned(*pair) @ ideal("ecr") for pair in angles])
    found = judge(blocks, ideal("ecr"))
    assert found.fidelities == pytest.approx(np.ones(4))
    assert np.exp(1j * found.angles) == pytest.approx(np.exp(-1j * angles), abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_angles_are_better_than_all_of_a_fine_grid(seed):
    block = unitary_group.rvs(4, random_state=seed)
    best = judge(block[None], ideal("cx")).fidelities[0]
    grid = np.linspace(0, 2 * np.pi, 60)
    others = np.array([turned(a, b) @ block for a in grid for b in grid])
    found = judge(others, ideal("cx"), turned=False).fidelities.max()
    assert found <= best + 1e-12
    assert found > best - 0.01


@pytest.mark.parametrize("seed", range(5))
def test_rotations_around_a_gate_are_undone(seed):
    a, b, c, d = (unitary_group.rvs(2, random_state=10 * seed + k) for k in range(4))
    block = np.kron(a, b) @ ideal("cx") @ np.kron(c, d)
    assert best_with_rotations(block, ideal("cx")) > 0.999
    after = np.kron(np.eye(2), b) @ ideal("cx")
    assert best_with_rotation_after(after, ideal("cx"))[1] == pytest.approx(1)
    assert best_with_rotation_after(after, ideal("cx"))[0] < 0.99


def test_no_rotations_make_a_cx_of_nothing():
    """The identity has an operator Schmidt rank of 1, CNOT has two of equal weight: |tr|² ≤ 8."""
    assert best_with_rotations(np.eye(4, dtype=complex), ideal("cx")) == pytest.approx(0.6)
