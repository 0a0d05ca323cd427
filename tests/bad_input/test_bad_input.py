"""Every bad input of the documentation gets what the documentation says."""

import pytest

from backline.errors import JobError, UnknownOptionError
from bad_input import write_table
from bad_input.cases import CASES, manila, one_fails, three, x_circuit

EVERY = [case for cases in CASES.values() for case in cases]


@pytest.mark.parametrize("case", EVERY, ids=[case.title for case in EVERY])
def test_it_gets_a_clear_error(case):
    with pytest.raises(case.error) as caught:
        case.do()
    message = str(caught.value)
    for part in case.says:
        assert part in message, f"{part!r} is not in {message!r}"


def test_the_page_shows_the_messages_of_today():
    assert write_table.PAGE.read_text(encoding="utf-8") == write_table.page()


def test_nothing_is_lost_when_one_experiment_fails():
    job = three(one_fails)
    with pytest.raises(JobError):
        job.result()
    result = job.result(partial=True)
    assert [entry.success for entry in result.results] == [True, False, True]
    assert result.get_counts(2) == {"0": 1024}
    assert "the fridge is warm" in result.results[1].status


def test_two_jobs_at_once_give_what_each_gives_alone():
    backend = manila()
    alone = [
        backend.run(x_circuit(), seed_simulator=seed).result().get_counts() for seed in range(8)
    ]
    jobs = [backend.run(x_circuit(), seed_simulator=seed) for seed in range(8)]
    assert [job.result().get_counts() for job in jobs] == alone
    assert len({job.job_id() for job in jobs}) == 8


def test_a_refused_option_changes_nothing():
    backend = manila()
    with pytest.raises(UnknownOptionError):
        backend.set_options(shots=7, sead=1)
    assert backend.options.shots == 1024
