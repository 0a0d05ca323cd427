"""Budgets, reports, the command and the plugin."""

import json
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from backline.cli.app import app
from backline.conformance import Budget, Subject, check_backend, load_source, selected
from backline.errors import InputError, OptionValueError
from conformance.broken import BROKEN
from conformance.good import Good, Small

pytest_plugins = ["pytester"]


class Counting(Small):
    started = 0

    def run(self, run_input, **options):
        type(self).started += 1
        return super().run(run_input, **options)


def test_nothing_runs_without_leave():
    Counting.started = 0
    report = check_backend(Counting, run=False)
    assert Counting.started == report.jobs == 0
    assert report.ok
    assert any("--no-run" in one.reason for one in report.skipped)


def test_no_more_jobs_than_stated_are_started():
    Counting.started = 0
    report = check_backend(Counting, max_jobs=5)
    assert Counting.started == report.jobs == 5
    assert any("budget of 5 jobs" in one.reason for one in report.skipped)


def test_budgets_are_checked():
    with pytest.raises(OptionValueError, match="max_jobs must be at least 0"):
        Budget(max_jobs=-1)
    with pytest.raises(OptionValueError, match="shots from 16"):
        Budget(shots=3)


def test_a_single_backend_will_do_and_keeps_its_options():
    backend = Good(shots=99)
    report = check_backend(backend, only=["K3.b", "K11", "K12", "K13"])
    assert report.ok, report.failed
    assert backend.options.shots == 99
    assert {one.check.id for one in report.skipped} >= {"K3.b", "K11.f"}


def test_checks_are_chosen_by_id_clause_and_group():
    assert [one.id for one in selected(["K26.d"])] == ["K26.d"]
    assert {one.id.split(".")[0] for one in selected(["K26"])} == {"K26"}
    assert {one.group for one in selected(["options"])} == {"options"}
    order = [one.id for one in selected()]
    assert order.index("K3.a") < order.index("K10.a") < order.index("S1") < order.index("S10")
    with pytest.raises(InputError, match="there is no check 'K99'"):
        selected(["K99"])


def test_options_of_every_run_are_handed_on():
    seen = []

    class Listening(Good):
        def run(self, run_input, **options):
            seen.append(options)
            return super().run(run_input, **options)

    assert check_backend(Listening, only=["S1"], options={"noise": False}).ok
    assert seen[0]["noise"] is False


def test_backline_clauses_are_left_out_where_nobody_claims_them():
    from qiskit.providers.fake_provider import GenericBackendV2

    def make():
        return GenericBackendV2(2, seed=1)

    (skipped,) = check_backend(make, only=["K26.e"]).outcomes
    assert "does not claim" in skipped.reason
    (failed,) = check_backend(make, only=["K26.e"], strict=True).outcomes
    assert failed.status.value == "fail"


def test_sources_are_found_by_name():
    assert load_source("backline:manila")().name == "manila"
    assert load_source("conformance.good:Good.run") is Good.run
    for place, message in (
        ("qiskit", "module:factory"),
        ("no_such_module:x", "cannot be imported"),
        ("qiskit:nothing", "has no 'nothing'"),
        ("math:pi", "neither a backend"),
    ):
        with pytest.raises(InputError, match=message):
            load_source(place)


def test_reports_are_written_for_programs():
    report = check_backend(BROKEN["K26.d"], only=["K26", "K30.a"], name="broken")
    document = json.loads(report.to_json())
    assert document["backend"] == "broken"
    assert document["failed"] == len(report.failed) == 1
    entry = next(one for one in document["checks"] if one["id"] == "K26.d")
    assert entry["status"] == "fail"
    assert entry["why"]
    suite = ElementTree.fromstring(report.to_junit().split("\n", 1)[1]).find("testsuite")
    assert suite.get("failures") == "1"
    assert suite.find("testcase/failure").text.count("\n") == 2
    assert int(suite.get("tests")) == len(report.outcomes)


def invoke(*arguments):
    return CliRunner().invoke(app, ["check", *map(str, arguments)])


def test_the_command_passes_and_fails(tmp_path):
    passed = invoke("conformance.good:Good", "--only", "K1", "--only", "K26")
    assert passed.exit_code == 0, passed.output
    assert "0 failed" in passed.stdout
    failed = invoke(
        "conformance.broken.running:Curt", "--only", "K44.h",
        "--json", tmp_path / "r.json", "--junit", tmp_path / "r.xml",
        "--option", "noise=false", "-v",
    )  # fmt: skip
    assert failed.exit_code == 1
    assert "FAIL K44.h" in failed.stdout
    assert "why it matters" in failed.stdout
    assert json.loads((tmp_path / "r.json").read_text())["ok"] is False
    assert "<failure" in (tmp_path / "r.xml").read_text()


def test_the_command_says_what_was_skipped_and_what_is_wrong_with_its_use():
    skipped = invoke("conformance.good:Small", "--no-run", "--only", "K40")
    assert skipped.exit_code == 0
    assert "--no-run" in skipped.stdout
    listed = invoke("--list", "--only", "K1")
    assert listed.exit_code == 0
    assert "6 checks" in listed.stdout
    assert invoke().exit_code == 2
    assert invoke("conformance.good:Good", "--option", "noise").exit_code == 2
    missing = invoke("no_such_module:x")
    assert missing.exit_code == 1
    assert "cannot be imported" in missing.stderr


MINE = """
import backline


class Broken(backline.DeviceBackend):
    dtm = property(lambda self: 0.2)

    def __init__(self):
        super().__init__(backline.load("manila").device)
"""


def pytest_of(pytester, *arguments):
    pytester.makepyfile(mine=MINE)
    return pytester.runpytest_inprocess("-p", "backline.pytest_plugin", "-rfs", *arguments)


def test_pytest_takes_each_check_as_a_test(pytester):
    found = pytest_of(
        pytester, "--backline-backend", "mine:Broken", "--backline-only", "K24",
        "--backline-only", "K1.e",
    )  # fmt: skip
    found.assert_outcomes(failed=1, passed=2, skipped=1)
    found.stdout.fnmatch_lines(
        ["*K24.c: dtm is a positive number of seconds*", "FAILED conformance::K24.c*"]
    )


def test_pytest_says_that_there_is_no_such_backend(pytester):
    found = pytest_of(pytester, "--backline-backend", "nowhere:x")
    assert found.ret == pytest.ExitCode.USAGE_ERROR
    found.stderr.fnmatch_lines(["*cannot be imported*"])


def test_a_subject_has_a_name():
    assert Subject(Good).name == "manila"
    assert Subject(Good, name="mine").name == "mine"


OTHERS = """
def make():
    raise RuntimeError("no connection to the lab")

def needs(something):
    return something

def number():
    return 3
"""


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("others_broken:x", "module 'others_broken' raised ValueError: no config"),
        ("others:make", "the backend cannot be made: RuntimeError: no connection to the lab"),
        ("others:needs", "the backend cannot be made: TypeError: needs() missing 1 required"),
        ("others:number", "what was made is no backend, it has no run: 3"),
    ],
)
def test_what_is_wrong_with_what_was_named_is_said_in_one_line(place, words, tmp_path, monkeypatch):
    (tmp_path / "others.py").write_text(OTHERS)
    (tmp_path / "others_broken.py").write_text("raise ValueError('no config')")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = invoke(place, "--only", "K1")
    assert found.exit_code == 1
    assert words in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_report_that_cannot_be_written_is_shown_all_the_same(tmp_path):
    found = invoke("conformance.good:Good", "--only", "K1", "--json", tmp_path / "no" / "a.json")
    assert found.exit_code == 1
    assert "passed" in found.stdout
    assert "No such file" in found.stderr
