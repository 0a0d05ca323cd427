"""The alignments, where Qiskit 1.4 has them."""

from backline.pulse.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)

__all__ = [
    "AlignEquispaced",
    "AlignFunc",
    "AlignLeft",
    "AlignRight",
    "AlignSequential",
    "AlignmentKind",
]
