"""Results, devices and pulse programs as pictures, and counts as text.

Nothing here touches pyplot or matplotlib's global settings: every function gives a
`matplotlib.figure.Figure`, which notebooks show and `savefig` writes.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from backline.visualization.ranking import Ranking, rank, total_variation

if TYPE_CHECKING:
    from backline.visualization.bloch import draw_bloch
    from backline.visualization.counts import draw_counts
    from backline.visualization.device_map import draw_map
    from backline.visualization.iq import draw_iq
    from backline.visualization.overview import draw_overview
    from backline.visualization.pulses.draw import draw_program, draw_pulse
    from backline.visualization.solutions import draw_solution
    from backline.visualization.traces import draw_traces

__all__ = [
    "Ranking",
    "draw_bloch",
    "draw_counts",
    "draw_iq",
    "draw_map",
    "draw_overview",
    "draw_program",
    "draw_pulse",
    "draw_solution",
    "draw_traces",
    "rank",
    "total_variation",
]

# matplotlib takes longer to import than Qiskit: who prints a histogram as text need not wait.
_DRAWERS = {
    "draw_bloch": "backline.visualization.bloch",
    "draw_counts": "backline.visualization.counts",
    "draw_iq": "backline.visualization.iq",
    "draw_map": "backline.visualization.device_map",
    "draw_overview": "backline.visualization.overview",
    "draw_program": "backline.visualization.pulses.draw",
    "draw_pulse": "backline.visualization.pulses.draw",
    "draw_solution": "backline.visualization.solutions",
    "draw_traces": "backline.visualization.traces",
}


def __getattr__(name: str) -> Any:
    if name in _DRAWERS:
        return getattr(import_module(_DRAWERS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
