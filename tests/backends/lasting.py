"""A backend whose experiments last, and do other things that stores and workers must bear."""

import os
import time
from pathlib import Path

from backends.toy import Toy, flips
from backline.backends import standard_options
from backline.contract import Option
from backline.jobs import raise_if_stopping


class Lasting(Toy):
    """A toy that takes `seconds` for each experiment, writes that it ran, or fails at first."""

    @classmethod
    def _default_options(cls):
        return standard_options(
            seconds=Option(0.0, type=float, minimum=0),
            log=Option("", type=str, help="a file that gets a line for each experiment begun"),
            fails=Option("", type=str, help="a file with the number of failures that are left"),
            dies=Option("", type=str, help="a file: while it is there, it goes and we die"),
        )

    def execute(self, experiments, options):
        for experiment in experiments:
            yield self.one(experiment, options)

    def one(self, experiment, options):
        if options.log:
            with Path(options.log).open("a") as stream:
                stream.write(f"{experiment.program.name} {os.getpid()}\n")
        if options.dies and removed(options.dies):
            os._exit(7)
        if options.fails:
            left = int(Path(options.fails).read_text())
            Path(options.fails).write_text(str(left - 1))
            if left > 0:
                return ConnectionError(f"{left} left")
        end = time.monotonic() + options.seconds
        while time.monotonic() < end:
            raise_if_stopping()
            time.sleep(0.005)
        return super().one(experiment, options)


def removed(path):
    """Whether this process removed the file: of several that try, one did."""
    try:
        Path(path).unlink()
    except FileNotFoundError:
        return False
    return True


def lasting(store, **more):
    """The backend, with a store."""
    return Lasting(store=store, **more)


__all__ = ["Lasting", "flips", "lasting"]
