"""What a user holds: backends that run.

`load` gives the backend of a bundled or written device; `BackendBase` is for authors of backends
of their own; `BackendV2Converter` takes older ones along.
"""

from backline.backends.base import BackendBase, PreparedRun, standard_options
from backline.backends.catalog import devices, load
from backline.backends.compiling import transpile
from backline.backends.converter import BackendV2Converter
from backline.backends.device import DeviceBackend
from backline.backends.experiment import Experiment, draw_seed, seeded
from backline.backends.job import BackendJob
from backline.backends.provider import DeviceProvider
from backline.backends.results import experiment_result, failed_result, to_result
from backline.backends.solution import Solution

__all__ = [
    "BackendBase",
    "BackendJob",
    "BackendV2Converter",
    "DeviceBackend",
    "DeviceProvider",
    "Experiment",
    "PreparedRun",
    "Solution",
    "devices",
    "draw_seed",
    "experiment_result",
    "failed_result",
    "load",
    "seeded",
    "standard_options",
    "to_result",
    "transpile",
]
