"""Shots that share a state, and how they part."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from backline.engines.gates.arrays import Real


@dataclass(slots=True, eq=False)
class Group:
    """Shots to which the same has happened so far.

    Attributes:
        first: The first of them.
        last: One after the last.
        re: Real parts of their state.
        im: Imaginary parts.
        random: Their source of chance.
        step: Where they are in the program.
        part: The next part of the section.
        site: The next site of the section.
    """

    first: int
    last: int
    re: Real
    im: Real
    random: np.random.Generator
    step: int = 0
    part: int = 0
    site: int = 0

    @property
    def size(self) -> int:
        """How many shots."""
        return self.last - self.first


Change: TypeAlias = Callable[[Group], None]
"""What happens to all shots of a group, in place."""


def divide(
    group: Group,
    outcomes: list[tuple[int, Change]],
    random: Callable[[int, int], np.random.Generator],
) -> list[Group]:
    """Split shots off a group, by what happens to them; what is left of it goes on as it is.

    Where nothing is left the group itself takes the last of the outcomes.
    """
    outcomes = [(size, change) for size, change in outcomes if size]
    found = []
    for size, change in outcomes:
        if size == group.size:
            change(group)
            break
        first, group.first = group.first, group.first + size
        part = replace(
            group,
            first=first,
            last=first + size,
            re=group.re.copy(),
            im=group.im.copy(),
            random=random(first, first + size),
        )
        change(part)
        found.append(part)
    return found


def hit(group: Group, probability: float) -> int:
    """How many shots of a group an error hits, if it hits at least one.

    The first one that is hit is drawn from the geometric distribution, cut off at the group's
    size; those after it are hit independently.
    """
    size = group.size
    if size == 1:
        return 1
    spared = math.log1p(-probability)
    uniform = group.random.random() * -math.expm1(size * spared)
    first = min(int(math.log1p(-uniform) / spared), size - 1)
    return 1 + int(group.random.binomial(size - first - 1, probability))
