"""A provider of the bundled devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from backline.backends.catalog import load
from backline.backends.device import DeviceBackend
from backline.contract.provider import Provider, fitting
from backline.formats.catalog import devices


class DeviceProvider(Provider):
    """Finds the devices that come with Backline.

    Args:
        **options: Override the default options of every backend.

    Example:
        >>> DeviceProvider(shots=100).get_backend("manila")
        <DeviceBackend('manila', 5 qubits)>
    """

    def __init__(self, **options: Any) -> None:
        self._options = options

    def backends(
        self,
        name: str | None = None,
        filters: Callable[[Any], bool] | None = None,
        **facts: Any,
    ) -> list[Any]:
        """The backends that fit; only that of the given name is read from its file.

        Args:
            name: Their name; None for any.
            filters: True for a backend that fits; None for all.
            **facts: Attributes that they must have, or with `min_` in front the least they must
                be.
        """
        names = [device for device in devices() if name in (None, device)]
        return fitting(self._load(names), filters, facts)

    def _all_backends(self) -> Iterable[DeviceBackend]:
        return self._load(devices())

    def _load(self, names: Iterable[str]) -> Iterator[DeviceBackend]:
        return (load(name, provider=self, **self._options) for name in names)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({', '.join(devices())})>"
