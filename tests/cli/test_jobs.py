"""Jobs on the command line: put there, listed, shown, ended, forgotten."""

import json
import os
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from backline.cli.app import app
from backline.cli.failures import ExitCode
from backline.cli.stores import store_url
from backline.errors import BackendNotFoundError
from backline.jobs.store import open_store
from cli import hostile


@pytest.fixture
def store(tmp_path):
    return str(tmp_path / "jobs.db")


@pytest.fixture
def ghz(tmp_path):
    path = tmp_path / "ghz.qasm"
    path.write_text(hostile.GHZ2)
    return path


def invoke(*arguments, store=None):
    more = [] if store is None else ["--store", store]
    return CliRunner().invoke(app, [*map(str, arguments), *more])


@pytest.fixture
def waiting(monkeypatch, ghz, store):
    """Ids of jobs that wait, with nobody to run them."""
    monkeypatch.setattr("backline.cli.detach.start_runner", lambda url: None)

    def put(*more):
        result = invoke("run", ghz, "-d", "manila", "--detach", "--json", *more, store=store)
        assert result.exit_code == 0, result.stderr
        return [job["id"] for job in json.loads(result.stdout)["jobs"]]

    return put


def test_detached_jobs_run_when_the_command_is_over(ghz, store, tmp_path):
    bad = tmp_path / "bad.qasm"
    bad.write_text("OPENQASM 2.0; frob")
    command = [sys.executable, "-c", "from backline.cli import main; main()"]
    options = ["-d", "manila", "--seed", "3", "--shots", "100"]
    ended = subprocess.run(
        [*command, "run", ghz, bad, *options, "--detach", "--json", "--tag", "t"],
        capture_output=True,
        text=True,
        env={**os.environ, "BACKLINE_STORE": store},
        timeout=120,
        check=False,
    )
    assert ended.returncode == ExitCode.FAULT
    assert ended.stderr.startswith(f"backline: {bad}: ")
    document = json.loads(ended.stdout)
    ((job_id, name),) = [(job["id"], job["name"]) for job in document["jobs"]]
    assert name == str(ghz)
    shown = json.loads(invoke("result", job_id[:8], "--wait", "--json", store=store).stdout)
    direct = json.loads(invoke("run", ghz, *options, "--json").stdout)
    (first,), (second,) = shown["results"], direct["results"]
    for field in ("counts", "shots", "seed", "circuit"):
        assert first[field] == second[field]
    listed = json.loads(invoke("jobs", "--json", "--tag", "t", store=store).stdout)
    assert [(job["id"], job["status"], job["attempts"]) for job in listed] == [(job_id, "done", 1)]


def test_jobs_that_wait_are_listed_shown_and_run(waiting, store, tmp_path):
    (first,) = waiting("--tag", "x", "--priority", 2, "--timeout", 50)
    (second,) = waiting()
    listed = invoke("jobs", store=store).stdout
    rows = [line.split() for line in listed.splitlines() if "queued" in line]
    assert [row[0] for row in rows] == [second[:8], first[:8]]
    assert "x" in rows[1]
    shown = invoke("job", first[:10], store=store).stdout
    for words in (first, "queued", "priority 2", "time limit 50 s", "tags x", "accepted"):
        assert words in shown
    document = json.loads(invoke("job", first, "--json", store=store).stdout)
    assert document["options"]["shots"] == 1024
    assert document["history"][0][1] == "accepted"
    early = invoke("result", first, store=store)
    assert early.exit_code == ExitCode.FAULT
    assert "is queued, with 0 of 1 experiments done" in early.stderr
    ran = invoke("resume", "--processes", 1, store=store)
    assert ran.exit_code == 0, ran.stderr
    assert ran.stdout.splitlines()[0].startswith(first[:8])  # the more urgent
    assert ran.stdout.count("done") == 2
    folder = tmp_path / "saved"
    shown = invoke("result", first, "--save", folder, store=store)
    assert shown.exit_code == 0
    assert "000" in shown.stdout
    assert len(list(folder.iterdir())) == 1
    assert "attempt 1 begins in process" in invoke("job", first, store=store).stdout
    assert invoke("resume", "--quiet", store=store).stdout == ""


def test_jobs_are_cancelled_and_forgotten(waiting, store):
    (first,), (second,) = waiting(), waiting()
    ended = invoke("cancel", first[:8], "nowhere", store=store)
    assert ended.exit_code == ExitCode.FAULT
    assert f"{first[:8]} cancelled" in ended.stdout
    assert "no job 'nowhere'" in ended.stderr
    assert "was over before" in invoke("cancel", first, store=store).stdout
    failed = invoke("result", first, store=store)
    assert failed.exit_code == ExitCode.FAULT
    assert "no result" in failed.stderr or "cancelled" in failed.stderr
    assert "0 jobs are forgotten" in invoke("prune", store=store).stdout
    assert "1 job is forgotten" in invoke("prune", "--all", store=store).stdout
    listed = json.loads(invoke("jobs", "--json", store=store).stdout)
    assert [job["id"] for job in listed] == [second]
    assert invoke("prune", "--status", "queued", store=store).exit_code == ExitCode.USAGE


@pytest.mark.slow
def test_a_running_job_is_cancelled_by_another_process(store, tmp_path, monkeypatch):
    monkeypatch.setattr("backline.cli.detach.start_runner", lambda url: None)
    endless = tmp_path / "endless.qasm"
    endless.write_text(
        'OPENQASM 3.0; include "stdgates.inc"; qubit q; bit c; c = measure q; '
        "while (!c) { reset q; c = measure q; }"
    )
    arguments = ("run", endless, "-d", "manila", "--no-noise", "--detach", "--json")
    made = invoke(*arguments, store=store)
    assert made.exit_code == 0, made.stderr
    (job,) = json.loads(made.stdout)["jobs"]
    command = [sys.executable, "-c", "from backline.cli import main; main()"]
    runner = subprocess.Popen([*command, "resume", "--quiet", "--store", store])
    try:
        place, end = open_store(store), time.monotonic() + 60
        while place.get(job["id"]).status.value != "running":
            assert time.monotonic() < end
            time.sleep(0.05)
        assert "is asked to end" in invoke("cancel", job["id"], store=store).stdout
        assert runner.wait(30) == ExitCode.FAULT
        assert place.get(job["id"]).status.value == "cancelled"
    finally:
        runner.kill()
        runner.wait()


@pytest.mark.slow
def test_a_runner_that_is_killed_leaves_its_jobs_to_the_next(waiting, store):
    ids = [waiting("--seed", 4)[0] for _ in range(3)]
    command = [sys.executable, "-c", "from backline.cli import main; main()"]
    runner = subprocess.Popen([*command, "resume", "--quiet", "--store", store])
    place, end = open_store(store), time.monotonic() + 60
    while all(place.get(job_id).status.value == "queued" for job_id in ids):
        assert time.monotonic() < end
        time.sleep(0.01)
    runner.kill()
    runner.wait()
    assert invoke("resume", "--processes", 1, store=store).exit_code == 0
    assert {place.get(job_id).status.value for job_id in ids} == {"done"}
    outcomes = {invoke("result", job_id, "--json", store=store).stdout for job_id in ids}
    results = [json.loads(text)["results"][0]["counts"] for text in outcomes]
    assert all(counts == results[0] for counts in results)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("job", "nowhere"), 1, "there is no job 'nowhere'"),
        (("job", ""), 1, "there is no job ''"),
        (("result", "nowhere"), 1, "there is no job"),
        (("resume", "nowhere"), 1, "there is no job"),
        (("jobs", "--status", "over"), 1, "a status is one of"),
        (("jobs", "--since", "yesterday"), 2, "no date"),
        (("prune", "--older", "9999999999w"), 2, "no date"),
    ],
)
def test_what_is_wrong_is_said(arguments, code, words, store):
    result = invoke(*arguments, store=store)
    assert result.exit_code == code
    assert words in " ".join((result.stdout + result.stderr).split())


def test_a_store_that_is_none_is_one_line(tmp_path):
    path = tmp_path / "jobs.db"
    path.write_bytes(b"no database, only text" * 100)
    result = invoke("jobs", store=str(path))
    assert result.exit_code == ExitCode.FAULT
    assert "no database of jobs, or damaged" in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_store_is_the_option_the_environment_or_in_the_data_folder(monkeypatch):
    monkeypatch.delenv("BACKLINE_STORE", raising=False)
    assert store_url(None).endswith("jobs.db")
    assert "backline" in store_url(None)
    monkeypatch.setenv("BACKLINE_STORE", "memory:a")
    assert store_url(None) == "memory:a"
    assert store_url("b.db") == "b.db"


def test_a_store_that_ends_with_the_command_takes_no_detached_jobs(ghz):
    result = invoke("run", ghz, "-d", "manila", "--detach", store="memory:a")
    assert result.exit_code == ExitCode.FAULT
    assert "a store in memory ends with this command" in result.stderr


def test_a_job_that_cannot_be_run_says_so_in_its_history(waiting, store, monkeypatch):
    """Nobody hears a process in the background."""
    (job_id,) = waiting()

    def gone(head, **more):
        raise BackendNotFoundError("there is no device manila")

    monkeypatch.setattr("backline.backends.runner.backend_of", gone)
    for _ in range(2):
        assert invoke("resume", "--quiet", store=store).exit_code == ExitCode.FAULT
    shown = invoke("job", job_id, store=store).stdout
    assert shown.count("cannot be run here: there is no device manila") == 1
