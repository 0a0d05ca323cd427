"""Whatever raises inside of `build`, and wherever, leaves nothing half-built (Hypothesis)."""

import copy
from contextlib import nullcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backline import pulse
from backline.errors import NoActiveBuilder, PulseError
from pulse import strategies as some

few = settings(max_examples=50, deadline=None)
D0, D1 = pulse.DriveChannel(0), pulse.DriveChannel(1)


class StopError(Exception):
    """Raised by the tests' own steps."""


def ninths(number):
    return number / 9


CONTEXTS = {
    "left": pulse.align_left,
    "right": pulse.align_right,
    "sequential": pulse.align_sequential,
    "equispaced": lambda: pulse.align_equispaced(300),
    "func": lambda: pulse.align_func(300, ninths),
    "phase": lambda: pulse.phase_offset(0.5, D0, D1),
    "frequency": lambda: pulse.frequency_offset(1e6, D1),
    "general": lambda: pulse.builder.general_transforms(pulse.transforms.AlignRight()),
}
SUBROUTINES = [pulse.ScheduleBlock(name="sub") + pulse.Delay(n, D0) for n in (5, 6)]

steps = st.one_of(
    some.instructions.map(lambda instruction: ("add", instruction)),
    st.sampled_from(["x", "y"]).map(lambda key: ("reference", key)),
    st.sampled_from([("call", None), ("call", "first"), ("call", "second")]),
)
plans = st.recursive(
    st.lists(steps, max_size=4),
    lambda inner: st.lists(
        st.one_of(
            steps,
            st.tuples(st.sampled_from([*CONTEXTS, "macro"]), inner),
        ),
        min_size=1,
        max_size=4,
    ),
    max_leaves=12,
)


def size(plan):
    """How many steps there are, inside contexts too; a context is one as well."""
    return sum(
        1 + (size(step[1]) if step[0] in CONTEXTS or step[0] == "macro" else 0) for step in plan
    )


def first_keys(program):
    """What its references are called; their second keys may be made up."""
    return [keys[0] for keys in program.references]


class Builder:
    """Carries a plan out; before step `stop_at` something is done, such as raising."""

    def __init__(self, stop_at=None, do=None):
        self.left = stop_at
        self.do = do

    def run(self, plan):
        for step in plan:
            self.count()
            kind = step[0]
            if kind in CONTEXTS:
                with CONTEXTS[kind]():
                    self.run(step[1])
            elif kind == "macro":
                pulse.macro(lambda inside=step[1]: self.run(inside))()
            elif kind == "add":
                pulse.builder.append_instruction(step[1])
            elif kind == "reference":
                pulse.reference(step[1])
            elif step[1] is None:
                pulse.call(SUBROUTINES[0], name="unnamed")
            else:
                pulse.call(SUBROUTINES[step[1] == "second"], name=step[1])

    def count(self):
        if self.left is not None:
            self.left -= 1
            if self.left == -1:
                self.do()


def stop():
    raise StopError


@few
@given(plans, st.data())
def test_a_program_that_fails_anywhere_is_as_it_was(plan, data):
    at = data.draw(st.integers(0, size(plan)))
    with pulse.build(name="before", default_alignment="right") as program:
        Builder().run(data.draw(plans))
    program.metadata = {"kept": 1}
    before = copy.deepcopy(program)
    with pytest.raises(StopError), pulse.build(schedule=program, name="after"):  # noqa: PT012
        Builder(at, stop).run(plan)
        stop()
    assert program == before
    assert dict(program.references) == dict(before.references)
    assert (program.name, program.metadata) == ("before", {"kept": 1})
    with pytest.raises(NoActiveBuilder):
        pulse.delay(1, D0)


@few
@given(plans, st.data())
def test_a_new_program_that_fails_anywhere_stays_empty(plan, data):
    at = data.draw(st.integers(0, size(plan)))
    with pytest.raises(StopError), pulse.build() as program:  # noqa: PT012
        Builder(at, stop).run(plan)
        stop()
    assert program.blocks == ()
    assert not program.is_referenced()


@few
@given(plans, plans, plans, st.sampled_from([*CONTEXTS, "macro"]), st.data())
def test_a_context_that_fails_anywhere_adds_nothing(start, inside, end, kind, data):
    at = data.draw(st.integers(0, size(inside)))

    def fail():
        Builder(at, stop).run(inside)
        stop()

    with pulse.build() as program:
        Builder().run(start)
        with pytest.raises(StopError), CONTEXTS.get(kind, nullcontext)():
            pulse.macro(fail)() if kind == "macro" else fail()
        Builder().run(end)
    with pulse.build() as expected:
        Builder().run(start)
        Builder().run(end)
    assert program == expected
    assert first_keys(program) == first_keys(expected)


REFUSED = {
    "negative delay": lambda: pulse.delay(-1, D0),
    "pulse on an acquire channel": lambda: pulse.play([0.1], pulse.AcquireChannel(0)),
    "amplitude over 1": lambda: pulse.play([2.0], D0),
    "no number": lambda: pulse.set_phase(float("nan"), D0),
    "no register": lambda: pulse.acquire(10, 0, D0),
    "reserved key": lambda: pulse.reference("a::b"),
    "no program": lambda: pulse.call(3),
    "unknown parameter": lambda: pulse.call(SUBROUTINES[0], unknown=3),
    "qubits without a backend": lambda: pulse.barrier(0, 1),
    "measurement without a backend": lambda: pulse.measure(0),
    "negative duration": lambda: pulse.align_equispaced(-3).__enter__(),
    "phase that is none": lambda: pulse.phase_offset("x", D0).__enter__(),
    "second channel is none": lambda: pulse.phase_offset(1, D0, pulse.MemorySlot(0)).__enter__(),
    "second channel has none": lambda: pulse.frequency_offset(
        1e6, D0, pulse.MemorySlot(0)
    ).__enter__(),
}


@pytest.mark.parametrize("title", REFUSED)
@settings(max_examples=15, deadline=None)
@given(plans.filter(len), st.data())
def test_what_is_refused_anywhere_changes_nothing(title, plan, data):
    at = data.draw(st.integers(0, size(plan) - 1))

    def refuse():
        with pytest.raises(PulseError):
            REFUSED[title]()

    with pulse.build() as program:
        Builder(at, refuse).run(plan)
    with pulse.build() as expected:
        Builder().run(plan)
    assert program == expected
    assert first_keys(program) == first_keys(expected)
