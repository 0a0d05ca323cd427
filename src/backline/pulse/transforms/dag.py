"""Blocks as graphs of what must come after what."""

from __future__ import annotations

from itertools import pairwise

import rustworkx

from backline.errors import PulseError
from backline.pulse.block import ScheduleBlock
from backline.pulse.channels import Channel
from backline.pulse.instructions import Reference


def block_to_dag(block: ScheduleBlock) -> rustworkx.PyDAG:
    """The elements of a block as a directed graph, as in Qiskit 1.4.

    Nodes are the elements in their order, blocks inside as one node. Under a sequential alignment
    each has an edge to the next; otherwise to the next on each of its channels. A reference without
    a subroutine may use any channel.

    Args:
        block: A block; its durations may be parameters.

    Returns:
        A graph with the elements as node weights, and edges without weight.

    Raises:
        PulseError: If it is no ScheduleBlock.
        UnassignedReferenceError: If a block inside has a reference without a subroutine, so that
            its channels are not known.
    """
    if not isinstance(block, ScheduleBlock):
        raise PulseError(f"block_to_dag takes a ScheduleBlock, got {type(block).__name__}")
    dag = rustworkx.PyDAG()
    nodes = dag.add_nodes_from(block.blocks)
    if block.alignment_context.is_sequential:
        dag.add_edges_from_no_data([*pairwise(nodes)])
    else:
        dag.add_edges_from_no_data(_next_on_a_channel(block))
    return dag


def _next_on_a_channel(block: ScheduleBlock) -> list[tuple[int, int]]:
    last: dict[Channel, int] = {}
    reference: int | None = None
    edges: dict[tuple[int, int], None] = {}
    for node, element in enumerate(block.blocks):
        before: list[int | None]
        if isinstance(element, Reference):  # may use any channel
            before = [*last.values()] or [reference]
            last, reference = {}, node
        else:
            before = [last.get(channel, reference) for channel in element.channels]
            last.update(dict.fromkeys(element.channels, node))
        edges.update({(other, node): None for other in before if other is not None})
    return list(edges)
