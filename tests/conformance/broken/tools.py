"""Ways to break a backend that keeps the contract, in one place and no other."""

import copy
import types

from conformance.good import Good

BROKEN = {}
"""What makes a backend that fails a check, by the check's id."""


def breaks(*identifiers):
    """Register a class or function as what fails these checks."""

    def register(make):
        for identifier in identifiers:
            if identifier in BROKEN:
                raise AssertionError(f"{identifier} is broken twice")
            BROKEN[identifier] = make
        return make

    return register


def always(value):
    """A member that has one value."""
    return property(lambda self: value)


def member(identifiers, base=Good, **members):
    """A backend with other members."""
    breaks(*identifiers.split())(type("Broken", (base,), members))


class Proxy:
    """Another object, with other members."""

    def __init__(self, inner, **members):
        self.__dict__.update(members)
        self._inner = inner

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._inner, name)

    def __getitem__(self, key):
        return self._inner[key]


def target(identifiers, change, base=Good):
    """A backend whose target is changed, or replaced by what `change` returns."""

    class Broken(base):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            changed = copy.deepcopy(super().target)
            self._broken = change(changed) or changed

        @property
        def target(self):
            return self._broken

    breaks(*identifiers.split())(Broken)


def result(identifiers, change, base=Good):
    """A backend whose results are changed, once for each job."""

    class Broken(base):
        def run(self, run_input, **options):
            job = super().run(run_input, **options)
            first, kept = job.result, []

            def changed(*args, **kwargs):
                if not kept:
                    found = copy.deepcopy(first(*args, **kwargs))
                    kept.append(change(found) or found)
                return kept[0]

            job.result = changed
            return job

    breaks(*identifiers.split())(Broken)


def job(identifiers, **members):
    """A backend whose jobs have other methods; each is called with the job."""

    class Broken(Good):
        def run(self, run_input, **options):
            found = super().run(run_input, **options)
            for name, method in members.items():
                setattr(found, name, types.MethodType(method, found))
            return found

    breaks(*identifiers.split())(Broken)


def circuits(identifiers, change, base=Good):
    """A backend that runs other circuits than it is given."""

    class Broken(base):
        def run(self, run_input, **options):
            given = run_input if isinstance(run_input, list) else [run_input]
            return super().run([change(one) for one in given], **options)

    breaks(*identifiers.split())(Broken)


def options(identifiers, change, base=Good):
    """A backend that runs with other options than it is given."""

    class Broken(base):
        def run(self, run_input, **given):
            return super().run(run_input, **change(given))

    breaks(*identifiers.split())(Broken)
