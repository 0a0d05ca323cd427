"""What of a program leads to some of its qubits, found once for all circuits of a kind."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backline.engines.gates.components import split
from backline.engines.gates.program import JumpUnless, Measure, Operation, Program, Varied
from backline.engines.gates.pruning import pruned
from backline.engines.gates.reading import Part


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A piece of a program, without measurements at the end.

    Attributes:
        program: The piece.
        qubits: For each of its qubits the one of the whole.
        sources: For each of its operations the index in the whole.
        whole: Where it is cut out.
    """

    program: Program
    qubits: tuple[int, ...]
    sources: tuple[int, ...]
    whole: Program

    def of(self, part: Part) -> Program:
        """The same piece of another circuit of the kind, whose gates have other values.

        Args:
            part: That of the circuit; this was cut out of its `like`.
        """
        theirs = part.program
        if not isinstance(theirs, Varied):
            return self.program
        moving = dict(theirs.places)
        places = [
            (index, moving[source]) for index, source in enumerate(self.sources) if source in moving
        ]
        return Varied(self.program, places, theirs.matrices)


@lru_cache(maxsize=512)
def cuts(program: Program, ends: frozenset[int], wanted: frozenset[int]) -> tuple[Cut, ...]:
    """The pieces that lead to some qubits.

    Args:
        program: The whole, with measurements of all its qubits at the end.
        ends: Slots of these.
        wanted: The qubits.
    """
    unwanted = set(range(program.num_qubits)) - wanted
    # All jumps lead to places before the end, so that their targets stay as they are.
    kept = [k for k, item in enumerate(program.operations) if not _ends(item, ends, unwanted)]
    operations: Sequence[Operation] = [program.operations[k] for k in kept]
    if unwanted:
        operations, left = pruned(operations)
        kept = [kept[k] for k in left]
    found = []
    for component in split(operations):
        own = {place for place, slot in enumerate(component.slots) if slot in ends}
        piece, stay = _without(component.program, own)
        sources = tuple(kept[component.sources[k]] for k in stay)
        found.append(Cut(piece, component.qubits, sources, program))
    return tuple(found)


def _ends(item: Operation, ends: Collection[int], qubits: Collection[int]) -> bool:
    return isinstance(item, Measure) and item.slot in ends and item.qubit in qubits


def _without(program: Program, ends: Collection[int]) -> tuple[Program, list[int]]:
    """A program without its measurements at the end, and without records that nobody reads.

    Returns:
        The program, and for each of its operations the index that it had.
    """
    looked_at = {
        slot
        for item in program.operations
        if isinstance(item, JumpUnless)
        for slot in item.condition.slots
    }
    every = range(program.num_qubits)
    stay = [k for k, item in enumerate(program.operations) if not _ends(item, ends, every)]
    # Outcomes that no condition reads share one slot, written again and again, so that branches
    # meet.
    spare = program.num_slots
    operations = tuple(
        Measure(item.qubit, spare, None)
        if isinstance(item, Measure) and item.slot not in looked_at
        else item
        for item in (program.operations[k] for k in stay)
    )
    return Program(operations, program.num_qubits, program.num_slots + 1), stay
