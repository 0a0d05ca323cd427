"""What every store does."""

import copy
import os
import pickle
import sqlite3
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from backline.errors import JobError, JobNotFoundError, OptionValueError, StoreError
from backline.jobs import TaskStatus
from backline.jobs.store import JobChange, JobQuery, MemoryStore, database, open_store, schema
from backline.jobs.store.sql import SqlStore
from jobs.stores import KINDS, NOW, event, record, store_of


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    with store_of(request.param, tmp_path) as made:
        yield made


def ids(store, **query):
    return [found.id for found in store.find(JobQuery(**query))]


def fill(store, accepted):
    """Add jobs until the store takes no more."""
    for number in range(1000):
        store.add(record(f"{number}"), b"x" * 20_000, event())
        accepted.append(f"{number}")


def test_what_is_added_is_there_and_says_all_that_was_said(store):
    job = record("a", priority=3, tags=("x", "ü"), time_limit=2.5, on_restart="mark", owner="me")
    store.add(job, b"\0payload", event("accepted"))
    assert store.get("a") == job
    assert store.payload("a") == b"\0payload"
    assert store.result("a") is None
    assert list(store.history("a")) == [event("accepted")]
    with pytest.raises(JobError, match="there is a job a in"):
        store.add(job, b"", event())


def test_what_is_not_there_is_said(store):
    for ask in (store.get, store.payload, store.result, store.history):
        with pytest.raises(JobNotFoundError, match="no job 'b'"):
            ask("b")
    with pytest.raises(JobNotFoundError):
        store.claim("b", "me", event())
    with pytest.raises(JobNotFoundError):
        store.cancel("b", event())
    with pytest.raises(JobNotFoundError):
        store.change("b", JobChange(done=1), owner=None, attempt=0)


def test_a_claim_is_for_one_and_is_counted(store):
    store.add(record("a"), b"", event())
    later = event("begins", NOW + timedelta(seconds=1))
    mine = store.claim("a", "me", later)
    assert mine == store.get("a")
    assert (mine.status, mine.owner, mine.attempts) == (TaskStatus.RUNNING, "me", 1)
    assert mine.started == later.time
    assert store.claim("a", "you", event()) is None
    assert store.claim("a", "me", event()) is None
    assert [item.text for item in store.history("a")] == ["happened", "begins"]


def test_only_the_owner_in_this_attempt_changes_a_job(store):
    store.add(record("a"), b"", event())
    store.claim("a", "me", event())
    assert not store.change("a", JobChange(done=1), owner="you", attempt=1)
    assert not store.change("a", JobChange(done=1), owner="me", attempt=0)
    assert not store.change("a", JobChange(done=1), owner=None, attempt=1)
    assert store.change("a", JobChange(done=1), owner="me", attempt=1)
    back = JobChange(status=TaskStatus.QUEUED, owner="", losses=1)
    assert store.change("a", back, owner="me", attempt=1, event=event("lost"))
    assert store.claim("a", "you", event()).attempts == 2
    done = JobChange(status=TaskStatus.DONE, ended=NOW, done=3, owner="", error=None)
    assert not store.change("a", done, owner="me", attempt=1, result=b"old")
    assert store.result("a") is None
    assert store.change("a", done, owner="you", attempt=2, result=b"new")
    assert store.result("a") == b"new"
    assert store.get("a").ended == NOW
    assert not store.change("a", JobChange(done=0), owner=None, attempt=2)


def test_cancel_ends_what_waits_and_asks_what_runs(store):
    for name in "abc":
        store.add(record(name), b"", event())
    assert store.cancel("a", event("cancel")) is TaskStatus.CANCELLED
    assert store.get("a").ended == NOW
    assert store.claim("a", "me", event()) is None
    store.claim("b", "me", event())
    assert store.cancel("b", event("cancel")) is TaskStatus.RUNNING
    assert store.cancel("b", event("again")) is TaskStatus.RUNNING
    assert [item.text for item in store.history("b")].count("cancel") == 1
    assert "again" not in [item.text for item in store.history("b")]
    assert list(store.cancel_asked("me")) == ["b"]
    assert list(store.cancel_asked("you")) == []
    ended = JobChange(status=TaskStatus.CANCELLED, owner="")
    assert store.change("b", ended, owner="me", attempt=1)
    assert list(store.cancel_asked("me")) == []
    assert store.cancel("b", event()) is TaskStatus.CANCELLED


def test_jobs_are_found_by_what_is_known_of_them(store):
    hour = timedelta(hours=1)
    store.add(record("a1", tags=("x",), priority=1), b"", event())
    store.add(record("a2", tags=("x", "y"), backend="other", created=NOW - hour), b"", event())
    store.add(record("b_", tags=('q"', "%"), created=NOW + hour, owner="me"), b"", event())
    store.add(record("b%", priority=1), b"", event())
    store.cancel("b%", event())
    assert ids(store) == ["b%", "b_", "a2", "a1"]  # the newest first, whatever a clock said
    assert ids(store, limit=2) == ["b%", "b_"]
    assert ids(store, limit=0) == []
    assert ids(store, urgent=True) == ["a1", "b%", "a2", "b_"]
    assert ids(store, statuses=[TaskStatus.CANCELLED]) == ["b%"]
    assert ids(store, statuses=[]) == []
    assert ids(store, backend="other") == ["a2"]
    assert ids(store, since=NOW) == ["b%", "b_", "a1"]
    assert ids(store, until=NOW) == ["a2"]
    assert ids(store, tags=["x"]) == ["a2", "a1"]
    assert ids(store, tags=["x", "y"]) == ["a2"]
    assert ids(store, tags=["X"]) == ids(store, tags=["q"]) == []
    assert ids(store, tags=["%"]) == ["b_"]
    assert ids(store, prefix="b") == ["b%", "b_"]
    assert ids(store, prefix="b_") == ["b_"]
    assert ids(store, owner="me") == ["b_"]
    assert ids(store, owner="", statuses=[TaskStatus.QUEUED]) == ["a2", "a1"]


def test_what_is_over_can_be_forgotten(store):
    for name in "abc":
        store.add(record(name, tags=("x",)), b"", event())
    store.cancel("a", event())
    assert store.remove(["a", "b", "nowhere"]) == 1
    assert ids(store) == ["c", "b"]
    store.add(record("a"), b"anew", event("anew"))
    assert store.payload("a") == b"anew"
    assert list(store.history("a")) == [event("anew")]
    assert ids(store, tags=["x"]) == ["c", "b"]


def test_owners_beat(store):
    assert store.owners(["me"]) == {}
    store.beat("me")
    store.beat("me")
    store.beat("you")
    assert {id_: item.beat for id_, item in store.owners(["me", "they"]).items()} == {"me": 2}


def test_many_threads_never_get_one_job_twice(store):
    for number in range(30):
        store.add(record(f"{number}"), b"", event())
    claimed, errors, start = [], [], threading.Barrier(4)

    def work(owner):
        try:
            start.wait(10)
            for number in range(30):
                if store.claim(f"{number}", owner, event()) is not None:
                    claimed.append((number, owner))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(f"o{k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sorted(number for number, _ in claimed) == list(range(30))
    assert all(store.get(f"{number}").owner == owner for number, owner in claimed)


def test_notes_are_kept_in_order(store):
    store.add(record("a"), b"", event("first"))
    store.note("a", event("second", NOW - timedelta(days=1)))  # a clock was set back
    assert [item.text for item in store.history("a")] == ["first", "second"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"priority": 1.5},
        {"priority": 2**31},
        {"time_limit": 0},
        {"time_limit": float("nan")},
        {"tags": ("",)},
        {"tags": ("a\nb",)},
        {"on_restart": "perhaps"},
    ],
)
def test_records_are_checked(wrong):
    with pytest.raises(OptionValueError):
        record("a", **wrong)


def test_one_url_is_one_store_that_copies_and_pickles(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = open_store("jobs.db")
    assert open_store(tmp_path / "jobs.db") is store
    assert open_store(f"sqlite:///{tmp_path}/jobs.db") is store
    assert copy.deepcopy(store) is store
    assert pickle.loads(pickle.dumps(store)) is store
    assert open_store(store) is store
    memory = MemoryStore()
    assert pickle.loads(pickle.dumps(memory)) is memory
    assert open_store("memory:a") is not open_store("memory:b")


@pytest.mark.parametrize("wrong", ["", "mysql://host/db", "sqlite://", 3, None])
def test_what_is_no_store_is_said(wrong):
    with pytest.raises(StoreError, match="a store is"):
        open_store(wrong)


def test_a_password_is_not_shown(monkeypatch):
    engine = database.made_engine("postgresql+psycopg://me:secret@nowhere/db")
    assert "secret" not in engine.url.render_as_string(hide_password=True)


def test_a_database_of_a_later_version_is_refused(tmp_path):
    path = tmp_path / "jobs.db"
    SqlStore(f"sqlite:///{path}").close()
    connection = sqlite3.connect(path)
    connection.execute("insert into backline_schema values (99)")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="version 99, made by a later Backline"):
        SqlStore(f"sqlite:///{path}")


def test_an_older_database_is_migrated_once_and_keeps_its_jobs(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/jobs.db"
    old = SqlStore(url)
    old.add(record("a", tags=("x",)), b"payload", event())
    old.close()
    steps = []

    def add_column(connection):
        steps.append(1)
        connection.exec_driver_sql("alter table jobs add column color text default 'red'")

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, add_column))
    for _ in range(2):
        new = SqlStore(url)
        assert new.get("a") == record("a", tags=("x",))
        new.close()
    assert steps == [1]


def test_a_migration_that_fails_leaves_all_as_it_was(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/jobs.db"
    old = SqlStore(url)
    old.add(record("a"), b"payload", event())
    old.close()

    def breaks(connection):
        connection.exec_driver_sql("delete from jobs")
        raise StoreError("no")

    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, breaks))
        with pytest.raises(StoreError, match="no"):
            SqlStore(url)
    assert SqlStore(url).get("a") == record("a")


# What disks and other processes do.


def test_a_locked_database_is_said_and_works_again(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE", 0.2)
    path = tmp_path / "jobs.db"
    store = SqlStore(f"sqlite:///{path}")
    store.add(record("a"), b"", event())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreError, match="another process has kept it locked"):
        store.add(record("b"), b"", event())
    assert store.get("a").id == "a"  # reading goes on
    other.execute("commit")
    other.close()
    store.add(record("b"), b"", event())
    assert ids(store) == ["b", "a"]


def test_a_full_disk_is_said_and_harms_nothing(tmp_path):
    import sqlalchemy as sa

    store = SqlStore(f"sqlite:///{tmp_path}/jobs.db")
    store.add(record("a"), b"payload", event())

    def limit(connection, _):
        connection.execute("pragma max_page_count=60")

    sa.event.listen(store._engine, "connect", limit)
    store.close()
    accepted = []

    with pytest.raises(StoreError, match="the disk is full"):
        fill(store, accepted)
    assert 0 < len(accepted) < 1000
    assert sorted(ids(store)) == sorted(["a", *accepted])
    assert all(store.payload(name) == b"x" * 20_000 for name in accepted)
    sa.event.remove(store._engine, "connect", limit)
    store.close()
    store.add(record("again"), b"x" * 20_000, event())
    assert ids(store, limit=1) == ["again"]


@pytest.mark.parametrize("content", [b"no database at all, only text" * 100, b"\0" * 5000])
def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path, content):
    path = tmp_path / "jobs.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="no database of jobs, or damaged"):
        open_store(path)
    assert path.read_bytes() == content


def test_a_damaged_database_is_said(tmp_path):
    path = tmp_path / "jobs.db"
    store = SqlStore(f"sqlite:///{path}")
    for number in range(200):
        store.add(record(f"{number}"), b"x" * 500, event())
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 : len(content) : 1] = b"\xab" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged|holds what nobody wrote"):
        ids(SqlStore(f"sqlite:///{path}"))


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="failed"):
        open_store(tmp_path / "file" / "jobs.db")


def test_a_server_that_is_not_there_is_said():
    with pytest.raises(StoreError, match="failed"):
        open_store("postgresql://me@127.0.0.1:1/none?connect_timeout=2")


def test_a_copy_with_changes_is_what_a_change_makes(store):
    store.add(record("a"), b"", event())
    store.change("a", JobChange(done=2, error="no", losses=1), owner=None, attempt=0)
    assert store.get("a") == replace(record("a"), done=2, error="no", losses=1)


@contextmanager
def small_disk(folder, size):
    """A file system with so much room, where we may make one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("who runs the tests may mount nothing")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_really_full_is_said_and_harms_nothing(tmp_path):
    folder = tmp_path / "disk"
    with small_disk(folder, "2m"):
        store, accepted = SqlStore(f"sqlite:///{folder}/jobs.db"), []
        ballast = folder / "ballast"
        ballast.write_bytes(b"x" * 500_000)

        with pytest.raises(StoreError, match="the disk is full"):
            fill(store, accepted)
        assert 0 < len(accepted) < 200
        assert sorted(ids(store)) == sorted(accepted)
        store.close()
        ballast.unlink()
        again = SqlStore(f"sqlite:///{folder}/jobs.db")
        again.add(record("again"), b"x" * 20_000, event())
        assert sorted(ids(again)) == sorted(["again", *accepted])
        assert all(again.payload(name) == b"x" * 20_000 for name in accepted)
        again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_store_in_memory_has_what_was_over_in_a_forked_child():
    store = MemoryStore()
    store.add(record("open"), b"", event())
    store.add(record("over"), b"payload", event())
    store.cancel("over", event())
    held = threading.Event(), threading.Event()

    def hold():
        with store._lock:
            held[0].set()
            held[1].wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held[0].wait(10)
    pid = os.fork()
    if pid == 0:
        try:
            os._exit(0 if ids(store) == ["over"] and store.payload("over") == b"payload" else 1)
        finally:
            os._exit(2)
    held[1].set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert ids(store) == ["over", "open"]
