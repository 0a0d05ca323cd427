"""All checks, one file a group; to import this is to register them."""

from backline.conformance.checks import (
    calibrations,
    channels,
    clients,
    counts,
    device,
    dynamic,
    gates,
    identity,
    jobs,
    levels,
    options,
    pulses,
    refusals,
    results,
    running,
    schedules,
    timing,
    views,
)

_MODULES = (
    identity, clients, views, options, device, calibrations, schedules, timing, channels, running,
    jobs, results, levels, pulses, refusals, counts, gates, dynamic,
)  # fmt: skip

GROUPS = tuple(module.__name__.rsplit(".", 1)[-1] for module in _MODULES)
"""Names of the groups."""
