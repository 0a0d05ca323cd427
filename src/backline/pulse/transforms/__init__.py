"""Alignments, and functions from programs to programs."""

from backline.pulse.alignments import (
    AlignEquispaced,
    AlignFunc,
    AlignLeft,
    AlignmentKind,
    AlignRight,
    AlignSequential,
)
from backline.pulse.transforms.canonicalization import (
    add_implicit_acquires,
    block_to_schedule,
    compress_pulses,
    flatten,
    inline_subroutines,
    pad,
    remove_directives,
    remove_trivial_barriers,
    target_qobj_transform,
)

__all__ = [
    "AlignEquispaced",
    "AlignFunc",
    "AlignLeft",
    "AlignRight",
    "AlignSequential",
    "AlignmentKind",
    "add_implicit_acquires",
    "block_to_schedule",
    "compress_pulses",
    "flatten",
    "inline_subroutines",
    "pad",
    "remove_directives",
    "remove_trivial_barriers",
    "target_qobj_transform",
]
