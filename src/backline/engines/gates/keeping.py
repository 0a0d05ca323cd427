"""Values that are kept under their content until too many others have come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A cache with a limit of weight; the longest unused goes first. Safe among threads."""

    def __init__(self, most: int):
        """Begin empty.

        Args:
            most: Weight of all values together; the newest stays, however heavy.
        """
        self._most = most
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Value], weigh: Callable[[Value], int]) -> Value:
        """The value of a key, made if it is not there.

        Two threads may both make it: they get equal values, then.

        Args:
            key: All that the value depends on.
            make: Makes the value.
            weigh: Its weight.
        """
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found[0]
        value = make()
        weight = weigh(value)
        with self._lock:
            if key not in self._values:
                self._values[key] = value, weight
                self._weight += weight
                while self._weight > self._most and len(self._values) > 1:
                    self._weight -= self._values.popitem(last=False)[1][1]
        return value
