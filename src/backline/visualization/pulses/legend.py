"""What colors and marks mean."""

from __future__ import annotations

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from backline.visualization.pulses.artists import FILL, IMAG, REAL
from backline.visualization.pulses.labels import FAMILY
from backline.visualization.pulses.marks import BARRIER, frame_mark
from backline.visualization.pulses.sheet import Sheet

_SIZE = 7.5  # points
_DOWN = 0.24  # inches below the axes
_MARKS = {
    "shift": "phase shift",
    "set": "phase set",
    "frequency": "frequency",
}


def write_legend(sheet: Sheet, shown: set[str]) -> None:
    """What colors and marks mean, of those that occur.

    Args:
        sheet: What is drawn on.
        shown: Of "real", "imaginary", "unknown", "shift", "set", "frequency" and "barrier".
    """
    theme = sheet.theme
    handles: list[Line2D | Patch] = []
    for name, number in (("real", REAL), ("imaginary", IMAG)):
        if name in shown:
            handles.append(_patch(theme.series[number], name))
    if "unknown" in shown:
        handles.append(
            Patch(
                facecolor=theme.ideal, edgecolor=theme.muted, ls="--", lw=0.8, label="not sampled"
            )
        )
    for name, label in _MARKS.items():
        if name in shown:
            handles.append(Line2D([], [], label=label, **frame_mark(sheet, name)))
    if "barrier" in shown:
        line = Line2D([], [], color=theme.muted, lw=0.9, ls=BARRIER, label="barrier")
        handles.append(line)
    if not handles:
        return
    sheet.ax.legend(
        handles=handles,
        ncols=len(handles),
        frameon=False,
        prop={"family": FAMILY, "size": _SIZE},
        labelcolor=theme.text,
        loc="upper left",
        bbox_to_anchor=(0.0, -_DOWN / sheet.height),
        borderaxespad=0.0,
        borderpad=0.0,
        handlelength=1.3,
        handleheight=0.8,
        handletextpad=0.5,
        columnspacing=1.4,
    )


def _patch(color: str, label: str) -> Patch:
    return Patch(facecolor=(color, FILL), edgecolor=color, lw=0.8, label=label)
