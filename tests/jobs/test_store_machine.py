"""A machine does to a store whatever can be done, and compares with what must come of it."""

import tempfile
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from backline.jobs import TaskStatus
from backline.jobs.store import JobChange, JobQuery
from jobs.stores import KINDS, NOW, event, record, store_of

OWNERS = st.sampled_from(["me", "you", "they"])


class Machine(RuleBasedStateMachine):
    """What a store holds, beside a plain table of what it must hold."""

    store = None  # set by the test
    jobs = Bundle("jobs")

    def __init__(self):
        super().__init__()
        for status in TaskStatus:
            for found in self.store.find(JobQuery(statuses=[status])):
                change = JobChange(status=TaskStatus.DONE, owner="")
                self.store.change(found.id, change, owner=found.owner, attempt=found.attempts)
        self.store.remove([found.id for found in self.store.find(JobQuery())])
        self.expected, self.results, self.order, self.number = {}, {}, [], 0
        self.history = {}

    @rule(target=jobs, priority=st.integers(-2, 2), owner=st.none() | OWNERS)
    def add(self, priority, owner):
        self.number += 1
        job = record(f"job-{self.number}", priority=priority, owner=owner)
        self.store.add(job, job.id.encode(), event())
        self.expected[job.id] = job
        self.order.append(job.id)
        self.history[job.id] = ["happened"]
        return job.id

    @rule(job_id=jobs, owner=OWNERS)
    def claim(self, job_id, owner):
        job = self.expected.get(job_id)
        if job is None:
            return
        claimed = self.store.claim(job_id, owner, event())
        if job.status is TaskStatus.QUEUED and job.owner in (None, owner):
            self.expected[job_id] = replace(
                job,
                status=TaskStatus.RUNNING,
                owner=owner,
                attempts=job.attempts + 1,
                started=job.started or NOW,
                done=0,
            )
            assert claimed == self.expected[job_id]
            self.history[job_id].append("happened")
        else:
            assert claimed is None

    @rule(
        job_id=jobs,
        owner=st.none() | OWNERS,
        attempt=st.integers(0, 3),
        right=st.booleans(),
        status=st.none() | st.sampled_from(TaskStatus),
        release=st.booleans(),
        result=st.none() | st.binary(max_size=4),
        done=st.none() | st.integers(0, 3),
    )
    def change(self, job_id, owner, attempt, right, status, release, result, done):
        job = self.expected.get(job_id)
        if job is None:
            return
        if right:
            owner, attempt = job.owner, job.attempts
        change = JobChange(status=status, done=done, owner="" if release else None)
        changed = self.store.change(job_id, change, owner=owner, attempt=attempt, result=result)
        fits = job.owner == owner and job.attempts == attempt and not job.status.final
        assert changed == fits
        if fits:
            self.expected[job_id] = replace(
                job,
                status=status or job.status,
                done=job.done if done is None else done,
                owner=None if release else job.owner,
            )
            if result is not None:
                self.results[job_id] = result

    @rule(job_id=jobs, text=st.sampled_from(["one", "two"]))
    def note(self, job_id, text):
        if job_id in self.expected:
            self.store.note(job_id, event(text))
            self.history[job_id].append(text)

    @rule(owner=OWNERS)
    def beat(self, owner):
        found = self.store.owners([owner])
        before = found[owner].beat if owner in found else 0
        self.store.beat(owner)
        assert self.store.owners([owner])[owner].beat == before + 1

    @rule(job_id=jobs)
    def cancel(self, job_id):
        job = self.expected.get(job_id)
        if job is None:
            return
        if job.status is TaskStatus.QUEUED:
            self.expected[job_id] = replace(
                job, status=TaskStatus.CANCELLED, ended=NOW, owner=None, cancel_asked=True
            )
            self.history[job_id].append("happened")
        elif job.status is TaskStatus.RUNNING:
            if not job.cancel_asked:
                self.history[job_id].append("happened")
            self.expected[job_id] = replace(job, cancel_asked=True)
        assert self.store.cancel(job_id, event()) is self.expected[job_id].status

    @rule(job_id=jobs)
    def remove(self, job_id):
        over = job_id in self.expected and self.expected[job_id].status.final
        assert self.store.remove([job_id]) == over
        if over:
            del self.expected[job_id]
            self.results.pop(job_id, None)
            self.order.remove(job_id)

    @rule(owner=OWNERS)
    def asked(self, owner):
        assert sorted(self.store.cancel_asked(owner)) == sorted(
            job.id
            for job in self.expected.values()
            if job.owner == owner and job.cancel_asked and job.status is TaskStatus.RUNNING
        )

    @rule(statuses=st.sets(st.sampled_from(TaskStatus)), urgent=st.booleans())
    def find(self, statuses, urgent):
        wanted = [self.expected[name] for name in self.order]
        wanted = [job for job in wanted if job.status in statuses]
        wanted = sorted(wanted, key=lambda job: -job.priority) if urgent else wanted[::-1]
        assert self.store.find(JobQuery(statuses=statuses, urgent=urgent)) == wanted

    @invariant()
    def everything_is_kept(self):
        assert self.store.find(JobQuery()) == [self.expected[name] for name in self.order[::-1]]
        for job_id in self.order[-3:]:
            assert self.store.payload(job_id) == job_id.encode()
            assert self.store.result(job_id) == self.results.get(job_id)
            assert [item.text for item in self.store.history(job_id)] == self.history[job_id]


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_is_a_plain_table_with_rules(kind, tmp_path):
    with tempfile.TemporaryDirectory() as folder, store_of(kind, folder) as store:
        machine = type("Bound", (Machine,), {"store": store})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=25,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
