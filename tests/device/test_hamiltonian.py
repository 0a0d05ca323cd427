"""The small language of IBM's Hamiltonians, against values worked out by hand."""

import math

import pytest

from backline.formats.ibm_hamiltonian import Hamiltonian, read_hamiltonian
from backline.formats.notes import Notes

HZ = 1e9 / (2 * math.pi)


def read(*terms: str, **variables: float) -> tuple[Hamiltonian, tuple[str, ...]]:
    notes = Notes()
    return read_hamiltonian(terms, variables, notes), notes.lines()


def test_a_sum_of_number_operators_gives_frequencies() -> None:
    found, notes = read("_SUM[i,0,1,wq{i}/2*(I{i}-Z{i})]", wq0=31.0, wq1=32.0)
    assert found.frequencies == pytest.approx({0: 31.0 * HZ, 1: 32.0 * HZ}, rel=1e-15)
    assert notes == ()


def test_duffing_terms_leave_the_frequency_and_give_the_anharmonicity() -> None:
    found, _ = read("wq0/2*(I0-Z0)", "delta0/2*O0*O0", "-delta0/2*O0", wq0=31.0, delta0=-2.1)
    # -2.1/2 (n² - n): level 1 is where it was, level 2 lower by 2.1 rad/ns.
    assert found.frequencies[0] == pytest.approx(31.0 * HZ, rel=1e-15)
    assert found.anharmonicities[0] == pytest.approx(-2.1 * HZ, rel=1e-15)


def test_a_square_alone_shifts_the_transition() -> None:
    # n² is 0, 1, 4: the transition 0-1 moves by 1 unit, 1-2 by 3, so f12 - f01 is 2 units.
    found, _ = read("w*O0", "a*O0*O0", w=30.0, a=0.5)
    assert found.frequencies[0] == pytest.approx(30.5 * HZ)
    assert found.anharmonicities[0] == pytest.approx(1.0 * HZ)


def test_exchange_is_one_coupling_whatever_the_order() -> None:
    found, notes = read("jq2q1*Sp2*Sm1", "jq2q1*Sm2*Sp1", jq2q1=0.0125)
    assert found.couplings == {(1, 2): pytest.approx(0.0125 * HZ)}
    assert notes == ()


def test_drives_and_controls_name_their_qubit() -> None:
    found, _ = read("_SUM[i,0,1,omegad{i}*X{i}||D{i}]", "omegad1*X0||U0", omegad0=0.9, omegad1=0.8)
    assert found.drives == {0: (0, pytest.approx(0.9 * HZ)), 1: (1, pytest.approx(0.8 * HZ))}
    assert found.controls == {0: (0, pytest.approx(0.8 * HZ))}


def test_a_coupling_of_zero_is_not_known() -> None:
    found, notes = read("j*Sp0*Sm1", "j*Sm0*Sp1", j=0)
    assert found.couplings == {}
    assert notes == ("the couplings of 1 pairs are not known (0 in file): (0, 1)",)


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("jq0q1*Sp0*Sm1", "'jq0q1' is no variable"),
        ("w*Y0", "'Y0' is no variable"),
        ("w*(O0", "a parenthesis is not closed"),
        ("w*", "it ends too early"),
        ("w/0*O0", "only numbers other than 0 divide"),
        ("w/O0", "only numbers other than 0 divide"),
        ("w*O0 O0", "'O0' is not expected there"),
        ("w*O0^2", "'^' is not expected there"),
        ("w*Z0*Z1", "it is no frequency"),
        ("w*O0*O1", "it is no frequency"),
        ("w*Z0||D0", "it is no frequency"),
        ("w*X0||Q0", "it is no frequency"),
        ("_SUM[i,0]", "a sum is written"),
        ("_SUM[i,0,999999999,w*O{i}]", "at most 10000 terms"),
        ("(" * 500 + "w" + ")" * 500, "too deep"),
    ],
)
def test_what_does_not_parse_is_left_out_with_a_note(term: str, said: str) -> None:
    found, notes = read(term, w=1.0)
    assert found.frequencies == {}
    assert found.couplings == {}
    assert len(notes) == 1
    assert said in notes[0]


def test_signs_and_numbers() -> None:
    found, _ = read("--2*w*O0 + -w/4*O1 - 1.5e1*O2", w=4.0)
    assert found.frequencies == pytest.approx({0: 8 * HZ, 1: -HZ, 2: -15 * HZ})


def test_variables_that_are_no_numbers_are_not_known() -> None:
    notes = Notes()
    found = read_hamiltonian(["w*O0"], {"w": "much"}, notes)
    assert found.frequencies == {}
    assert "'w' is no variable" in notes.lines()[0]
