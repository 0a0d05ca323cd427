"""A BackendV1-shaped object as a `BackendV2`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import numpy as np
from qiskit.circuit import Instruction

from backline.backends.described import DescribedBackend
from backline.contract.options import Options
from backline.contract.target import Target
from backline.errors import InputError
from backline.formats.ibm import device_from_dicts


class BackendV2Converter(DescribedBackend):
    """Gives an older backend the interface of `BackendV2`; it runs as it did.

    The arguments are those of the class of this name in Qiskit 1.4. Where that read attributes
    of Qiskit's own models, this takes anything with methods `configuration()`, and perhaps
    `properties()` and `defaults()`, that return mappings or objects with `to_dict()` in the
    documented shape. `run`, `options` and `set_options` are the older backend's own.

    Args:
        backend: The older backend.
        name_mapping: Names of its gates that Qiskit does not know, each with an `Instruction`.
        add_delay: Allow delays on every qubit, also where it does not list them.
        filter_faulty: Leave out of the target what its properties call faulty.

    Raises:
        InputError: If the object has no configuration.
        FormatError: If its dictionaries cannot be read.
    """

    def __init__(
        self,
        backend: Any,
        name_mapping: Mapping[str, Instruction] | None = None,
        add_delay: bool = True,
        filter_faulty: bool = True,
    ) -> None:
        configuration = _facts(backend, "configuration")
        if configuration is None:
            raise InputError(
                f"{type(backend).__name__} is no BackendV1: it has no method configuration()"
            )
        device = device_from_dicts(
            configuration, _facts(backend, "properties"), _facts(backend, "defaults")
        )
        super().__init__(
            device,
            _called(backend, "provider"),
            name=_called(backend, "name") or configuration.get("backend_name"),
            include_broken=not filter_faulty,
        )
        self._backend = backend
        self._name_mapping = dict(name_mapping or {})
        basis = {*device.basis_gates, *(configuration.get("supported_instructions") or ())}
        self._left_out = frozenset() if add_delay or "delay" in basis else frozenset({"delay"})

    @classmethod
    def _default_options(cls) -> Options:
        return Options()

    @property
    def options(self) -> Any:
        """The older backend's own options."""
        return getattr(self._backend, "options", self._options)

    def set_options(self, **fields: Any) -> None:
        """Set options of the older backend, which checks them.

        Args:
            **fields: What to set.
        """
        self._backend.set_options(**fields)

    @property
    def target(self) -> Target:
        """What the device can do; built once, when it is first asked for."""
        if self._target is None:
            target = super().target
            if self._left_out or self._name_mapping:
                target = _with_operations(target, self._name_mapping, self._left_out)
            self._target = target
        return self._target

    def run(self, run_input: Any, **options: Any) -> Any:
        """Run on the older backend.

        Args:
            run_input: What it takes.
            **options: What it takes.

        Returns:
            Its job.
        """
        return self._backend.run(run_input, **options)


def _called(owner: Any, name: str) -> Any:
    """What a method returns, or the attribute itself; None where there is none."""
    found = getattr(owner, name, None)
    return found() if callable(found) else found


def _facts(backend: Any, name: str) -> Mapping[str, Any] | None:
    found = _called(backend, name)
    if found is None:
        return None
    facts = _as_json(found if isinstance(found, Mapping) else found.to_dict())
    return cast("Mapping[str, Any]", facts)


def _as_json(value: Any) -> Any:
    """What a file would hold: Qiskit's models keep complex numbers, dates and arrays as such."""
    if isinstance(value, Mapping):
        return {key: _as_json(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return _as_json(value.tolist())
    if isinstance(value, list | tuple):
        return [_as_json(entry) for entry in value]
    if isinstance(value, complex):
        return [value.real, value.imag]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def _with_operations(
    target: Target, operations: Mapping[str, Instruction], left_out: frozenset[str]
) -> Target:
    """The same target with other objects for some names, and without others."""
    rebuilt = Target(
        description=target.description,
        num_qubits=target.num_qubits,
        dt=target.dt,
        granularity=target.granularity,
        min_length=target.min_length,
        pulse_alignment=target.pulse_alignment,
        acquire_alignment=target.acquire_alignment,
        qubit_properties=target.qubit_properties,
        concurrent_measurements=target.concurrent_measurements,
    )
    for name, places in target.items():
        if name not in left_out:
            operation = operations.get(name, target.operation_from_name(name))
            found = None if None in places else dict(places)
            rebuilt.add_instruction(operation, found, name=name)
    return rebuilt
