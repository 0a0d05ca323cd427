"""What every backend over a `Device` answers, however it runs."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from backline.backends.hamiltonian import hamiltonian_dict
from backline.backends.v1_facts import configuration_fields
from backline.contract.backend import BackendV2
from backline.contract.target import Target
from backline.device.model import Device
from backline.device.target import build_target


class DescribedBackend(BackendV2):
    """A backend whose members follow from a device's description.

    Args:
        device: The description.
        provider: The provider that this backend is from.
        name: Of the backend; by default the device's.
        include_broken: Keep what its maker calls broken in the target.
        **options: Override the default options.
    """

    def __init__(
        self,
        device: Device,
        provider: Any = None,
        *,
        name: str | None = None,
        include_broken: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(
            provider=provider,
            name=name or device.name,
            description=device.description,
            online_date=device.online_date,
            backend_version=device.backend_version,
            **options,
        )
        self._device = device
        self._include_broken = include_broken
        self._target: Target | None = None

    @property
    def device(self) -> Device:
        """The description that this backend follows."""
        return self._device

    @property
    def target(self) -> Target:
        """What the device can do; built once, when it is first asked for."""
        if self._target is None:
            self._target = build_target(self._device, include_broken=self._include_broken)
        return self._target

    @property
    def max_circuits(self) -> int | None:
        """Most experiments in one call of the device; None for no limit."""
        return self._device.max_circuits

    @property
    def dtm(self) -> float:
        """Length of an output sample, in s.

        Raises:
            NotImplementedError: If the device does not say.
        """
        dtm = self._device.timing.dtm
        return super().dtm if dtm is None else dtm

    def _control_pairs(self) -> Mapping[int, tuple[int, int]] | None:
        device = self._device
        if not (device.control_lines or device.drive_lines or device.calibrations):
            return None
        return {line.index: line.qubits for line in device.control_lines}

    def _hamiltonian(self) -> Mapping[str, Any] | None:
        return hamiltonian_dict(self._device)

    def _u_channel_lo(self) -> Sequence[Sequence[tuple[int, complex]]] | None:
        lines = {line.index: line.lo for line in self._device.control_lines}
        return [lines.get(index, ()) for index in range(max(lines) + 1)] if lines else None

    def _configuration_fields(self) -> Mapping[str, Any]:
        return configuration_fields(self._device)

    def __deepcopy__(self, memo: dict[int, Any]) -> DescribedBackend:
        # The device is frozen, and the provider stays whose it is.
        memo[id(self._device)] = self._device
        memo[id(self._provider)] = self._provider
        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        copied.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return copied
