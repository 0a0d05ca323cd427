"""Alignments, and functions from programs to programs."""

from backline.pulse.transforms.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from backline.pulse.transforms.canonicalization import (
    block_to_schedule,
    compress_pulses,
    flatten,
    inline_subroutines,
    pad,
    remove_directives,
    remove_trivial_barriers,
    target_qobj_transform,
)
from backline.pulse.transforms.dag import block_to_dag
from backline.pulse.transforms.measurements import add_implicit_acquires, align_measures

__all__ = [
    "AlignEquispaced",
    "AlignFunc",
    "AlignLeft",
    "AlignRight",
    "AlignSequential",
    "AlignmentKind",
    "add_implicit_acquires",
    "align_measures",
    "block_to_dag",
    "block_to_schedule",
    "compress_pulses",
    "flatten",
    "inline_subroutines",
    "pad",
    "remove_directives",
    "remove_trivial_barriers",
    "target_qobj_transform",
]
